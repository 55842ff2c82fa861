"""A line to type in that takes no codes."""

from __future__ import annotations

from textual.widgets import Input

from relnet.text import clean


class CleanInput(Input):
    """An input that a paste cannot make send codes to the terminal."""

    def validate_value(self, value: str) -> str:
        """Return the text without codes."""
        return clean(value)
