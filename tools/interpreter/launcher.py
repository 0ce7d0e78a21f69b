"""The first of our code inside the sandbox: the inner walls, then the program. No user code has run yet."""

import json
import os
import signal
import socket
import sys
from collections.abc import Callable

from qwact.tools.interpreter import landlock, rlimits
from qwact.tools.interpreter.plan import Plan, SetupFailed
from qwact.tools.interpreter.seccomp import restrict_calls
from qwact.tools.interpreter.syscalls import PR_SET_PDEATHSIG, prctl

SETUP_FAILED = 97
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_PROC = ("/proc/self", "/proc/meminfo", "/proc/cpuinfo", "/proc/stat", "/proc/filesystems", "/proc/version")


def main() -> None:
    """`python -I -c BOOT code_folder report_descriptor plan_descriptor`."""
    report = socket.socket(fileno=int(sys.argv[2]))
    with open(int(sys.argv[3]), "rb") as file:
        plan = Plan.loads(file.read())
    report.set_inheritable(False)
    os.dup2(1, 2)  # until here it carried what went wrong in the set-up
    try:
        layers = _raise_walls(plan)
        if os.getpid() == 1:
            _reap_for_child()
        start = _prepare(plan)
    except BaseException as error:
        message = str(error) if isinstance(error, SetupFailed) else f"{type(error).__name__}: {error}"
        report.send(json.dumps({"failed": message[:2000]}).encode())
        os._exit(SETUP_FAILED)
    report.send(json.dumps({"layers": layers}).encode())
    report.close()
    start()


def _reap_for_child() -> None:
    """Process 1 of a namespace collects the dead and ends with its one child; only the child returns."""
    child = os.fork()
    if child == 0:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        return
    os.closerange(3, 1 << 20)
    while True:
        process, status = os.wait()
        if process == child:
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _raise_walls(plan: Plan) -> list[str]:
    """Every inner layer in its order. Gives those in force."""
    if plan.tier not in ("bubblewrap", "namespaces", "landlock"):
        return []
    private_tree = plan.tier != "landlock"
    tasks_before = 0 if private_tree else rlimits.tasks_of_user(os.getuid())
    layers = []
    rlimits.set_limits(plan.limits, tasks_before)
    layers.append("resource limits")
    abi = landlock.version()
    if abi or not private_tree:
        landlock.restrict_files(_readable(plan), _writable(plan))
        layers.append(f"Landlock ABI {abi}")
    restrict_calls(
        signals_only_to_self=not private_tree and abi < landlock.FIRST_WITH_SCOPES, shared=not private_tree
    )
    layers.append("seccomp")
    return layers


def _readable(plan: Plan) -> list[str]:
    if plan.tier != "landlock":
        return ["/"]
    return [bind.target for bind in plan.binds if not bind.writable] + [*_DEVICES, *_PROC]


def _writable(plan: Plan) -> list[str]:
    own = [bind.target for bind in plan.binds if bind.writable]
    return [*own, *_DEVICES, *(["/tmp", "/dev/shm"] if plan.tier != "landlock" else [])]


def _prepare(plan: Plan) -> Callable[[], object]:
    if plan.program == "probe":
        _try_walls(plan)
        return lambda: os._exit(0)
    from qwact.tools.interpreter.kernel import prepare_kernel

    return prepare_kernel(plan)


def _try_walls(plan: Plan) -> None:
    """Try what must not be possible, and what must."""
    if 0 in (os.getuid(), os.geteuid()):
        raise SetupFailed("the code would run as root")
    try:
        socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()
    except PermissionError:
        pass
    else:
        raise SetupFailed("a network socket could be opened")
    path = f"{plan.work}/.probe"
    with open(path, "wb") as file:
        file.write(b"1")
    os.unlink(path)
