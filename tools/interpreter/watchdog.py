"""What a tree of processes and its folders use, measured from outside."""

import os
from contextlib import suppress

_PAGE = os.sysconf("SC_PAGE_SIZE")
_DEEPEST = 64


def descendants(process: int) -> set[int]:
    """All processes below one, without itself."""
    found: set[int] = set()
    pending = [process]
    while pending:
        parent = pending.pop()
        for child in _children(parent):
            if child not in found:
                found.add(child)
                pending.append(child)
    return found


def _children(process: int) -> list[int]:
    children: list[int] = []
    try:
        for task in os.listdir(f"/proc/{process}/task"):
            with open(f"/proc/{process}/task/{task}/children") as file:
                children += map(int, file.read().split())
    except OSError:
        pass  # it ended while we looked
    return children


def memory(processes: set[int], limit: int) -> int:
    """Bytes that the processes hold together; shared pages are counted once when that decides."""
    resident = sum(map(_resident, processes))
    return resident if resident <= limit else sum(map(_proportional, processes))


def _resident(process: int) -> int:
    try:
        with open(f"/proc/{process}/statm") as file:
            return int(file.read().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def _proportional(process: int) -> int:
    try:
        with open(f"/proc/{process}/smaps_rollup") as file:
            for line in file:
                if line.startswith("Pss:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        return _resident(process)  # it is not ours to look into: the higher figure counts
    return 0


class FolderUse:
    """Bytes and entries below folders, looked at through descriptors held from the beginning."""

    def __init__(self, folders: tuple[str, ...]) -> None:
        self._held = [os.open(folder, _FOLDER) for folder in folders]

    def measure(self, most_entries: int) -> tuple[int, int]:
        """(bytes on disk, entries). Counting stops above `most_entries`.

        What cannot be counted counts as too many: folders nested deeper than 64, or that cannot be opened.
        """
        total = entries = 0
        for folder in self._held:
            size, count = _measure(folder, most_entries - entries, 0)
            total, entries = total + size, entries + count
        return total, entries


_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def _measure(folder: int, most: int, depth: int) -> tuple[int, int]:
    total = entries = 0
    below = []
    with os.scandir(folder) as listing:
        for entry in listing:
            entries += 1
            if entries > most or depth > _DEEPEST:
                return total, most + 1
            if entry.is_dir(follow_symlinks=False):
                below.append(entry.name)
            else:
                with suppress(FileNotFoundError):
                    total += entry.stat(follow_symlinks=False).st_blocks * 512
    for name in below:
        try:
            descriptor = _open_folder(folder, name)
        except (FileNotFoundError, NotADirectoryError):
            continue  # it vanished while we looked
        except OSError:
            return total, most + 1
        try:
            size, count = _measure(descriptor, most - entries, depth + 1)
        finally:
            os.close(descriptor)
        total, entries = total + size, entries + count
        if entries > most:
            break
    return total, entries


def _open_folder(parent: int, name: str) -> int:
    try:
        return os.open(name, _FOLDER, dir_fd=parent)
    except PermissionError:
        # Closed by the code inside, to hide what is in it. Held first: it could become a link meanwhile.
        held = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
        try:
            os.chmod(f"/proc/self/fd/{held}", 0o700)
            return os.open(f"/proc/self/fd/{held}", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        finally:
            os.close(held)
