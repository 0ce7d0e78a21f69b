"""One kernel on a gateway: the messages of its websocket, read as from an enemy.

https://jupyter-server.readthedocs.io/en/stable/developers/websocket-protocols.html
"""

import base64
import json
import os
import secrets
import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from qwact.tools.errors import UserError
from qwact.tools.interpreter import wire
from qwact.tools.interpreter.connection import Flooded
from qwact.tools.interpreter.gateway_client import LOG, GatewayClient
from qwact.tools.interpreter.json_bounds import DEEPEST, is_deeper
from qwact.tools.interpreter.zmtp import Disconnected

if TYPE_CHECKING:
    from websockets.exceptions import ConnectionClosed

_GREETING_SECONDS, _RETRY_SECONDS = 60.0, 1.0
_MOST_CELL_CHARACTERS = 256 << 20
_TOO_BIG = 1009  # the close code of RFC 6455 for a message over the limit
_ENDED = ("restarting", "autorestarting", "dead", "terminated")


class Said(NamedTuple):
    """One message about a request: "shell" or "iopub", its type and its content, none of them checked."""

    channel: object
    kind: object
    content: object


class RemoteKernel:
    """One kernel on a gateway, started and ready.

    Attributes:
        process: Whose it is; in a fork of that one it must not be used.

    Args:
        client: Its gateway.
        name: Of the kernelspec there.

    Raises:
        UserError: It cannot be started or does not answer.
    """

    def __init__(self, client: GatewayClient, name: str) -> None:
        self._client = client
        self.process = os.getpid()
        self._session = secrets.token_hex(16)
        self._requests = self._received = 0
        self._stack = ExitStack()
        self._id = client.start_kernel(name)
        try:
            self._websocket = client.open_websocket(self._id, self._session, self._stack)
            self._greet(name)
        except BaseException:
            self.close()
            raise

    def execute(self, code: str) -> str:
        """Send a cell; gives its id.

        Raises:
            Disconnected: The kernel is out of reach.
            Flooded: Too much came.
        """
        return self._send("execute_request", wire.execution(code))

    def evaluate(self, expression: str, seconds: float) -> bytes | None:
        """The bytes that an expression of ours gives as base64 text; None if it gives anything else.

        Raises:
            Disconnected: The kernel is out of reach, or does not answer in time.
            Flooded: Too much came.
        """
        wanted = {"user_expressions": {"it": expression}}
        request = self._send("execute_request", wire.execution("", silent=True) | wanted)
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            said = self.receive(request, left)
            if said and said.channel == "shell":
                return _decoded(said.content)
        raise Disconnected

    def receive(self, request: str, seconds: float) -> Said | None:
        """The next message if it belongs to this request; None for another's, and when none comes.

        Raises:
            Disconnected: The gateway closed the way, or says that the kernel ended.
            Flooded: Too much came since `forget_pending`.
        """
        from websockets.exceptions import ConnectionClosed

        try:
            data = self._websocket.recv(timeout=max(seconds, 0))
        except TimeoutError:
            return None
        except ConnectionClosed as error:
            raise _why_closed(error) from error
        self._received += len(data)
        if self._received > _MOST_CELL_CHARACTERS:
            raise Flooded
        return _read(data, request)

    def forget_pending(self) -> None:
        """Drop what came between two cells.

        Raises:
            Disconnected: The kernel ended meanwhile.
            Flooded: It was more than any cell may send.
        """
        before = -1
        self._received = 0
        while before != self._received:
            before = self._received
            self.receive("", 0)

    def interrupt(self) -> None:
        """Interrupt what it runs.

        Raises:
            Disconnected: The gateway cannot.
        """
        try:
            self._client.interrupt_kernel(self._id)
        except UserError as error:
            raise Disconnected from error

    def close(self) -> None:
        """End it, if the gateway can still be reached. In a fork of the process that made it: do nothing."""
        if self.process == os.getpid():
            self.process = -1
            try:
                self._end()
            except UserError as error:
                LOG.warning("a remote kernel may still run: %s", error)
            with suppress(OSError):
                self._stack.close()

    def _end(self) -> None:
        try:
            self._client.end_kernel(self._id)
        except UserError:  # a gateway that is just restarting a dead kernel cannot end it yet
            time.sleep(_RETRY_SECONDS)
            self._client.end_kernel(self._id)

    def _greet(self, name: str) -> None:
        """Ask until the kernel answers on both channels: before, the first cell's output could be lost."""
        deadline, patience = time.monotonic() + _GREETING_SECONDS, 1.0
        missing = {"shell", "iopub"}
        with suppress(Disconnected, Flooded):
            while time.monotonic() < deadline:
                request = self._send("kernel_info_request", {})
                turn, patience = time.monotonic() + patience, patience * 2
                while (left := turn - time.monotonic()) > 0:
                    if said := self.receive(request, left):
                        missing -= {said.channel}
                    if not missing:
                        return
        raise UserError(f"The kernel {name!r} on the gateway at {self._client.url} does not answer.")

    def _send(self, kind: str, content: dict[str, Any]) -> str:
        from websockets.exceptions import ConnectionClosed

        self._requests += 1
        request = f"{self._session}_{self._requests}"
        header = wire.header(kind, request, self._session)
        message = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}}
        try:
            self._websocket.send(json.dumps({**message, "content": content, "buffers": []}))
        except ConnectionClosed as error:
            raise _why_closed(error) from error
        except OSError as error:
            raise Disconnected from error
        return request


def _why_closed(error: "ConnectionClosed") -> Exception:
    """We close it ourselves when a message is above the size limit; who sends next may see it first."""
    return Flooded() if error.sent and error.sent.code == _TOO_BIG else Disconnected()


def _read(data: object, request: str) -> Said | None:
    """A text frame of the default websocket protocol. A binary one carries buffers, which nobody reads."""
    try:
        if not isinstance(data, str) or is_deeper(data.encode(), DEEPEST):
            return None
        message = json.loads(data)
        kind, content = message["header"]["msg_type"], message["content"]
        parent, channel = message["parent_header"].get("msg_id"), message.get("channel")
        has_ended = not parent and kind == "status" and content.get("execution_state") in _ENDED
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    if has_ended:
        raise Disconnected
    return Said(channel, kind, content) if parent == request and channel in ("shell", "iopub") else None


def _decoded(content: Any) -> bytes | None:
    try:
        text = content["user_expressions"]["it"]["data"]["text/plain"]
        return base64.b64decode(text.strip("'"), validate=True)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
