"""Tools that installed packages bring, found by the entry-point group `qwact.tools`.

An entry point names a `Tool` class, a toolkit class, a `Tool` object or a typed function.
"""

import difflib
import inspect
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from qwact.tools.decorator import tool
from qwact.tools.errors import UserError
from qwact.tools.tool import Tool, ToolKit

GROUP = "qwact.tools"


def available() -> dict[str, EntryPoint]:
    """The installed tools by name. None of them is loaded."""
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def load(name: str, **options: Any) -> Tool | ToolKit:
    """Load an installed tool.

    Args:
        name: Its name among the entry points.
        options: What its class is built with, such as `folder` for `files`.

    Raises:
        UserError: There is no such tool, two packages bring one of that name, or it cannot be built.
    """
    entry = _entry(name)
    owner = entry.dist.name if entry.dist is not None else "an unknown package"
    try:
        found = entry.load()
    except Exception as error:  # whatever a foreign module raises when imported
        raise UserError(
            f"The tool {name!r} of {owner} cannot be loaded: {type(error).__name__}: {error}; "
            "mend or reinstall that package."
        ) from error
    if isinstance(found, type):
        found = _built(found, name, owner, options)
    elif options:
        raise UserError(f"The tool {name!r} of {owner} takes no options, but got: {', '.join(options)}.")
    if isinstance(found, Tool | ToolKit):
        return found
    if callable(found):
        return tool(found)
    raise UserError(f"The tool {name!r} of {owner} is no tool, toolkit or function.")


def _entry(name: str) -> EntryPoint:
    entries = {entry.value: entry for entry in entry_points(group=GROUP, name=name)}
    if len(entries) == 1:
        return next(iter(entries.values()))
    if entries:
        owners = ", ".join(sorted(entry.dist.name for entry in entries.values() if entry.dist))
        raise UserError(f"Several packages bring a tool {name!r} ({owners}): uninstall all but one.")
    known = sorted(available())
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"installed are: {', '.join(known) or 'none'}."
    raise UserError(f"No tool {name!r} is installed; {hint}")


def _built(kind: type, name: str, owner: str, options: dict[str, Any]) -> Any:
    try:
        inspect.signature(kind.__init__).bind(None, **options)  # type: ignore[misc]
    except TypeError as error:
        raise UserError(f"The tool {name!r} of {owner} cannot be built from its options: {error}.") from error
    return kind(**options)
