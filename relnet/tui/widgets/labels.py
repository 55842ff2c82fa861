"""How the four labels look: one set of component classes that every widget showing labels takes over."""

from __future__ import annotations

from relnet.text import LABEL_MARKS

LABEL_CLASSES = frozenset(f"label--{label}" for label in LABEL_MARKS)


def label_css(widget: str) -> str:
    """Return the default CSS of the label classes inside a widget class.

    Without colour the label is told apart by weight as well as by its sign and word.
    """
    return f"""
    {widget} > .label--good {{ color: $text-success; }}
    {widget} > .label--inactive {{ color: $text-warning; }}
    {widget} > .label--fake {{ color: $text-error; }}
    {widget} > .label--unknown {{ color: $text-muted; }}
    {widget}:nocolor > .label--good {{ color: $foreground; }}
    {widget}:nocolor > .label--inactive {{ color: $foreground; text-style: underline; }}
    {widget}:nocolor > .label--fake {{ color: $foreground; text-style: bold; }}
    {widget}:nocolor > .label--unknown {{ color: $foreground; }}
    """
