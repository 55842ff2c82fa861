"""One process in which code that is not built in runs: it may hang or crash there, and only that call is lost.

Calls and answers are pickled over pipes; large arrays lie in files in shared memory, written once and mapped, so that a
column given to ten plugins is copied once. Arrays that were handed over must not change afterwards.
"""

from __future__ import annotations

import atexit
import contextlib
import faulthandler
import importlib
import io
import mmap
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from relnet.errors import ContractError, PluginError, PluginTimeout
from relnet.plugin_file import module_of, name_of

SMALL: Final = 1 << 14
"""Bytes up to which an array travels with the message."""
_SHARED: Final = Path("/dev/shm")
_KEPT_MEMORY: Final = {"MALLOC_TRIM_THRESHOLD_": str(1 << 28), "MALLOC_MMAP_THRESHOLD_": str(1 << 25)}
"""Lets glibc keep freed arrays for the next ones, instead of asking the system for fresh pages each time."""
_SERVE: Final = "import sys; sys.path[:] = sys.argv[1:]; from relnet.worker import serve; serve()"


class Place:
    """A folder of arrays that two processes see."""

    def __init__(self, prefix: str, folders: tuple[Path, ...]) -> None:
        self._prefix, self._folders, self._count = prefix, folders, 0

    def put(self, array: NDArray[Any]) -> tuple[str, str, tuple[int, ...]]:
        """Write an array and return where it lies, its dtype and its shape; `OSError` where no folder has room."""
        self._count += 1
        for folder in self._folders:
            path = folder / f"{self._prefix}{self._count}"
            try:
                path.write_bytes(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
                break
            except OSError:
                path.unlink(missing_ok=True)
                if folder == self._folders[-1]:
                    raise
        return str(path), array.dtype.str, array.shape


def _mapped(place: tuple[str, str, tuple[int, ...]], access: int) -> NDArray[Any]:
    path, dtype, shape = place
    with open(path, "rb") as file:  # noqa: PTH123  (a mapping needs a descriptor, not a path)
        memory = mmap.mmap(file.fileno(), 0, access=access)
    return np.frombuffer(memory, dtype).reshape(shape)


class _Pickler(pickle.Pickler):
    def __init__(self, file: IO[bytes], put: Callable[[NDArray[Any]], Any]) -> None:
        super().__init__(file, protocol=5)
        self._put = put

    def persistent_id(self, value: Any) -> Any:
        if type(value) is np.ndarray and value.dtype.kind in "biufM" and value.nbytes > SMALL:
            return self._put(value)
        return None


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: IO[bytes], get: Callable[[Any], NDArray[Any]]) -> None:
        super().__init__(file)
        self.persistent_load = get  # type: ignore[method-assign]


def _encoded(value: Any, put: Callable[[NDArray[Any]], Any]) -> bytes:
    held = io.BytesIO()
    _Pickler(held, put).dump(value)
    return held.getvalue()


def _send(stream: IO[bytes], message: bytes) -> None:
    stream.write(len(message).to_bytes(8, "little") + message)
    stream.flush()


def _receive(stream: IO[bytes]) -> bytes:
    head = stream.read(8)
    size = int.from_bytes(head, "little")
    message = stream.read(size)
    if len(head) < 8 or len(message) < size:
        raise EOFError
    return message


class Worker:
    """The other process, started at the first call and again after it was lost."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.RLock()
        self._folder = tempfile.TemporaryDirectory(prefix="relnet-")
        folders = [Path(self._folder.name)]
        self._memory: tempfile.TemporaryDirectory[str] | None = None
        with contextlib.suppress(OSError):
            if _SHARED.is_dir():
                self._memory = tempfile.TemporaryDirectory(prefix="relnet-", dir=_SHARED)
                folders.insert(0, Path(self._memory.name))
        self._place, self._folders = Place("c", tuple(folders)), tuple(folders)
        self._placed: dict[tuple[Any, ...], tuple[str, str, tuple[int, ...]]] = {}
        self._dropped: list[str] = []
        self._in_use: list[NDArray[Any]] = []

    def call(
        self,
        function: Callable[..., Any],
        *arguments: Any,
        seconds: float,
        files: Mapping[str, str] | None = None,
    ) -> Any:
        """Return what a function returns there.

        Parameters
        ----------
        function
            One that a module holds; it must not raise.
        seconds
            Time limit.
        files
            Plugin files by the names of their modules, which the arguments speak of.

        Raises
        ------
        PluginTimeout
            It took longer.
        PluginError
            The process ended, or the function raised.
        ContractError
            What goes there or comes back cannot be pickled.
        """
        with self._lock:
            self._in_use.clear()
            try:
                inner = _encoded((function, arguments), self._put)
            except (pickle.PicklingError, AttributeError, TypeError) as error:
                raise ContractError(
                    f"It cannot be sent to the worker process ({error}).",
                    "Define the class at the top level of its module, and keep only plain values in its parameters.",
                ) from error
            except OSError as error:
                raise PluginError(
                    f"There is no room for what it is given ({error}).", "Free some of the temporary folder."
                ) from error
            message = pickle.dumps((list(sys.path), dict(files or {}), self._forgotten(), seconds, inner))
            answer = self._answer(message, seconds)
            self._in_use.clear()
            try:
                good, value = _Unpickler(io.BytesIO(answer), _taken).load()
            except Exception as error:  # what it returned may be of a class that is known there only
                raise ContractError(
                    f"Its answer cannot be read ({type(error).__name__}: {error}).", "Return plain values and arrays."
                ) from error
        if not good:
            raise PluginError(value)
        return value

    def close(self) -> None:
        """End the process for good, and remove what was shared."""
        self._lose()
        for folder in (self._folder, self._memory):
            if folder is not None:
                folder.cleanup()

    def _lose(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                with contextlib.suppress(OSError):
                    assert pipe is not None
                    pipe.close()
            self._process = None

    def _answer(self, message: bytes, seconds: float) -> bytes:
        process = self._running()
        assert process.stdin is not None and process.stdout is not None
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            _send(process.stdin, message)
            return _receive(process.stdout)
        except (EOFError, OSError):
            process.kill()
            code = process.wait()
            self._lose()
            if late.is_set():
                raise PluginTimeout(
                    f"It took longer than {seconds:g} s and was stopped.",
                    "Make it faster, or allow more: plugin_seconds in the settings.",
                ) from None
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            raise PluginError(f"It ended its process ({how}).", "Look for a crash or a call of exit.") from None
        except BaseException:  # cancelled half way: the next answer would be this one's
            self._lose()
            raise
        finally:
            timer.cancel()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._lose()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SERVE, *sys.path],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=os.environ | _KEPT_MEMORY,
        )  # fmt: skip
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            _send(self._process.stdin, pickle.dumps([str(folder) for folder in self._folders]))
            _receive(self._process.stdout)
        except (EOFError, OSError):
            self._lose()
            raise PluginError(
                "The process for plugins does not start.", "Check that Python may start another process here."
            ) from None
        except BaseException:  # cancelled: its greeting would be the next call's answer
            self._lose()
            raise
        return self._process

    def _put(self, array: NDArray[Any]) -> tuple[str, str, tuple[int, ...]]:
        """Place an array, once as long as the memory that it shows is alive, and until it is answered."""
        self._in_use.append(array)
        owner = array
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        key = (id(owner), array.ctypes.data, array.dtype.str, array.shape, array.strides)
        if key not in self._placed:
            self._placed[key] = self._place.put(array)
            weakref.finalize(owner, self._drop, key).atexit = False
        return self._placed[key]

    def _drop(self, key: tuple[Any, ...]) -> None:
        place = self._placed.pop(key, None)
        if place is not None:
            self._dropped.append(place[0])
            Path(place[0]).unlink(missing_ok=True)

    def _forgotten(self) -> list[str]:
        names, self._dropped = self._dropped, []
        return names


def _taken(place: tuple[str, str, tuple[int, ...]]) -> NDArray[Any]:
    """Map an answer's array, which is its receiver's own from then on."""
    array = _mapped(place, mmap.ACCESS_COPY)
    with contextlib.suppress(OSError):
        Path(place[0]).unlink()
    return array


@cache
def worker() -> Worker:
    """Return the one worker of this process."""
    one = Worker()
    atexit.register(one.close)
    return one


def serve() -> None:
    """Answer calls until the other side goes away; what plugins print goes nowhere."""
    asked, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    folders = tuple(map(Path, pickle.loads(_receive(asked))))
    place = Place(f"r{os.getpid()}-", folders)
    held: dict[str, NDArray[Any]] = {}

    def get(where: tuple[str, str, tuple[int, ...]]) -> NDArray[Any]:
        if where[0] not in held:
            held[where[0]] = _mapped(where, mmap.ACCESS_READ)
        return held[where[0]]

    importlib.import_module("relnet.runner")  # before the clock of the first call runs
    _send(answers, b"ready")
    while True:
        try:
            message = _receive(asked)
        except EOFError:  # the other side ended; if it was killed, nobody else tidies up
            for folder in folders:
                shutil.rmtree(folder, ignore_errors=True)
            os._exit(0)
        sys.path[:], files, dropped, seconds, inner = pickle.loads(message)
        for name in dropped:
            held.pop(name, None)
        faulthandler.dump_traceback_later(seconds + 10, exit=True)  # ends it even where the other side is gone
        _send(answers, _result(inner, files, get, place))
        faulthandler.cancel_dump_traceback_later()


def _result(inner: bytes, files: Mapping[str, str], get: Callable[[Any], NDArray[Any]], place: Place) -> bytes:
    try:
        for name, path in files.items():
            content = Path(path).read_bytes()
            if name_of(Path(path), content) != name:
                raise PluginError("The file was changed while it ran; run again.")
            module_of(Path(path), content)
        function, arguments = _Unpickler(io.BytesIO(inner), get).load()
        return _encoded((True, function(*arguments)), place.put)
    except BaseException as error:  # whatever a plugin does, an answer is given
        return pickle.dumps((False, f"{type(error).__name__}: {error}"))
