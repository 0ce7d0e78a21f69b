"""A first set of what the code must not reach. Each line of a probe raises when the wall holds."""

import os
import socket
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qwact.tools.interpreter import CodeInterpreter

NETWORK = {
    "inet": "import socket; socket.socket(socket.AF_INET, socket.SOCK_STREAM)",
    "inet6 datagram": "import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
    "unix": "import socket; socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)",
    "netlink": "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "packet": "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
    "vsock": "import socket; socket.socket(40, socket.SOCK_STREAM)",
    "datagram pair": "import socket; socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)",
    "web": "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9', timeout=2)",
    "metadata address": "import socket; socket.create_connection(('169.254.169.254', 80), 2)",
}
KERNEL = {
    "core_pattern": "open('/proc/sys/kernel/core_pattern', 'w')",
    "vm settings": "open('/proc/sys/vm/overcommit_memory', 'w')",
    "sysrq": "open('/proc/sysrq-trigger', 'w')",
    "become root": "import os; os.setuid(0)",
    "user namespace": "check(libc.unshare(0x10000000))",
    "user namespace by clone": "check(libc.syscall(56 if x86 else 220, 0x10000011, 0, 0, 0, 0))",
    "mount": "check(libc.mount(b'none', b'/tmp', b'tmpfs', 0, None))",
    "ptrace": "check(libc.ptrace(16, 1, 0, 0))",
    "bpf": "check(libc.syscall(321 if x86 else 280, 0, 0, 0))",
    "io_uring": "check(libc.syscall(425, 8, 0))",
    "memfd": "import os; os.memfd_create('x')",
    "key ring": "check(libc.syscall(250 if x86 else 219, 0, -3, 0))",
    "chroot": "import os; os.chroot('/tmp')",
    "raise a limit": "import resource as r; r.setrlimit(r.RLIMIT_NPROC, (100000, 100000))",
    "write to the interpreter": "import os; open(os.__file__, 'a')",
    "write to the root": "open('/planted', 'w')",
    "write to /usr": "open('/usr/planted', 'w')",
    "write to /etc": "open('/etc/planted', 'w')",
    "memory of the machine": "open('/dev/mem', 'rb')",
    "a device of one's own": "import os; os.mknod('disk', 0o60600, os.makedev(254, 0))",
}
HELPERS = """
import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
x86 = platform.machine() == 'x86_64'
def check(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
"""


@pytest.fixture(scope="module", autouse=True)
def _helpers(py: CodeInterpreter) -> None:
    assert py.run(HELPERS).status == "ok"


@pytest.mark.parametrize("probe", NETWORK.values(), ids=NETWORK)
def test_there_is_no_network(py: CodeInterpreter, probe: str) -> None:
    out = py.run(probe)
    assert out.status == "error", out.text
    assert any(name in out.text for name in ("PermissionError", "OSError", "URLError")), out.text


@pytest.mark.parametrize("probe", KERNEL.values(), ids=KERNEL)
def test_the_kernel_and_the_system_are_out_of_reach(py: CodeInterpreter, probe: str) -> None:
    out = py.run(probe)
    assert out.status in ("error", "limit"), out.text


def test_a_socket_pair_still_works_as_event_loops_need_it(py: CodeInterpreter) -> None:
    assert py.run("import asyncio\nasync def f(): return 5\nawait f()").text == "5"


def test_it_is_not_root_and_has_no_rights(py: CodeInterpreter) -> None:
    out = py.run("import os\nprint(0 in (os.getuid(), os.geteuid(), os.getgid()), 0 in os.getgroups())")
    assert out.text == "False False"
    status = py.run("print(open('/proc/self/status').read())").text
    rights = [
        line.split()[1] for line in status.splitlines() if line.startswith(("CapPrm", "CapEff", "CapAmb"))
    ]
    assert rights == ["0" * 16] * 3
    assert "NoNewPrivs:\t1" in status
    assert "Seccomp:\t2" in status


@pytest.fixture
def secrets(tmp_path: Path) -> Iterator[list[Path]]:
    """Files that the person who runs this can read."""
    home = Path.home() / f".qwact-test-secret-{os.getpid()}"
    temporary = tmp_path / "secret.txt"
    for path in (home, temporary):
        path.write_text("TOP-SECRET")
    yield [home, temporary]
    home.unlink()


def test_files_of_the_host_cannot_be_read(py: CodeInterpreter, secrets: list[Path]) -> None:
    for path in [*secrets, Path("/etc/shadow"), Path("/root/.bashrc"), Path(__file__)]:
        out = py.run(f"print(open({str(path)!r}).read())")
        assert out.status == "error", f"{path}: {out.text}"
        assert "TOP-SECRET" not in out.text


def test_folders_of_the_host_cannot_be_listed(py: CodeInterpreter) -> None:
    for path in (Path.home(), Path(__file__).parent, Path("/var/log"), Path("/home")):
        out = py.run(f"import os; print(os.listdir({str(path)!r}))")
        # A private tree may hold empty folders above the interpreter's.
        assert out.status == "error" or "qwact" not in out.text


def test_the_environment_of_the_host_is_not_there(open_interpreter: Callable[..., CodeInterpreter]) -> None:
    os.environ["QWACT_TEST_TOKEN"] = "TOP-SECRET"
    try:
        out = open_interpreter().run(
            "import glob, os\nprint(dict(os.environ))\n"
            "for path in glob.glob('/proc/[0-9]*/environ'):\n"
            "    try: print(open(path).read())\n"
            "    except OSError: pass"
        )
    finally:
        del os.environ["QWACT_TEST_TOKEN"]
    assert out.status == "ok"
    assert "TOP-SECRET" not in out.text


def test_processes_of_the_host_cannot_be_signalled(py: CodeInterpreter) -> None:
    out = py.run(f"import os; os.kill({os.getpid()}, 0)")
    assert out.status == "error"


def test_no_inherited_descriptor_leads_out(py: CodeInterpreter) -> None:
    code = textwrap.dedent("""
        import os
        for name in os.listdir('/proc/self/fd'):
            try: print(os.readlink(f'/proc/self/fd/{name}'))
            except OSError: pass
    """)
    kinds = {line.split(":")[0] for line in py.run(code).text.splitlines()}
    harmless = (
        "socket",
        "pipe",
        "anon_inode",
        "/dev/null",
        "/proc/",
        sys.prefix,  # there: matplotlib's fonts
        "/usr/share/fonts",
    )
    assert [kind for kind in kinds if not kind.startswith(harmless)] == []


def test_without_walls_the_same_probes_succeed(
    open_interpreter: Callable[..., CodeInterpreter], secrets: list[Path]
) -> None:
    """So that the tests above can fail."""
    open_air = open_interpreter(sandbox="dangerously-none")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        out = open_air.run(
            f"import socket; socket.create_connection(('127.0.0.1', {port}), 2).close(); 'through'"
        )
        assert out.text == "'through'"
    assert all("TOP-SECRET" in open_air.run(f"print(open({str(path)!r}).read())").text for path in secrets)
    assert open_air.run(f"import os; os.kill({os.getpid()}, 0)").status == "ok"
    assert open_air.run(NETWORK["unix"]).status == "ok"
