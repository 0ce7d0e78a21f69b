"""The tool for those who outgrow one machine: the same cells on a kernel of a Jupyter gateway."""

import math
import os
import threading
import time
import weakref
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

from qwact.tools.errors import UserError
from qwact.tools.interpreter import sentences
from qwact.tools.interpreter.answer import cell_result, not_begun
from qwact.tools.interpreter.code_interpreter import CodeInterpreter, checked_folder, without_fence
from qwact.tools.interpreter.collect import OutputFolder
from qwact.tools.interpreter.connection import Flooded
from qwact.tools.interpreter.gateway_client import GatewayClient
from qwact.tools.interpreter.gateway_files import RemoteFiles, load_files
from qwact.tools.interpreter.gateway_kernel import RemoteKernel
from qwact.tools.interpreter.messages import read_broadcast, read_reply
from qwact.tools.interpreter.plan import Limits
from qwact.tools.interpreter.result import CellResult, Status
from qwact.tools.interpreter.transcript import Transcript
from qwact.tools.interpreter.zmtp import Disconnected
from qwact.tools.tool import Tool

_MEGABYTE = 1 << 20
_LOOK_SECONDS, _LATE_IDLE_SECONDS = 0.1, 5.0
# The way there and back is longer than to a kernel of this machine.
_GRACE_SECONDS = 3.0
# What a call may take over the cell's own time: start, files, end.
_OVERHEAD_SECONDS = 120.0
# Above this rate a gateway drops messages, for some seconds also those of the next cell
# (ServerApp.iopub_data_rate_limit and rate_limit_window).
_RATE_BYTES, _RATE_SECONDS = 1_000_000, 3.5
# The reply overtakes what was printed: what is still on its way would delay the next cell's result.
_FLOOD_SECONDS = 20.0
_LOST = "Python was restarted: all variables and the files that the code wrote are lost."


class _KernelLost(Exception):
    """The kernel did not stop when it was interrupted. The message is the reason for interrupting it."""


class GatewayInterpreter(Tool):
    """Runs Python on a Jupyter Kernel Gateway or Enterprise Gateway, as `CodeInterpreter` does here.

        with GatewayInterpreter("https://gateway.example:8888", token=token) as py:
            print(py.run("6 * 7").text)

    The walls are the gateway's: a kernel named python3 has none of its own. Memory and processes are its
    business too; time, output and files are limited from here.

    Args:
        url: Of the gateway. Use https except on loopback: token and code go over it.
        token: The gateway's; empty where it has none.
        kernel: Name of a kernelspec on the gateway.
        cell_seconds: Wall time of one cell.
        output_chars: Characters of text that one cell gives.
        file_mb: Size of one file, given or produced.
        disk_mb: Size of all files that one cell gives.
        files: Number of files.
        work_folder: As `CodeInterpreter` takes it.
        tools: Must be empty: code on another machine calls no tools of this one.

    Raises:
        UserError: A setting that cannot be had.
    """

    name = CodeInterpreter.name
    description = CodeInterpreter.description
    parameters: Mapping[str, Any] = CodeInterpreter.parameters

    def __init__(
        self,
        url: str,
        token: str = "",
        kernel: str = "python3",
        cell_seconds: float = 60,
        output_chars: int = 20_000,
        file_mb: int = 16,
        disk_mb: int = 64,
        files: int = 200,
        work_folder: str | Path | None = None,
        tools: Iterable[object] = (),
    ) -> None:
        if tuple(tools):
            raise UserError(
                "GatewayInterpreter(tools=...) is not offered: code on another machine cannot call tools of "
                "this one; use CodeInterpreter."
            )
        if min(cell_seconds, output_chars, file_mb, disk_mb, files) <= 0:
            raise UserError("GatewayInterpreter: every limit must be above 0.")
        self._client = GatewayClient(url, token)
        self._kernel_name = kernel
        self._cell_seconds = cell_seconds
        self._limits = Limits(
            memory=0,  # the gateway's business, as are processes
            processes=0,
            file=file_mb * _MEGABYTE,
            disk=disk_mb * _MEGABYTE,
            files=files,
            output=output_chars,
        )
        self.seconds = cell_seconds + _OVERHEAD_SECONDS
        self.output_chars = output_chars + 2_000
        self._output = OutputFolder(None if work_folder is None else checked_folder(work_folder))
        self._given: list[Path] = []
        self._kernel: RemoteKernel | None = None
        self._files: RemoteFiles | None = None
        self._lock = threading.Lock()
        self._is_running = False
        self._interrupted = threading.Event()

    def start(self) -> None:
        """Start the kernel now instead of at the first cell.

        Raises:
            UserError: The gateway cannot be reached, refuses, or has no such kernel.
        """
        with self._lock:
            self._start()

    def run(self, code: str) -> CellResult:
        """Run one cell.

        Args:
            code: Python code; a fence of backticks around it is taken off.

        Raises:
            UserError: The gateway cannot be reached, refuses, or has no such kernel. Nothing was run.
        """
        with self._lock:
            self._interrupted.clear()
            self._is_running = True
            try:
                return self._run(without_fence(code))
            finally:
                self._is_running = False

    def add_file(self, path: str | Path) -> str:
        """Copy a file of this machine into the folder where the code runs; gives its name there.

        Raises:
            UserError: It cannot be read or is too large, or the gateway cannot be reached.
        """
        with self._lock:
            _, files = self._start()
            try:
                name = files.give(Path(path))
            except (Disconnected, Flooded):
                self._end_kernel()
                raise UserError(f"{path} cannot be given to the code: the remote kernel was lost.") from None
            self._given.append(Path(path))
            return name

    def interrupt(self) -> None:
        """Stop the running cell, from any thread. Without one, nothing happens."""
        if self._is_running:
            self._interrupted.set()

    def close(self) -> None:
        """End the kernel; remove produced files that have no folder of your own."""
        self.interrupt()
        with self._lock:
            self._end_kernel()
            self._output.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _start(self) -> tuple[RemoteKernel, RemoteFiles]:
        # In a fork of the program, the kernel stays the other's.
        if self._kernel is None or self._files is None or self._kernel.process != os.getpid():
            kernel = RemoteKernel(self._client, self._kernel_name)
            try:
                files = load_files(kernel, self._limits, self._given)
            except (Disconnected, Flooded):
                kernel.close()
                raise UserError(
                    f"The kernel {self._kernel_name!r} on the gateway at {self._client.url} ended at once."
                ) from None
            except BaseException:
                kernel.close()
                raise
            self._kernel, self._files = kernel, files
            # Also when nobody calls close: with this object, or at the end of the program.
            self._end = weakref.finalize(self, kernel.close)
        return self._kernel, self._files

    def _end_kernel(self) -> None:
        if self._kernel is not None:
            self._end()
            self._kernel = self._files = None

    def _run(self, code: str) -> CellResult:
        kernel, files = self._start()
        if self._interrupted.is_set():
            return not_begun()
        transcript = Transcript(self._limits.output)
        produced: tuple[list[Path], int] = [], 0
        try:
            kernel.forget_pending()
            reason = self._await_end(kernel, kernel.execute(code), transcript)
            if transcript.received > _RATE_BYTES:
                time.sleep(_RATE_SECONDS)
            produced = files.take_new(self._output)
        except KeyboardInterrupt:
            self._end_kernel()  # nobody waits for its answer any more
            raise
        except (Disconnected, Flooded, _KernelLost) as error:
            self._end_kernel()
            status, sentence = self._lost(error)
            return self._result(transcript, status, sentence, sentence, restarted=True)
        reply = transcript.reply
        assert reply is not None
        if not reply.error:
            return self._result(transcript, "ok", None, None, produced)
        if reason:
            status, sentence = sentences.interrupted(reason, self._limits, self._cell_seconds)
            return self._result(transcript, status, sentence, sentence, produced)
        said = f"{reply.error}: {reply.message}"[: self._limits.output]
        return self._result(transcript, "error", said, None, produced, traceback=reply.traceback)

    def _await_end(self, kernel: RemoteKernel, request: str, transcript: Transcript) -> str | None:
        """Wait for the cell's end. Gives why it was interrupted, or None.

        Raises:
            Disconnected, Flooded: The kernel is gone, or too much came.
            _KernelLost: It did not stop when interrupted.
        """
        reason: str | None = None
        deadline = time.monotonic() + self._cell_seconds
        replied = math.inf
        while not (transcript.reply and transcript.idle):
            if transcript.reply:
                is_flood = transcript.received > _RATE_BYTES
                deadline = replied + (_FLOOD_SECONDS if is_flood else _LATE_IDLE_SECONDS)
            left = deadline - time.monotonic()
            if left <= 0 and transcript.reply:
                break  # the "idle" was lost: the reply is what counts
            if left <= 0 and reason:
                raise _KernelLost(reason)
            may_interrupt = not reason and not transcript.reply
            if may_interrupt and (reason := self._reason_to_interrupt(left, transcript)):
                kernel.interrupt()
                deadline = time.monotonic() + _GRACE_SECONDS
            said = kernel.receive(request, min(max(left, 0), _LOOK_SECONDS))
            if said and said.channel == "shell":
                transcript.add(read_reply(said.content))
                replied = min(replied, time.monotonic())
            elif said:
                for event in read_broadcast(said.kind, said.content):
                    transcript.add(event)
        return reason

    def _reason_to_interrupt(self, left: float, transcript: Transcript) -> str | None:
        if self._interrupted.is_set():
            return "cancelled"
        if transcript.is_flood:
            return "output"
        return "timeout" if left <= 0 else None

    def _lost(self, error: Exception) -> tuple[Status, str]:
        """Status and sentence of a cell whose kernel is gone."""
        reason = "output" if isinstance(error, Flooded) else str(error)
        if reason == "timeout":
            seconds = f"{self._cell_seconds:g} seconds"
            return "timeout", f"The cell ran longer than {seconds} and could not be interrupted. {_LOST}"
        if reason == "cancelled":
            return "error", f"The cell could not be interrupted. {_LOST}"
        if reason == "output":
            return "limit", f"{sentences.limit_sentence('output', self._limits)} {_LOST}"
        return "dead", f"The remote kernel ended, or the way to it broke, before the cell was done. {_LOST}"

    def _result(
        self,
        transcript: Transcript,
        status: Status,
        error: str | None,
        sentence: str | None,
        produced: tuple[list[Path], int] = ([], 0),
        traceback: str = "",
        restarted: bool = False,
    ) -> CellResult:
        return cell_result(transcript, self._output, produced, status, error, sentence, traceback, restarted)
