"""The tools of a command line, by name."""

from collections.abc import Sequence
from pathlib import Path

from qwact.tools import Files, plugins
from qwact.tools.interpreter import CodeInterpreter
from qwact.tools.tool import Tool, ToolKit

DEFAULT = ("calculator", "code_interpreter", "current_time")


def build(names: Sequence[str], *, output: Path, folder: Path | None) -> list[Tool | ToolKit]:
    """The tools with these names, or the usual ones when none is named.

    Args:
        names: Names of installed tools.
        output: Where the code interpreter puts the files it makes.
        folder: A folder that the model may list and read.

    Raises:
        UserError: A name is unknown, or a tool cannot be loaded.
    """
    tools: list[Tool | ToolKit] = []
    for name in names or DEFAULT:
        if name == "code_interpreter":
            tools.append(CodeInterpreter(work_folder=output))
        else:
            tools.append(plugins.load(name))
    if folder is not None:
        tools.append(Files(folder))
    return tools
