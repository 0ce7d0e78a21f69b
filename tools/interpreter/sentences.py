"""What the model is told when a cell did not end by itself, or met a limit: which one, and what was lost."""

from qwact.tools.interpreter.messages import Reply
from qwact.tools.interpreter.plan import Limits
from qwact.tools.interpreter.result import Status
from qwact.tools.interpreter.tool_call import MOST_CALLS

_MEGABYTE = 1 << 20
_LOST = "Python was restarted: all variables are lost, files are kept."
_KEPT = "Variables are kept."
_NEXT_TIME = "If the next cell reaches it too, Python is restarted: free some with `del`, or ask for less."


def limit_sentence(limit: str, limits: Limits) -> str:
    """The limit that was reached, with its figure."""
    return {
        "memory": f"The memory limit of {limits.memory // _MEGABYTE} MB was reached.",
        "processes": f"The limit of {limits.processes} processes and threads was reached.",
        "disk": f"The disk limit of {limits.disk // _MEGABYTE} MB was reached.",
        "file": f"The limit of {limits.file // _MEGABYTE} MB for one file was reached.",
        "files": f"The limit of {limits.files} files was reached.",
        "calls": f"The limit of {MOST_CALLS} calls of tools a cell was passed.",
        "output": f"The cell printed far more than the {limits.output} characters that can be shown.",
    }[limit]


def interrupted(reason: str, limits: Limits, seconds: float) -> tuple[Status, str]:
    """Of a cell that stopped when it was interrupted."""
    if reason == "timeout":
        return "timeout", f"The cell ran longer than {seconds:g} seconds and was interrupted. {_KEPT}"
    if reason == "cancelled":
        return "error", f"The cell was interrupted. {_KEPT}"
    return "limit", f"{limit_sentence(reason, limits)} The cell was interrupted. {_KEPT}"


def killed(reason: str | None, limits: Limits, seconds: float) -> tuple[Status, str]:
    """Of a cell whose kernel is gone."""
    if reason is None:
        return "dead", f"Python ended by itself during the cell. {_LOST}"
    if reason == "timeout":
        return (
            "timeout",
            f"The cell ran longer than {seconds:g} seconds and could not be interrupted. {_LOST}",
        )
    if reason == "cancelled":
        return "error", f"The cell could not be interrupted. {_LOST}"
    if reason in ("disk", "files"):
        lost = "Python was restarted: all variables and the files that the code wrote are lost."
        return "limit", f"{limit_sentence(reason, limits)} {lost}"
    return "limit", f"{limit_sentence(reason, limits)} {_LOST}"


def limit_raised(reply: Reply) -> str | None:
    """Which limit the exception that ended a cell tells of, if it does."""
    for limit, (name, fragment) in _TELLING:
        if reply.error == name and fragment in reply.message:
            return limit
    return None


def raised(limit: str, limits: Limits) -> str:
    """Of a cell that ended with the exception of a limit."""
    warning = f" {_NEXT_TIME}" if limit == "memory" else ""
    return f"{limit_sentence(limit, limits)} The cell ended there. {_KEPT}{warning}"


_TELLING = (
    ("memory", ("MemoryError", "")),
    ("memory", ("_ArrayMemoryError", "")),
    ("file", ("OSError", "[Errno 27]")),
    ("disk", ("OSError", "[Errno 28]")),
    ("processes", ("BlockingIOError", "[Errno 11]")),
    ("processes", ("RuntimeError", "can't start new thread")),
    ("output", ("OutputLimitReached", "")),
)
