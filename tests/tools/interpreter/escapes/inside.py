"""Put before every attempt, inside: what several of them need. Read as a text, never loaded."""

# ruff: noqa: F401
import ctypes
import errno
import glob
import mmap
import os
import platform
import resource
import signal
import socket
import stat
import struct
import subprocess
import sys
import threading
import time

libc = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == "x86_64"


def check(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def call(numbers, *arguments):
    number = numbers[not X86] if isinstance(numbers, tuple) else numbers
    arguments = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    return check(libc.syscall(ctypes.c_long(number), *arguments))


def command(*words):
    done = subprocess.run(words, capture_output=True, text=True, timeout=8)
    print(done.stdout)
    if done.returncode:
        raise PermissionError(errno.EACCES, done.stderr)


def each(function, things):
    "Succeeds if one of them does."
    last = FileNotFoundError(errno.ENOENT, "nothing to try")
    for thing in things:
        try:
            print(function(thing))
        except (OSError, ValueError) as error:
            last = error
        else:
            return
    raise last if isinstance(last, OSError) else PermissionError(errno.EACCES, str(last))


def sockets():
    "The descriptors of inherited sockets."
    names = os.listdir("/proc/self/fd")
    return [
        int(n)
        for n in names
        if os.path.islink(f"/proc/self/fd/{n}") and "socket" in os.readlink(f"/proc/self/fd/{n}")
    ]


def verdict(function):
    try:
        function()
    except socket.gaierror:
        print("REFUSED EAI")
    except OSError as error:
        print("REFUSED", errno.errorcode.get(error.errno, error.errno))
    except ValueError as error:  # what the resource module makes of EPERM
        print("REFUSED EPERM" if "not allowed to raise" in str(error) else repr(error))
    else:
        print("THROUGH")
