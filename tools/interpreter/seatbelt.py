"""macOS: the profile and the command line of `sandbox-exec`, from the same plan as the other tiers.

The language is that of sandbox-exec(1) and of the profiles below /System/Library/Sandbox/Profiles, listed in
https://dnesting.com/2026/macos-sandbox-sbpl-reference/. The last rule that matches decides. Written without a
Mac: what the rules say is tested, what macOS makes of them is not.
"""

import os
from collections.abc import Iterable, Iterator

from qwact.tools.interpreter.plan import Plan, SetupFailed

LAYERS = ("Seatbelt",)
SANDBOX_EXEC = "/usr/bin/sandbox-exec"

# Never /System as a whole: all disks are below /System/Volumes. Never /usr: Homebrew keeps settings in it.
_SYSTEM = (
    "/System/Cryptexes",
    "/System/Library/Fonts",
    "/System/Library/Frameworks",
    "/System/Library/PrivateFrameworks",
    "/System/Library/dyld",
    "/System/Volumes/Preboot/Cryptexes",
    "/Library/Fonts",
    "/bin",
    "/private/var/db/dyld",
    "/private/var/db/timezone",
    "/usr/bin",
    "/usr/lib",
    "/usr/share/locale",
    "/usr/share/zoneinfo",
)
_SYSTEM_FILES = ("/", "/System/Library/CoreServices/SystemVersion.plist", "/private/etc/localtime")
_SYSTEM_LINKS = ("/etc", "/tmp", "/var")  # to folders of /private
_PROGRAMS = ("/bin", "/usr/bin")
_DEVICES = ("/dev/null", "/dev/random", "/dev/urandom", "/dev/zero")
_WRITABLE_DEVICES = ("/dev/null", "/dev/zero")
_MACH_SERVICES = (
    "com.apple.bsd.dirhelper",  # the path of the user's temporary folder: confstr()
    "com.apple.system.notification_center",  # a change of time zone
    "com.apple.system.opendirectoryd.libinfo",  # the user's own name: getpwuid()
)
# What Python and numpy ask about the machine. kern.proc*, the list of everybody's processes, is not there.
_SYSCTLS = (
    "hw.activecpu",
    "hw.byteorder",
    "hw.cachelinesize",
    "hw.cpufamily",
    "hw.l1dcachesize",
    "hw.l2cachesize",
    "hw.logicalcpu",
    "hw.logicalcpu_max",
    "hw.machine",
    "hw.memsize",
    "hw.ncpu",
    "hw.pagesize",
    "hw.physicalcpu",
    "hw.physicalcpu_max",
    "kern.argmax",
    "kern.osproductversion",
    "kern.osrelease",
    "kern.ostype",
    "kern.osversion",
    "kern.version",
    "sysctl.proc_translated",
)
# Not covered by (deny default) in every version of macOS.
_DENIED = (
    "file-map-executable",
    "iokit-get-properties",
    "lsopen",
    "network*",
    "nvram*",
    "process-info*",
)


def command(plan: Plan) -> list[str]:
    """The command line that puts `plan`'s walls around what follows it.

    Raises:
        SetupFailed: A path of the plan cannot be said in a profile, or would open far too much.
    """
    return [SANDBOX_EXEC, "-p", profile(plan)]


def profile(plan: Plan) -> str:
    """The profile.

    Raises:
        SetupFailed: As `command`.
    """
    return "\n".join(("(version 1)", "(deny default)", *_rules(plan), ""))


def _rules(plan: Plan) -> Iterator[str]:
    readable = sorted({_real(bind.source) for bind in plan.binds if not bind.writable})
    writable = sorted({_real(bind.source) for bind in plan.binds if bind.writable})
    sockets = _real(f"{plan.folder}/sockets")
    _check(readable, writable, sockets)
    for operation in _DENIED:
        yield f"(deny {operation})"
    yield "(allow process-fork)"
    yield _allow("process-exec*", _subpaths((*_PROGRAMS, *readable)))
    yield "(allow process-info* (target self))"
    yield "(allow signal (target self))"
    yield _allow("sysctl-read", (_filter("sysctl-name", name) for name in _SYSCTLS))
    yield _allow("mach-lookup", (_filter("global-name", name) for name in _MACH_SERVICES))
    yield '(allow ipc-posix-shm-read-data (ipc-posix-name "apple.shm.notification_center"))'
    # A path is looked up folder by folder, and Python asks for the facts of each.
    parents = _parents((*_SYSTEM, *readable, *writable))
    yield _allow("file-read-metadata", _literals((*_SYSTEM_LINKS, *parents)))
    yield _allow("file-read*", _literals((*_SYSTEM_FILES, *_DEVICES)))
    yield _allow("file-read*", _subpaths((*_SYSTEM, *readable)))
    yield _allow("file-map-executable", _subpaths((*_SYSTEM, *readable)))
    yield _allow("file-read* file-write*", _subpaths(writable))
    yield _allow("file-write-data file-ioctl", _literals(_WRITABLE_DEVICES))
    yield "(deny file-write-setugid)"
    if plan.sockets:
        # Accepting, on what listens there already: to bind and to connect stay denied.
        yield f"(allow network-inbound (local unix-socket {_filter('subpath', sockets)}))"


def _check(readable: list[str], writable: list[str], sockets: str) -> None:
    """Refuse a plan under which the code could change what is to be read only, or reach everything."""
    for path in (*readable, *writable):
        if path in (
            "/",
            "/System",
            "/System/Volumes",
            "/Users",
            "/private",
            "/private/var",
            "/usr",
            "/Library",
        ):
            raise SetupFailed(f"{path} holds far more than the code may reach")
    for path in writable:
        for other in (*readable, *_SYSTEM, sockets):
            if f"{other}/".startswith(f"{path}/") or f"{path}/".startswith(f"{other}/"):
                raise SetupFailed(
                    f"{path}, which the code may change, and {other}, which it may not, overlap"
                )


def _real(path: str) -> str:
    """Seatbelt compares with links resolved: /tmp is /private/tmp there."""
    if not path.startswith("/"):
        raise SetupFailed(f"{path!r} is not an absolute path")
    return os.path.realpath(path)


def _parents(paths: Iterable[str]) -> list[str]:
    found = set()
    for path in paths:
        while (path := os.path.dirname(path)) != "/":
            found.add(path)
    return sorted(found)


def _allow(operations: str, filters: Iterable[str]) -> str:
    said = list(filters)
    if not said:  # without a filter, a rule allows everything
        raise SetupFailed(f"the plan names nothing for {operations}")
    return "\n  ".join((f"(allow {operations}", *said)) + ")"


def _subpaths(paths: Iterable[str]) -> Iterator[str]:
    return (_filter("subpath", path) for path in dict.fromkeys(paths))


def _literals(paths: Iterable[str]) -> Iterator[str]:
    return (_filter("literal", path) for path in dict.fromkeys(paths))


def _filter(kind: str, value: str) -> str:
    """One filter, with its string escaped.

    Raises:
        SetupFailed: It holds a character for which the language has no documented escape.
    """
    if not value.isprintable():
        raise SetupFailed(f"{value!r} holds a character that a sandbox profile cannot hold")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'({kind} "{escaped}")'
