"""Jupyter's way to the sandbox: JupyterLab, nbclient and papermill start their kernels behind the walls."""

import asyncio
import os
import select
import signal
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from traitlets import Float, Int, Unicode

from qwact.tools.interpreter.connection import CHANNELS, listen
from qwact.tools.interpreter.folders import SessionFolder
from qwact.tools.interpreter.identity import sandbox_user
from qwact.tools.interpreter.plan import Limits
from qwact.tools.interpreter.sandbox import NO_WALLS, Sandbox, start_sandbox

_MEGABYTE = 1 << 20
_POLL_SECONDS = 0.05


class SandboxProvisioner(KernelProvisionerBase):
    """Starts each kernel behind walls of its own, on unix sockets that it inherits.

    Its traits are set in the kernelspec, at `metadata.kernel_provisioner.config`. Memory, processes, files
    and disk are limited; the wall time of a cell is the business of whoever runs the cells.
    """

    sandbox = Unicode("auto", help="Which walls; see `CodeInterpreter`.").tag(config=True)
    memory_mb = Int(2048, min=1, help="Memory of everything inside.").tag(config=True)
    processes = Int(64, min=1, help="Processes and threads inside.").tag(config=True)
    file_mb = Int(256, min=1, help="Size of one file.").tag(config=True)
    disk_mb = Int(1024, min=1, help="Size of all files.").tag(config=True)
    files = Int(1000, min=1, help="Number of files.").tag(config=True)
    output_chars = Int(1_000_000, min=1, help="Characters of text that one cell may print.").tag(config=True)
    shutdown_seconds = Float(0.5, min=0, help="What a kernel may take to leave by itself.").tag(config=True)

    _running: Sandbox | None = None
    _folder: SessionFolder | None = None

    @property
    def has_process(self) -> bool:
        """Whether a sandbox was started and not cleaned up yet."""
        return self._running is not None

    async def poll(self) -> int | None:
        """None while the kernel runs, otherwise 0."""
        if self._running is None:
            return 0
        ended, _, _ = select.select([self._running], [], [], 0)
        return 0 if ended else None

    async def wait(self) -> int | None:
        """Wait for the kernel's end."""
        while await self.poll() is None:
            await asyncio.sleep(_POLL_SECONDS)
        self._end()
        return 0

    async def send_signal(self, signum: int) -> None:
        """SIGINT interrupts the cell; every signal that would end the kernel ends the sandbox."""
        if signum == signal.SIGINT and self._running is not None:
            self._running.interrupt()
        elif signum != 0:
            self._end()

    async def kill(self, restart: bool = False) -> None:
        """Kill everything inside."""
        self._end()

    async def terminate(self, restart: bool = False) -> None:
        """Kill everything inside."""
        self._end()

    async def cleanup(self, restart: bool = False) -> None:
        """Leave nothing behind; for a restart the work folder with its files stays."""
        self._end()
        if not restart and self._folder is not None:
            self._folder.remove()
            self._folder = None

    def get_shutdown_wait_time(self, recommended: float = 5.0) -> float:
        """How long a kernel that was asked to leave is waited for, in seconds."""
        return self.shutdown_seconds

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose the sockets. Whatever is asked, command and environment are the sandbox's own."""
        if self._folder is None:
            self._folder = SessionFolder(os.getuid() if self.sandbox == NO_WALLS else sandbox_user())
        manager = self._manager
        manager.transport, manager.ip = "ipc", str(self._folder.sockets / "kernel")
        for number, channel in enumerate(CHANNELS, 1):
            setattr(manager, f"{channel}_port", number)
        manager.write_connection_file()
        self.connection_info = manager.get_connection_info()
        return await super().pre_launch(cmd=[], **{**kwargs, "env": {}})

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the sandbox with a kernel in it.

        Raises:
            SandboxUnavailable: No walls can be built here. Nothing was run.
        """
        assert self._folder is not None
        self._folder.empty_sockets()
        names = {channel: f"kernel-{number}" for number, channel in enumerate(CHANNELS, 1)}
        sockets = listen(self._folder.sockets, names)
        key = self._manager.session.key.decode()
        try:
            self._running = await asyncio.to_thread(
                start_sandbox, self.sandbox, "notebook", self._folder, self._limits(), sockets, key
            )
        finally:
            for listening in sockets.values():
                listening.close()
        return self.connection_info

    @property
    def _manager(self) -> Any:
        return self.parent

    def _limits(self) -> Limits:
        return Limits(
            memory=self.memory_mb * _MEGABYTE,
            processes=self.processes,
            file=self.file_mb * _MEGABYTE,
            disk=self.disk_mb * _MEGABYTE,
            files=self.files,
            output=self.output_chars,
        )

    def _end(self) -> None:
        if self._running is not None:
            self._running.close()
            self._running = None
