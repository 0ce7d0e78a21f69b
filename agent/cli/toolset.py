"""The tools of a command line, by name."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from qwact.tools import Files, plugins
from qwact.tools.errors import UserError
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
        UserError: A name is unknown, a tool cannot be loaded, or nothing can be written to `output`.
    """
    tools: list[Tool | ToolKit] = []
    for name in dict.fromkeys(names or DEFAULT):
        if name == "code_interpreter":
            check_writable(output)
            tools.append(CodeInterpreter(work_folder=output))
        elif name == "files" and folder is None:
            raise UserError("--tool files needs the folder that the model may read: add --folder FOLDER.")
        elif name != "files":
            tools.append(plugins.load(name))
    if folder is not None:
        tools.append(Files(folder))
    return tools


def check_writable(folder: Path) -> None:
    """Try to write a file there; leaves the folder as it was, also when that is missing.

    Raises:
        UserError: It cannot be written to.
    """
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        for path in made:
            path.rmdir()
    except OSError as error:
        raise UserError(
            f"--output {folder}: nothing can be written there ({error.strerror}); name another folder."
        ) from error
