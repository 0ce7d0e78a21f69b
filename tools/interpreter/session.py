"""One kernel behind walls and its cells: time by the host's clock, one result for each cell."""

import importlib
import math
import os
import select
import threading
import time
from contextlib import suppress
from pathlib import Path

from qwact.tools.errors import SandboxUnavailable, UserError
from qwact.tools.interpreter import sentences
from qwact.tools.interpreter.collect import OutputFolder, WorkFiles
from qwact.tools.interpreter.connection import Disconnected, Flooded, KernelConnection, listen, new_key
from qwact.tools.interpreter.folders import SessionFolder
from qwact.tools.interpreter.identity import sandbox_user
from qwact.tools.interpreter.plan import Limits
from qwact.tools.interpreter.result import CellResult, Status
from qwact.tools.interpreter.sandbox import NO_WALLS, Sandbox, start_sandbox
from qwact.tools.interpreter.transcript import Transcript

GRACE_SECONDS = 1.5
_LATE_IDLE_SECONDS, _DEATH_SECONDS, _GREETING_SECONDS = 1.0, 1.0, 30.0
# Above this many times the text that is shown, the host stops a cell that got round the limit inside.
_FLOOD_FACTOR, _FLOOD_FLOOR = 40, 64 << 20
NO_OUTPUT = "Finished with no output."
_NOT_BEGUN = "The cell was interrupted before it began. Variables are kept."


class _KernelGone(Exception):
    """The kernel ended or must be ended. `reason` as `sentences.killed` takes it."""

    def __init__(self, reason: str | None) -> None:
        super().__init__(reason)
        self.reason = reason


class Session:
    """A kernel that starts when it is first needed, and again after it was lost.

    Args:
        limits: What the code may use.
        seconds: Wall time of one cell.
        choice: Which walls.
        output: Where produced files go.

    Not for several threads at once, apart from `interrupt`.
    """

    def __init__(self, limits: Limits, seconds: float, choice: str, output: OutputFolder) -> None:
        self._limits = limits
        self._seconds = seconds
        self._choice = choice
        self._output = output
        self._folder = SessionFolder(os.getuid() if choice == NO_WALLS else sandbox_user())
        self._files = WorkFiles(self._folder.work, self._folder.uid, limits)
        self._given: list[Path] = []
        self._sandbox: Sandbox | None = None
        self._connection: KernelConnection | None = None
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._running = threading.Event()

    @property
    def layers(self) -> tuple[str, ...]:
        """The walls in force; none before the start."""
        return self._sandbox.layers if self._sandbox else ()

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
        if self._sandbox is not None:
            return
        # Loaded while the kernel starts: it takes half as long.
        threading.Thread(target=importlib.import_module, args=("jupyter_client.session",)).start()
        key = new_key()
        self._folder.empty_sockets()
        sockets = listen(self._folder.sockets)
        try:
            self._sandbox = start_sandbox(self._choice, "kernel", self._folder, self._limits, sockets, key)
        finally:
            for listening in sockets.values():
                listening.close()
        self._connection = KernelConnection(self._folder.sockets, key)
        if not self._connection.greet(_GREETING_SECONDS):
            self._stop()
            raise SandboxUnavailable(
                "The Python kernel started but does not answer: check that ipykernel works."
            )

    def run(self, code: str) -> CellResult:
        """Run one cell. Whatever the code does, this gives one result."""
        transcript = Transcript(self._limits.output)
        self._running.set()
        try:
            self.start()
            if self._drain_wakes():
                return CellResult(_NOT_BEGUN, status="error", error=_NOT_BEGUN)
            reason = self._attend(code, transcript)
        except _KernelGone as gone:
            return self._lost(transcript, gone.reason)
        except KeyboardInterrupt:
            if self._sandbox is not None:
                self._sandbox.interrupt()
            raise
        finally:
            self._running.clear()
            self._drain_wakes()
        return self._ended(transcript, reason)

    def interrupt(self) -> None:
        """Stop the running cell, from any thread. Without one, nothing happens."""
        if self._running.is_set():
            os.write(self._wake_write, b"i")

    def close(self) -> None:
        """End the kernel and remove every trace of the session."""
        self._stop()
        self._files.close()
        os.close(self._wake_read)
        os.close(self._wake_write)
        self._folder.remove()

    def _attend(self, code: str, transcript: Transcript) -> str | None:
        """Wait for the cell's end. Gives why it was interrupted, or None.

        Raises:
            _KernelGone: The kernel ended, or did not stop when interrupted.
        """
        connection, sandbox = self._parts()
        connection.drop_pending()
        request = connection.execute(code)
        reason: str | None = None
        deadline = time.monotonic() + self._seconds
        poller = connection.poller
        poller.register(self._wake_read, 1)
        poller.register(sandbox.fileno(), 1)
        try:
            while not (transcript.reply and transcript.idle):
                ready = dict(poller.poll(_milliseconds_until(deadline)))
                if sandbox.fileno() in ready:
                    raise _KernelGone(sandbox.reached_limit())
                try:
                    for event in connection.receive(request):
                        transcript.add(event)
                except Flooded:
                    raise _KernelGone("output") from None
                except Disconnected:
                    raise _KernelGone(self._why_disconnected(sandbox)) from None
                if transcript.reply:
                    deadline = min(deadline, time.monotonic() + _LATE_IDLE_SECONDS)
                if time.monotonic() >= deadline:
                    if transcript.reply:
                        break  # the "idle" was lost: the reply is what counts
                    if reason:
                        raise _KernelGone(reason)
                if not reason and (reason := self._reason_to_interrupt(ready, transcript, deadline)):
                    sandbox.interrupt()
                    deadline = time.monotonic() + GRACE_SECONDS
        finally:
            poller.unregister(self._wake_read)
            poller.unregister(sandbox.fileno())
        return reason

    def _reason_to_interrupt(
        self, ready: dict[object, int], transcript: Transcript, deadline: float
    ) -> str | None:
        if self._wake_read in ready:
            return "cancelled"
        if transcript.received > max(_FLOOD_FACTOR * self._limits.output, _FLOOD_FLOOR):
            return "output"
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
        if not reply.error:
            return self._result(transcript, "ok", None, None)
        status, sentence_or_none = sentences.raised(reply, self._limits)
        error = sentence_or_none or f"{reply.error}: {reply.message}"[: self._limits.output]
        return self._result(transcript, status, error, sentence_or_none, reply.traceback)

    def _lost(self, transcript: Transcript, reason: str | None) -> CellResult:
        self._stop()
        status, sentence = sentences.killed(reason, self._limits, self._seconds)
        if reason in ("disk", "files"):
            self._empty_work()
        return self._result(transcript, status, sentence, sentence, restarted=True)

    def _result(
        self,
        transcript: Transcript,
        status: Status,
        error: str | None,
        sentence: str | None,
        traceback: str = "",
        restarted: bool = False,
    ) -> CellResult:
        figures = [self._output.add_figure(png) for png in transcript.figures]
        files, left = self._files.take_new(self._output)
        parts = [transcript.text(traceback), *([sentence] if sentence else [])]
        parts += [f"[figure: {path.name}]" for path in figures]
        parts += [f"[file: {path.relative_to(self._output.path)}]" for path in files[:20]]
        if len(files) > 20:
            parts.append(f"[and {len(files) - 20} more files]")
        if left:
            parts.append(f"[{left} files were not taken: not plain files, or too large]")
        text = "\n".join(part for part in parts if part)
        return CellResult(text or NO_OUTPUT, (*figures, *files), status, error, restarted)

    def _empty_work(self) -> None:
        """Otherwise the next kernel would be ended for the same reason. Given files come back."""
        self._files.close()
        self._folder.empty_work()
        self._files = WorkFiles(self._folder.work, self._folder.uid, self._limits)
        for path in self._given:
            with suppress(UserError):  # the person has removed it meanwhile
                self._files.add(path)

    def _parts(self) -> tuple[KernelConnection, Sandbox]:
        assert self._connection is not None
        assert self._sandbox is not None
        return self._connection, self._sandbox

    def _stop(self) -> None:
        if self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _drain_wakes(self) -> bool:
        """Forget what `interrupt` wrote; tells whether it did."""
        try:
            return bool(os.read(self._wake_read, 1 << 16))
        except BlockingIOError:
            return False


def _milliseconds_until(deadline: float) -> int:
    return max(math.ceil((deadline - time.monotonic()) * 1000), 0)
