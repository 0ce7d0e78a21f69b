"""Reads the rest of a line that began with `Action:`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from qwact.prompts.labels import Label, line_pattern
from qwact.tools.spec import ToolSpec

_INPUT_LABEL = re.compile(r"(?:^|(?<=\s))" + line_pattern([Label.ACTION_INPUT]))
_NO_TOOL = frozenset({"none", "no tool", "no action", "null", "n/a", "final answer", "无", "不使用工具"})
_MARKS = " \t\r\n`*\"'“”‘’<>[]"


@dataclass(frozen=True, slots=True)
class ActionLine:
    """What an action line says.

    Attributes:
        name: The tool's name without the marks that models put around it.
        input: What follows `Action Input:` on the same line; `None` where that label is not on it.
        calls: False for a name that says that no tool is wanted.
    """

    name: str
    input: str | None
    calls: bool


def read_action_line(line: str, tools: Mapping[str, ToolSpec]) -> ActionLine:
    """Read the line.

    Args:
        line: What follows `Action:`.
        tools: The tools that are known; a final full stop belongs to a name only if a tool is called so.
    """
    label = _INPUT_LABEL.search(line)
    name = line[: label.start()] if label else line
    name = name.strip(_MARKS).removesuffix("()")
    bare = name.rstrip(".:,;。：，；")
    if bare in tools and name not in tools:
        name = bare
    calls = name in tools or name.lower() not in _NO_TOOL
    return ActionLine(name, line[label.end() :] if label else None, calls)
