"""Loops as machine code, kept beside their source: the compiler is loaded for a loop that is new to a machine only.

Kept are object files. LLVM loads them in a tenth of the time in which the compiler (Numba) is imported.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np

from relnet.whole_file import whole

Types = tuple[str, ...]

_DIGEST: Final = 16
_VERSION: Final = 1
"""Of how loops are compiled and called: counted up when that changes."""
_NEVER_FREED: Final = "define void @NRT_MemInfo_call_dtor(ptr %memory) { ret void }"
"""What takes the place of the function that frees arrays: a loop owns none."""
_NUMBERS: Final[dict[str, Any]] = {"int": ctypes.c_int64, "float": ctypes.c_double}
_RESULTS: Final = _NUMBERS | {"None": ctypes.c_void_p}
_loaded: Final[dict[tuple[Callable[..., Any], Types], Callable[..., int]]] = {}
_lock: Final = Lock()


def machine_code(loop: Callable[..., Any]) -> Callable[..., Any]:
    """Return a loop as machine code; each is compiled when it is first called with arguments of some types.

    Raises
    ------
    TypeError
        When it is called with something other than numbers and arrays whose elements lie side by side, or makes an
        array itself, or returns something other than its annotation says: an int, a float or nothing.
    """
    result = _RESULTS.get(_returned(loop))
    if result is None:
        raise TypeError(f"{loop.__qualname__} has to say that it returns an int, a float or nothing")

    def run(*args: Any) -> Any:
        types = tuple(map(_type, args))
        code = _loaded.get((loop, types)) or _load(loop, types)
        given, raised = result(), ctypes.c_void_p()
        if code(ctypes.byref(given), ctypes.byref(raised), *(part for arg in args for part in _parts(arg))):
            raise RuntimeError(f"{loop.__qualname__} failed")
        return given.value

    return run


def ready() -> bool:
    """Return whether a loop was loaded in this run, so that a further one costs little."""
    return bool(_loaded)


def _returned(loop: Callable[..., Any]) -> str:
    annotation = loop.__annotations__.get("return")
    return str(getattr(annotation, "__name__", annotation))


def _type(arg: Any) -> str:
    if isinstance(arg, np.ndarray) and arg.flags.c_contiguous:
        return f"{arg.dtype.str[1:]}:{arg.ndim}"
    if isinstance(arg, int | np.integer):
        return "int"
    if isinstance(arg, float):
        return "float"
    raise TypeError(f"a compiled loop takes numbers and contiguous arrays, not {type(arg).__name__}")


def _parts(arg: Any) -> tuple[Any, ...]:
    """Return what is passed of an argument: of an array, where it begins and how long it is."""
    return (arg.ctypes.data, *arg.shape) if isinstance(arg, np.ndarray) else (arg,)


def _load(loop: Callable[..., Any], types: Types) -> Callable[..., int]:
    from llvmlite import binding as llvm

    with _lock:
        if (loop, types) not in _loaded:
            name, engine = _name(loop, types), _engine()
            engine.add_object_file(llvm.ObjectFileRef.from_data(_object_file(loop, types, name)))
            engine.finalize_object()
            passed: list[Any] = [ctypes.c_void_p, ctypes.c_void_p]
            for each in types:
                _, _, dimensions = each.partition(":")
                passed += [ctypes.c_void_p, *[ctypes.c_int64] * int(dimensions)] if dimensions else [_NUMBERS[each]]
            _loaded[loop, types] = ctypes.CFUNCTYPE(ctypes.c_int32, *passed)(engine.get_function_address(name))
        return _loaded[loop, types]


@cache
def _engine() -> Any:
    """Return what holds the machine code."""
    from llvmlite import binding as llvm

    return llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine())


def _machine() -> Any:
    from llvmlite import binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target, (cpu, features) = llvm.Target.from_triple(llvm.get_process_triple()), _processor()
    return target.create_target_machine(cpu=cpu, features=features, opt=3, codemodel="jitdefault", jit=True)


@cache
def _versions() -> tuple[str, str]:
    return version("numba"), version("llvmlite")


@cache
def _processor() -> tuple[str, str]:
    from llvmlite import binding as llvm

    return llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()


def _name(loop: Callable[..., Any], types: Types) -> str:
    """Return a name that tells of which loop and types code was made, and ends in a hash of all that it depends on."""
    code, known = loop.__code__, loop.__globals__
    constants = {name: known[name] for name in code.co_names if isinstance(known.get(name), int | float | np.number)}
    source = (code.co_code, code.co_consts, code.co_names, code.co_varnames, constants)
    made = (_VERSION, source, *_versions(), _processor())
    key = blake2b(repr(made).encode(), digest_size=8).hexdigest()
    kind = "-".join(types).replace(":", "x")
    return f"{Path(code.co_filename).stem}.{loop.__qualname__}.{kind}.{sys.implementation.cache_tag}.{key}"


def _object_file(loop: Callable[..., Any], types: Types, name: str) -> bytes:
    """Return what was kept of a loop; compile it where nothing was, or something else, or not all of it."""
    place = _folder(Path(loop.__code__.co_filename).parent) / f"{name}.o"
    with suppress(OSError):
        kept = place.read_bytes()
        if _digest(kept[_DIGEST:]) == kept[:_DIGEST]:  # LLVM ends the process over a damaged file
            return kept[_DIGEST:]
    made = _compiled(loop, types, name)
    with suppress(OSError):  # a place that cannot be written to: compiled again in every run
        place.parent.mkdir(parents=True, exist_ok=True)
        for outdated in place.parent.glob(f"{name.rpartition('.')[0]}.*.o"):
            outdated.unlink(missing_ok=True)
        with whole(place) as path:
            path.write_bytes(_digest(made) + made)
    return made


def _digest(code: bytes) -> bytes:
    return blake2b(code, digest_size=_DIGEST).digest()


def _folder(source: Path) -> Path:
    beside = source / "__pycache__"
    if os.access(beside if beside.exists() else source, os.W_OK):
        return beside
    import platformdirs

    return Path(platformdirs.user_cache_dir("relnet", appauthor=False))


def _compiled(loop: Callable[..., Any], types: Types, name: str) -> bytes:
    """Compile a loop to an object file, whose one function takes what `_parts` passes.

    Arrays come as where they begin and how long they are, as no compiler is there to take them apart.
    """
    from llvmlite import binding as llvm

    numba: Any = import_module("numba")  # whose types do not tell all
    takes: list[Any] = []
    names, given = [], []
    for i, each in enumerate(types):
        element, _, dimensions = each.partition(":")
        sizes = [f"n{i}_{k}" for k in range(int(dimensions or 0))]
        names += [f"p{i}", *sizes]
        if dimensions:
            takes += [numba.types.CPointer(numba.from_dtype(np.dtype(element))), *[numba.int64] * len(sizes)]
            given.append(f"array(p{i}, ({', '.join(sizes)},))")
        else:
            takes.append(numba.int64 if each == "int" else numba.float64)
            given.append(f"p{i}")
    options = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    signature, scope = tuple(takes), {"array": numba.carray, "compiled": numba.njit(**options)(loop)}
    entry = numba.njit(signature, **options)(eval(f"lambda {', '.join(names)}: compiled({', '.join(given)})", scope))
    made = entry.overloads[signature]
    returned = {"int64": "int", "float64": "float", "none": "None"}.get(str(made.signature.return_type))
    if returned != _returned(loop):
        raise TypeError(f"{loop.__qualname__} returns {made.signature.return_type}, not {_returned(loop)}")
    module = llvm.parse_assembly(entry.inspect_llvm(signature))
    module.link_in(llvm.parse_assembly(_NEVER_FREED))
    for each in (*module.functions, *module.global_variables):
        if each.name == made.fndesc.llvm_func_name:
            each.name = name
        elif not each.is_declaration:
            each.linkage = "internal"
    machine = _machine()
    passes = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=3))
    passes.getModulePassManager().run(module, passes)
    foreign = [each.name for each in module.functions if each.is_declaration and not each.name.startswith("llvm.")]
    if any(each.startswith(("numba_", "NRT_")) for each in foreign):
        raise TypeError(f"{loop.__qualname__} makes an array, or fails with a message: {', '.join(foreign)}")
    return bytes(machine.emit_object(module))
