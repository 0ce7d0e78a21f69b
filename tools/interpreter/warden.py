"""The process between the host and the sandbox: puts the walls up, watches the limits, ends what is inside.

It is a process of its own, with one thread, for three reasons: the host may hold Python's lock for seconds;
"die with your parent" is meant by Linux for the parent's thread, not its process; and namespaces can only be
entered by a process that has no threads. When its channel to the host closes, everything inside is killed.
"""

import json
import os
import select
import signal
import socket
import struct
import sys
import time
from contextlib import suppress
from typing import IO, NoReturn

from qwact.tools.interpreter import bubblewrap, namespaces, watchdog
from qwact.tools.interpreter.plan import Plan, SetupFailed
from qwact.tools.interpreter.reach import make_reachable
from qwact.tools.interpreter.syscalls import PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG, become, prctl

BOOT = """\
import sys, types
for name in ("qwact", "qwact.tools", "qwact.tools.interpreter"):
    module = sys.modules[name] = types.ModuleType(name)
    module.__path__ = []
module.__path__.append(sys.argv[1])
from qwact.tools.interpreter import {module}
{module}.main()
"""
SETUP_FAILED = 97
_SETUP_SECONDS, _TICK = 30.0, 0.1
_MESSAGE = 1 << 16


def main() -> None:
    """`python -c BOOT code_folder channel_descriptor`; the first message is the plan."""
    channel = socket.socket(fileno=int(sys.argv[2]))
    channel.set_inheritable(False)  # the host believes what comes here: nothing inside may hold it
    plan = Plan.loads(channel.recv(_MESSAGE))
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    try:
        if not os.path.exists(f"/proc/self/task/{os.getpid()}/children"):
            raise SetupFailed(
                "/proc shows no children here, so what runs inside could not be watched and ended"
            )
        report, errors, child = _start(plan)
        process, layers = _await_launcher(report, errors, child, channel)
    except SetupFailed as error:
        _send(channel, event="failed", reason=str(error))
        _end(plan, SETUP_FAILED)
    report.close()
    errors.close()
    if not _send(channel, event="ready", process=process, layers=_layers(plan, layers)):
        _end(plan)
    for descriptor in plan.sockets.values():
        os.close(descriptor)
    reached = _watch(plan, channel, child)
    _kill_all()
    _send(channel, event="ended", limit=reached)
    _end(plan)


def _end(plan: Plan, code: int = 0) -> NoReturn:
    """Leave nothing running, and for a host that was killed no folder either."""
    _kill_all()
    if os.getppid() != plan.host:
        from qwact.tools.interpreter.folders import remove_tree  # loads far more than a start may cost

        remove_tree(plan.folder)
    os._exit(code)


def _send(channel: socket.socket, **message: object) -> bool:
    try:
        channel.send(json.dumps(message).encode())
    except OSError:
        return False  # the host is gone
    return True


def _layers(plan: Plan, inner: list[str]) -> list[str]:
    """Every wall of this sandbox, the outermost first."""
    if not inner:
        return []  # without walls, the watchdog is none either
    outer = {"bubblewrap": bubblewrap.LAYERS, "namespaces": namespaces.LAYERS}.get(plan.tier, ())
    user = ["own user"] if os.getuid() == 0 and plan.uid else []
    return [*outer, *user, *inner, "watchdog"]


def _start(plan: Plan) -> tuple[socket.socket, IO[str], int]:
    """Fork the sandbox. Gives where the launcher will report, what the set-up prints, and the process."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    read, write = os.pipe()
    warden = os.getpid()
    child = os.fork()
    if child == 0:
        ours.close()
        try:
            os.dup2(write, 2)
            _become_sandbox(plan, theirs, warden)
        except BaseException as error:
            _send(theirs, failed=str(error) if isinstance(error, SetupFailed) else repr(error))
        os._exit(SETUP_FAILED)
    theirs.close()
    os.close(write)
    return ours, open(read, errors="replace"), child


def _become_sandbox(plan: Plan, report: socket.socket, warden: int) -> None:
    if os.getuid() == 0 and plan.uid:
        make_reachable(plan.binds)  # here, for the warden itself goes on seeing the host's folders
        become(plan.uid)
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # after the change of user, which would clear it
    if os.getppid() != warden:
        return
    os.umask(0o077)
    inherited = [report.fileno(), *plan.sockets.values()]
    # -B: what is written under our umask, as root without walls, could be read by no walled kernel later.
    boot = BOOT.format(module="launcher")
    launcher = [plan.python, "-I", "-B", "-c", boot, plan.code, str(report.fileno())]
    before: list[str] = []
    if plan.tier == "namespaces":
        namespaces.enter(plan)
    elif plan.tier == "bubblewrap":
        before = bubblewrap.command(plan)
    else:
        os.chdir(plan.work)
    read, write = os.pipe()
    inherited.append(read)
    for descriptor in inherited:
        os.set_inheritable(descriptor, True)
    os.write(write, plan.dumps())
    os.close(write)
    command = [*before, *launcher, str(read)]
    os.execve(command[0], command, plan.environment)


def _await_launcher(
    report: socket.socket, errors: IO[str], child: int, channel: socket.socket
) -> tuple[int, list[str]]:
    """Wait until all walls stand. Gives the process that runs the code, as the host counts, and its layers.

    Raises:
        SetupFailed: A layer failed, nothing was heard, or the host has gone meanwhile.
    """
    ready, _, _ = select.select([report, channel], [], [], _SETUP_SECONDS)
    if report not in ready:
        raise SetupFailed("the host has gone" if ready else "the sandbox did not come up in time")
    size = struct.calcsize("iII")
    data, ancillary, _, _ = report.recvmsg(_MESSAGE, socket.CMSG_SPACE(size))
    if not data:
        _, status = os.waitpid(child, 0)
        said = " ".join(errors.read(_MESSAGE).split()) or "without a word"
        raise SetupFailed(f"the sandbox ended before it was ready ({_explain(status)}: {said[-500:]})")
    message = json.loads(data)
    if "failed" in message:
        raise SetupFailed(message["failed"])
    # The kernel itself writes the sender's process id here, translated into our numbering.
    process, _, _ = struct.unpack("iII", ancillary[0][2][:size])
    return process, message["layers"]


def _explain(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _watch(plan: Plan, channel: socket.socket, child: int) -> str | None:
    """Until the host closes the channel, the sandbox ends or a limit is reached: then its name."""
    ended = os.pidfd_open(child)
    poll = select.poll()
    for descriptor in (channel.fileno(), ended):
        poll.register(descriptor, select.POLLIN)
    folders = watchdog.FolderUse(plan.watched)
    next_look = 0.0
    while True:
        if poll.poll(_TICK * 1000) or os.getppid() != plan.host:
            return None
        inside = watchdog.descendants(os.getpid())
        if watchdog.memory(inside, plan.limits.memory) > plan.limits.memory:
            return "memory"
        if len(inside) > 2 * plan.limits.processes:
            return "processes"
        if time.monotonic() >= next_look:
            began = time.monotonic()
            size, entries = folders.measure(plan.limits.files)
            if size > plan.limits.disk or entries > plan.limits.files:
                return "disk" if size > plan.limits.disk else "files"
            next_look = time.monotonic() + 10 * (time.monotonic() - began)


def _kill_all() -> None:
    """Kill everything below, also what was started while we killed."""
    while True:
        for process in watchdog.descendants(os.getpid()):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        except ChildProcessError:
            return
        time.sleep(0.002)
