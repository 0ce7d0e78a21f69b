"""Reaching into other processes: signals, memory, descriptors, priorities, users.

The victim is stopped and belongs to the sandbox's own user, so only a wall is in the way; signals show on it.
"""

from collections.abc import Callable

import pytest

Stopped = Callable[..., None]
REFUSED = "EPERM EACCES ENOSYS ESRCH"
SIGNALS = {
    "asking whether it is there": "os.kill(VICTIM, 0)",
    "a signal that wakes it": "os.kill(VICTIM, signal.SIGCONT)",
    "a signal by the C library": "check(libc.kill(VICTIM, 15))",
    "a signal by a program": "command('sh', '-c', f'kill -CONT {VICTIM}')",
    "a signal to a thread": "call((234, 131), VICTIM, VICTIM, 18)",
    "a signal to a thread, old way": "call((200, 130), VICTIM, 18)",
    "a signal with a value": "call((129, 138), VICTIM, 18, struct.pack('iiii', 18, 0, -1, 0) + bytes(112))",
    "a signal through a process descriptor": "signal.pidfd_send_signal(os.pidfd_open(VICTIM), "
    "signal.SIGCONT)",
    "a signal to the host": "os.kill(HOST, 0)",
    "a signal to its group": "os.killpg(VICTIM, signal.SIGCONT)",
}
QUIET = {
    "a signal to everybody": "try: os.kill(-1, signal.SIGCONT)\nexcept OSError: pass",
    "a signal when a pipe is written to": "import fcntl\nr, w = os.pipe()\n"
    "try:\n    fcntl.fcntl(r, fcntl.F_SETOWN, VICTIM)\n    fcntl.fcntl(r, 10, int(signal.SIGCONT))\n"
    "    fcntl.fcntl(r, fcntl.F_SETFL, os.O_ASYNC)\n    os.write(w, b'1')\nexcept OSError: pass",
    "a signal to the group of groups": "try: os.killpg(os.getpgid(VICTIM), signal.SIGCONT)\n"
    "except OSError: pass",
    "lower priority for all of the user's processes": "os.setpriority(os.PRIO_USER, os.getuid(), 7)",
    "input priority for all of the user's processes": "call((251, 30), 3, os.getuid(), 2 << 13 | 7)",
}
MEMORY = {
    "attaching to it": "call((101, 117), 16, VICTIM, 0, 0)",
    "seizing it": "call((101, 117), 0x4206, VICTIM, 0, 0)",
    "attaching to its own parent": "call((101, 117), 16, os.getppid(), 0, 0)",
    "being traced": "call((101, 117), 0, 0, 0, 0)",
    "reading its memory": "call((310, 270), VICTIM, bytes(16), 1, bytes(16), 1, 0)",
    "writing its memory": "call((311, 271), VICTIM, bytes(16), 1, bytes(16), 1, 0)",
    "its memory as a file": "open(f'/proc/{VICTIM}/mem', 'rb')",
    "its map of memory": "print(open(f'/proc/{VICTIM}/maps').read())",
    "a copy of its descriptor": "call((438, 438), os.pidfd_open(os.getpid()), 0, 0)",
    "its descriptors as files": "print(os.listdir(f'/proc/{VICTIM}/fd'))",
    "comparing with it": "call((312, 272), os.getpid(), VICTIM, 0, 0, 0)",
    "advice on its memory": "call((440, 440), 0, bytes(16), 1, 20, 0)",
    "moving its memory": "call((256, 238), VICTIM, 1, bytes(8), bytes(8))",
}
SETTINGS = {
    "its group": "os.setpgid(VICTIM, 0)",
    "its chance to be killed first": "open(f'/proc/{VICTIM}/oom_score_adj', 'w').write('1000')",
}
SCHEDULING = {
    "its limits": "resource.prlimit(VICTIM, resource.RLIMIT_NOFILE, (5, 5))",
    "its priority": "os.setpriority(os.PRIO_PROCESS, VICTIM, 5)",
    "its processors": "os.sched_setaffinity(VICTIM, {min(os.sched_getaffinity(0))})",
    "its schedule": "os.sched_setscheduler(VICTIM, os.SCHED_BATCH, os.sched_param(0))",
    "its priority for input and output": "call((251, 30), 1, VICTIM, 3 << 13)",
}
RIGHTS = {
    "user 0": "os.setuid(0)",
    "user 0 as the saved one": "os.setresuid(-1, -1, 0)",
    "group 0": "os.setgid(0)",
    "more groups": "os.setgroups([0])",
    "capabilities": "call((126, 91), struct.pack('Ii', 0x20080522, 0), b'\\xff' * 24)",
    "a higher priority": "os.setpriority(os.PRIO_PROCESS, 0, -5)",
    "a real-time schedule": "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))",
    "more processes": "resource.setrlimit(resource.RLIMIT_NPROC, (9999, 9999))",
    "core files": "resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20))",
    "never being killed first": "open('/proc/self/oom_score_adj', 'w').write('-1000')",
    "root by su": "command('su', '-c', 'id -u')",
    "root by sudo": "try: command('sudo', '-n', 'id', '-u')\n"
    "except FileNotFoundError: raise PermissionError(1, 'not installed')",
    "root by a program of its own": "import shutil\nshutil.copy('/usr/bin/id', 'id')\n"
    "os.chmod('id', 0o6755)\n"
    "done = subprocess.run(['./id', '-u'], capture_output=True, text=True)\n"
    "if done.stdout.strip() != '0': raise PermissionError(1, done.stdout)",
}


@pytest.mark.parametrize("code", (SIGNALS | MEMORY | SETTINGS).values(), ids=(SIGNALS | MEMORY | SETTINGS))
def test_another_process_is_out_of_reach(stopped: Stopped, code: str) -> None:
    stopped(code, REFUSED + " ENOENT")


@pytest.mark.parametrize("code", SCHEDULING.values(), ids=SCHEDULING)
def test_another_process_keeps_its_limits_and_its_turn(stopped: Stopped, code: str) -> None:
    stopped(code, REFUSED)


@pytest.mark.parametrize("code", QUIET.values(), ids=QUIET)
def test_what_is_aimed_at_everybody_stays_inside(stopped: Stopped, code: str) -> None:
    stopped(code + "\ntime.sleep(0.02)", "")


@pytest.mark.parametrize("code", RIGHTS.values(), ids=RIGHTS)
def test_no_right_is_gained(stopped: Stopped, code: str) -> None:
    stopped(code, "EPERM EACCES EINVAL" if "id" in code else "EPERM EACCES")


SAFE = SIGNALS | SETTINGS | SCHEDULING


@pytest.mark.parametrize("name", sorted(SAFE.keys() - {"a signal to its group", "its group"}))
def test_without_walls_the_victim_is_reached(reaches: Callable[[str], list[str]], name: str) -> None:
    assert reaches(SAFE[name])
