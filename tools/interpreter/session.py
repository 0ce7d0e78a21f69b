"""One kernel behind walls and its cells: time by the host's clock, one result for each cell."""

import dataclasses
import math
import os
import select
import threading
import time
from contextlib import suppress
from pathlib import Path

from qwact.tools.errors import SandboxUnavailable, UserError
from qwact.tools.interpreter import sentences
from qwact.tools.interpreter.answer import cell_result, not_begun
from qwact.tools.interpreter.collect import OutputFolder, WorkFiles
from qwact.tools.interpreter.connection import Flooded
from qwact.tools.interpreter.inside_tools import InsideTools
from qwact.tools.interpreter.result import CellResult, Status
from qwact.tools.interpreter.sandbox import Sandbox
from qwact.tools.interpreter.tool_desk import ToolDesk
from qwact.tools.interpreter.transcript import Transcript
from qwact.tools.interpreter.walled_kernel import WalledKernel
from qwact.tools.interpreter.zmtp import Disconnected

GRACE_SECONDS = 1.5
_LATE_IDLE_SECONDS, _DEATH_SECONDS, _OFFER_SECONDS = 1.0, 1.0, 30.0
# Until it begins a cell, the kernel ignores interrupts. It may be too busy with it to say that it began.
_BEGIN_SECONDS = 0.3
_ANSWER_SECONDS = 3.0


class _KernelGone(Exception):
    """The kernel ended or must be ended. `reason` as `sentences.killed` takes it."""

    def __init__(self, reason: str | None) -> None:
        super().__init__(reason)
        self.reason = reason


class Session:
    """A kernel that starts when it is first needed, and again after it was lost.

    Args:
        kernel: The kernel, started or not; it belongs to the session from now on.
        seconds: Wall time of one cell.
        output: Where produced files go; None: a private folder that is removed with the session.
        tools: What the code may call.

    Not for several threads at once, apart from `interrupt`.
    """

    def __init__(
        self, kernel: WalledKernel, seconds: float, output: Path | None, tools: InsideTools | None = None
    ) -> None:
        self._kernel = kernel
        self._limits = kernel.settings.limits
        self._seconds = seconds
        # Below the kernel's folder, which goes also when this process is killed.
        self._output = OutputFolder(output or kernel.folder.output)
        self._files = self._open_work()
        self._given: list[Path] = []
        self._tools = tools
        self._desk: ToolDesk | None = None
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._running = threading.Event()
        self._wake_lock = threading.RLock()  # again by the same thread: from its signal handler
        self._was_full = False
        self.process = os.getpid()

    @property
    def layers(self) -> tuple[str, ...]:
        """The walls in force; none before the start."""
        return self._kernel.sandbox.layers if self._kernel.is_started else ()

    def add_file(self, path: Path) -> str:
        """Copy a file of the host into the work folder; gives its name there."""
        name = self._files.add(path)
        self._given.append(path)
        return name

    def start(self) -> None:
        """Start the kernel if there is none.

        Raises:
            SandboxUnavailable: No walls can be built, or the kernel does not answer.
        """
        self._kernel.start()
        if self._tools and self._desk is None:
            self._offer(self._tools)
            self._desk = ToolDesk(self._tools, self._kernel.tool_socket)

    def run(self, code: str) -> CellResult:
        """Run one cell. Whatever the code does, this gives one result."""
        transcript = Transcript(self._limits.output)
        self._running.set()
        try:
            self.start()
            if self._drain_wakes():
                return not_begun()
            reason = self._attend(code, transcript)
        except _KernelGone as gone:
            return self._lost(transcript, gone.reason)
        except KeyboardInterrupt:
            if self._kernel.is_started:
                self._kernel.sandbox.interrupt()
            raise
        finally:
            with self._wake_lock:  # whoever comes later to interrupt this cell does not stop the next one
                self._running.clear()
                self._drain_wakes()
        return self._ended(transcript, reason)

    def interrupt(self) -> None:
        """Stop the running cell, from any thread. Without one, nothing happens."""
        with self._wake_lock:
            if self._running.is_set():
                os.write(self._wake_write, b"i")

    def close(self) -> None:
        """End the kernel and remove every trace of the session."""
        self._close_desk()
        self._kernel.close()
        self._files.close()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _offer(self, tools: InsideTools) -> None:
        connection = self._kernel.connection
        try:
            if connection.await_end(connection.execute(tools.offer, silent=True), _OFFER_SECONDS):
                return
        except (Disconnected, Flooded):
            pass
        self._kernel.stop()
        raise SandboxUnavailable("The Python kernel ended or hung before it was given its tools: try again.")

    def _attend(self, code: str, transcript: Transcript) -> str | None:
        """Wait for the cell's end. Gives why it was interrupted, or None.

        Raises:
            _KernelGone: The kernel ended, or did not stop when interrupted.
        """
        sandbox = self._kernel.sandbox
        if self._desk:
            self._desk.begin_cell()
        try:
            self._kernel.connection.drop_pending()
            request = self._kernel.connection.execute(code)
            return self._await_end(request, transcript)
        except Flooded:
            raise _KernelGone("output") from None
        except Disconnected:
            raise _KernelGone(self._why_disconnected(sandbox)) from None
        finally:
            if self._desk:
                self._desk.end_cell()

    def _await_end(self, request: str, transcript: Transcript) -> str | None:
        connection, sandbox, desk = self._kernel.connection, self._kernel.sandbox, self._desk
        reason: str | None = None
        is_interrupted = False
        deadline = time.monotonic() + self._seconds
        begins_by = time.monotonic() + _BEGIN_SECONDS
        poll = select.poll()
        for descriptor in (*connection.filenos(), self._wake_read, sandbox.fileno()):
            poll.register(descriptor, select.POLLIN)
        if desk:
            poll.register(desk, select.POLLIN)
        while not (transcript.reply and transcript.idle):
            next_look = min(deadline, begins_by) if reason and not is_interrupted else deadline
            ready = {descriptor for descriptor, _ in poll.poll(_milliseconds_until(next_look))}
            for event in connection.receive(request):
                transcript.add(event)
            if desk and desk.fileno() in ready:
                desk.serve()
            if sandbox.fileno() in ready and not ready.intersection(connection.filenos()):
                raise _KernelGone(sandbox.reached_limit())
            if transcript.reply:
                deadline = min(deadline, time.monotonic() + _LATE_IDLE_SECONDS)
            if time.monotonic() >= deadline:
                if transcript.reply:
                    break  # the "idle" was lost: the reply is what counts
                if reason:
                    raise _KernelGone(reason)
            if not reason and (reason := self._reason_to_interrupt(ready, transcript, deadline)):
                deadline = time.monotonic() + GRACE_SECONDS
                poll.unregister(self._wake_read)  # readable from now on
            has_begun = transcript.begun or time.monotonic() >= begins_by
            if reason and has_begun and not is_interrupted:
                is_interrupted = True
                sandbox.interrupt()
                if desk:
                    desk.end_cell()  # after the interrupt, so that the code sees that first
        return reason

    def _reason_to_interrupt(self, ready: set[int], transcript: Transcript, deadline: float) -> str | None:
        if self._wake_read in ready:
            return "cancelled"
        if transcript.is_flood:
            return "output"
        if self._desk and self._desk.is_flooded:
            return "calls"
        return "timeout" if time.monotonic() >= deadline else None

    def _why_disconnected(self, sandbox: Sandbox) -> str | None:
        """The kernel died, or sent one message that is larger than any may be."""
        died, _, _ = select.select([sandbox], [], [], _DEATH_SECONDS)
        return sandbox.reached_limit() if died else "output"

    def _ended(self, transcript: Transcript, reason: str | None) -> CellResult:
        reply = transcript.reply
        assert reply is not None
        if reason and reply.error:
            status, sentence = sentences.interrupted(reason, self._limits, self._seconds)
            return self._result(transcript, status, sentence, sentence)
        limit = sentences.limit_raised(reply)
        # Twice in a row: what took the memory is still there, and there may be no room even for `del`.
        if limit == "memory" and (self._was_full or not self._answers()):
            return self._lost(transcript, limit)
        self._was_full = limit == "memory"
        if limit:
            sentence = sentences.raised(limit, self._limits)
            return self._result(transcript, "limit", sentence, sentence, reply.traceback)
        if not reply.error:
            return self._result(transcript, "ok", None, None)
        error = f"{reply.error}: {reply.message}"[: self._limits.output]
        return self._result(transcript, "error", error, None, reply.traceback)

    def _answers(self) -> bool:
        """Whether the kernel has outlived that there was no memory, with all its threads."""
        connection = self._kernel.connection
        try:
            return connection.await_end(connection.execute("pass", silent=True), _ANSWER_SECONDS)
        except (Disconnected, Flooded):
            return False

    def _lost(self, transcript: Transcript, reason: str | None) -> CellResult:
        self._kernel.stop()
        self._was_full = False
        status, sentence = sentences.killed(reason, self._limits, self._seconds)
        if reason in ("disk", "files"):
            self._empty_work()
        result = self._result(transcript, status, sentence, sentence, restarted=True)
        self._close_desk()
        return result

    def _result(
        self,
        transcript: Transcript,
        status: Status,
        error: str | None,
        sentence: str | None,
        traceback: str = "",
        restarted: bool = False,
    ) -> CellResult:
        produced = self._files.take_new(self._output)
        result = cell_result(
            transcript, self._output, produced, status, error, sentence, traceback, restarted
        )
        return dataclasses.replace(result, files=(*result.files, *self._desk.files)) if self._desk else result

    def _close_desk(self) -> None:
        if self._desk:
            self._desk.close()
            self._desk = None

    def _empty_work(self) -> None:
        """Otherwise the next kernel would be ended for the same reason. Given files come back."""
        self._files.close()
        self._kernel.folder.empty_work()
        self._files = self._open_work()
        for path in self._given:
            with suppress(UserError):  # the person has removed it meanwhile
                self._files.add(path)

    def _open_work(self) -> WorkFiles:
        return WorkFiles(self._kernel.folder.work, self._kernel.folder.uid, self._limits)

    def _drain_wakes(self) -> bool:
        """Forget what `interrupt` wrote; tells whether it did."""
        try:
            return bool(os.read(self._wake_read, 1 << 16))
        except BlockingIOError:
            return False


def _milliseconds_until(deadline: float) -> int:
    return max(math.ceil((deadline - time.monotonic()) * 1000), 0)
