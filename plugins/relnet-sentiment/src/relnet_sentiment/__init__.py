"""The tone of what two people write to each other."""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Column, Evidence, Feature, Inputs, Param, Scorer, Texts

NAMES_AND_LINKS = re.compile(r"@\S+|https?://\S+")
"""Left out: a handle or an address may hold a word of the lexicon."""


class Tone(Feature):
    """Mean tone of what one wrote to the other, −1 to 1, each way. Unit: compound.

    Formula: mean VADER compound over texts in English. Unknown with fewer than `least_texts` of them.
    Source: Hutto and Gilbert 2014.
    """

    name, version = "tone", "1"
    unit, table, directed, portable = "compound", "texts", True, False
    least_texts: Annotated[int, Param(ge=1, description="fewer texts this way: unknown")] = 3
    unstated_is_english: Annotated[bool, Param(description="read texts whose network states no language")] = False

    def over(self, table: Texts) -> Column:
        """Return float64[n], NaN where unknown."""
        total, texts = np.zeros(table.rows), np.zeros(table.rows)
        for tie, this_way, text, language in zip(
            table.tie.tolist(), table.this_way.tolist(), table.text, table.language, strict=True
        ):
            if this_way and self._reads(language):
                total[tie] += compound(text)
                texts[tie] += 1
        return np.where(texts >= self.least_texts, total / np.maximum(texts, 1), np.nan)

    def _reads(self, language: str | None) -> bool:
        if not language or language == "und":
            return self.unstated_is_english
        return language.partition("-")[0].lower() == "en"


class Warmth(Scorer):
    """How friendly the two sound, both ways taken together: ½ is neutral.

    Formula: ½ + (tone a→b + tone b→a) / 4. Unknown where the tone of a side is.

    Trust: tone is not closeness; irony and teasing read as hostile.
    """

    name, version = "warmth", "1"
    needs = ("tone_ab", "tone_ba")

    def score(self, inputs: Inputs) -> Column:
        """Return float64[n] in [0, 1], NaN where unknown."""
        return np.clip(0.5 + inputs["tone_ab"] / 4 + inputs["tone_ba"] / 4, 0, 1)

    def explain(self, inputs: Inputs, rows: NDArray[np.intp]) -> Evidence:
        """Return what each side's tone adds to neutral."""
        return Evidence(np.full(len(rows), 0.5), {name: inputs[name][rows] / 4 for name in self.needs})


def compound(text: str) -> float:
    """Return the VADER compound of a text without names and links, rounded so that sums are exact."""
    value = _analyser().polarity_scores(NAMES_AND_LINKS.sub(" ", text))["compound"]
    return round(float(value) * 2**32) / 2**32


@cache
def _analyser() -> Any:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # type: ignore[import-untyped]

    return SentimentIntensityAnalyzer()
