"""What a tree of processes and its folders use, measured from outside."""

import os

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
        self._held = [os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC) for folder in folders]

    def measure(self, most_entries: int) -> tuple[int, int]:
        """(bytes on disk, entries). Stops counting above `most_entries`; depth past 64 counts as that."""
        total = entries = 0
        pending = [(os.dup(folder), 0) for folder in self._held]
        while pending:
            folder, depth = pending.pop()
            try:
                with os.scandir(folder) as listing:
                    for entry in listing:
                        entries += 1
                        if entries > most_entries or depth > _DEEPEST:
                            return total, most_entries + 1
                        if entry.is_dir(follow_symlinks=False):
                            pending.append((_open_folder(folder, entry.name), depth + 1))
                        else:
                            total += entry.stat(follow_symlinks=False).st_blocks * 512
            except OSError:
                continue  # it vanished while we looked
            finally:
                os.close(folder)
                if entries > most_entries:
                    for rest, _ in pending:
                        os.close(rest)
        return total, entries


def _open_folder(parent: int, name: str) -> int:
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(name, flags, dir_fd=parent)
    except PermissionError:
        # Closed by the code inside, to hide what is in it. The folder is ours or we are root.
        os.chmod(name, 0o700, dir_fd=parent)
        return os.open(name, flags, dir_fd=parent)
