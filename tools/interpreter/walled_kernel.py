"""One kernel with its folder, its walls and the connection to it."""

import os
import select
import socket
from typing import NamedTuple

from qwact.tools.errors import SandboxUnavailable
from qwact.tools.interpreter.connection import KernelConnection, listen, new_key
from qwact.tools.interpreter.folders import SessionFolder
from qwact.tools.interpreter.identity import sandbox_user
from qwact.tools.interpreter.plan import Limits
from qwact.tools.interpreter.sandbox import NO_WALLS, Sandbox, start_sandbox
from qwact.tools.interpreter.zmtp import Disconnected

_GREETING_SECONDS = 30.0
_TOOLS = "tools"


class KernelSettings(NamedTuple):
    """What two kernels must have in common to stand in for each other.

    Attributes:
        limits: What the code may use.
        choice: Which walls.
    """

    limits: Limits
    choice: str


class WalledKernel:
    """A kernel that can be started, ended and started again in the same folder.

    Attributes:
        settings: Its limits and walls.
        folder: Its folders on the host; there from the beginning.
    """

    def __init__(self, settings: KernelSettings) -> None:
        self.settings = settings
        self.folder = SessionFolder(os.getuid() if settings.choice == NO_WALLS else sandbox_user())
        self._process = os.getpid()
        self._sandbox: Sandbox | None = None
        self._connection: KernelConnection | None = None
        self._tool_socket: socket.socket | None = None

    @property
    def sandbox(self) -> Sandbox:
        """Of a kernel that was started: its walls."""
        assert self._sandbox is not None
        return self._sandbox

    @property
    def connection(self) -> KernelConnection:
        """Of a kernel that was started: the way to talk to it."""
        assert self._connection is not None
        return self._connection

    @property
    def tool_socket(self) -> socket.socket:
        """Of a kernel that was started: where the code inside asks for tools. It need not be read."""
        assert self._tool_socket is not None
        return self._tool_socket

    @property
    def is_started(self) -> bool:
        """Whether it was started and not stopped since. It may have ended by itself."""
        return self._connection is not None

    def is_alive(self) -> bool:
        """Whether it was started and runs."""
        return self.is_started and not select.select([self.sandbox], [], [], 0)[0]

    def start(self) -> None:
        """Start it, unless that was done.

        Raises:
            SandboxUnavailable: No walls can be built, or the kernel does not answer.
        """
        if self.is_started:
            return
        key = new_key()
        self.folder.empty_sockets()
        sockets = listen(self.folder.sockets)
        self._tool_socket, sockets[_TOOLS] = socket.socketpair()
        limits, choice = self.settings
        try:
            self._sandbox = start_sandbox(choice, "kernel", self.folder, limits, sockets, key)
        except BaseException:
            self.stop()
            raise
        finally:
            for listening in sockets.values():
                listening.close()
        try:
            self._connection = KernelConnection(self.folder.sockets, key, _GREETING_SECONDS)
        except Disconnected as error:
            self.stop()
            raise SandboxUnavailable(
                "The Python kernel started but does not answer: check that ipykernel works."
            ) from error

    def stop(self) -> None:
        """End it with everything inside."""
        if self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._tool_socket is not None:
            self._tool_socket.close()
            self._tool_socket = None

    def close(self) -> None:
        """End it and remove its folder. In a fork of the process that made it: only let go of it."""
        self.stop()
        if os.getpid() == self._process:
            self.folder.remove()
