"""Lines of bytes to and from an enemy, without ever waiting for him, in memory with a bound."""

import socket
from typing import NamedTuple

_CHUNK = 1 << 18  # about what a unix socket holds


class Line(NamedTuple):
    """One line without its end.

    Attributes:
        data: Its bytes; of one that is too long, one more than it may have, or all.
        is_stale: Whether it was begun before the last `mark_stale`.
    """

    data: bytes
    is_stale: bool


class LineChannel:
    """One end of a stream socket that carries lines.

    Args:
        connection: The socket; it stays the caller's to close.
        most: Bytes of one line that comes.

    Attributes:
        received: Bytes that came.
        is_broken: Whether the other end was closed.
    """

    def __init__(self, connection: socket.socket, most: int) -> None:
        connection.setblocking(False)
        self.received = 0
        self.is_broken = False
        self._socket = connection
        self._most = most
        self._buffer = bytearray()
        self._unsent = bytearray()
        self._stale = 0
        self._head: bytes | None = None  # of a line that is too long, while its rest is thrown away

    def fileno(self) -> int:
        """The socket's descriptor."""
        return self._socket.fileno()

    @property
    def is_sending(self) -> bool:
        """Whether something waits to be sent."""
        return bool(self._unsent)

    @property
    def has_line(self) -> bool:
        """Whether a whole line has come already."""
        return b"\n" in self._buffer

    def mark_stale(self) -> None:
        """Whatever has been sent until now is of the past."""
        self._read()
        self._stale = len(self._buffer)

    def take(self) -> Line | None:
        """The next line; None when none has come whole. Reads once at most."""
        if not self.has_line:
            self._read()
        end = self._buffer.find(b"\n")
        if end < 0:
            if len(self._buffer) > self._most:
                self._head = self._head or bytes(self._buffer[: self._most + 1])
                self._buffer.clear()
            return None
        line = Line(self._head or bytes(self._buffer[:end]), self._stale > 0)
        self._head = None
        del self._buffer[: end + 1]
        self._stale = max(self._stale - end - 1, 0)
        return line

    def send(self, line: bytes) -> None:
        """Send as much as the other end takes now; the rest goes with the next `flush`."""
        self._unsent += line
        self.flush()

    def flush(self) -> bool:
        """Send on; tells whether nothing is left."""
        try:
            while self._unsent and not self.is_broken:
                del self._unsent[: self._socket.send(self._unsent)]
        except BlockingIOError:
            pass
        except OSError:
            self.is_broken = True
        if self.is_broken:
            self._unsent.clear()
        return not self._unsent

    def _read(self) -> None:
        try:
            chunk = self._socket.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError:
            chunk = b""
        self.is_broken |= not chunk
        self.received += len(chunk)
        self._buffer += chunk
