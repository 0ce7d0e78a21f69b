"""Tier A: the system's bubblewrap."""

import os
import stat
from collections.abc import Iterator

from qwact.tools.interpreter.namespaces import INNER_USER, SHARED_BYTES, TEMPORARY_BYTES
from qwact.tools.interpreter.plan import Plan, SetupFailed

LAYERS = ("bubblewrap: all namespaces", "private file tree")


def find(current_folder: str, search: str) -> str:
    """Path of the bwrap to use, or "" when there is none.

    The system's own comes first; a bwrap below the current folder could be anyone's.

    Raises:
        SetupFailed: It is installed setuid, where its mistakes are root's.
    """
    for folder in ("/usr/bin", *search.split(os.pathsep)):
        path = os.path.join(folder, "bwrap")
        inside = f"{os.path.realpath(folder)}/".startswith(f"{os.path.realpath(current_folder)}/")
        if not os.path.isabs(folder) or (inside and folder != "/usr/bin") or not os.access(path, os.X_OK):
            continue
        if os.stat(path).st_mode & stat.S_ISUID:
            raise SetupFailed(f"{path} is setuid root: remove the bit (chmod u-s {path})")
        return path
    return ""


def command(plan: Plan) -> list[str]:
    """The command line that puts `plan`'s walls around what follows it."""
    return [plan.bwrap, *_arguments(plan), "--"]


def _arguments(plan: Plan) -> Iterator[str]:
    yield from ("--unshare-user", "--unshare-all", "--die-with-parent", "--new-session")
    yield from ("--uid", str(INNER_USER), "--gid", str(INNER_USER), "--cap-drop", "ALL")
    yield from ("--hostname", "sandbox")
    # Before the binds, for an interpreter may lie in /tmp.
    yield from ("--size", str(TEMPORARY_BYTES), "--perms", "1777", "--tmpfs", "/tmp")
    for bind in sorted(plan.binds, key=lambda bind: len(bind.target)):
        yield from ("--bind" if bind.writable else "--ro-bind", bind.source, bind.target)
    for path, target in plan.links:
        yield from ("--symlink", target, path)
    yield from ("--proc", "/proc", "--dev", "/dev")
    yield from ("--size", str(SHARED_BYTES), "--perms", "1777", "--tmpfs", "/dev/shm")
    yield from ("--remount-ro", "/dev", "--remount-ro", "/")
    yield from ("--chdir", plan.work)
