"""One cell's result, put together from what it said and what it made."""

from collections.abc import Sequence
from pathlib import Path

from qwact.tools.interpreter.collect import OutputFolder
from qwact.tools.interpreter.result import CellResult, MarkupFile, Status
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
        output: Where its figures and files are put.
        produced: The files it wrote, and how many were left.
        status: How it ended.
        error: What went wrong, if anything did.
        sentence: What the model is told of a limit or an interruption.
        traceback: Of an exception.
        restarted: Whether all variables are lost.
    """
    files, left = produced
    figures = [output.add_figure(png) for png in transcript.figures]
    markup = [MarkupFile(output.add_markup(each), each.mime_type) for each in transcript.markup]
    shown = [file.path for file in markup]
    parts = [transcript.text(traceback), *([sentence] if sentence else [])]
    parts += [f"[figure: {path.name}]" for path in figures]
    parts += [f"[file: {path.relative_to(output.path)}]" for path in (*shown, *files[:_MOST_NAMED])]
    if len(files) > _MOST_NAMED:
        parts.append(f"[and {len(files) - _MOST_NAMED} more files]")
    if left:
        parts.append(f"[{left} files were not taken: not plain files, too large, or of unusable names]")
    if transcript.left_out:
        parts.append(f"[{transcript.left_out} displays were left out: too many, or too large]")
    text = "\n".join(part for part in parts if part)
    return CellResult(text or _NO_OUTPUT, (*figures, *shown, *files), status, error, restarted, tuple(markup))
