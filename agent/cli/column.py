"""Text in a column beside its label, wrapped as it arrives."""

import re
from collections.abc import Callable

from rich.cells import cell_len

INDENT = 13  # cells of the labels' column
_UNITS = re.compile(r"\n|[^\S\n]+|[^\s\u1100-\uffef]+|[\u1100-\uffef]")  # CJK may be broken between any two
_CONTROLS = {code: None for code in (*range(32), *range(127, 160)) if code not in (9, 10)}


class Column:
    """Writes text right of the labels; lines that are too long go on there, not at the terminal's edge.

    A word is held back until it is complete: only then is it known on which line it goes.

    Args:
        put: Writes text where the cursor is.
        width: Cells of the terminal; None does not wrap.
    """

    def __init__(self, put: Callable[[str], None], width: int | None) -> None:
        self._put = put
        # Below some width a column is no help.
        self._room = None if width is None else max(width - INDENT, 20)
        self._used = 0
        self._held = ""

    def write(self, text: str) -> None:
        """Write a piece of a longer text."""
        # An escape sequence from a model or a tool must not reach the terminal.
        text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS).expandtabs(4)
        units = _UNITS.findall(self._held + text)
        # Spaces are held too: at the end of a line they are dropped.
        self._held = units.pop() if units and units[-1] != "\n" else ""
        self._put("".join(self._placed(unit) for unit in units))

    def end(self) -> None:
        """Write what is held back and end the line."""
        self._put(("" if self._held.isspace() else self._placed(self._held)) + "\n")
        self._used, self._held = 0, ""

    def _placed(self, unit: str) -> str:
        if unit == "\n":
            return self._new_line()
        if self._room is None:
            return unit
        size = cell_len(unit)
        if self._used + size <= self._room:
            self._used += size
            return unit
        if unit.isspace():
            return self._new_line() if self._used else unit
        placed = self._new_line() if self._used else ""
        while cell_len(unit) > self._room:  # longer than a line: a link, a number
            placed += unit[: self._room] + self._new_line()
            unit = unit[self._room :]
        self._used = cell_len(unit)
        return placed + unit

    def _new_line(self) -> str:
        self._used = 0
        return "\n" + " " * INDENT
