"""Listing, reading and, where allowed, writing files below one folder, as tools."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from qwact.tools.errors import ToolError, UserError
from qwact.tools.folder import Folder
from qwact.tools.tool import Tool

_MOST_BYTES = 10 * 1024 * 1024  # of a file that is read
_MOST_ENTRIES = 200  # of a folder that is listed


class Files:
    """A toolkit: `list_files`, `read_file`, and `write_file` if asked for, all below one folder.

    Nothing outside the folder can be reached: `..` and links are refused at the moment of opening.

    Args:
        folder: The folder that the model may see.
        write: Let the model also create and replace files in it.

    Raises:
        UserError: The folder does not exist.
    """

    def __init__(self, folder: str | Path, *, write: bool = False) -> None:
        if not Path(folder).is_dir():
            raise UserError(f"{folder}: no such folder; give Files a folder that exists.")
        self.folder = Path(folder).resolve()
        root = Folder(self.folder)
        self._tools: tuple[Tool, ...] = (ListFiles(root), ReadFile(root))
        if write:
            self._tools = (*self._tools, WriteFile(root))

    def tools(self) -> Sequence[Tool]:
        """The tools, in the order in which the model sees them."""
        return self._tools


class ListFiles(Tool):
    """Lists the files in a folder, with their sizes."""

    def __init__(self, root: Folder) -> None:
        self._root = root

    def run(self, folder: str = ".") -> str:
        """List.

        Args:
            folder: Folder to list, relative to the root.
        """
        with (
            self._root.opened(folder, os.O_RDONLY | os.O_DIRECTORY) as descriptor,
            os.scandir(descriptor) as entries,
        ):
            lines = [_line(entry) for entry in sorted(entries, key=lambda entry: entry.name)]
        if not lines:
            return "The folder is empty."
        more = len(lines) - _MOST_ENTRIES
        return "\n".join(lines[:_MOST_ENTRIES]) + (f"\n[and {more} more]" if more > 0 else "")


class ReadFile(Tool):
    """Reads lines of a text file."""

    def __init__(self, root: Folder) -> None:
        self._root = root

    def run(self, path: str, start: int = 1, lines: int = 200) -> str:
        """Read.

        Args:
            path: Path of the file, relative to the root.
            start: Number of the first line to read.
            lines: Number of lines to read.
        """
        if start < 1 or lines < 1:
            raise ToolError("start and lines must be at least 1.")
        found = _decoded(path, self._bytes(path)).splitlines()
        if not found:
            return f"{path} is empty."
        if start > len(found):
            raise ToolError(f"{path} has {len(found)} lines, so it cannot be read from line {start}.")
        end = min(start - 1 + lines, len(found))
        text = "\n".join(found[start - 1 : end])
        if start == 1 and end == len(found):
            return text
        return f"{text}\n[lines {start} to {end} of {len(found)}]"

    def _bytes(self, path: str) -> bytes:
        # Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
        with self._root.opened(path, os.O_RDONLY | os.O_NONBLOCK) as descriptor:
            status = os.fstat(descriptor)
            if stat.S_ISDIR(status.st_mode):
                raise ToolError(f"{path} is a folder; list it.")
            if not stat.S_ISREG(status.st_mode):
                raise ToolError(f"{path} is no ordinary file.")
            if status.st_size > _MOST_BYTES:
                raise ToolError(
                    f"{path} has {_size(status.st_size)}; at most {_size(_MOST_BYTES)} can be read."
                )
            with os.fdopen(os.dup(descriptor), "rb") as file:
                return file.read(_MOST_BYTES)


class WriteFile(Tool):
    """Writes a text file, replacing what it held."""

    def __init__(self, root: Folder) -> None:
        self._root = root

    def run(self, path: str, text: str) -> str:
        """Write.

        Args:
            path: Path of the file, relative to the root. Its folder must exist.
            text: What the file is to hold.
        """
        data = text.encode(errors="replace")
        with self._root.opened(path, os.O_WRONLY | os.O_CREAT | os.O_NONBLOCK) as descriptor:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise ToolError(f"{path} is no ordinary file.")
            os.ftruncate(descriptor, 0)
            with os.fdopen(os.dup(descriptor), "wb") as file:
                file.write(data)
        return f"Wrote {_size(len(data))} to {path}."


def _line(entry: "os.DirEntry[str]") -> str:
    name = entry.name if entry.name.isprintable() else ascii(entry.name)
    if entry.is_symlink():
        return f"{name}  (a link, not followed)"
    if entry.is_dir(follow_symlinks=False):
        return f"{name}/"
    return f"{name}  {_size(entry.stat(follow_symlinks=False).st_size)}"


def _size(count: int) -> str:
    """A number of bytes for people.

    >>> _size(999), _size(1500), _size(10 * 1024 * 1024)
    ('999 bytes', '1.5 kB', '10.5 MB')
    """
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def _decoded(path: str, data: bytes) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        if encoding == "utf-16" or b"\0" not in data:
            return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ToolError(
            f"{path} is no UTF-8 text (byte {error.start} is {data[error.start]:#04x})."
        ) from error
    raise ToolError(f"{path} is a binary file, not text.")
