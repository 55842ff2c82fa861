"""Two themes whose label colours stay apart for every kind of colour vision: blue, yellow and orange."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

# Colours after Okabe and Ito 2008, made lighter or darker for contrast with the background.
THEMES: Final = (
    Theme(
        name="relnet-dark",
        primary="#56B4E9",
        secondary="#2A6F97",
        accent="#E69F00",
        success="#56B4E9",
        warning="#F0E442",
        error="#E8743B",
        foreground="#E4E6EA",
        background="#14171C",
        surface="#1A1E25",
        panel="#252B35",
        dark=True,
    ),
    Theme(
        name="relnet-light",
        primary="#005A8C",
        secondary="#56B4E9",
        accent="#B35900",
        success="#005A8C",
        warning="#7A6A00",
        error="#B03A00",
        foreground="#1B1F24",
        background="#F7F8FA",
        surface="#FFFFFF",
        panel="#E3E7ED",
        dark=False,
    ),
)
