"""Tier B: the walls of bubblewrap by system calls, where bubblewrap is not installed."""

import os
import signal

from qwact.tools.interpreter.plan import Bind, Plan, SetupFailed
from qwact.tools.interpreter.syscalls import (
    CLONE_NEWCGROUP,
    CLONE_NEWIPC,
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    CLONE_NEWUTS,
    MOUNT_ATTR_NODEV,
    MOUNT_ATTR_NOSUID,
    MOUNT_ATTR_RDONLY,
    MS_BIND,
    MS_NODEV,
    MS_NOEXEC,
    MS_NOSUID,
    MS_PRIVATE,
    MS_RDONLY,
    MS_REC,
    MS_REMOUNT,
    PR_SET_PDEATHSIG,
    drop_capabilities,
    mount,
    pivot_root,
    prctl,
    restrict_mount,
    umount_detached,
    unshare,
)

INNER_USER = 1000
DEVICES = ("null", "zero", "full", "random", "urandom")
TEMPORARY_BYTES, SHARED_BYTES = 256 << 20, 64 << 20
LAYERS = ("user, process, mount, network, ipc, host name and cgroup namespaces", "private file tree")

_ALL = (
    CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP
)
_ROOT = "/tmp"  # any folder that every machine has; covered in our own mount namespace only


def enter(plan: Plan) -> None:
    """Return as process 1 of new namespaces, in the private file tree. The process that called waits for it.

    Raises:
        SetupFailed: The kernel or its settings refuse a step.
    """
    uid, gid = os.getuid(), os.getgid()
    try:
        unshare(_ALL)
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{INNER_USER} {uid} 1")
        _write("/proc/self/gid_map", f"{INNER_USER} {gid} 1")
        first = os.fork()
    except OSError as error:
        raise SetupFailed(f"user namespaces are refused ({error})") from error
    if first:
        _follow(first)
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # process 1 takes all of the namespace with it
    try:
        _build_tree(plan)
        drop_capabilities()
    except OSError as error:
        raise SetupFailed(f"the private file tree was refused ({error})") from error


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def _follow(process: int) -> None:
    """Stay as the parent of process 1 and end as it ends."""
    os.closerange(3, 1 << 20)
    _, status = os.waitpid(process, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _build_tree(plan: Plan) -> None:
    mount("none", "/", flags=MS_REC | MS_PRIVATE)
    held = {bind.source: os.open(bind.source, os.O_PATH) for bind in plan.binds}
    devices = {name: os.open(f"/dev/{name}", os.O_PATH) for name in DEVICES}
    mount("none", _ROOT, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=1m")
    _mount_temporary()
    for bind in sorted(plan.binds, key=lambda bind: len(bind.target)):
        _bind(bind, held[bind.source])
    for path, target in plan.links:
        os.makedirs(os.path.dirname(_ROOT + path), exist_ok=True)
        os.symlink(target, _ROOT + path)
    _mount_proc()
    _mount_devices(devices)
    for descriptor in (*held.values(), *devices.values()):
        os.close(descriptor)
    os.chdir(_ROOT)
    pivot_root(".", ".")
    umount_detached(".")
    # Not recursive: what is writable below is so on purpose, the rest is restricted already.
    mount("none", "/", flags=MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)
    os.chdir(plan.work)


def _mount_temporary() -> None:
    """Before the binds, for an interpreter may lie in /tmp."""
    options = f"mode=1777,size={TEMPORARY_BYTES},nr_inodes=10k"
    os.mkdir(f"{_ROOT}/tmp")
    mount("none", f"{_ROOT}/tmp", "tmpfs", MS_NOSUID | MS_NODEV, options)


def _bind(bind: Bind, descriptor: int) -> None:
    target = _ROOT + bind.target
    if os.path.isdir(f"/proc/self/fd/{descriptor}"):
        os.makedirs(target, mode=0o755, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), mode=0o755, exist_ok=True)
        open(target, "a").close()
    mount(f"/proc/self/fd/{descriptor}", target, flags=MS_BIND | MS_REC)
    attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | (0 if bind.writable else MOUNT_ATTR_RDONLY)
    restrict_mount(target, attributes)


def _mount_proc() -> None:
    target = f"{_ROOT}/proc"
    os.mkdir(target)
    mount("proc", target, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    for name in ("sys", "irq", "bus", "fs", "sysrq-trigger"):
        path = f"{target}/{name}"
        if os.path.exists(path):
            mount(path, path, flags=MS_BIND | MS_REC)
            restrict_mount(path, MOUNT_ATTR_RDONLY)


def _mount_devices(devices: dict[str, int]) -> None:
    target = f"{_ROOT}/dev"
    os.mkdir(target)
    mount("none", target, "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755,size=64k")
    for name, descriptor in devices.items():
        open(f"{target}/{name}", "a").close()
        mount(f"/proc/self/fd/{descriptor}", f"{target}/{name}", flags=MS_BIND)
    for name, link in (("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        os.symlink(f"/proc/self/{link}", f"{target}/{name}")
    os.mkdir(f"{target}/shm")
    restrict_mount(target, MOUNT_ATTR_NOSUID | MOUNT_ATTR_RDONLY)
    mount(
        "none", f"{target}/shm", "tmpfs", MS_NOSUID | MS_NODEV, f"mode=1777,size={SHARED_BYTES},nr_inodes=1k"
    )
