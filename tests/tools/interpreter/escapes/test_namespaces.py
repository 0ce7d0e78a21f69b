"""Building a new world inside, where it would be root, or changing the one it sits in."""

from collections.abc import Callable

import pytest

Stopped = Callable[..., None]
REFUSED = "EPERM EACCES ENOSYS"
KINDS = {
    "mount": 0x20000, "cgroup": 0x2000000, "host name": 0x4000000, "ipc": 0x8000000, "user": 0x10000000,
    "process": 0x20000000, "network": 0x40000000,
}  # fmt: skip
NEW = (
    {f"a {kind} namespace by unshare": f"check(libc.unshare({flag}))" for kind, flag in KINDS.items()}
    | {
        f"a {kind} namespace by clone": f"if call((56, 220), {flag | 17}, 0, 0, 0, 0) == 0: os._exit(0)"
        for kind, flag in KINDS.items()
    }
    | {
        "a time namespace by unshare": "check(libc.unshare(0x80))",
        "a user and a mount namespace at once": "check(libc.unshare(0x10020000))",
        "a user namespace by clone3": "record = struct.pack('11Q', 0x10000000, 0, 0, 0, 17, *[0] * 6)\n"
        "if call((435, 435), record, len(record)) == 0: os._exit(0)",
        "a user namespace by a program": "command('unshare', '--user', 'true')",
        "bubblewrap in bubblewrap": "try: command('bwrap', '--ro-bind', '/', '/', 'true')\n"
        "except FileNotFoundError: raise PermissionError(1, 'not installed')",
    }
)
ENTER = {
    "its own user namespace again": "call((308, 268), os.open('/proc/self/ns/user', 0), 0)",
    "a namespace of process 1": "call((308, 268), os.open('/proc/1/ns/net', 0), 0)",
    "a namespace of the victim": "call((308, 268), os.open(f'/proc/{VICTIM}/ns/mnt', 0), 0)",
    "the victim's namespaces by its descriptor": "call((308, 268), os.pidfd_open(VICTIM), 0x20000)",
    "a namespace of the host by a program": "command('nsenter', '-t', str(HOST), '-n', 'true')",
}
MOUNT = {
    "a memory file system": "check(libc.mount(b'none', b'/tmp', b'tmpfs', 0, None))",
    "processes of all": "os.makedirs('p', exist_ok=True); check(libc.mount(b'proc', b'p', b'proc', 0, None))",
    "the root writable": "check(libc.mount(b'none', b'/', None, 0x1020, None))",
    "the system writable": "check(libc.mount(b'none', b'/usr', None, 0x1020, None))",
    "the system writable by attributes": "call((442, 442), -100, b'/usr', 0, struct.pack('QQQQ', 0, 1, 0, "
    "0), 32)",
    "a folder of its own over another": "check(libc.mount(os.getcwd().encode(), b'/usr', None, 0x1000, "
    "None))",
    "everything shared with the host": "check(libc.mount(b'none', b'/', None, 0x104000, None))",
    "what covers something taken off": "check(libc.umount2(b'/proc', 2))",
    "a file system by the new calls": "call((430, 430), b'tmpfs', 0)",
    "a copy of the tree": "call((428, 428), -100, b'/', 1)",
    "a copy of the tree with attributes": "call((467, 467), -100, b'/', 1, bytes(32), 32)",
    "a tree moved": "call((429, 429), 0, b'', -100, b'/tmp', 4)",
    "a mount picked": "call((433, 433), -100, b'/', 0)",
    "another root by pivot_root": "call((155, 41), b'.', b'.')",
    "another root by chroot": "os.chroot('.')",
    "another root by a program": "command('/usr/sbin/chroot', '.', 'true')",
    "another host name": "socket.sethostname('escaped')",
    "another domain name": "check(libc.setdomainname(b'escaped', 7))",
    "a mount by a program": "command('mount', '-t', 'tmpfs', 'none', '/tmp')",
}
SAFE = (
    "a host name namespace by unshare", "a user namespace by clone", "a mount namespace by clone",
    "a user namespace by a program", "a network namespace by clone", "a process namespace by clone",
)  # fmt: skip


@pytest.mark.parametrize("code", NEW.values(), ids=NEW)
def test_no_namespace_is_made(stopped: Stopped, code: str) -> None:
    stopped(code, REFUSED + (" EINVAL" if "0x80)" in code else ""))


@pytest.mark.parametrize("code", ENTER.values(), ids=ENTER)
def test_no_namespace_is_entered(stopped: Stopped, code: str) -> None:
    stopped(code, REFUSED + " ENOENT ESRCH")


@pytest.mark.parametrize("code", MOUNT.values(), ids=MOUNT)
def test_the_file_tree_stays_as_it_is(stopped: Stopped, code: str) -> None:
    stopped(code, REFUSED)


@pytest.mark.parametrize("name", SAFE)
def test_without_walls_namespaces_are_made_where_the_kernel_has_them(
    reaches: Callable[[str], list[str]], missing_tiers: dict[str, str], name: str
) -> None:
    if "namespaces" in missing_tiers:
        pytest.skip(missing_tiers["namespaces"])
    assert reaches(NEW[name]) == ["through"]
