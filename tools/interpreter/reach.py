"""Make the interpreter reachable for the user that root becomes, when only root may enter its folder."""

import os
import stat

from qwact.tools.interpreter.plan import Bind, SetupFailed
from qwact.tools.interpreter.syscalls import (
    CLONE_NEWNS,
    MS_BIND,
    MS_NODEV,
    MS_NOSUID,
    MS_PRIVATE,
    MS_REC,
    mount,
    unshare,
)


def make_reachable(binds: tuple[Bind, ...]) -> None:
    """Root only. Cover each closed folder above a bind, and put back nothing but the binds below it.

    All of it happens in a mount namespace of this process's own: the host sees no change.

    Raises:
        SetupFailed: A bind cannot be entered, and mounts are refused here.
    """
    closed = sorted({folder for bind in binds for folder in _closed_parents(bind.source)}, key=len)
    # A closed folder below another one vanishes with it.
    closed = [path for path in closed if not any(path.startswith(f"{other}/") for other in closed)]
    if not closed:
        return
    try:
        unshare(CLONE_NEWNS)
        mount("none", "/", flags=MS_REC | MS_PRIVATE)
        for folder in closed:
            _cover(folder, [bind.source for bind in binds if bind.source.startswith(f"{folder}/")])
    except OSError as error:
        raise SetupFailed(
            f"{closed[0]} can be entered by root only and mounts are refused here ({error.strerror}): "
            "install Python and qwact where every user can read them, or do not run as root"
        ) from error


def _closed_parents(path: str) -> list[str]:
    parents = []
    while (path := os.path.dirname(path)) != "/":
        if not os.stat(path).st_mode & stat.S_IXOTH:
            parents.append(path)
    return parents


def _cover(folder: str, wanted: list[str]) -> None:
    held = {path: os.open(path, os.O_PATH) for path in sorted(set(wanted), key=len)}
    mount("none", folder, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=1m")
    for path, descriptor in held.items():
        # One that lies inside another came along with it.
        if not any(path.startswith(f"{other}/") for other in held):
            os.makedirs(path, mode=0o755, exist_ok=True)
            mount(f"/proc/self/fd/{descriptor}", path, flags=MS_BIND | MS_REC)
        os.close(descriptor)
