"""Loops as machine code: the same as in Python, kept for the next run, and made anew when what they depend on changes."""

import importlib.util
import subprocess
import sys
from types import ModuleType

import numpy as np
import pytest

from relnet.plugin.machine_code import machine_code

LOOPS = """
import numpy as np

STEP = 3

def steps(numbers: np.ndarray, by: float, out: np.ndarray) -> int:
    count = 0
    for i in range(len(numbers)):
        out[i, 0] = numbers[i] * by
        out[i, 1] = numbers[i] + STEP
        count += numbers[i] > 0
    return count

def mean(numbers: np.ndarray) -> float:
    total = 0.0
    for number in numbers:
        total += number
    return total / len(numbers)

def copied(numbers: np.ndarray) -> int:
    other = np.empty(len(numbers))
    for i in range(len(numbers)):
        other[i] = numbers[i]
    return int(other.sum())

def turned(numbers: np.ndarray) -> np.ndarray:
    return numbers[::-1]

def wrong(numbers: np.ndarray) -> int:
    return numbers[0]
"""
RUN = """
import sys
import numpy as np
import loops
from relnet.plugin.machine_code import machine_code
out = np.zeros((2, 2))
assert machine_code(loops.steps)(np.array([5, -5]), 0.5, out) == 1
print(out.ravel().tolist(), "numba" in sys.modules)
"""


@pytest.fixture
def loops(tmp_path) -> ModuleType:
    path = tmp_path / "loops.py"
    path.write_text(LOOPS)
    spec = importlib.util.spec_from_file_location("loops", path)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_machine_code_does_what_the_loop_does(loops) -> None:
    numbers = np.arange(-5, 10)
    by_loop, by_code = np.zeros((15, 2)), np.zeros((15, 2))
    assert machine_code(loops.steps)(numbers, 0.5, by_code) == loops.steps(numbers, 0.5, by_loop) == 9
    assert (by_code == by_loop).all()
    for column in (numbers, numbers.astype(np.float32), numbers > 0):
        assert machine_code(loops.mean)(column) == pytest.approx(loops.mean(column))


def test_it_is_compiled_once_and_again_when_a_constant_changes_or_the_file_is_damaged(tmp_path) -> None:
    def run() -> str:
        command = [sys.executable, "-c", RUN]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.strip()

    (tmp_path / "loops.py").write_text(LOOPS)
    assert [run(), run()] == ["[2.5, 8.0, -2.5, -2.0] True", "[2.5, 8.0, -2.5, -2.0] False"]
    [kept] = tmp_path.rglob("loops.steps.*.o")
    kept.write_bytes(kept.read_bytes()[:-100])
    assert [run(), run()] == ["[2.5, 8.0, -2.5, -2.0] True", "[2.5, 8.0, -2.5, -2.0] False"]
    (tmp_path / "loops.py").write_text(LOOPS.replace("STEP = 3", "STEP = 44"))
    assert [run(), run()] == ["[2.5, 49.0, -2.5, 39.0] True", "[2.5, 49.0, -2.5, 39.0] False"]
    assert len(list(tmp_path.rglob("loops.steps.*.o"))) == 1


def test_what_cannot_be_passed_or_kept_is_refused(loops) -> None:
    with pytest.raises(TypeError, match="contiguous"):
        machine_code(loops.mean)(np.arange(10)[::2])
    with pytest.raises(TypeError, match="not list"):
        machine_code(loops.mean)([1, 2])
    with pytest.raises(TypeError, match=r"copied makes an array"):
        machine_code(loops.copied)(np.ones(3))
    with pytest.raises(TypeError, match="wrong returns float64, not int"):
        machine_code(loops.wrong)(np.ones(3))
    with pytest.raises(TypeError, match="has to say"):
        machine_code(loops.turned)
