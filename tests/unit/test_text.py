import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from relnet.text import ago, clean, clean_column, count, fit, score, share, to_ascii
from tests.strategies import HOSTILE_NAMES

NAN = float("nan")
BIDI_CONTROLS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


ANY_TEXT = st.sampled_from(HOSTILE_NAMES) | st.text(st.characters())


@given(ANY_TEXT)
def test_clean_leaves_nothing_that_a_terminal_obeys(value):
    cleaned = clean(value)
    assert not {unicodedata.category(c) for c in cleaned} & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(c) for c in cleaned} & BIDI_CONTROLS
    assert "\ufeff" not in cleaned
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    "value", ["Ana María", "漢字", "👨‍👩‍👧‍👦", "❤️", "नमस्ते", "می‌خواهم", "[/] <b> {{x}}", "a\xa0b", ""]
)
def test_clean_keeps_what_people_write(value):
    assert clean(value) == value


def test_clean_turns_tabs_and_line_breaks_into_spaces():
    assert clean("a\tb\nc\r\nd\re\u2028f\u2029g") == "a b c d e f g"


def test_a_column_is_cleaned_like_its_texts_and_absent_ones_are_empty():
    assert clean_column([*HOSTILE_NAMES, None]) == [*map(clean, HOSTILE_NAMES), ""]


@given(ANY_TEXT, st.integers(0, 30))
def test_fit_always_takes_the_cells_asked_for(value, width):
    for align in ("left", "right"):
        assert cell_len(fit(value, width, align)) == width
        plain = fit(value, width, align, ascii=True)
        assert len(plain) == width
        assert plain.isascii()


def test_fit_shows_a_cut_and_never_halves_a_wide_character():
    assert fit("abcdef", 4) == "abc…"
    assert fit("漢字漢", 4) == "漢 …"
    assert fit("abcdef", 4, ascii=True) == "abc~"
    assert fit("7", 4, "right") == "   7"


def test_a_long_name_is_cut_before_it_is_measured():
    assert len(fit("e" + "\u0301" * 1_000_000, 10)) < 200


def test_own_signs_have_an_ascii_counterpart():
    assert to_ascii("you→ ●▲×? é") == "you-> o^x? ?"


@pytest.mark.parametrize(
    ("form", "value", "shown"),
    [
        (count, 1204, "1,204"),
        (count, NAN, "unknown"),
        (score, 0.923, ".92"),
        (score, 0.999, "1.0"),
        (score, 0, ".00"),
        (score, NAN, "unknown"),
        (share, 0.904, "90%"),
        (share, 0.004, "0.4%"),
        (share, 0, "0%"),
        (share, NAN, "unknown"),
        (ago, 0.2, "5 h"),
        (ago, 3, "3 d"),
        (ago, 20, "3 w"),
        (ago, 150, "5 mo"),
        (ago, 800, "2 y"),
        (ago, NAN, "unknown"),
    ],
)
def test_short_forms(form, value, shown):
    assert form(value) == shown
