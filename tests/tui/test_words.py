"""Numbers in words, and characters in ASCII."""

import math

import pytest
from rich.segment import Segment
from textual.color import Color

from relnet.assess.assessment import ties
from relnet.assess.explain import Part
from relnet.assess.table import tie_columns
from relnet.text import clean
from relnet.tui.phrases import feature, moment, times
from relnet.tui.plain import AsciiFilter, plain
from relnet.tui.seen import Seen
from relnet.tui.wording import Wording
from tests.builders import START, Acts, assessed
from tests.strategies import HOSTILE_NAMES


@pytest.mark.parametrize(
    ("column", "value", "flipped", "words"),
    [
        ("count_ab", 44, False, "you wrote 44×"),
        ("count_ab", 44, True, "they wrote 44×"),
        ("count_ba", math.nan, False, "they: unknown"),
        ("active_weeks", 1, False, "in touch in 1 week"),
        ("last_contact", 3, False, "last in touch 3 d ago"),
        ("p_fake_b", 0.92, False, "p fake .92 (they)"),
        ("answer_delay_ab", 2.25, True, "answer delay 2.25 hours (they)"),
        ("new_feature", math.nan, False, "new feature"),
    ],
)
def test_a_feature_in_words(column, value, flipped, words):
    assert feature(column, value, "you", "they", flipped, "hours" if "delay" in column else "") == words


def test_a_count_says_what_is_not_covered():
    assert [times(44, True), times(3, False), times(math.nan, False)] == ["44×", "at least 3×", "unknown"]


def test_a_side_is_unknown_in_words_where_it_is_not_covered_and_else_never_wrote(tmp_path):
    rows = (("me", "ana", "reply", START), ("me", "bob", "reply", START))
    responsive = Part("responsiveness", 0.0)
    for covered, word in (((("reply", "out", "me"),), "unknown"), ((("*", "between"),), "never")):
        mine = ties(assessed(tmp_path / word, Acts(rows=rows, owner="me", covered=covered)))
        said = Wording(Seen(mine, tie_columns(mine)), 0, str).facts(responsive)
        assert said.endswith(f"they last {word}") and said.startswith("you last ")


def test_a_moment_says_how_exactly_it_is_known():
    assert moment(1_736_553_600_000) == "2025-01-11 00:00:00 UTC"
    assert moment(1_736_553_600_000, "date_only") == "2025-01-11, time of day unknown"
    assert moment(1_736_553_600_000, "bound").endswith("UTC, at the latest")
    assert moment(None) == "undated"


@pytest.mark.parametrize("name", [*HOSTILE_NAMES, "│ ▁▃█ ╭─╮ ● ▲ × ≥ → ⏎"])
def test_ascii_is_as_wide_as_what_it_stands_for(name):
    [segment] = AsciiFilter().apply([Segment(clean(name))], Color(0, 0, 0))
    assert segment.text.isascii() and segment.cell_length == Segment(clean(name)).cell_length


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_plain_text_is_never_markup(name):
    content = plain(name)
    assert content.plain == "\n".join(clean(line) for line in name.split("\n")) and not content.spans
