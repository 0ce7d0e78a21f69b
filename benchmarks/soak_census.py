"""What the soak's own process holds, and whether it has grown."""

import gc
import os
import tempfile
import time
from dataclasses import dataclass

import psutil

_SETTLE_SECONDS = 10.0
_MOST_GROWTH_MB = 32


@dataclass(frozen=True)
class Census:
    """Counts of one moment.

    Attributes:
        rss_mb: Resident memory of this process.
        descriptors: Open files of this process.
        threads: Of this process.
        processes: Below this one, those that ended and were not collected among them.
        folders: Entries of the temporary folder.
    """

    rss_mb: float
    descriptors: int
    threads: int
    processes: int
    folders: int

    def __str__(self) -> str:
        return (
            f"RSS {self.rss_mb:6.1f} MB  descriptors {self.descriptors:3}  threads {self.threads:3}  "
            f"processes {self.processes:3}  temporary folders {self.folders:3}"
        )


def take_census() -> Census:
    """Count now."""
    me = psutil.Process()
    return Census(
        rss_mb=me.memory_info().rss / (1 << 20),
        descriptors=me.num_fds(),
        threads=me.num_threads(),
        processes=len(me.children(recursive=True)),
        folders=len(os.listdir(tempfile.gettempdir())),
    )


def take_census_at_rest(before: Census | None = None) -> Census:
    """Count when everything is closed. What still ends, as the thread of a tool, is given a few seconds."""
    deadline = time.monotonic() + _SETTLE_SECONDS
    while True:
        gc.collect()
        census = take_census()
        if not (before and grown(before, census)) or time.monotonic() > deadline:
            return census
        time.sleep(0.1)


def grown(before: Census, after: Census) -> list[str]:
    """What there is more of. Memory may grow a little: an allocator does not give back all that it took."""
    names = ("descriptors", "threads", "processes", "folders")
    found = [
        f"{name} grew from {getattr(before, name)} to {getattr(after, name)}"
        for name in names
        if getattr(after, name) > getattr(before, name)
    ]
    if after.rss_mb > before.rss_mb + _MOST_GROWTH_MB:
        found.append(f"RSS grew by {after.rss_mb - before.rss_mb:.0f} MB")
    return found
