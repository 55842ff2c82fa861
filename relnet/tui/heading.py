"""The first line of the overview: whose network, of what and when, and what is to be said of it."""

from __future__ import annotations

from relnet.moments import day
from relnet.text import count, counted
from relnet.tui.model import Model


def heading(model: Model, *, is_wide: bool, is_narrow: bool) -> tuple[list[str], str]:
    """Return the steps of the path, and a note beside them.

    Parameters
    ----------
    model
        What is loaded.
    is_wide, is_narrow
        What there is room for: the number of sources, the moment of judging.
    """
    header, focus = model.assessment.header, model.seen.focus
    me = ", ".join(model.handle(key) for key in header.me)
    years = "–".join(dict.fromkeys(day(at)[:4] for at in (header.first_at, header.last_at) if at is not None))
    facts = [me or ", ".join(header.paths[:2]) or "network"]
    if is_wide:
        facts.append(counted(len(set(header.sources)), "source"))
    facts += [counted(header.interactions, "interaction"), years or "undated"]
    steps = [f"relnet  {' · '.join(facts)}", *([] if focus is None else [f"as {model.handle(focus)}"])]
    left_out, failed = sum(header.skipped.values()), len(header.warnings)
    notes = [f"{count(n)} {what} (d)" for n, what in ((left_out, "left out"), (failed, "failed")) if n]
    if not (notes and is_narrow) and not model.period:
        notes.append(f"as of {day(header.as_of)}")
    return steps, " · ".join(notes)
