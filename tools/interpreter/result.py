"""What one cell gave."""

from dataclasses import dataclass
from typing import Literal

from qwact.tools.spec import ToolOutput

Status = Literal["ok", "error", "timeout", "limit", "dead"]


@dataclass(frozen=True, slots=True)
class CellResult(ToolOutput):
    """What one cell gave: `text` for the model, `files` for the person.

    Attributes:
        status: "ok"; "error": a Python exception; "timeout": it ran too long; "limit": memory, processes,
            disk, files or output; "dead": the kernel ended by itself.
        error: The exception's name and message, or the sentence that says which limit. None when all is well.
        restarted: Whether all variables were lost: the next cell meets a new kernel.
    """

    status: Status = "ok"
    error: str | None = None
    restarted: bool = False
