"""What a tree of processes and its folders use, measured from outside."""

import os
import stat
import time
from collections.abc import Iterator
from contextlib import suppress

_PAGE = os.sysconf("SC_PAGE_SIZE")
_DEEPEST = 64
_MAPS_SECONDS = 1.0
_SOCKET_BYTES = 212_992  # what Linux gives each, where nobody has changed it
_ORDINARY_SOCKETS = 64  # a kernel that does nothing has about thirty

_File = tuple[int, int]  # device and inode


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
    """Bytes that the processes hold together; shared pages are counted once when that decides.

    What waits in sockets belongs to no process and cannot be asked for: where there are so many sockets that
    it could be above the limit, it counts as if they were full.
    """
    resident = sum(map(_resident, processes))
    if resident > limit:
        resident = sum(map(_proportional, processes))
    return max(resident, _in_sockets(processes, limit))


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


def _in_sockets(processes: set[int], limit: int) -> int:
    """Bytes that sockets could hold. 0 when even the number of descriptors allows no more than `limit`.

    The filter of system calls keeps each at the size that it has from the beginning.
    """
    most = _socket_bytes()
    if (sum(map(len, map(_descriptors, processes))) - _ORDINARY_SOCKETS) * most <= limit:
        return 0
    sockets = {facts.st_ino for facts in _open_files(processes) if stat.S_ISSOCK(facts.st_mode)}
    return max(len(sockets) - _ORDINARY_SOCKETS, 0) * most


def _socket_bytes() -> int:
    try:
        with open("/proc/sys/net/core/wmem_default") as file:
            return int(file.read())
    except OSError:
        return _SOCKET_BYTES  # a container may hide the setting


def _open_files(processes: set[int]) -> Iterator[os.stat_result]:
    """What the processes hold open. One that is not ours to look into shows nothing."""
    for process in processes:
        for path in _descriptors(process):
            with suppress(OSError):  # closed meanwhile
                yield os.stat(path)


def _mapped_without_name(process: int) -> Iterator[tuple[_File, int]]:
    """Files that only a map of memory holds, and their bytes on disk; to others than root, those mapped."""
    try:
        with open(f"/proc/{process}/maps", "rb") as file:
            lines = [line for line in file.read().splitlines() if line.endswith(b"(deleted)")]
    except OSError:
        return  # it ended, or is not ours to look into
    for line in lines:
        span, _, offset, device, inode = line.decode(errors="replace").split()[:5]
        disk = os.makedev(*(int(part, 16) for part in device.split(":")))
        start, end = (int(part, 16) for part in span.split("-"))
        try:
            facts = os.stat(f"/proc/{process}/map_files/{span}")
            size = facts.st_blocks * 512 if facts.st_nlink == 0 else 0
        except OSError:
            size = int(offset, 16) + end - start
        yield (disk, int(inode)), size


def _descriptors(process: int) -> list[str]:
    """Paths of its open files. All threads of a process share them, also when the first has ended."""
    try:
        folder = f"/proc/{process}/fd"
        if names := os.listdir(folder):
            return [f"{folder}/{name}" for name in names]
        for task in os.listdir(f"/proc/{process}/task"):
            folder = f"/proc/{process}/task/{task}/fd"
            if names := os.listdir(folder):
                return [f"{folder}/{name}" for name in names]
    except OSError:
        pass  # it ended while we looked
    return []


class FolderUse:
    """Bytes and entries below folders, looked at through descriptors held from the beginning.

    Also bytes of files without a name: those that processes below this one hold open on the same disks.
    """

    def __init__(self, folders: tuple[str, ...]) -> None:
        self._held = [os.open(folder, _FOLDER) for folder in folders]
        self._disks = {os.fstat(folder).st_dev for folder in self._held}
        self._mapped: dict[_File, int] = {}
        self._next_maps = 0.0

    def measure(self, most_entries: int) -> tuple[int, int]:
        """(bytes on disk, entries). Counting stops above `most_entries`.

        What cannot be counted counts as too many: folders nested deeper than 64, or that cannot be opened.
        """
        total = entries = 0
        for folder in self._held:
            size, count = _measure(folder, most_entries - entries, 0)
            total, entries = total + size, entries + count
        return total + self._unnamed(), entries

    def _unnamed(self) -> int:
        processes = descendants(os.getpid())
        if time.monotonic() >= self._next_maps:  # milliseconds, where much is loaded
            self._mapped = dict(pair for process in processes for pair in _mapped_without_name(process))
            self._next_maps = time.monotonic() + _MAPS_SECONDS
        sizes = self._mapped | {
            (facts.st_dev, facts.st_ino): facts.st_blocks * 512
            for facts in _open_files(processes)
            if facts.st_nlink == 0 and stat.S_ISREG(facts.st_mode)
        }
        return sum(size for (disk, _), size in sizes.items() if disk in self._disks)


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
