"""One cell's result, put together from what it said and what it made."""

from collections.abc import Sequence
from pathlib import Path

from qwact.tools.interpreter.collect import OutputFolder
from qwact.tools.interpreter.result import CellResult, Status
from qwact.tools.interpreter.transcript import Transcript

_NO_OUTPUT = "Finished with no output."
_NOT_BEGUN = "The cell was interrupted before it began. Variables are kept."
_MOST_NAMED = 20


def not_begun() -> CellResult:
    """Of a cell that was interrupted before it was sent."""
    return CellResult(_NOT_BEGUN, status="error", error=_NOT_BEGUN)


def cell_result(
    transcript: Transcript,
    output: OutputFolder,
    figures: Sequence[Path],
    produced: tuple[Sequence[Path], int],
    status: Status,
    error: str | None,
    sentence: str | None,
    traceback: str = "",
    restarted: bool = False,
) -> CellResult:
    """The result as the model reads it.

    Args:
        transcript: What the cell said.
        output: Where its figures and files were put.
        figures: The pictures it showed.
        produced: The files it wrote, and how many were left.
        status: How it ended.
        error: What went wrong, if anything did.
        sentence: What the model is told of a limit or an interruption.
        traceback: Of an exception.
        restarted: Whether all variables are lost.
    """
    files, left = produced
    parts = [transcript.text(traceback), *([sentence] if sentence else [])]
    parts += [f"[figure: {path.name}]" for path in figures]
    parts += [f"[file: {path.relative_to(output.path)}]" for path in files[:_MOST_NAMED]]
    if len(files) > _MOST_NAMED:
        parts.append(f"[and {len(files) - _MOST_NAMED} more files]")
    if left:
        parts.append(f"[{left} files were not taken: not plain files, too large, or of unusable names]")
    text = "\n".join(part for part in parts if part)
    return CellResult(text or _NO_OUTPUT, (*figures, *files), status, error, restarted)
