"""A plugin in a file of its own: imported under a name that changes with its content."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import sys
from hashlib import blake2b
from pathlib import Path
from types import ModuleType


def digest_of(content: bytes) -> str:
    """Return the digest of a file's content."""
    return blake2b(content, digest_size=16).hexdigest()


def name_of(path: Path, content: bytes) -> str:
    """Return the name of a file's module: another one for other content."""
    place = blake2b(str(path.absolute()).encode(), digest_size=4).hexdigest()
    return f"relnet_plugin_{path.stem}_{place}_{digest_of(content)}"


def module_of(path: Path, content: bytes) -> ModuleType:
    """Import what was read from a file, or return its module if that was done before; what it prints goes nowhere.

    The file is not read again: what runs is what was checked.
    """
    name = name_of(path, content)
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(content, str(path), "exec", dont_inherit=True), vars(module))
    except BaseException:
        del sys.modules[name]
        raise
    return module
