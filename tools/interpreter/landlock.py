"""Landlock: which files may be read and written, and that signals and abstract sockets stay inside.

Needs no privilege and works where namespaces are refused, as inside a default Docker container.
Numbers from linux/landlock.h.
"""

import os
import stat
import struct

from qwact.tools.interpreter.plan import SetupFailed
from qwact.tools.interpreter.syscalls import PR_SET_NO_NEW_PRIVS, prctl, syscall

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE, MAKE_CHAR, MAKE_DIR, MAKE_REG = 1 << 4, 1 << 5, 1 << 6, 1 << 7, 1 << 8
MAKE_SOCK, MAKE_FIFO, MAKE_BLOCK, MAKE_SYM, REFER = 1 << 9, 1 << 10, 1 << 11, 1 << 12, 1 << 13
TRUNCATE, IOCTL_DEV = 1 << 14, 1 << 15

READ = EXECUTE | READ_FILE | READ_DIR
CHANGE = (
    READ
    | WRITE_FILE
    | REMOVE_DIR
    | REMOVE_FILE
    | MAKE_DIR
    | MAKE_REG
    | MAKE_FIFO
    | MAKE_SYM
    | REFER
    | TRUNCATE
)
_ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE
_FIRST_WITH_TRUNCATE, _FIRST_WITH_NETWORK, _FIRST_WITH_IOCTL, FIRST_WITH_SCOPES = 3, 4, 5, 6


def version() -> int:
    """The kernel's Landlock version; 0 where there is none."""
    try:
        return syscall("landlock_create_ruleset", _CREATE_RULESET, None, 0, 1)
    except OSError:
        return 0


def restrict_files(readable: list[str], writable: list[str]) -> int:
    """Hold this process and all it starts to these folders and files.

    Returns:
        The Landlock version in force.

    Raises:
        SetupFailed: The kernel has no Landlock that can stop truncation (version 3, Linux 6.2).
    """
    abi = version()
    if abi < _FIRST_WITH_TRUNCATE:
        raise SetupFailed(f"Landlock is missing or too old (version {abi} of the 3 needed; Linux 6.2 has it)")
    handled = (1 << 15) - 1 | (IOCTL_DEV if abi >= _FIRST_WITH_IOCTL else 0)
    record = struct.pack(
        "QQQ", handled, 3 if abi >= _FIRST_WITH_NETWORK else 0, 3 if abi >= FIRST_WITH_SCOPES else 0
    )
    if abi < FIRST_WITH_SCOPES:
        record = record[: 16 if abi >= _FIRST_WITH_NETWORK else 8]
    try:
        ruleset = syscall("landlock_create_ruleset", _CREATE_RULESET, record, len(record), 0)
        try:
            for path in readable:
                _allow(ruleset, path, READ)
            for path in writable:
                _allow(ruleset, path, CHANGE)
            prctl(PR_SET_NO_NEW_PRIVS, 1)
            syscall("landlock_restrict_self", _RESTRICT_SELF, ruleset, 0)
        finally:
            os.close(ruleset)
    except OSError as error:
        raise SetupFailed(f"Landlock: {error.strerror}") from error
    return abi


def _allow(ruleset: int, path: str, access: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return  # nothing there to be reached
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            access &= _ON_FILES
        syscall("landlock_add_rule", _ADD_RULE, ruleset, 1, struct.pack("=Qi", access, descriptor), 0)
    finally:
        os.close(descriptor)
