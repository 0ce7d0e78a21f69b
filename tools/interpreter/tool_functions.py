"""The host's tools as functions for the code inside. Standard library only, as all that runs there.

Each call is a line of JSON on an inherited socket, each answer another. Nothing here protects anything: the
code may change all of it, and the host believes nothing that comes.
"""

import json
import os
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Any

_CHUNK = 1 << 16
_MAIN = "__main__"  # where the code finds them


class ToolError(Exception):
    """A tool could not do it. The text says why."""

    __module__ = _MAIN


class ToolFunctions:
    """Makes the functions and carries their calls, one at a time.

    Args:
        connection: The socket to the host.
        shell: IPython's.
        most: Bytes of one call.
    """

    def __init__(self, connection: socket.socket, shell: Any, most: int) -> None:
        connection.set_inheritable(False)
        self._socket = connection
        self._shell = shell
        self._most = most
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._number = 0
        self._buffer = b""
        self._is_torn = False

    def offer(self, functions: str) -> None:
        """Put the functions that a JSON text lists into every cell that has no other use for their names."""
        offered: dict[str, Any] = {"ToolError": ToolError}
        for function in json.loads(functions):
            offered[function["name"]] = self._function(**function)

        def place(*_: object) -> None:
            for name, value in offered.items():
                self._shell.user_ns.setdefault(name, value)

        self._shell.events.register("pre_run_cell", place)

    def call(self, tool: str, arguments: dict[str, Any]) -> str:
        """Call a tool and give its text.

        Raises:
            ToolError: It could not do it, or cannot be called so.
        """
        if os.getpid() != self._process:
            raise ToolError(
                "Tools can be called in the process of the cell only, not in one that it started."
            )
        with self._lock:
            self._number += 1
            self._send(_call_line(self._number, tool, arguments))
            answer = self._answer()
        if not answer["ok"]:
            raise ToolError(answer["text"])
        text: str = answer["text"]
        return text

    def _function(self, name: str, tool: str, parameters: list[str], doc: str) -> Callable[..., str]:
        def function(*args: object, **kwargs: object) -> str:
            try:
                return self.call(tool, _bind(name, parameters, args, kwargs))
            except (ToolError, TypeError) as error:
                raise error.with_traceback(None) from None  # our lines tell nothing

        function.__code__ = function.__code__.replace(co_filename=f"<{tool}>", co_name=name)
        function.__name__ = function.__qualname__ = name
        function.__module__, function.__doc__ = _MAIN, doc
        return function

    def _send(self, line: bytes) -> None:
        if len(line) > self._most:
            raise ToolError(f"A call may have {self._most} bytes of JSON at most, not {len(line)}.")
        begin = b"\n" if self._is_torn else b""  # an interrupt left half a line: end it
        self._is_torn = True
        self._socket.sendall(begin + line + b"\n")
        self._is_torn = False

    def _answer(self) -> dict[str, Any]:
        """The answer to the last call. Those to calls that were interrupted come before it."""
        while True:
            while b"\n" not in self._buffer:
                chunk = self._socket.recv(_CHUNK)
                if not chunk:
                    raise ToolError("The way to the tools is closed.")
                self._buffer += chunk
            line, _, self._buffer = self._buffer.partition(b"\n")
            try:
                answer: dict[str, Any] = json.loads(line)
            except ValueError:
                continue  # an interrupt took its beginning
            if answer["id"] == self._number:
                return answer


def _bind(
    name: str, parameters: Sequence[str], args: Sequence[object], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Arguments by name, as Python would bind them."""
    if len(args) > len(parameters):
        raise TypeError(f"{name}() takes {len(parameters)} arguments but {len(args)} were given")
    given = dict(zip(parameters, args, strict=False))
    for twice in given.keys() & kwargs.keys():
        raise TypeError(f"{name}() got multiple values for argument {twice!r}")
    return {**given, **kwargs}


def _call_line(number: int, tool: str, arguments: dict[str, Any]) -> bytes:
    call = {"id": number, "tool": tool, "arguments": arguments}
    try:
        return json.dumps(call, allow_nan=False, default=_as_json, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ToolError(f"The arguments of {tool} cannot be written as JSON: {error}.") from None


def _as_json(value: object) -> object:
    """Numbers and arrays of numpy, columns of pandas."""
    if callable(plain := getattr(value, "tolist", None)):
        return plain()
    raise TypeError(f"{type(value).__name__} is no JSON value")
