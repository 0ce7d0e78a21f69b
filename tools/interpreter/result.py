"""What one cell gave."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qwact.tools.spec import ToolOutput

Status = Literal["ok", "error", "timeout", "limit", "dead"]


@dataclass(frozen=True, slots=True)
class MarkupFile:
    """HTML or SVG that a cell showed, in a file of its own, as the cell wrote it.

    Untrusted: a stranger's text may have shaped it. qwact neither reads nor renders it, and the model sees
    its name alone. It may hold scripts: show it in a frame without rights (`<iframe sandbox>`), if at all.

    Attributes:
        path: The file, also among the result's `files`.
        mime_type: "text/html" or "image/svg+xml".
    """

    path: Path
    mime_type: str


@dataclass(frozen=True, slots=True)
class CellResult(ToolOutput):
    """What one cell gave: `text` for the model, `files` for the person.

    Attributes:
        status: "ok"; "error": a Python exception; "timeout": it ran too long; "limit": memory, processes,
            disk, files or output; "dead": the kernel ended by itself.
        error: The exception's name and message, or the sentence that says which limit. None when all is well.
        restarted: Whether all variables were lost: the next cell meets a new kernel.
        markup: HTML and SVG that the cell showed. Untrusted, as every file is: see `MarkupFile`.
    """

    status: Status = "ok"
    error: str | None = None
    restarted: bool = False
    markup: tuple[MarkupFile, ...] = ()
