"""The host's end of the kernel's sockets."""

import secrets
import select
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from qwact.tools.errors import UserError
from qwact.tools.interpreter import wire
from qwact.tools.interpreter.messages import Event, Idle, Reply, read_broadcast, read_reply
from qwact.tools.interpreter.zmtp import Disconnected, ZmtpSocket

CHANNELS = ("shell", "iopub", "stdin", "control", "hb")
_LONGEST_PATH = 107  # of a unix socket
_MOST_MESSAGE_BYTES = 32 << 20
_FIRST_PATIENCE_SECONDS, _LOOK_SECONDS = 0.05, 0.1
_SEND_SECONDS = 30.0
# Of one cell and the time before it, whatever is said: a flood is ended, not read.
_MOST_CELL_BYTES = 256 << 20


class Flooded(Exception):
    """More came than any cell may send."""


def listen(folder: Path, names: Mapping[str, str] | None = None) -> dict[str, socket.socket]:
    """The kernel's sockets, already listening, to be inherited: inside, no socket can be opened.

    Args:
        folder: Where the sockets are made.
        names: File names by channel; the channels' own without it.
    """
    listening = {}
    for channel in CHANNELS:
        path = str(folder / (names[channel] if names else channel))
        if len(path) > _LONGEST_PATH:
            raise UserError(f"{folder} is too long a path for a socket: set TMPDIR to a shorter one.")
        listening[channel] = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listening[channel].bind(path)
        listening[channel].listen(16)
    return listening


def new_key() -> str:
    """A key that signs one kernel's messages."""
    return secrets.token_hex(32)


class KernelConnection:
    """Sends cells to a kernel and reads what it says about them.

    Between two cells nothing is read: what the code inside says then waits in its own process.

    Args:
        folder: Where the kernel's sockets are.
        key: The kernel's.
        seconds: What the kernel may take to answer.

    Raises:
        Disconnected: It does not answer.
    """

    def __init__(self, folder: Path, key: str, seconds: float) -> None:
        self._key = key.encode()
        self._id = secrets.token_hex(8)
        self._requests = 0
        self._received_before = 0
        self._is_broken = False
        self._iopub = ZmtpSocket(str(folder / "iopub"), "SUB", _MOST_MESSAGE_BYTES, seconds)
        try:
            self._shell = ZmtpSocket(str(folder / "shell"), "DEALER", _MOST_MESSAGE_BYTES, seconds)
        except Disconnected:
            self._iopub.close()
            raise
        if not self._greet(seconds):
            self.close()
            raise Disconnected

    def filenos(self) -> tuple[int, int]:
        """Descriptors that are readable when there is something to receive."""
        return self._shell.fileno(), self._iopub.fileno()

    def _greet(self, seconds: float) -> bool:
        """Ask until the kernel answers on both channels: before, the first cell's output could be lost."""
        deadline = time.monotonic() + seconds
        patience = _FIRST_PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if self.await_end(self.send("kernel_info_request", {}), patience):
                return True
            patience *= 2  # on a slow machine every answer may take longer than the first wait
        return False

    def await_end(
        self, request: str, seconds: float, is_given_up: Callable[[], bool] = lambda: False
    ) -> bool:
        """Wait for reply and "idle" of a request whose output does not matter; tells whether both came.

        Raises:
            Disconnected: A connection broke.
            Flooded: Too much came.
        """
        missing: set[type] = {Reply, Idle}
        deadline = time.monotonic() + seconds
        while missing and not is_given_up() and (left := deadline - time.monotonic()) > 0:
            select.select(self.filenos(), [], [], min(left, _LOOK_SECONDS))
            missing -= {type(event) for event in self.receive(request)}
        return not missing

    def send(self, kind: str, content: dict[str, Any]) -> str:
        """Send a request; gives its id.

        Raises:
            Disconnected: The kernel is gone, or takes nothing.
        """
        self._requests += 1
        request = f"{self._id}_{self._requests}"
        try:
            self._shell.send(wire.pack(self._key, kind, content, request, self._id), _SEND_SECONDS)
        except TimeoutError as error:
            raise Disconnected from error
        return request

    def execute(self, code: str, silent: bool = False) -> str:
        """Send a cell; gives its id. A silent one leaves no trace in the history."""
        return self.send("execute_request", wire.execution(code, silent=silent))

    def receive(self, request: str) -> list[Event]:
        """What has come that belongs to one request; everything else is dropped.

        Raises:
            Disconnected: A connection broke, and everything before was received.
            Flooded: Too much came since the last `drop_pending`.
        """
        events: list[Event] = []
        for channel, frames in self._receive_frames():
            if message := wire.unpack(self._key, frames, request):
                kind, content = message
                events += [read_reply(content)] if channel is self._shell else read_broadcast(kind, content)
        if self._is_broken and not events:
            raise Disconnected
        return events

    def drop_pending(self) -> None:
        """Forget what came between two cells: it would leave no room for what the next one says.

        Raises:
            Disconnected: A connection broke.
            Flooded: It was more than any cell may send.
        """
        self._received_before = self._shell.received + self._iopub.received
        while select.select(self.filenos(), [], [], 0)[0]:
            self._receive_frames()
            if self._is_broken:
                raise Disconnected

    def close(self) -> None:
        """Close the sockets."""
        self._shell.close()
        self._iopub.close()

    def _receive_frames(self) -> list[tuple[ZmtpSocket, list[bytes]]]:
        if self._shell.received + self._iopub.received - self._received_before > _MOST_CELL_BYTES:
            raise Flooded
        messages = []
        for channel in (self._iopub, self._shell):
            try:
                messages += [(channel, frames) for frames in channel.receive()]
            except Disconnected:
                self._is_broken = True
        return messages
