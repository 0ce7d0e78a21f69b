"""Starts a program behind walls: the strongest tier that really comes up here, or none and no program."""

import json
import logging
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from qwact.tools.errors import SandboxUnavailable, UserError
from qwact.tools.interpreter import bubblewrap, view
from qwact.tools.interpreter.folders import SessionFolder
from qwact.tools.interpreter.plan import Limits, Plan, SetupFailed
from qwact.tools.interpreter.warden import BOOT

TIERS = ("bubblewrap", "namespaces", "landlock")
NO_WALLS = "dangerously-none"
CHOICES = ("auto", *TIERS, NO_WALLS)

_log = logging.getLogger("qwact.sandbox")
_READY_SECONDS, _END_SECONDS = 60.0, 5.0
_MESSAGE = 1 << 16
_LANDLOCK_NOTE = (
    "sandbox: Landlock tier (no namespaces here): names, sizes and times of files outside are visible and "
    "multiprocessing locks do not work; install bubblewrap or allow user namespaces for full isolation"
)
_chosen: list[str] = []  # the tier that came up in this process: tried first from then on
_noted: list[str] = []


class Sandbox:
    """A program that runs behind walls.

    Attributes:
        tier: The kind of walls.
        layers: Every layer in force.
    """

    def __init__(self, plan: Plan) -> None:
        self.tier = plan.tier
        self.layers: tuple[str, ...] = ()
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        code = view.code_folder(private=False)
        command = [sys.executable, "-I", "-S", "-c", BOOT.format(module="warden"), code, str(theirs.fileno())]
        with theirs:
            self._warden = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={"LANG": "C.UTF-8"},
                pass_fds=(theirs.fileno(), *plan.sockets.values()),
                start_new_session=True,
            )
        self._process = -1
        self._host = plan.host
        self._channel.send(plan.dumps())

    def wait_ready(self) -> None:
        """Wait until all walls stand and the program is loaded.

        Raises:
            SetupFailed: A layer could not be put in place. Nothing was run.
        """
        message = self._receive(_READY_SECONDS)
        if message.get("event") != "ready":
            raise SetupFailed(str(message.get("reason", "the warden ended or did not answer")))
        self.layers = tuple(message["layers"])
        with suppress(ProcessLookupError):  # a short program has ended already
            self._process = os.pidfd_open(message["process"])

    def fileno(self) -> int:
        """Readable when the program has ended."""
        return self._channel.fileno()

    def reached_limit(self) -> str | None:
        """Of a program that has ended: "memory", "processes", "disk", "files", or None for no limit."""
        limit: str | None = self._receive(_END_SECONDS).get("limit")
        return limit

    def interrupt(self) -> None:
        """SIGINT to the program."""
        if self._process >= 0:
            with suppress(ProcessLookupError):  # it has ended; who waits will see it
                signal.pidfd_send_signal(self._process, signal.SIGINT)

    def close(self) -> None:
        """Kill everything inside and wait until nothing is left. In a fork of the host: only let go of it."""
        if os.getpid() == self._host:
            with suppress(OSError):
                self._channel.shutdown(socket.SHUT_RDWR)  # a fork of this process may hold the descriptor
        self._channel.close()
        if self._process >= 0:
            os.close(self._process)
            self._process = -1
        try:
            self._warden.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._warden.kill()  # what is inside dies with it
            self._warden.wait()

    def _receive(self, seconds: float) -> dict[str, Any]:
        """A message of the warden, which is ours. Empty when none comes."""
        ready, _, _ = select.select([self._channel], [], [], seconds)
        data = self._channel.recv(_MESSAGE) if ready else b""
        return dict(json.loads(data)) if data else {}


def start_sandbox(
    choice: str,
    program: str,
    folder: SessionFolder,
    limits: Limits,
    sockets: Mapping[str, socket.socket] | None = None,
    key: str = "",
) -> Sandbox:
    """Start a program behind the walls that `choice` names; "auto" takes the first tier that comes up.

    Whether a tier works is found out by putting it up, never by looking at settings.

    Raises:
        SandboxUnavailable: None comes up. Nothing was run.
    """
    if choice == NO_WALLS:
        print("qwact: WARNING: code runs WITHOUT a sandbox, with all your rights", file=sys.stderr)
    reasons = []
    for tier in _tiers(choice):
        try:
            sandbox = start_tier(tier, program, folder, limits, sockets or {}, key)
        except SetupFailed as error:
            reasons.append(f"{tier}: {error}")
            continue
        if tier == "landlock" and tier not in _noted:
            _noted.append(tier)
            _log.warning(_LANDLOCK_NOTE)
        if choice == "auto":
            _chosen[:] = [tier]
        return sandbox
    raise SandboxUnavailable(
        f"Code was not run, because no sandbox can be built here ({'; '.join(reasons)}). "
        f"To mend it, {', or '.join(dict.fromkeys(remedy(tier) for tier in TIERS))}."
    )


def _tiers(choice: str) -> list[str]:
    if choice not in CHOICES:
        raise UserError(f"sandbox={choice!r} is not known: choose one of {', '.join(CHOICES)}.")
    if choice != "auto":
        return [choice]
    return [*_chosen, *(tier for tier in TIERS if tier not in _chosen)]


def start_tier(
    tier: str,
    program: str,
    folder: SessionFolder,
    limits: Limits,
    sockets: Mapping[str, socket.socket],
    key: str,
) -> Sandbox:
    """Start a program behind the walls of one tier.

    Raises:
        SetupFailed: They do not come up. Nothing was run.
    """
    plan = _plan(tier, program, folder, limits, sockets, key)
    sandbox = Sandbox(plan)
    try:
        sandbox.wait_ready()
    except BaseException:
        sandbox.close()
        raise
    return sandbox


def _plan(
    tier: str,
    program: str,
    folder: SessionFolder,
    limits: Limits,
    sockets: Mapping[str, socket.socket],
    key: str,
) -> Plan:
    private = tier in ("bubblewrap", "namespaces")
    binds, links = view.private_tree(folder) if private else (view.shared_tree(folder), ())
    work, temporary = (view.private_work(), "/tmp") if private else (str(folder.work), str(folder.temporary))
    bwrap = ""
    if tier == "bubblewrap":
        bwrap = bubblewrap.find(os.getcwd(), os.environ.get("PATH", os.defpath))
        if not bwrap:
            raise SetupFailed("it is not installed")
    return Plan(
        tier=tier,
        program=program,
        host=os.getpid(),
        uid=folder.uid,
        python=view.interpreter_command(),
        code=view.code_folder(private),
        binds=binds,
        links=links,
        folder=str(folder.path),
        work=work,
        watched=(str(folder.work), str(folder.temporary)),
        environment=view.environment(work, temporary),
        limits=limits,
        bwrap=bwrap,
        sockets={channel: listening.fileno() for channel, listening in sockets.items()},
        key=key,
    )


def remedy(tier: str) -> str:
    """What to do on this machine for a tier that does not come up; begins with a verb."""
    if tier == "landlock":
        return "use Linux 6.2 or later with Landlock"
    if tier == "namespaces" or shutil.which("bwrap"):
        return (
            "allow user namespaces (sysctl -w user.max_user_namespaces=15000; on Ubuntu also "
            "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0; in a container see docs/sandbox.md)"
        )
    installers = {
        "apt-get": "apt-get install bubblewrap",
        "dnf": "dnf install bubblewrap",
        "apk": "apk add bubblewrap",
    }
    command = next((text for name, text in installers.items() if shutil.which(name)), "your package manager")
    return f"install bubblewrap ({command})"
