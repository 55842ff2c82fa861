"""A column in a byte a row says what its numbers say."""

import pickle

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnet.assess.cache import write
from relnet.network.columns import Columns, held
from relnet.plugin import Inputs, narrow
from relnet.plugin.narrow import Narrow, Room, least_room, wide

NUMBERS = st.one_of(
    st.integers(0, 254).map(float),
    st.just(np.nan),
    st.sampled_from([-1.0, 0.5, 255.0, 256.0, 1e9, -1e300, np.inf, -np.inf]),
)
PARTS = st.lists(st.lists(NUMBERS, max_size=5), max_size=5)


def fit(column: np.ndarray) -> bool:
    return all(np.isnan(each) or (0 <= each <= 254 and each == int(each)) for each in column)


@pytest.fixture(autouse=True, scope="module")
def many():
    before, narrow.MANY = narrow.MANY, 1
    yield
    narrow.MANY = before


@given(PARTS, st.booleans())
def test_what_is_filled_some_rows_at_a_time_is_narrow_where_all_of_it_fits(parts, backwards) -> None:
    whole = np.array([each for part in parts for each in part])
    begins = np.cumsum([0, *map(len, parts)]).tolist()
    room, pieces = Room(len(whole)), list(zip(begins, parts, strict=False))
    for low, part in pieces[::-1] if backwards else pieces:
        room[low : low + len(part)] = np.array(part)
    np.testing.assert_array_equal(wide(room.column()), whole)
    assert isinstance(room.column(), Narrow) == (len(whole) > 0 and fit(whole))


@given(PARTS)
def test_the_least_room_keeps_every_number(parts) -> None:
    column = np.array([each for part in parts for each in part])
    found = least_room(column)
    np.testing.assert_array_equal(wide(found), column)
    np.testing.assert_array_equal(wide(least_room(found)), column)
    same = len(column) > 0 and np.array_equal(column, np.broadcast_to(column[:1], column.shape), equal_nan=True)
    assert isinstance(found, Narrow) == (len(column) > 0 and fit(column) and not same)
    assert not same or (isinstance(found, np.ndarray) and found.strides == (0,))


def test_a_narrow_column_is_written_as_numbers_with_null_and_read_back(tmp_path) -> None:
    numbers = np.array([0.0, 254.0, np.nan, 3.0])
    narrowed = least_room(numbers)
    write(tmp_path / "table.parquet", {"a": np.arange(4), "f.x": narrowed})
    assert pl.read_parquet(tmp_path / "table.parquet")["f.x"].to_list() == [0, 254, None, 3]
    read = Columns(pl.scan_parquet(tmp_path / "table.parquet"), "f.")
    np.testing.assert_array_equal(read["x"], numbers)
    assert isinstance(held(read, "x"), Narrow)


def test_inputs_of_a_narrow_column_are_numbers_in_another_process_too() -> None:
    numbers, keys = np.array([0.0, 254.0, np.nan, 3.0]), np.arange(4)
    sent = pickle.loads(pickle.dumps(Inputs({"x": least_room(numbers)}, keys, keys, 0)))
    for rows in (slice(0, 4), slice(1, 3)):
        column = sent.part(rows.start, rows.stop)["x"]
        np.testing.assert_array_equal(column, numbers[rows])
        assert not column.flags.writeable
    np.testing.assert_array_equal(sent.take(np.array([3, 2]))["x"], [3.0, np.nan])


def test_rows_of_a_narrow_column_may_be_set_to_what_nothing_is() -> None:
    column = Narrow(np.arange(4, dtype=np.uint8))
    column[np.array([True, False, False, True])] = np.nan
    column[1:2] = 0.0
    np.testing.assert_array_equal(column.wide(), [np.nan, 0.0, 2.0, np.nan])
