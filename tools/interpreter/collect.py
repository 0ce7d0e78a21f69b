"""Files into the work folder and out of it: real files below it, nothing that is a link or climbs."""

import itertools
import os
import shutil
import stat
import tempfile
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from qwact.tools.errors import UserError
from qwact.tools.interpreter.messages import MARKUP_SUFFIXES, Markup, clean
from qwact.tools.interpreter.plan import Limits
from qwact.tools.interpreter.syscalls import open_beneath

_CHUNK = 1 << 20
_DEEPEST = 16
_READ = os.O_RDONLY | os.O_NONBLOCK
# Blanks that names on macOS and in Chinese and French have; Python calls them unprintable.
_BLANKS = str.maketrans(dict.fromkeys("\u00a0\u202f\u3000", " "))


@dataclass(frozen=True, slots=True)
class _Seen:
    inode: int
    size: int
    changed: int


class WorkFiles:
    """The files of one work folder, held by a descriptor: replacing the folder changes nothing."""

    def __init__(self, work: Path, uid: int, limits: Limits) -> None:
        self._folder = os.open(work, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        self._uid = uid
        self._limits = limits
        self._seen: dict[str, _Seen] = {}

    def add(self, source: Path) -> str:
        """Copy a file of the host into the folder; gives its name there.

        Raises:
            UserError: It cannot be read, or is larger than the limits allow.
        """
        try:
            size = source.stat().st_size
            if not source.is_file() or size > self._limits.file:
                most = self._limits.file >> 20
                raise UserError(
                    f"{source} cannot be given to the code: it must be a file of at most {most} MB."
                )
            with source.open("rb") as file:
                self._write(source.name, file.fileno())
        except OSError as error:
            raise UserError(f"{source} cannot be given to the code: {error.strerror}.") from error
        return source.name

    def take_new(self, output: "OutputFolder") -> tuple[list[Path], int]:
        """Copy out what is new or changed since the last call; gives the files, and how many were left."""
        taken: list[Path] = []
        left = total = 0
        before, self._seen = self._seen, dict(self._scan(self._folder, "", 0))
        for name, seen in sorted(self._seen.items()):
            if before.get(name) == seen:
                continue
            total += seen.size
            path = (
                output.copy(self._folder, name, self._uid, self._limits.file)
                if total <= self._limits.disk
                else None
            )
            if path is None:
                left += 1
            else:
                taken.append(path)
        return taken, left

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self._folder)

    def _scan(self, folder: int, prefix: str, depth: int) -> Iterator[tuple[str, _Seen]]:
        with os.scandir(folder) as listing:
            # Hidden files are the settings of programs; no program of the host shall find one from here.
            names = [entry.name for entry in itertools.islice(listing, self._limits.files)]
        for name in names:
            if name.startswith(".") or name == "__pycache__":
                continue
            try:
                facts = os.stat(name, dir_fd=folder, follow_symlinks=False)
                if stat.S_ISREG(facts.st_mode):
                    yield prefix + name, _Seen(facts.st_ino, facts.st_size, facts.st_mtime_ns)
                elif stat.S_ISDIR(facts.st_mode) and depth < _DEEPEST:
                    below = open_beneath(folder, name, _READ | os.O_DIRECTORY)
                    try:
                        yield from self._scan(below, f"{prefix}{name}/", depth + 1)
                    finally:
                        os.close(below)
            except OSError:
                continue  # closed to us, or gone while we looked

    def _write(self, name: str, source: int) -> None:
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self._folder)
        target = open_beneath(self._folder, name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        try:
            while chunk := os.read(source, _CHUNK):
                _write_all(target, chunk)
            if self._uid != os.getuid():
                os.chown(target, self._uid, self._uid)
            os.fchmod(target, 0o644)
            facts = os.fstat(target)
            self._seen[name] = _Seen(facts.st_ino, facts.st_size, facts.st_mtime_ns)
        finally:
            os.close(target)


class OutputFolder:
    """The folder of the host that produced files are put in. What others put there is never overwritten.

    Without a path, a private temporary folder, made when it is first needed and removed by `close`.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._remove: Callable[[], object] | None = None
        self._ours: dict[str, Path] = {}
        self._figures = self._displays = 0

    @property
    def path(self) -> Path:
        """The folder."""
        if self._path is None:
            self._path = Path(tempfile.mkdtemp(prefix="qwact-output-"))
            self._remove = weakref.finalize(self, shutil.rmtree, self._path, ignore_errors=True)
        return self._path

    def close(self) -> None:
        """Remove the folder if it is a temporary one."""
        if self._remove is not None:
            self._remove()

    def add_figure(self, png: bytes) -> Path:
        """Write the next figure."""
        self._figures += 1
        path = self._place(f"figure-{self._figures}.png")
        path.write_bytes(png)
        return path

    def add_markup(self, markup: Markup) -> Path:
        """Write HTML or SVG as it came."""
        self._displays += 1
        path = self._place(f"display-{self._displays}{MARKUP_SUFFIXES[markup.mime_type]}")
        path.write_bytes(markup.text.encode("utf-8", "replace"))
        return path

    def copy(self, folder: int, name: str, uid: int, most: int) -> Path | None:
        """Copy `name` from the work folder; None when it is no plain file of user `uid`, or too large.

        None also when nothing of its name can be written here: too long, unprintable, or below a file.
        """
        try:
            source = open_beneath(folder, name, _READ)
        except OSError:
            return None
        try:
            facts = os.fstat(source)
            if not stat.S_ISREG(facts.st_mode) or facts.st_uid != uid or facts.st_size > most:
                return None
            path = self._ours.get(name) or self._place_printable(name)
            if path is None:
                return None
            path.parent.mkdir(parents=True, exist_ok=True)
            _copy(source, path, facts.st_size)
        except OSError:
            return None
        finally:
            os.close(source)
        self._ours[name] = path
        return path

    def _place_printable(self, name: str) -> Path | None:
        parts = [clean(part).translate(_BLANKS).strip() for part in name.split("/")]
        if not all(part and part.isprintable() and not part.startswith((".", "-")) for part in parts):
            return None
        return self._place("/".join(parts))

    def _place(self, name: str) -> Path:
        wanted = self.path / name
        self.path.mkdir(parents=True, exist_ok=True)
        path, number = wanted, 1
        while os.path.lexists(path):
            number += 1
            path = wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
        return path


def _copy(source: int, path: Path, size: int) -> None:
    """At most `size` bytes: it may grow while we read. Half a file is removed."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    target = os.open(path, flags, 0o644)
    try:
        while size > 0 and (chunk := os.read(source, min(_CHUNK, size))):
            _write_all(target, chunk)
            size -= len(chunk)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(target)


def _write_all(target: int, data: bytes) -> None:
    """os.write may write less, as on a disk that is nearly full."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(target, rest) :]
