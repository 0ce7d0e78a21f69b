"""The limits that the kernel keeps for each process or user."""

import os
import resource

from qwact.tools.interpreter.plan import Limits

# Address space is not memory: each thread reserves stack and arena that it never touches.
ADDRESSES_PER_MEMORY = 2
ADDRESSES_FLOOR = 1 << 30


def set_limits(limits: Limits, tasks_before: int) -> None:
    """Bind this process and all it starts.

    Args:
        limits: What the code may use.
        tasks_before: Tasks of the same user that are not ours. 0 where the user belongs to the sandbox alone.
    """
    _lower(resource.RLIMIT_DATA, limits.memory)
    _lower(resource.RLIMIT_AS, limits.memory * ADDRESSES_PER_MEMORY + ADDRESSES_FLOOR)
    _lower(resource.RLIMIT_NPROC, limits.processes + tasks_before)
    _lower(resource.RLIMIT_FSIZE, limits.file)
    # What waits in a socket or pipe belongs to no process: the number of them is what bounds it.
    _lower(resource.RLIMIT_NOFILE, 256)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_MEMLOCK, 0)
    _lower(resource.RLIMIT_MSGQUEUE, 0)


def _lower(limit: int, value: int) -> None:
    _, hard = resource.getrlimit(limit)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(limit, (value, value))


def tasks_of_user(uid: int) -> int:
    """Processes and threads that a user has now, as /proc shows them."""
    count = 0
    for name in os.listdir("/proc"):
        try:
            if name.isdigit() and os.stat(f"/proc/{name}").st_uid == uid:
                count += len(os.listdir(f"/proc/{name}/task"))
        except OSError:
            continue  # it ended while we looked
    return count
