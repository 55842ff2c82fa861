"""Inputs that several tests share."""

from __future__ import annotations

HOSTILE_NAMES = [
    "[/]",
    "[/",
    "[@click=app.quit]hi[/]",
    "[red]red[/red]",
    "[link=https://example.org]x[/link]",
    "\\[/]",
    "\x1b[31mred",
    "\x1b]52;c;cm0gLXJm\x07",
    "\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\",
    "\x9b31mC1",
    "a\tb\nc\rd\x0b\x0c\x00e\x7f\x08",
    "\u202egnp.exe",
    "\u2066\u2067\u2069\u200e\u200f\u061cmarks",
    "\ufeffbom\u2028line\u2029paragraph",
    "lone \ud800 surrogate",
    "漢字かな交じり文の長い名前です",
    "한국어 이름",
    "👨‍👩‍👧‍👦 family",
    "🏳️‍🌈🏴‍☠️",
    "e" + "\u0301" * 500,
    "\u200d\u200d\ufe0f",
    "עברית العربية",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }} %s {0}",
    "'; DROP TABLE accounts; --",
    "@" * 5000,
    "",
    " ",
]
"""Names that strangers may choose: markup, terminal codes, bidi, wide and joined characters, long, empty."""
