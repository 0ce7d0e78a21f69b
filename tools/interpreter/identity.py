"""The user that the code runs as: ourselves, or for root one that nobody else is."""

import os
import pwd
import random

from qwact.tools.errors import SandboxUnavailable

# systemd gives this range to users that live as long as one service; nothing else may use it.
_RANGE = range(61184, 65520)


def sandbox_user() -> int:
    """The user id for one session.

    Raises:
        SandboxUnavailable: We are root, and no other user can be had.
    """
    if os.getuid() != 0:
        return os.getuid()
    taken = {entry.pw_uid for entry in pwd.getpwall()} | _running_users()
    free = sorted(_mapped_users() - taken)
    if not free:
        raise SandboxUnavailable(
            "Code was not run: root must become another user first, and this user namespace has no free "
            f"user between {_RANGE.start} and {_RANGE.stop - 1}. Run as an ordinary user."
        )
    return random.SystemRandom().choice(free)


def _running_users() -> set[int]:
    users = set()
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                users.add(os.stat(f"/proc/{name}").st_uid)
            except OSError:
                continue  # it ended while we looked
    return users


def _mapped_users() -> set[int]:
    """The users of the range that exist in our user namespace: a container may have few."""
    with open("/proc/self/uid_map") as file:
        ranges = [[int(number) for number in line.split()] for line in file]
    return {
        uid
        for first, _, count in ranges
        for uid in range(max(first, _RANGE.start), min(first + count, _RANGE.stop))
    }
