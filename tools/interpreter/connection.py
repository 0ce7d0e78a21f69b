"""The host's end of the kernel's sockets."""

import secrets
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qwact.tools.errors import UserError
from qwact.tools.interpreter.messages import Event, Idle, Reply, read_broadcast, read_reply

CHANNELS = ("shell", "iopub", "stdin", "control", "hb")
_LONGEST_PATH = 107  # of a unix socket
_MOST_MESSAGE_BYTES = 32 << 20
# Below some thousand, a flood silently drops later messages, also the one that says "idle".
_MOST_QUEUED = 20_000
_ASK_AGAIN_MILLISECONDS = 20
# Of one cell, whatever it says: reading more would only fill the host's memory.
_MOST_CELL_BYTES = 256 << 20


class Disconnected(Exception):
    """A connection broke: the kernel ended, or sent a message above the size limit."""


class Flooded(Exception):
    """One cell sent more than any may."""


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
    """Sends cells to a kernel and reads what it says about them."""

    def __init__(self, folder: Path, key: str) -> None:
        import zmq
        import zmq.utils.monitor
        from jupyter_client.session import Session

        self._again = zmq.Again
        self._read_monitor = zmq.utils.monitor.recv_monitor_message
        self._session = Session(key=key.encode(), username="qwact")
        self._context = zmq.Context(io_threads=1)
        self._monitors: list[tuple[Any, Any]] = []
        self._received = 0
        self.poller = zmq.Poller()
        for name, kind in (("shell", zmq.DEALER), ("iopub", zmq.SUB)):
            channel = self._context.socket(kind)
            channel.setsockopt(zmq.LINGER, 0)
            channel.setsockopt(zmq.MAXMSGSIZE, _MOST_MESSAGE_BYTES)
            channel.setsockopt(zmq.RCVHWM, _MOST_QUEUED)
            if kind == zmq.SUB:
                channel.setsockopt(zmq.SUBSCRIBE, b"")
            monitor = channel.get_monitor_socket(zmq.EVENT_DISCONNECTED)
            self._monitors.append((channel, monitor))
            channel.connect(f"ipc://{folder / name}")
            setattr(self, f"_{name}", channel)
            self.poller.register(channel, zmq.POLLIN)
            self.poller.register(monitor, zmq.POLLIN)

    _shell: Any
    _iopub: Any

    def greet(self, seconds: float) -> bool:
        """Ask until the kernel answers on both channels: before, the first cell's output could be lost."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            request = self.send("kernel_info_request", {})
            missing = {Reply, Idle}
            while missing and self.poller.poll(_ASK_AGAIN_MILLISECONDS):
                missing -= {type(event) for event in self.receive(request)}
            if not missing:
                return True
        return False

    def send(self, kind: str, content: dict[str, Any]) -> str:
        """Send a request; gives its id."""
        message = self._session.msg(kind, content)
        self._session.send(self._shell, message)
        return str(message["header"]["msg_id"])

    def execute(self, code: str) -> str:
        """Send a cell; gives its id."""
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": False,
        }
        self._received = 0
        return self.send("execute_request", content)

    def receive(self, request: str) -> list[Event]:
        """What has come that belongs to one request; everything else is dropped.

        Raises:
            Disconnected: A connection broke.
            Flooded: Too much came since the cell was sent.
        """
        events: list[Event] = []
        for channel in (self._iopub, self._shell):
            if (message := self._next(channel)) is None or not _is_parent(message, request):
                continue
            if channel is self._shell:
                events.append(read_reply(message.get("content")))
            else:
                events += read_broadcast(message.get("msg_type"), message.get("content"))
        if not events and any(monitor.poll(0) for _, monitor in self._monitors):
            for _, monitor in self._monitors:
                while monitor.poll(0):
                    self._read_monitor(monitor)
            raise Disconnected
        return events

    def drop_pending(self) -> None:
        """Forget what came between two cells."""
        for channel in (self._iopub, self._shell):
            while channel.poll(0):
                channel.recv_multipart()

    def close(self) -> None:
        """Close the sockets."""
        for channel, _ in self._monitors:
            channel.disable_monitor()
        self._context.destroy(linger=0)

    def _next(self, channel: Any) -> dict[str, Any] | None:
        try:
            frames = channel.recv_multipart(flags=1)  # without waiting
        except self._again:
            return None
        self._received += sum(map(len, frames))
        if self._received > _MOST_CELL_BYTES:
            raise Flooded
        try:
            _, parts = self._session.feed_identities(frames, copy=True)
            message = self._session.deserialize(parts, content=True, copy=True)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
            return None  # forged or broken
        return message if isinstance(message, dict) else None


def _is_parent(message: dict[str, Any], request: str) -> bool:
    parent = message.get("parent_header")
    return isinstance(parent, dict) and parent.get("msg_id") == request
