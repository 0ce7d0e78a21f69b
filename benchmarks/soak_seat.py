"""One place of the soak where cells run: an interpreter, and what the host knows of its variables."""

import asyncio
import os
import random
import signal
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil
from soak_cells import FAULTS, SETTINGS, Cell, faults_of, written

from qwact.tools.decorator import tool
from qwact.tools.errors import ToolError
from qwact.tools.interpreter import CodeInterpreter
from qwact.tools.interpreter.watchdog import descendants

_MARK_SECONDS, _LOOK_SECONDS, _END_ATTEMPTS = 60.0, 0.02, 3
_FEWEST_CELLS, _MOST_CELLS = 8, 25


@tool
def echo(token: str) -> str:
    """Give the token back."""
    return f"heard {token}"


@tool
def refuse(token: str) -> str:
    """Refuse the token."""
    raise ToolError(f"refused {token}")


@tool
async def hold(token: str) -> str:
    """Take longer than any cell may."""
    await asyncio.sleep(60)
    return token


class Seat:
    """Interpreters one after the other, some with a warm kernel; each for a number of cells drawn by lot.

    Args:
        seed: Of the lots.
        has_tools: Whether the code can call tools.
        sandbox: As `CodeInterpreter` takes it.
    """

    def __init__(self, seed: str, has_tools: bool, sandbox: str) -> None:
        self.has_tools = has_tools
        self.opened = self.opened_warm = 0
        self._random = random.Random(seed)
        self._sandbox = sandbox
        self._interpreter: CodeInterpreter | None = None
        self._output: tempfile.TemporaryDirectory[str] | None = None
        self._state: str | None = None
        self._cells_left = 0

    def run(self, cell: Cell, token: str) -> list[str]:
        """Run one cell with what is done to it from outside. Gives what is wrong with its result."""
        if not self._cells_left:
            self.close()
            self._open()
        self._cells_left -= 1
        assert self._interpreter is not None
        mark = f"soak-{token.split('-')[1]}"
        disturber = _Disturber(self._interpreter, cell, mark, self._random.uniform(0, cell.moment))
        result = self._interpreter.run(written(cell, token, mark))
        wrong = [*faults_of(cell, result, token, self._state), *disturber.ended()]
        if result.restarted or cell.action == "close":
            self._state = None
        elif cell.sets_state:
            self._state = token
        if cell.leaves and not result.restarted:
            wrong += self._end_kernel()
        if cell.takes and not result.restarted:
            wrong += self._free_memory()
        return [f"{each}: {result}" for each in wrong]

    def close(self) -> None:
        """End what runs here."""
        if self._interpreter is not None:
            self._interpreter.close()
            self._interpreter = None
        if self._output is not None:
            self._output.cleanup()
            self._output = None
        self._cells_left = 0

    def _open(self) -> None:
        warm = self._random.random() < 0.5
        if self._random.random() < 0.5:
            self._output = tempfile.TemporaryDirectory(prefix="soak-output-")
        self._interpreter = CodeInterpreter(
            **SETTINGS,  # type: ignore[arg-type]
            sandbox=self._sandbox,
            warm=int(warm),
            work_folder=Path(self._output.name) if self._output else None,
            tools=(echo, refuse, hold) if self.has_tools else (),
        )
        self._state = None
        self._cells_left = self._random.randint(_FEWEST_CELLS, _MOST_CELLS)
        self.opened += 1
        self.opened_warm += warm

    def _free_memory(self) -> list[str]:
        """Give back what a cell took. Where there is no room even for that, Python must be restarted."""
        assert self._interpreter is not None
        result = self._interpreter.run("taken = None")
        if result.restarted:
            self._state = None
        is_well = result.status == "ok" or (result.restarted and "memory limit" in result.text)
        return [] if is_well else [f"cannot be used afterwards: {result}"]

    def _end_kernel(self) -> list[str]:
        """End the kernel with all that a cell has left running."""
        assert self._interpreter is not None
        self._state = None
        for _ in range(_END_ATTEMPTS):
            result = self._interpreter.run("import os; os._exit(0)")
            if result.restarted:
                return []
        return [f"cannot be ended afterwards: {result}"]


class _Disturber:
    """Does from outside what a cell asks for, once it has its mark or at a moment drawn by lot."""

    def __init__(self, interpreter: CodeInterpreter, cell: Cell, mark: str, moment: float) -> None:
        self._interpreter = interpreter
        self._cell = cell
        self._mark = mark.encode()
        self._moment = moment
        self._wrong: list[str] = []
        self._thread = threading.Thread(target=self._disturb, daemon=True) if cell.action else None
        if self._thread:
            self._thread.start()

    def ended(self) -> list[str]:
        """What went wrong with it."""
        if self._thread:
            self._thread.join()
        return self._wrong

    def _disturb(self) -> None:
        try:
            if self._cell.moment:
                time.sleep(self._moment)
                self._interpreter.interrupt()
            elif kernel := self._await_mark():
                self._act(kernel)
            else:
                self._wrong.append("never began")
        except Exception as error:
            self._wrong.append(f"could not be disturbed: {error!r}")

    def _act(self, kernel: int) -> None:
        chain = [kernel, *(parent.pid for parent in psutil.Process(kernel).parents())]
        inside = chain[: chain.index(os.getpid())]  # the warden last
        match self._cell.action:
            case "kill kernel":
                os.kill(kernel, signal.SIGKILL)
            case "kill its parent":
                os.kill(inside[1], signal.SIGKILL)
            case "kill warden":
                os.kill(inside[-1], signal.SIGKILL)
            case "stop kernel":
                os.kill(kernel, signal.SIGSTOP)
            case "interrupt":
                self._interpreter.interrupt()
            case "close":
                self._interpreter.close()

    def _await_mark(self) -> int | None:
        deadline = time.monotonic() + _MARK_SECONDS
        while time.monotonic() < deadline:
            for process in descendants(os.getpid()):
                with suppress(OSError), open(f"/proc/{process}/comm", "rb") as file:
                    if file.read().strip() == self._mark:
                        return process
            time.sleep(_LOOK_SECONDS)
        return None


def kinds_for(has_tools: bool) -> list[str]:
    """The faults that a seat can have."""
    return [name for name, cell in FAULTS.items() if has_tools or not cell.needs_tools]
