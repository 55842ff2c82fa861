"""The worker process: what it is given arrives, what it loses is told, and nothing is left behind."""

import gc
import os
import time
from pathlib import Path

import numpy as np
import pytest

from relnet import registry
from relnet.errors import ContractError, PluginError, PluginTimeout
from relnet.worker import Worker


@pytest.fixture
def worker():
    one = Worker()
    yield one
    one.close()


def doubled(column: np.ndarray) -> tuple[np.ndarray, bool]:
    return column * 2, column.flags.writeable


def leave(code: int) -> None:
    os._exit(code)


def test_large_columns_are_shared_read_only_and_once(worker) -> None:
    column = np.arange(100_000, dtype=np.float64)
    for view in (column.view(), column[:50_000], column[::2]):
        result, writeable = worker.call(doubled, view, seconds=20)
        assert np.array_equal(result, view * 2) and not writeable
        result[0] = 1  # the answer is its receiver's own
    places = {place[0] for place in worker._placed.values()}
    worker.call(doubled, column.view(), seconds=20)
    assert {place[0] for place in worker._placed.values()} == places
    assert all(Path(place).exists() for place in places)
    del column, view
    gc.collect()
    assert not worker._placed and not any(Path(place).exists() for place in places)


def test_arrays_that_live_for_one_call_arrive(worker) -> None:
    class Made:
        def __reduce__(self):
            return np.add, (np.ones(100_000), np.ones(100_000))

    result, _ = worker.call(doubled, Made(), seconds=20)
    assert np.array_equal(result, np.full(100_000, 4.0))


def test_a_lost_process_is_named_and_the_next_call_has_another(worker) -> None:
    with pytest.raises(PluginError, match="exit code 7"):
        worker.call(leave, 7, seconds=20)
    with pytest.raises(PluginTimeout, match=r"longer than 0\.5 s"):
        worker.call(time.sleep, 30, seconds=0.5)
    with pytest.raises(ContractError, match="cannot be sent"):
        worker.call(doubled, lambda: None, seconds=20)
    with pytest.raises(PluginError, match="ZeroDivisionError"):
        worker.call(divmod, 1, 0, seconds=20)
    assert worker.call(divmod, 7, 2, seconds=20) == (3, 1)


def test_an_interrupted_start_leaves_no_half_begun_process(worker, monkeypatch) -> None:
    def interrupted(stream) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("relnet.worker._receive", interrupted)
        worker.call(divmod, 7, 2, seconds=20)
    assert worker.call(divmod, 7, 2, seconds=20) == (3, 1)


def test_a_plugin_file_is_found_whatever_folder_the_worker_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = '"""One."""\nfrom relnet.plugin import Scorer\n\n\nclass {0}(Scorer):\n    name, version = "{1}", "1"\n\n    def score(self, inputs):\n        return inputs["count_ab"]\n'
    for place, name in (("here", "one"), ("there", "other")):
        (tmp_path / place / "own").mkdir(parents=True)
        (tmp_path / place / "own" / f"{name}.py").write_text(text.format(name.title(), name))
        monkeypatch.chdir(tmp_path / place)
        found = registry.find([Path("own")])
        assert not found.failures and name in found.names("scorer")
