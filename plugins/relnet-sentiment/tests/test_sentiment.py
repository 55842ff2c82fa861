import numpy as np
from relnet_sentiment import Tone, Warmth, compound

from relnet.plugin import Inputs, Texts
from relnet.testing import checks_for

test_tone = checks_for(Tone())
test_warmth = checks_for(Warmth(), beside=[Tone()])


def texts(*said: tuple[int, bool, str, str | None]) -> Texts:
    tie, way, text, language = zip(*said, strict=True)
    return Texts(
        rows=2, tie=np.array(tie, dtype=np.int32), this_way=np.array(way), text=list(text), language=list(language)
    )


def test_friendly_words_are_warmer_than_hostile_ones() -> None:
    kind, cruel = "What a wonderful, lovely surprise!", "I hate this, it is horrible."
    table = texts(*[(0, True, kind, "en")] * 3, *[(1, True, cruel, "en-GB")] * 3)
    good, bad = Tone().over(table)
    assert good > 0.5 > -0.5 > bad
    inputs = Inputs({name: np.array([good, bad]) for name in Warmth.needs}, np.array([1, 1]), np.array([2, 3]), 0)
    assert np.allclose(Warmth().score(inputs), [0.5 + good / 2, 0.5 + bad / 2])


def test_other_languages_unstated_ones_and_the_other_way_are_left_out() -> None:
    table = texts(*[(0, True, "Great!", "de")] * 3, *[(1, True, "Great!", None)] * 3, *[(0, False, "Great!", "en")] * 3)
    assert np.isnan(Tone().over(table)).all()
    assert np.isfinite(Tone(unstated_is_english=True).over(table)).tolist() == [False, True]


def test_names_and_links_have_no_tone() -> None:
    assert compound("@happy_lovely see https://example.com/hate") == 0
