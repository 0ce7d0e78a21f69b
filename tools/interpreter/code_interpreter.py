"""The tool: Python code in, text and files out, variables kept from call to call."""

import os
import re
import sys
import threading
import weakref
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from qwact.tools.errors import ToolError, UserError
from qwact.tools.interpreter.plan import Limits
from qwact.tools.interpreter.result import CellResult
from qwact.tools.interpreter.sandbox import CHOICES
from qwact.tools.tool import Tool

if TYPE_CHECKING:
    from qwact.tools.interpreter.inside_tools import Given, InsideTools
    from qwact.tools.interpreter.session import Session
    from qwact.tools.interpreter.walled_kernel import WalledKernel

_FENCE = re.compile(r"^\s*(`{3,}|~{3,})[ \t]*(?:[\w.+-]+)?[ \t]*\n(.*?)\n?[ \t]*\1\s*$", re.DOTALL)
_MEGABYTE = 1 << 20
_PARAMETERS = {
    "type": "object",
    "properties": {"code": {"type": "string", "description": "Python code to run."}},
    "required": ["code"],
}
# What a call may take over the cell's own time: the start of the kernel, and its end.
_OVERHEAD_SECONDS = 30.0


class CodeInterpreter(Tool):
    """Runs Python in a Jupyter kernel behind walls: no network, no files and no environment of the host.

        with CodeInterpreter() as py:
            py.run("x = 6 * 7")
            print(py.run("x").text)

    The kernel starts at the first cell. Variables are kept until it is closed or a limit ends it.

    Whatever comes out is untrusted: files, figures, and HTML and SVG, which are handed on as files that
    nothing here has parsed (`CellResult.markup`). The model reads text and the files' names.

    Args:
        cell_seconds: Wall time of one cell.
        memory_mb: Memory of everything inside.
        processes: Processes and threads inside.
        file_mb: Size of one file.
        disk_mb: Size of all files.
        files: Number of files.
        output_chars: Characters of text that one cell gives.
        network: Must be False: the walls have no gate.
        work_folder: Folder of the host where produced files are put, made if missing; files that are there
            already are never overwritten, and `close` leaves them. None: a private temporary folder that
            `close` removes with every plot and file in it, also those named in a result: name a folder to
            keep them.
        sandbox: "auto" takes the strongest of "bubblewrap", "namespaces" and "landlock" that comes up here;
            "dangerously-none" runs the code with all your rights.
        warm: How many kernels with these settings this process keeps ready for its next interpreters, with
            numpy, pandas and matplotlib loaded where they are installed. They are started in the background
            from now on, and each one taken is replaced; the last word counts, and 0 asks for none. A waiting
            kernel takes about 120 MB (without those packages 45 MB) and ends with this process. When none is
            ready, a session starts without.
        tools: What the code may call: tools, toolkits, typed functions. Each is a function in every cell,
            named as the tool, with `_` for `-` and `.`; it takes positional arguments in the schema's order
            or arguments by name, and returns the tool's text or raises `ToolError` with it. The tools run
            here, outside the walls, with your rights; what the code hands them is checked as a model's call
            is, 1,000 calls a cell at most. Their time counts as the cell's, and a cell that ends cancels
            its call. `close` closes them.

    Raises:
        UserError: A setting that cannot be had.
    """

    name = "code_interpreter"
    description = (
        "Python code sandbox: runs code and gives back what it prints, the value of the last line, plots and "
        "files. Variables are kept between calls. There is no network."
    )
    parameters: Mapping[str, Any] = _PARAMETERS

    def __init__(
        self,
        cell_seconds: float = 60,
        memory_mb: int = 2048,
        processes: int = 64,
        file_mb: int = 256,
        disk_mb: int = 1024,
        files: int = 1000,
        output_chars: int = 20_000,
        network: bool = False,
        work_folder: str | Path | None = None,
        sandbox: str = "auto",
        warm: int = 0,
        tools: "Iterable[Given]" = (),
    ) -> None:
        if network:
            raise UserError(
                "CodeInterpreter(network=True) is not offered: the sandbox has no network of its own yet."
            )
        if sandbox not in CHOICES:
            raise UserError(f"CodeInterpreter(sandbox={sandbox!r}): choose one of {', '.join(CHOICES)}.")
        figures = (cell_seconds, memory_mb, processes, file_mb, disk_mb, files, output_chars)
        if min(figures) <= 0:
            raise UserError("CodeInterpreter: every limit must be above 0.")
        if warm < 0:
            raise UserError("CodeInterpreter: warm must be 0 or more.")
        self.seconds = cell_seconds + _OVERHEAD_SECONDS
        # Each limit's note comes on top of what the cell said.
        self.output_chars = output_chars + 2_000
        self._limits = Limits(
            memory=memory_mb * _MEGABYTE,
            processes=processes,
            file=file_mb * _MEGABYTE,
            disk=disk_mb * _MEGABYTE,
            files=files,
            output=output_chars,
        )
        self._cell_seconds = cell_seconds
        self._choice = sandbox
        self._output = None if work_folder is None else checked_folder(work_folder)
        self._session: Session | None = None
        self._lock = threading.Lock()
        self._tools = _inside_tools(tools)
        if self._tools:
            self.description = f"{self.description}\n{self._tools.description}"
        self._warm = warm
        if warm:
            self._keep_warm()

    @property
    def layers(self) -> tuple[str, ...]:
        """The walls in force; none before the first cell."""
        return self._session.layers if self._session else ()

    def start(self) -> None:
        """Start the kernel now instead of at the first cell.

        Raises:
            SandboxUnavailable: No walls can be built here.
        """
        with self._own_lock():
            self._get_session().start()

    def run(self, code: str) -> CellResult:
        """Run one cell.

        Args:
            code: Python code; a fence of backticks around it is taken off.

        Raises:
            SandboxUnavailable: No walls can be built here. Nothing was run.
        """
        with self._own_lock():
            return self._get_session().run(without_fence(code))

    def add_file(self, path: str | Path) -> str:
        """Copy a file of the host into the folder where the code runs; gives its name there.

        Raises:
            UserError: It cannot be read or is too large.
        """
        with self._own_lock():
            return self._get_session().add_file(Path(path))

    def interrupt(self) -> None:
        """Stop the running cell, from any thread. Without one, nothing happens."""
        session = self._session
        if session is not None:
            session.interrupt()

    def close(self) -> None:
        """End the kernel and remove what it left, also produced files that have no folder of your own."""
        self.interrupt()
        with self._lock:
            if self._session is not None:
                self._end_session()
                self._session = None
            if self._tools:
                self._tools.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _own_lock(self) -> threading.Lock:
        """The lock around a cell, for whoever would not wait for his own cell."""
        if self._tools and self._tools.is_calling:
            raise ToolError(
                "This code interpreter is running the cell that made this call: it can do nothing else "
                "before the call has ended."
            )
        return self._lock

    def _get_session(self) -> "Session":
        # In a fork of the program, the session stays the other's.
        if self._session is None or self._session.process != os.getpid():
            from qwact.tools.interpreter.session import Session

            self._session = Session(self._take_kernel(), self._cell_seconds, self._output, self._tools)
            # Also when nobody calls close: with this object, or at the end of the program.
            self._end_session = weakref.finalize(self, self._session.close)
        return self._session

    def _take_kernel(self) -> "WalledKernel":
        from qwact.tools.interpreter.walled_kernel import KernelSettings, WalledKernel

        settings = KernelSettings(self._limits, self._choice)
        if self._warm:
            from qwact.tools.interpreter.pool import WARM

            if kernel := WARM.take(settings):
                return kernel
        return WalledKernel(settings)

    def _keep_warm(self) -> None:
        from qwact.tools.interpreter.pool import WARM
        from qwact.tools.interpreter.walled_kernel import KernelSettings

        WARM.keep(KernelSettings(self._limits, self._choice), self._warm)


def _inside_tools(given: "Iterable[Given]") -> "InsideTools | None":
    given = tuple(given)
    if not given:
        return None
    from qwact.tools.interpreter.inside_tools import InsideTools

    inside = InsideTools(given)
    if any(isinstance(tool, CodeInterpreter) for tool in inside.tools):
        raise UserError("CodeInterpreter(tools=...): code cannot call a code interpreter; leave it out.")
    return inside


def without_fence(code: str) -> str:
    """The code inside a Markdown fence, or the code itself when there is none around all of it."""
    found = _FENCE.match(code)
    return found[2] if found else code


def checked_folder(given: str | Path) -> Path:
    """Refuse folders where a file of the code's choosing could be taken for a setting or a program."""
    folder = Path(given).expanduser().resolve()
    precious = [Path.home(), Path(sys.prefix), Path(sys.base_prefix)]
    if any(path.resolve().is_relative_to(folder) for path in precious):
        raise UserError(
            f"work_folder={str(given)!r} holds your settings or programs: name a folder of its own."
        )
    return folder
