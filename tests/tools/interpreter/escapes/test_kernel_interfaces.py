"""Rarely used doors of the kernel, its settings and its devices.

Whatever a call could do if it were let through, its arguments are ones that the kernel itself would refuse.
"""

import platform
from collections.abc import Callable

import pytest
from room import Room

Stopped = Callable[..., None]
REFUSED = "EPERM EACCES ENOSYS"
CALLS = {
    "programs in the kernel": "call((321, 280), 0, bytes(64), 64)",
    "queues for input and output": "call(425, 8, bytes(120))",
    "entering such a queue": "call(426, 0, 0, 0, 0, 0)",
    "registering with such a queue": "call(427, 0, 0, 0, 0)",
    "page faults by a user": "call((323, 282), 1)",
    "keys: a new one": "call((248, 217), b'user', b'escaped', b'x', 1, -2)",
    "keys: a search": "call((249, 218), b'user', b'escaped', None, 0)",
    "keys: the session's": "call((250, 219), 0, -3, 0)",
    "performance counters": "call((298, 241), bytes(128), 0, -1, -1, 0)",
    "watching file systems": "call((300, 262), 0, 0)",
    "another kernel": "call((246, 104), 0, 0, 0, 0xffffffff)",
    "another kernel from a file": "call((320, 294), -1, -1, 0, 0, 0)",
    "a module": "call((175, 105), b'', 0, b'')",
    "a module from a file": "call((313, 273), -1, b'', 0)",
    "a module taken out": "call((176, 106), b'escaped-no-such-module', 0)",
    "swap on": "check(libc.swapon(b'/escaped-no-such-file', 0))",
    "swap off": "check(libc.swapoff(b'/escaped-no-such-file'))",
    "a restart with a wrong word": "call((169, 142), 0, 0, 0, 0)",
    "the clock": "call((227, 112), 99, bytes(16))",
    "the clock, old way": "call((164, 170), struct.pack('qq', -1, -1), None)",
    "the clock's speed": "call((159, 171), struct.pack('I', 0x7fffffff) + bytes(250))",
    "accounting": "check(libc.acct(b'/escaped-no-such-file'))",
    "the kernel's log": "check(libc.klogctl(3, ctypes.create_string_buffer(99), 99))",
    "quotas": "call((179, 60), 0x80000700, None, 0, None)",
    "the terminal hung up": "check(libc.vhangup())",
    "another personality": "call((135, 92), 0x0040000)",
    "memory without a name": "os.memfd_create('escaped')",
    "memory without a name, hidden from the kernel": "call(447, 0)",
    "memory shared by a key": "check(libc.shmget(0, 4096, 0o1666))",
    "messages shared by a key": "check(libc.msgget(0, 0o1666))",
    "counters shared by a key": "check(libc.semget(0, 1, 0o1666))",
    "messages shared by a name": "call((240, 180), b'escaped', 0o102, 0o666, None)",
    "pages given to a pipe": "call((278, 75), os.pipe()[1], None, 0, 0)",
    "text typed at its terminal": "check(libc.ioctl(0, 0x5412, b'x'))",
    "the same with high bits set": "check(libc.ioctl(0, ctypes.c_ulong(0x7_0000_5412), b'x'))",
    "text pasted at the console": "check(libc.ioctl(0, 0x541c, bytes([3])))",
    "calls of the x32 kind": "call(0x40000000 + 39)",
}
X86_ONLY = {
    "segments of memory": "call((154, 154), 1, bytes(16), 16)",
    "all ports": "check(libc.iopl(3))",
    "a port": "check(libc.ioperm(0x80, 1, 1))",
    "an old library": "call((134, 134), b'escaped')",
}
FILES = {
    "the program for core files": "open('/proc/sys/kernel/core_pattern', 'r+')",
    "the program that loads modules": "open('/proc/sys/kernel/modprobe', 'r+')",
    "the formats of programs": "open('/proc/sys/fs/binfmt_misc/register', 'wb')",
    "the magic keys": "open('/proc/sysrq-trigger', 'wb')",
    "routing": "open('/proc/sys/net/ipv4/ip_forward', 'r+')",
    "how many processes there may be": "open('/proc/sys/kernel/pid_max', 'r+')",
    "how many namespaces there may be": "open('/proc/sys/user/max_user_namespaces', 'r+')",
    "the kernel's memory": "open('/proc/kcore', 'rb').read(1)",
    "the kernel's messages": "open('/proc/kmsg', 'rb').read(1)",
    "its own users": "open('/proc/self/uid_map', 'w').write('0 0 1')",
    "the settings of devices": "open('/sys/kernel/uevent_helper', 'r+')",
    "the list of devices": "print(os.listdir('/sys/class'))",
    "control groups": "os.mkdir('/sys/fs/cgroup/escaped')",
    "the program run when a group ends": "each(lambda path: open(path, 'r+'),"
    " ['/sys/fs/cgroup/release_agent', *glob.glob('/sys/fs/cgroup/*/release_agent')])",
}
DEVICES = (
    "mem",
    "port",
    "kmsg",
    "kvm",
    "fuse",
    "net/tun",
    "vhost-vsock",
    "loop-control",
    "userfaultfd",
    "mapper/control",
    "tty",
    "tty0",
    "console",
    "hpet",
    "uinput",
    "vfio/vfio",
    "dri/card0",
    "nvidia0",
)
MADE = {
    "a disk": "os.mknod('disk', 0o60600, os.makedev(254, 0))",
    "a window on memory": "os.mknod('memory', 0o20600, os.makedev(1, 1))",
    "a null device": "os.mknod('null', 0o20600, os.makedev(1, 3))",
    "a socket": "os.mknod('socket', 0o140600)",
}
# `int 0x80` enters by the 32-bit calls, whose numbers differ: 20 is getpid there, 102 is every socket call.
MACHINE_CODE = """
import ctypes, mmap, os
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write(bytes.fromhex('b814000000cd80c3'))
function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
child = os.fork()
if child == 0:
    os._exit(0 if function() == os.getpid() else 9)
print('signal', os.WTERMSIG(os.waitpid(child, 0)[1]))
"""


@pytest.mark.parametrize("code", CALLS.values(), ids=CALLS)
def test_the_call_is_refused(stopped: Stopped, code: str) -> None:
    stopped(code, REFUSED)


@pytest.mark.skipif(platform.machine() != "x86_64", reason="calls that only x86 has")
@pytest.mark.parametrize("code", X86_ONLY.values(), ids=X86_ONLY)
def test_the_call_of_x86_is_refused(stopped: Stopped, code: str) -> None:
    stopped(code, REFUSED)


@pytest.mark.skipif(platform.machine() != "x86_64", reason="machine code of x86")
def test_a_call_of_the_32_bit_kind_ends_the_process(walled: Room) -> None:
    assert walled.py.run(MACHINE_CODE).text in ("signal 31", "signal 11")  # 11 where the kernel has none


@pytest.mark.parametrize("code", FILES.values(), ids=FILES)
def test_the_kernels_files_are_closed(stopped: Stopped, code: str) -> None:
    stopped(code, REFUSED + " EROFS ENOENT")


@pytest.mark.parametrize("device", DEVICES)
def test_the_device_is_not_there(stopped: Stopped, device: str) -> None:
    stopped(f"os.open('/dev/{device}', os.O_RDWR)", "ENOENT EACCES EPERM ENXIO")


@pytest.mark.parametrize("code", MADE.values(), ids=MADE)
def test_no_device_is_made(stopped: Stopped, code: str) -> None:
    stopped(code, REFUSED)


def test_a_message_of_another_program_cannot_be_read(stopped: Stopped) -> None:
    """System V queues have no path: their numbers are small and can be guessed."""
    stopped(
        "b = ctypes.create_string_buffer(99)\ncheck(libc.msgrcv(QUEUE, b, 90, 0, 0o44000)); print(b.raw)",
        REFUSED + " EINVAL",
    )


SAFE = (
    "memory without a name",
    "memory shared by a key",
    "messages shared by a key",
    "counters shared by a key",
    "another personality",
    "page faults by a user",
    "keys: the session's",
    "pages given to a pipe",
)


@pytest.mark.parametrize("name", SAFE)
def test_without_walls_the_call_is_answered(reaches: Callable[[str], list[str]], name: str) -> None:
    made = CALLS[name]
    for call in ("shm", "msg", "sem"):  # and taken away again
        if f"{call}get" in made:
            made = f"id = {made}\nlibc.{call}ctl(id, 0, {'0, ' * (call == 'sem')}None)"
    assert reaches(made) == ["through"]
