"""A scrolling view that draws single lines, the text of which can be selected with the mouse."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

_MOST_COPIED = 10_000


class LineView(ScrollView):
    """Lines of which only those on screen are drawn.

    A subclass draws `line`, says with `set_lines` how many there are, and with `fixed` how many of them
    stay at the top while the others scroll.
    """

    fixed = 0

    def line(self, number: int) -> Strip:
        """Return one line of the whole content, as wide as the view."""
        return Strip.blank(self.line_width, self.rich_style)

    @property
    def line_width(self) -> int:
        """Cells of a line, without the scroll bar."""
        return self.scrollable_content_region.width

    def set_lines(self, count: int) -> None:
        """Say how many lines there are, fixed ones included."""
        self.virtual_size = Size(self.line_width, count)

    def render_line(self, y: int) -> Strip:
        """Draw the line at a height of the view."""
        number = y if y < self.fixed else y + self.scroll_offset.y
        strip = self.line(number)
        if (selection := self.text_selection) is not None:
            strip = self._highlight(strip, selection, number)
        return strip.apply_offsets(0, number)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the selected text, of at most 10,000 lines, and what ends it."""
        end = self.virtual_size.height - 1
        first = selection.start.y if selection.start else 0
        last = min(selection.end.y, end) if selection.end else end
        lines = []
        for number in range(first, min(last, first + _MOST_COPIED - 1) + 1):
            if (span := selection.get_span(number)) is not None:
                start, stop = span
                lines.append(self.line(number).text[start : stop if stop >= 0 else None].rstrip())
        if last - first >= _MOST_COPIED:
            lines.append(f"… {last - first + 1 - _MOST_COPIED:,} more lines")
        return "\n".join(lines), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Show that another text is selected."""
        self.refresh()

    def _highlight(self, strip: Strip, selection: Selection, number: int) -> Strip:
        span = selection.get_span(number)
        if span is None:
            return strip
        text = strip.text
        start = cell_len(text[: span[0]])
        stop = cell_len(text[: span[1]]) if span[1] >= 0 else strip.cell_length
        selection_style = self.screen.get_component_rich_style("screen--selection")
        background = Style(bgcolor=selection_style.bgcolor)
        inside = Strip(
            Segment(piece, style + background if style else background) for piece, style, _ in strip.crop(start, stop)
        )
        return Strip.join([strip.crop(0, start), inside, strip.crop(stop)])
