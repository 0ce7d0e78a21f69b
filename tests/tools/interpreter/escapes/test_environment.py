"""What other processes know: their environment, their command lines and what they have open."""

from collections.abc import Callable

import pytest

Stopped = Callable[..., None]
# Each prints all that it finds.
OWN = {
    "its own environment": "print(dict(os.environ))",
    "the C library's environment": "libc.getenv.restype = ctypes.c_char_p; "
    "print(libc.getenv(b'ESCAPE_CANARY'))",
    "the environment of a program that it starts": "command('env')",
    "the environment that the kernel keeps": "print(open('/proc/self/environ').read())",
    "the environments of all processes": "for path in glob.glob('/proc/[0-9]*/environ'):\n"
    "    try: print(open(path).read())\n    except OSError: pass",
    "the environments of all threads": "for path in glob.glob('/proc/*/task/*/environ'):\n"
    "    try: print(open(path).read())\n    except OSError: pass",
    "the command lines of all processes": "for path in glob.glob('/proc/[0-9]*/cmdline'):\n"
    "    try: print(open(path).read())\n    except OSError: pass",
    "the names of all programs": "for path in glob.glob('/proc/[0-9]*/stat'):\n"
    "    try: print(open(path).read())\n    except OSError: pass",
    "the list of processes by a program": "try: command('ps', 'axeww')\nexcept OSError: pass",
}
OTHERS = {
    "the victim's environment": "print(open(f'/proc/{VICTIM}/environ').read())",
    "the victim's command line": "print(open(f'/proc/{VICTIM}/cmdline').read())",
    "the same by a program": "command('cat', f'/proc/{VICTIM}/cmdline')",
    "the victim's folder": "print(os.readlink(f'/proc/{VICTIM}/cwd'), os.listdir(f'/proc/{VICTIM}/cwd/'))",
    "the victim's root": "print(os.listdir(f'/proc/{VICTIM}/root/'))",
    "the victim's stack": "print(open(f'/proc/{VICTIM}/auxv', 'rb').read())",
    "the host's environment": "print(open(f'/proc/{HOST}/environ').read())",
    "the host's open files": "print(os.listdir(f'/proc/{HOST}/fd'))",
}
SHOWS = (
    "the victim's environment", "the victim's command line", "the same by a program",
    "the environments of all processes", "the environments of all threads",
    "the command lines of all processes", "the list of processes by a program",
)  # fmt: skip


@pytest.mark.parametrize("code", OWN.values(), ids=OWN)
def test_it_sees_nothing_but_its_own(stopped: Stopped, code: str) -> None:
    stopped(code, "")


@pytest.mark.parametrize("code", OTHERS.values(), ids=OTHERS)
def test_another_process_cannot_be_looked_at(stopped: Stopped, code: str) -> None:
    stopped(code, "ENOENT EACCES EPERM")


@pytest.mark.parametrize("name", SHOWS)
def test_without_walls_it_is_seen(reaches: Callable[[str], list[str]], name: str) -> None:
    assert "a secret was read" in reaches((OWN | OTHERS)[name])
