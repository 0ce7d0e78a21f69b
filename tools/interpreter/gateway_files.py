"""Files to and from a kernel on another machine: base64 text in the answers to expressions of ours."""

import base64
import json
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from qwact.tools.errors import UserError
from qwact.tools.interpreter.collect import OutputFolder
from qwact.tools.interpreter.gateway_kernel import RemoteKernel
from qwact.tools.interpreter.json_bounds import DEEPEST, is_deeper
from qwact.tools.interpreter.plan import Limits

_CHUNK = 2 << 20  # tornado, below every gateway, takes messages of 10 MB
_CHUNK_SECONDS, _CELL_SECONDS = 30.0, 20.0

# Runs inside. A module of its own, so that it leaves no name among the code's variables.
_INSIDE = """
import atexit, base64, json, os, shutil, stat, tempfile
folder, process = tempfile.mkdtemp(prefix="qwact-"), os.getpid()
os.chdir(folder)

@atexit.register
def leave():
    if os.getpid() == process:  # not when a fork of the kernel ends
        shutil.rmtree(folder, ignore_errors=True)

def text(data):
    return base64.b64encode(data).decode()

def give(name, data, is_first):
    with open(os.path.join(folder, name), "wb" if is_first else "ab") as file:
        file.write(base64.b64decode(data))
    return text(b"given")

def look(most):
    found = []
    for path, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "__pycache__"]
        for name in names[: most + 1 - len(found)]:
            facts = os.lstat(os.path.join(path, name))
            if stat.S_ISREG(facts.st_mode) and not name.startswith("."):
                name = os.path.relpath(os.path.join(path, name), folder)
                found.append([name, facts.st_size, facts.st_mtime_ns])
    return text(json.dumps(found).encode())

def take(name, start, size):
    with open(os.path.join(folder, name), "rb") as file:
        file.seek(start)
        return text(file.read(size))
"""
_MODULE = "_qwact_files"
_LOAD = (
    f"(lambda module: (exec({_INSIDE!r}, module.__dict__), "
    f"__import__('sys').modules.update({_MODULE}=module), "
    f"module.text(b'loaded'))[2])(__import__('types').ModuleType({_MODULE!r}))"
)


class RemoteFiles:
    """The files of one remote kernel, in a temporary folder there that is also where its code begins.

    Args:
        kernel: Ready.
        limits: Of one file, of all that one cell gives, and of their number.

    Raises:
        UserError: The kernel is not a Python that can have such a folder.
    """

    def __init__(self, kernel: RemoteKernel, limits: Limits) -> None:
        self._kernel = kernel
        self._limits = limits
        self._seen: dict[str, tuple[int, int]] = {}
        if kernel.evaluate(_LOAD, _CHUNK_SECONDS) != b"loaded":
            raise UserError(
                "The kernel on the gateway must run Python and have a temporary folder: check kernel=."
            )

    def give(self, source: Path) -> str:
        """Copy a file of the host into the folder; gives its name there.

        Raises:
            UserError: It cannot be read or is too large, or the kernel did not take it.
            Disconnected: The kernel is out of reach.
        """
        try:
            if not source.is_file() or source.stat().st_size > self._limits.file:
                most = self._limits.file >> 20
                raise UserError(
                    f"{source} cannot be given to the code: it must be a file of at most {most} MB."
                )
            data = source.read_bytes()
        except OSError as error:
            raise UserError(f"{source} cannot be given to the code: {error.strerror}.") from error
        for start in range(0, max(len(data), 1), _CHUNK):
            piece = base64.b64encode(data[start : start + _CHUNK]).decode()
            if self._call("give", source.name, piece, start == 0) != b"given":
                raise UserError(f"{source} cannot be given to the code: the kernel did not take it.")
        self._seen |= self._look()
        return source.name

    def take_new(self, output: OutputFolder) -> tuple[list[Path], int]:
        """Copy out what is new or changed since the last call; gives the files, and how many were left.

        Raises:
            Disconnected: The kernel is out of reach or does not answer.
            Flooded: Too much came.
        """
        taken: list[Path] = []
        left = total = 0
        deadline = time.monotonic() + _CELL_SECONDS
        now = self._look()
        for name, seen in sorted(now.items()):
            if self._seen.get(name) == seen:
                continue
            total += max(seen[0], 0)
            fits = 0 <= seen[0] <= self._limits.file and total <= self._limits.disk
            fits &= len(taken) < self._limits.files
            data = self._fetch(name, seen[0], deadline) if fits else None
            path = None if data is None else _place(data, name, output)
            taken += [path] if path else []
            left += path is None
        self._seen = now
        return taken, left

    def _look(self) -> dict[str, tuple[int, int]]:
        try:
            listing = self._call("look", self._limits.files) or b""
            found = [] if is_deeper(listing, DEEPEST) else json.loads(listing)
            return {
                str(name): (int(size), int(changed))
                for name, size, changed in found[: self._limits.files + 1]
            }
        except (ValueError, TypeError, OverflowError, RecursionError):
            return {}  # the code inside has broken what lists its files: it has none

    def _fetch(self, name: str, size: int, deadline: float) -> bytes | None:
        """The file's bytes, at most `size`: it may grow while we read."""
        data = b""
        while len(data) < size:
            if time.monotonic() > deadline:
                return None
            piece = self._call("take", name, len(data), min(_CHUNK, size - len(data)))
            if not piece or len(piece) > size - len(data):
                return None
            data += piece
        return data

    def _call(self, function: str, *arguments: Any) -> bytes | None:
        given = ", ".join(repr(argument) for argument in arguments)
        return self._kernel.evaluate(f"__import__({_MODULE!r}).{function}({given})", _CHUNK_SECONDS)


def _place(data: bytes, name: str, output: OutputFolder) -> Path | None:
    """Put it where files behind walls go, by the same way: that way checks the name."""
    parts = name.split("/")
    if "\0" in name or not all(parts) or any(part in (".", "..") for part in parts):
        return None
    with tempfile.TemporaryDirectory(prefix="qwact-") as folder:
        staged = Path(folder, *parts)
        try:
            staged.parent.mkdir(parents=True, exist_ok=True)
            staged.write_bytes(data)
        except (OSError, ValueError):  # a name that this machine's file system does not take
            return None
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            return output.copy(descriptor, name, os.getuid(), len(data))
        finally:
            os.close(descriptor)


def load_files(kernel: RemoteKernel, limits: Limits, given: list[Path]) -> RemoteFiles:
    """Make a new kernel ready for files, and give it what was given before."""
    files = RemoteFiles(kernel, limits)
    for path in given:
        with suppress(UserError):  # the person has removed it meanwhile
            files.give(path)
    return files
