"""Opens files below one folder and nowhere else, however a path is written."""

import difflib
import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from qwact.tools.errors import ToolError, UserError


class Folder:
    """The root below which paths are opened.

    Each part of a path is opened by itself, relative to the part before and without following links. A
    check of the path followed by an open could be fooled by whoever swaps a folder for a link in between.

    Raises:
        UserError: This operating system cannot open a file relative to an open folder.
    """

    def __init__(self, root: Path) -> None:
        if os.open not in os.supports_dir_fd or not hasattr(os, "O_NOFOLLOW"):
            raise UserError("Files needs Linux or macOS: here a folder cannot be guarded against links.")
        self._root = root

    @contextmanager
    def opened(self, path: str, flags: int) -> Iterator[int]:
        """The open descriptor of what is at `path`; closed at the end of the block.

        Raises:
            ToolError: The path leaves the folder or passes through a link, or there is no such file.
        """
        parts = _parts(path)
        descriptor = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for number, part in enumerate(parts):
                last = number == len(parts) - 1
                wanted = flags if last else os.O_RDONLY | os.O_DIRECTORY
                try:
                    inner = os.open(part, wanted | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644, dir_fd=descriptor)
                except OSError as error:
                    raise _explained(error, parts[: number + 1], descriptor, path) from error
                os.close(descriptor)
                descriptor = inner
            yield descriptor
        finally:
            os.close(descriptor)


def _parts(path: str) -> tuple[str, ...]:
    if "\0" in path:
        raise ToolError("A path cannot hold a null character.")
    pure = PurePosixPath(path)
    if pure.is_absolute() or path.startswith("~"):
        raise ToolError(f"{path} is no path relative to the folder: write it without a leading / or ~.")
    if ".." in pure.parts:
        raise ToolError(f"{path} may lead out of the folder: write it without '..'.")
    return pure.parts


def _explained(error: OSError, parts: tuple[str, ...], folder: int, path: str) -> ToolError:
    """The failure to open the last of `parts` in the open `folder`, in words."""
    here = "/".join(parts)
    if error.errno == errno.ENOENT:
        near = difflib.get_close_matches(parts[-1], os.listdir(folder), n=3, cutoff=0.5)
        names = " or ".join("/".join((*parts[:-1], name)) for name in near)
        hint = f"Did you mean {names}?" if near else "List the folder."
        return ToolError(f"There is no {here}. {hint}")
    # For a link where a folder is wanted, Linux says "not a folder" and macOS "too many links".
    is_link = error.errno in (errno.ELOOP, errno.ENOTDIR) and _is_link(parts[-1], folder)
    if is_link:
        return ToolError(f"{here} is a link, and links are not followed.")
    if error.errno == errno.ENOTDIR:
        return ToolError(f"{here} is no folder.")
    return ToolError(f"{path} cannot be opened: {error.strerror}.")


def _is_link(name: str, folder: int) -> bool:
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except OSError:
        return False  # gone meanwhile
