"""The system calls that the code inside may not make: a classic BPF program, written here, no library needed.

A deny-list: what opens a network, another process, a namespace or a rarely used part of the kernel.
"""

import errno
import os
import platform
import struct

from qwact.tools.interpreter.plan import SetupFailed
from qwact.tools.interpreter.syscalls import PR_SET_NO_NEW_PRIVS, prctl, seccomp_filter

# Numbers of (x86_64, aarch64); None where the architecture has no such call.
DENIED: dict[str, tuple[int | None, int | None]] = {
    # other processes' memory
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438), "kcmp": (312, 272), "process_madvise": (440, 440),
    # mounts and namespaces
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "unshare": (272, 97), "setns": (308, 268), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442), "open_tree_attr": (467, 467),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    # parts of the kernel with a history
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "fanotify_init": (300, 262), "fanotify_mark": (301, 263), "lookup_dcookie": (212, 18),
    "vmsplice": (278, 75), "modify_ldt": (154, None), "personality": (135, 92),
    # memory that no limit counts: anonymous files, System V memory and queues, which a number reaches
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194), "shmat": (30, 196),
    "shmctl": (31, 195), "shmdt": (67, 197), "semget": (64, 190), "semop": (65, 193), "semctl": (66, 191),
    "semtimedop": (220, 192), "msgget": (68, 186), "msgsnd": (69, 189), "msgrcv": (70, 188),
    "msgctl": (71, 187), "mq_open": (240, 180), "mq_unlink": (241, 181), "mq_timedsend": (242, 182),
    "mq_timedreceive": (243, 183), "mq_notify": (244, 184), "mq_getsetattr": (245, 185),
    # the machine
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "reboot": (169, 142), "acct": (163, 89),
    "swapon": (167, 224), "swapoff": (168, 225), "quotactl": (179, 60), "quotactl_fd": (443, 443),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "adjtimex": (159, 171),
    "clock_adjtime": (305, 266), "sethostname": (170, 161), "setdomainname": (171, 162),
    "syslog": (103, 116), "vhangup": (153, 58), "iopl": (172, None), "ioperm": (173, None),
    "uselib": (134, None), "ustat": (136, None),
    # addresses: the sockets that exist are inherited and already listen
    "connect": (42, 203), "bind": (49, 200), "listen": (50, 201),
}  # fmt: skip
SIGNALS = {
    "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240), "pidfd_send_signal": (424, 424),
}  # fmt: skip
# Without a process namespace: what reaches all processes of the same user by a number. The first argument is
# the process, 0 for oneself.
ON_PROCESSES = {
    "prlimit64": (302, 261), "sched_setaffinity": (203, 122), "sched_setparam": (142, 118),
    "sched_setattr": (314, 274),
}  # fmt: skip
# The same, where the first argument says whether the second is a process, a group or a user.
ON_KINDS = {"setpriority": ((141, 140), 0), "ioprio_set": ((251, 30), 1)}
# Without a private file tree: changes of files that Landlock has no right for. What ordinary programs need,
# as chmod and utimensat, is not here: a filter sees no paths. `cp -a` goes on where a file system has no
# attributes.
ATTRIBUTES = {
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "setxattrat": (463, 463),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    "removexattrat": (466, 466), "file_setattr": (469, 469),
}  # fmt: skip
OWNERS = {"chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54)}
CLONE, CLONE3, SOCKET, SOCKETPAIR, IOCTL = (56, 220), (435, 435), (41, 198), (53, 199), (16, 29)
SCHED_SETSCHEDULER, CLOSE_RANGE, SETSOCKOPT = (144, 119), (436, 436), (54, 208)

_NAMESPACE_FLAGS = 0x7E020000
_THREAD, _THREAD_WITH_FILES, _CLOSE_RANGE_UNSHARE = 0x10000, 0x10400, 2
_AF_UNIX, _AF_NETLINK, _SOCK_STREAM = 1, 16, 1
_SCHED_OTHER = 0
_SOL_SOCKET, _SO_SNDBUF = 1, 7
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_X32 = 0x40000000

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER, _ARCHITECTURE, _FIRST, _SECOND, _THIRD = 0, 4, 16, 24, 32
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


def _refuse(error: int) -> bytes:
    return _op(_RETURN, 0x00050000 | error)


def _allow() -> bytes:
    return _op(_RETURN, _ALLOW)


def _for_call(number: int | None, body: bytes) -> bytes:
    """`body` runs for one call only, and must end in a return."""
    return b"" if number is None else _op(_EQUAL, number, 0, len(body) // 8) + body


def program(machine: str, signals_only_to: int | None = None, shared_with: int | None = None) -> bytes:
    """The filter.

    Args:
        machine: "x86_64" or "aarch64".
        signals_only_to: The one process that may be signalled; None for no such rule.
        shared_with: Where processes and files of the same user are in sight: the one process whose limits
            and turns may be changed, besides the caller's own; and no file may change owner or attributes.
            None for no such rules.

    Raises:
        SetupFailed: The architecture is another one.
    """
    if machine not in _ARCHITECTURES:
        raise SetupFailed(f"seccomp: no list of system calls for {machine}")
    column, architecture = _ARCHITECTURES[machine]
    parts = [
        _op(_LOAD, _ARCHITECTURE), _op(_EQUAL, architecture, 1, 0), _op(_RETURN, _KILL), _op(_LOAD, _NUMBER),
    ]  # fmt: skip
    if machine == "x86_64":
        parts += [_op(_AT_LEAST, _X32, 0, 1), _refuse(errno.ENOSYS)]
    parts += [_for_call(numbers[column], _refuse(errno.EPERM)) for numbers in DENIED.values()]
    parts += _by_arguments(column)
    if signals_only_to is not None:
        own = _op(_LOAD, _FIRST) + _op(_EQUAL, signals_only_to, 1, 0) + _refuse(errno.EPERM) + _allow()
        parts += [_for_call(numbers[column], own) for numbers in SIGNALS.values()]
    if shared_with is not None:
        parts += _for_shared(column, shared_with)
    return b"".join(parts) + _allow()


def _by_arguments(column: int) -> list[bytes]:
    # clone3 hides its flags behind a pointer; the C library falls back to clone.
    parts = [_for_call(CLONE3[column], _refuse(errno.ENOSYS))]
    clone = _op(_LOAD, _FIRST) + _op(_ANY_BIT, _NAMESPACE_FLAGS, 0, 1) + _refuse(errno.EPERM)
    # The watchdog looks at one table of open files for each process.
    clone += _op(_AND, _THREAD_WITH_FILES) + _op(_EQUAL, _THREAD, 0, 1) + _refuse(errno.EPERM) + _allow()
    parts.append(_for_call(CLONE[column], clone))
    close = _op(_LOAD, _THIRD) + _op(_ANY_BIT, _CLOSE_RANGE_UNSHARE, 0, 1) + _refuse(errno.EPERM) + _allow()
    parts.append(_for_call(CLOSE_RANGE[column], close))
    # libzmq aborts the process when a netlink socket fails with EACCES.
    socket = _op(_LOAD, _FIRST) + _op(_EQUAL, _AF_NETLINK, 0, 1) + _refuse(errno.EOPNOTSUPP)
    parts.append(_for_call(SOCKET[column], socket + _refuse(errno.EACCES)))
    # A datagram pair could still send to a path.
    pair = _op(_LOAD, _FIRST) + _op(_EQUAL, _AF_UNIX, 1, 0) + _refuse(errno.EACCES)
    pair += _op(_LOAD, _SECOND) + _op(_AND, 0xF) + _op(_EQUAL, _SOCK_STREAM, 1, 0) + _refuse(errno.EACCES)
    parts.append(_for_call(SOCKETPAIR[column], pair + _allow()))
    # What waits in sockets is counted by their number, so none may become larger.
    larger = _op(_LOAD, _SECOND) + _op(_EQUAL, _SOL_SOCKET, 1, 0) + _allow() + _op(_LOAD, _THIRD)
    larger += _op(_EQUAL, _SO_SNDBUF, 0, 1) + _refuse(errno.EPERM) + _allow()
    parts.append(_for_call(SETSOCKOPT[column], larger))
    typing = _op(_LOAD, _SECOND) + _op(_EQUAL, _TIOCSTI, 1, 0) + _op(_EQUAL, _TIOCLINUX, 0, 1)
    parts.append(_for_call(IOCTL[column], typing + _refuse(errno.EPERM) + _allow()))
    return parts


def _for_shared(column: int, process: int) -> list[bytes]:
    is_own = _op(_EQUAL, 0, 2, 0) + _op(_EQUAL, process, 1, 0) + _refuse(errno.EPERM) + _allow()
    parts = [_for_call(numbers[column], _op(_LOAD, _FIRST) + is_own) for numbers in ON_PROCESSES.values()]
    # libzmq sets the ordinary schedule on each of its threads, by number, and aborts when it is refused.
    ordinary = _op(_LOAD, _SECOND) + _op(_EQUAL, _SCHED_OTHER, 0, 1) + _allow() + _op(_LOAD, _FIRST) + is_own
    parts.append(_for_call(SCHED_SETSCHEDULER[column], ordinary))
    for numbers, one_process in ON_KINDS.values():
        kind = _op(_LOAD, _FIRST) + _op(_EQUAL, one_process, 1, 0) + _refuse(errno.EPERM)
        parts.append(_for_call(numbers[column], kind + _op(_LOAD, _SECOND) + is_own))
    parts += [_for_call(numbers[column], _refuse(errno.ENOTSUP)) for numbers in ATTRIBUTES.values()]
    parts += [_for_call(numbers[column], _refuse(errno.EPERM)) for numbers in OWNERS.values()]
    return parts


def restrict_calls(*, signals_only_to_self: bool = False, shared: bool = False) -> None:
    """Put the filter on this process and all it starts. It can never be taken off.

    Args:
        signals_only_to_self: No other process may be signalled.
        shared: Processes and files of the same user are in sight, as without namespaces.

    Raises:
        SetupFailed: The kernel has no seccomp, or the architecture is unknown.
    """
    own = os.getpid()
    code = program(platform.machine(), own if signals_only_to_self else None, own if shared else None)
    try:
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        seccomp_filter(code)
    except OSError as error:
        raise SetupFailed(f"seccomp: {error.strerror}") from error
