"""A deepagents backend on the code interpreter: its shell, its files, behind our walls.

Needs the package deepagents, 0.6 or later, which nothing else here needs.
"""

import errno
import uuid
from typing import Self

from deepagents.backends.protocol import (  # type: ignore[import-not-found,unused-ignore]
    ExecuteResponse,
    FileDownloadResponse,
    FileUploadResponse,
)
from deepagents.backends.sandbox import BaseSandbox  # type: ignore[import-not-found,unused-ignore]

from qwact.agent.adapters.walled_shell import OUTPUT_CHARS, ShellFailed, WalledShell
from qwact.tools.errors import UserError
from qwact.tools.interpreter import CodeInterpreter

# deepagents' names of errors; any other error is passed on in words.
_NAMES = {
    errno.ENOENT: "file_not_found",
    errno.EACCES: "permission_denied",
    errno.EPERM: "permission_denied",
    errno.EROFS: "permission_denied",
    errno.EISDIR: "is_directory",
    errno.ENOTDIR: "invalid_path",
    errno.EINVAL: "invalid_path",
    errno.ELOOP: "invalid_path",
    errno.ENAMETOOLONG: "invalid_path",
    errno.ENXIO: "invalid_path",
}
_MOST_BYTES = 256 << 20


class QwactSandbox(BaseSandbox):  # type: ignore[misc,unused-ignore]
    """A deepagents sandbox behind the walls of a code interpreter: no network, no files of the host.

        with QwactSandbox() as backend:
            agent = create_deep_agent(model=..., backend=backend)

    Commands start in the interpreter's work folder. What they write there is also put into the interpreter's
    `work_folder` on the host, as with any cell; files in /tmp stay inside.

    Args:
        interpreter: Where commands run; a tool of the same agent may use it too, and sees the same files.
            Its `cell_seconds` is the longest that a command may take, its `output_chars` what one may show.
            None: one of its own, that shows 3 MiB.

    Raises:
        SandboxUnavailable: By every method but `close`: no walls can be built here. Nothing was run.
    """

    def __init__(self, interpreter: CodeInterpreter | None = None) -> None:
        self._interpreter = interpreter or CodeInterpreter(output_chars=OUTPUT_CHARS)
        self._shell = WalledShell(self._interpreter)
        self._id = f"qwact-{uuid.uuid4().hex[:12]}"

    @property
    def id(self) -> str:
        """A name of this sandbox alone."""
        return self._id

    def execute(self, command: str, *, timeout: int | None = None) -> ExecuteResponse:
        """Run a command by `sh`.

        Args:
            command: The command line.
            timeout: Seconds after which it is stopped; None or 0 for the interpreter's `cell_seconds`.
        """
        try:
            result = self._shell.run(command, timeout or None)
        except ShellFailed as error:
            return ExecuteResponse(output=str(error), exit_code=None)
        output = result.output.decode("utf-8", "replace")
        if result.is_stopped:
            output += "\n[the command was stopped: it took too long, or was interrupted]"
        return ExecuteResponse(output=output, exit_code=result.exit_code, truncated=result.is_cut)

    def upload_files(self, files: list[tuple[str, bytes]]) -> list[FileUploadResponse]:
        """Write files, over those that are there, and make the folders above them."""
        good = [file for file in files if _is_valid(file[0])]
        try:
            errors = iter(self._shell.write(good)) if good else iter(())
        except ShellFailed as error:
            return [FileUploadResponse(path=path, error=str(error)) for path, _ in files]
        return [
            FileUploadResponse(path=path, error=_name(next(errors)) if _is_valid(path) else "invalid_path")
            for path, _ in files
        ]

    def download_files(self, paths: list[str]) -> list[FileDownloadResponse]:
        """Read files, each of at most 256 MiB."""
        return [self._download(path) for path in paths]

    def close(self) -> None:
        """End the interpreter, also one that was given."""
        self._interpreter.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _download(self, path: str) -> FileDownloadResponse:
        if not _is_valid(path):
            return FileDownloadResponse(path=path, error="invalid_path")
        try:
            return FileDownloadResponse(path=path, content=self._shell.read(path, _MOST_BYTES))
        except OSError as error:
            return FileDownloadResponse(path=path, error=_name(error))
        except ShellFailed as error:
            return FileDownloadResponse(path=path, error=str(error))


def _is_valid(path: str) -> bool:
    return path.startswith("/") and "\0" not in path


def _name(error: OSError | UserError | None) -> str | None:
    if isinstance(error, OSError):
        return _NAMES.get(error.errno or 0, error.strerror)
    return str(error) if error else None
