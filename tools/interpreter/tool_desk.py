"""The host's side of the tools that code inside may call: takes one call after another, and answers each.

It never waits: the session asks it to `serve` whenever its descriptor is readable, and looks at the clock and
at the kernel in between. Tools run in other threads, so that a cell that ends does not wait for them.
"""

import contextvars
import logging
import os
import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from qwact.tools.cancellation import Cancellation
from qwact.tools.interpreter.inside_tools import InsideTools
from qwact.tools.interpreter.line_channel import Line, LineChannel
from qwact.tools.interpreter.tool_call import (
    MOST_CALL_BYTES,
    MOST_CALLS,
    BadCall,
    ToolCall,
    read_call,
    write_answer,
)
from qwact.tools.results import as_explanation
from qwact.tools.spec import Observation
from qwact.tools.workers import Workers

# Above this many calls, refused ones among them, the cell is stopped.
_FLOOD_FACTOR = 2
_MOST_CELL_BYTES = 64 << 20
_MOST_ANSWER_CHARACTERS = 4_000_000
_TOO_MANY = f"This cell has made {MOST_CALLS} calls of tools: no more are answered before the next cell."
_TOO_LONG = "The answer of {} has {} characters, more than can be handed to the code: ask it for less."
_OVER = "No tool is called: the cell that asked for it has ended or was interrupted."

_log = logging.getLogger("qwact.sandbox")


@dataclass
class _Running:
    """A call that a tool works on; `observation` is there when it has ended."""

    call: ToolCall
    cancellation: Cancellation = field(default_factory=Cancellation)
    observation: Observation | None = None


class ToolDesk:
    """Answers the calls that come over one kernel's socket.

    Args:
        tools: What may be called.
        connection: The host's end; stays the caller's to close.

    Attributes:
        files: What the tools made for the person during the cell.

    Not for several threads at once.
    """

    def __init__(self, tools: InsideTools, connection: socket.socket) -> None:
        self.files: list[Path] = []
        self._tools = tools
        self._lines = LineChannel(connection, MOST_CALL_BYTES)
        self._workers = Workers()
        self._running: _Running | None = None
        self._is_open = False
        self._calls = self._received_before = 0
        self._lock = threading.Lock()  # around what a tool's thread does when it is done
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._poll = select.epoll()
        self._poll.register(self._wake, select.EPOLLIN)
        self._watched = 0

    def fileno(self) -> int:
        """Readable when there is something to serve."""
        return self._poll.fileno()

    @property
    def is_flooded(self) -> bool:
        """Whether the cell asked far more than any may."""
        received = self._lines.received - self._received_before
        return self._calls > _FLOOD_FACTOR * MOST_CALLS or received > _MOST_CELL_BYTES

    def begin_cell(self) -> None:
        """From now on calls are taken. Those that came between two cells are refused."""
        self._received_before = self._lines.received
        self._lines.mark_stale()
        self._calls = 0
        self.files = []
        self._is_open = True
        self._watch()

    def end_cell(self) -> None:
        """Cancel the call that runs; from now on calls are refused."""
        self._is_open = False
        with self._lock:
            running, self._running = self._running, None
        if running is not None:
            try:
                running.cancellation.cancel()
            except Exception:  # the tool's own `interrupt`
                _log.exception("%s could not be interrupted", running.call.tool)
            self._lines.send(write_answer(running.call.number, False, _OVER))
        self._watch()

    def serve(self) -> None:
        """Do what can be done without waiting; takes one call at most."""
        with suppress(BlockingIOError):
            os.eventfd_read(self._wake)
        if self._running is not None and self._running.observation is not None:
            self._finish(self._running.call, self._running.observation)
        if self._running is None and self._lines.flush() and (line := self._lines.take()) is not None:
            self._attend(line)
        self._watch()

    def close(self) -> None:
        """Cancel the call that runs and free what is held."""
        self.end_cell()
        self._workers.close()
        self._poll.close()
        os.close(self._wake)

    def _attend(self, line: Line) -> None:
        self._calls += 1
        try:
            call = read_call(line.data)
        except BadCall as bad:
            self._lines.send(write_answer(bad.number, False, str(bad)))
            return
        if line.is_stale or not self._is_open:
            self._lines.send(write_answer(call.number, False, _OVER))
        elif self._calls > MOST_CALLS:
            self._lines.send(write_answer(call.number, False, _TOO_MANY))
        else:
            self._start(call)

    def _start(self, call: ToolCall) -> None:
        running = self._running = _Running(call)
        context = contextvars.copy_context()

        def job() -> Callable[[], None]:
            observation = context.run(self._observe, running)
            return lambda: self._hand_over(running, observation)

        self._workers.start(job)

    def _observe(self, running: _Running) -> Observation:
        try:
            return self._tools.call(running.call.tool, running.call.arguments, running.cancellation)
        except BaseException as error:  # also a tool's Ctrl-C: it is no one's here
            return Observation(as_explanation(error), ok=False)

    def _hand_over(self, running: _Running, observation: Observation) -> None:
        with self._lock:
            if running is self._running:  # otherwise the cell is over, and the descriptor perhaps closed
                running.observation = observation
                os.eventfd_write(self._wake, 1)

    def _finish(self, call: ToolCall, observation: Observation) -> None:
        self._running = None
        self.files += observation.files
        ok, text = observation.ok, observation.text
        if len(text) > _MOST_ANSWER_CHARACTERS:
            ok, text = False, _TOO_LONG.format(call.tool, len(text))
        self._lines.send(write_answer(call.number, ok, text))

    def _watch(self) -> None:
        """Wait for what comes next: room for the answer, or a call. While a tool works, for neither."""
        if self._running is not None or self._lines.is_broken:
            wanted = 0
        else:
            wanted = select.EPOLLOUT if self._lines.is_sending else select.EPOLLIN
        if wanted == select.EPOLLIN and self._lines.has_line:
            os.eventfd_write(self._wake, 1)
        if wanted == self._watched:
            return
        if not self._watched:
            self._poll.register(self._lines, wanted)
        elif not wanted:
            self._poll.unregister(self._lines)
        else:
            self._poll.modify(self._lines, wanted)
        self._watched = wanted
