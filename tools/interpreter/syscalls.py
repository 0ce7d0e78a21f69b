"""The system calls that Python 3.11 has no function for. Each raises an OSError that names the call."""

import ctypes
import os
import struct

_libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 0x1
MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_REMOUNT = 0x20
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
MNT_DETACH = 2

MOUNT_ATTR_RDONLY = 0x1
MOUNT_ATTR_NOSUID = 0x2
MOUNT_ATTR_NODEV = 0x4
MOUNT_ATTR_NOEXEC = 0x8

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

_X86 = os.uname().machine == "x86_64"
_PIVOT_ROOT = 155 if _X86 else 41
_OPENAT2 = 437
_MOUNT_SETATTR = 442
_AT_RECURSIVE = 0x8000

RESOLVE_NO_MAGICLINKS = 0x02
RESOLVE_NO_SYMLINKS = 0x04
RESOLVE_BENEATH = 0x08


def _checked(name: str, result: int) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}: {os.strerror(error)}")
    return result


def syscall(name: str, number: int, *arguments: object) -> int:
    """Call by number. Integers are passed as longs, everything else as ctypes passes it."""
    converted = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    return _checked(name, _libc.syscall(ctypes.c_long(number), *converted))


def prctl(option: int, value: int = 0) -> None:
    """prctl(2) with one argument."""
    _checked("prctl", _libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0))


def unshare(flags: int) -> None:
    """unshare(2): enter new namespaces."""
    _checked("unshare", _libc.unshare(flags))


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """mount(2)."""
    result = _libc.mount(
        source.encode(),
        target.encode(),
        kind.encode() or None,
        ctypes.c_ulong(flags),
        options.encode() or None,
    )
    _checked(f"mount {target}", result)


def umount_detached(target: str) -> None:
    """umount2(2) with MNT_DETACH."""
    _checked(f"umount {target}", _libc.umount2(target.encode(), MNT_DETACH))


def restrict_mount(target: str, attributes: int) -> None:
    """mount_setattr(2): add attributes to a mount and all below it. Linux 5.12."""
    record = struct.pack("QQQQ", attributes, 0, 0, 0)
    syscall(
        f"mount_setattr {target}", _MOUNT_SETATTR, -100, target.encode(), _AT_RECURSIVE, record, len(record)
    )


def pivot_root(new_root: str, put_old: str) -> None:
    """pivot_root(2)."""
    syscall("pivot_root", _PIVOT_ROOT, new_root.encode(), put_old.encode())


def open_beneath(folder: int, path: str, flags: int, mode: int = 0) -> int:
    """openat2(2) held below `folder`, a descriptor: no link is followed and no name climbs. Linux 5.6."""
    resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS
    record = struct.pack("QQQ", flags | os.O_CLOEXEC | os.O_NOFOLLOW, mode, resolve)
    return syscall("openat2", _OPENAT2, folder, os.fsencode(path), record, len(record))


def drop_capabilities() -> None:
    """Empty the bounding set, so that no program can regain a capability."""
    for capability in range(64):
        if _libc.prctl(PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0) < 0:
            return  # past the last one that this kernel knows


def become(uid: int) -> None:
    """From root to an ordinary user without groups; /proc/self stays ours, as namespaces need it."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    prctl(PR_SET_DUMPABLE, 1)


def seccomp_filter(program: bytes) -> None:
    """Load a BPF program; the process can never leave it."""
    buffer = ctypes.create_string_buffer(program, len(program))
    record = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    _checked("prctl(PR_SET_SECCOMP)", _libc.prctl(PR_SET_SECCOMP, ctypes.c_ulong(2), record, 0, 0))
