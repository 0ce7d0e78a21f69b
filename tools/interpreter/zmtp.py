"""The client's end of a ZeroMQ connection, on a plain socket that is read only when somebody asks.

libzmq reads on a thread of its own and queues what comes: code inside that floods between two cells would
fill the host's memory. Here, what nobody asks for stays in the kernel's process, whose memory is limited. And
what the enemy sends is taken apart by Python, not by C++.

Written to ZMTP 3.0 with the NULL mechanism, https://rfc.zeromq.org/spec/23/.
"""

import socket
import struct

_MORE, _LONG, _COMMAND = 1, 2, 4
_GREETING = b"\xff" + bytes(8) + b"\x7f" + b"\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
_SIGNATURE, _VERSION, _MECHANISM = slice(0, 10, 9), 10, slice(12, 32)
_CHUNK = 1 << 18  # about what a unix socket holds
# What a frame costs besides its bytes: millions of empty ones are a flood, too.
FRAME_COST = 200


class Disconnected(Exception):
    """The connection broke: the kernel ended, or sent what is no message, or one above the size limit."""


class ZmtpSocket:
    """A DEALER or SUB socket with one peer.

    Args:
        path: The unix socket where the peer listens.
        kind: "DEALER", or "SUB", which is subscribed to everything.
        most: Bytes of one message.
        seconds: What the peer may take to greet.

    Attributes:
        received: What came so far, in bytes, with `FRAME_COST` for each frame.

    Raises:
        Disconnected: The peer does not greet, or not as ZeroMQ does.
    """

    def __init__(self, path: str, kind: str, most: int, seconds: float) -> None:
        self.received = 0
        self._most = most
        self._buffer = bytearray()
        self._frames: list[bytes] = []
        self._cost = 0
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(seconds)
        try:
            self._socket.connect(path)
            self._greet(kind)
        except OSError as error:
            self._socket.close()
            raise Disconnected from error
        self._socket.setblocking(False)

    def fileno(self) -> int:
        """Readable when there is something to receive."""
        return self._socket.fileno()

    def send(self, frames: list[bytes], seconds: float) -> None:
        """Send one message.

        Raises:
            TimeoutError: The peer takes nothing.
            Disconnected: It is gone.
        """
        data = b"".join(_frame(frame, _MORE) for frame in frames[:-1]) + _frame(frames[-1])
        self._socket.settimeout(seconds)
        try:
            self._socket.sendall(data)
        except TimeoutError:
            raise
        except OSError as error:
            raise Disconnected from error
        finally:
            self._socket.setblocking(False)

    def receive(self) -> list[list[bytes]]:
        """The messages that have come, without waiting: those of one read, perhaps none.

        Raises:
            Disconnected: Nothing more will come.
        """
        try:
            chunk = self._socket.recv(_CHUNK)
        except BlockingIOError:
            return []
        except OSError as error:
            raise Disconnected from error
        if not chunk:
            raise Disconnected
        self._buffer += chunk
        self.received += len(chunk)
        return self._take_messages()

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _greet(self, kind: str) -> None:
        self._socket.sendall(_GREETING)
        theirs = self._take(len(_GREETING))
        same = all(theirs[part] == _GREETING[part] for part in (_SIGNATURE, _MECHANISM))
        if not same or theirs[_VERSION] < _GREETING[_VERSION]:
            raise ConnectionError("the peer does not speak ZMTP 3 with the NULL mechanism")
        # libzmq takes nothing more before it has answered this.
        self._socket.sendall(_frame(b"\x05READY\x0bSocket-Type" + _sized(kind.encode()), _COMMAND))
        flags, size = self._take(2)
        if flags != _COMMAND or not self._take(size).startswith(b"\x05READY"):
            raise ConnectionError("the peer refuses the connection")
        if kind == "SUB":
            self._socket.sendall(_frame(b"\x01"))

    def _take(self, size: int) -> bytes:
        taken = b""
        while len(taken) < size:
            if not (chunk := self._socket.recv(size - len(taken))):
                raise ConnectionError("the peer closed the connection")
            taken += chunk
        return taken

    def _take_messages(self) -> list[list[bytes]]:
        messages = []
        begin, end = 0, len(self._buffer)
        while end - begin >= 2:
            flags, size, head = self._buffer[begin], self._buffer[begin + 1], 2
            if flags & _LONG:
                if end - begin < 9:
                    break
                (size,), head = struct.unpack_from("!Q", self._buffer, begin + 1), 9
            if self._cost + size > self._most:
                raise Disconnected("a message above the size limit")
            if end - begin < head + size:
                break
            begin += head + size
            self.received += FRAME_COST
            if flags & _COMMAND:
                continue  # none asks anything of us
            self._cost += size + FRAME_COST
            self._frames.append(bytes(self._buffer[begin - size : begin]))
            if not flags & _MORE:
                messages.append(self._frames)
                self._frames, self._cost = [], 0
        del self._buffer[:begin]
        return messages


def _frame(body: bytes, flags: int = 0) -> bytes:
    if len(body) < 256:
        return bytes((flags, len(body))) + body
    return struct.pack("!BQ", flags | _LONG, len(body)) + body


def _sized(value: bytes) -> bytes:
    return struct.pack("!I", len(value)) + value
