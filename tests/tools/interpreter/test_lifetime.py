import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import psutil

from qwact.tools.interpreter import CodeInterpreter

Open = Callable[..., CodeInterpreter]
DAEMON = "import subprocess; p = subprocess.Popen(['sleep', '600'], start_new_session=True)"


def _descendants() -> set[psutil.Process]:
    return set(psutil.Process().children(recursive=True))


def _descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def _folders() -> set[str]:
    return {name for name in os.listdir(tempfile.gettempdir()) if name.startswith("qwact-")}


def test_closing_leaves_no_process_descriptor_or_file() -> None:
    with CodeInterpreter() as interpreter:  # what is loaded and opened once only
        interpreter.run("1")
    gc.collect()
    before = _descendants(), _descriptors(), _folders()
    interpreter = CodeInterpreter()
    interpreter.run(DAEMON)
    inside = _descendants() - before[0]
    assert len(inside) >= 3
    interpreter.run("import os; os._exit(0)")
    interpreter.run(DAEMON)
    interpreter.close()
    interpreter.close()
    gc.collect()
    assert not any(process.is_running() for process in inside)
    assert (_descendants(), _descriptors()) == before[:2]
    assert _folders() <= before[2]


def test_a_lost_kernel_takes_its_children_along(open_interpreter: Open) -> None:
    interpreter = open_interpreter()
    before = _descendants()
    interpreter.run(DAEMON)
    inside = _descendants() - before
    interpreter.run("import os; os._exit(0)")
    assert not any(process.is_running() for process in inside)


HOST = f"""
import sys
from qwact.tools.interpreter import CodeInterpreter
py = CodeInterpreter(sandbox=sys.argv[1])
py.run({DAEMON!r})
print("ready", flush=True)
py.run("import time; time.sleep(60)")
"""


def test_a_killed_host_leaves_no_process(missing_tiers: dict[str, str]) -> None:
    # A folder that only the host uses: other programs of ours may run beside this test.
    private = tempfile.mkdtemp()
    os.chmod(private, 0o711)  # the code inside is another user's
    environment = {**os.environ, "TMPDIR": private}
    for tier in {"bubblewrap", "namespaces", "landlock"} - set(missing_tiers):
        command = [sys.executable, "-c", HOST, tier]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as host:
            assert host.stdout is not None
            assert host.stdout.readline() == b"ready\n"
            inside = psutil.Process(host.pid).children(recursive=True)
            assert len(inside) >= 3
            host.kill()
        deadline = time.monotonic() + 5
        while (
            left := [process for process in inside if process.is_running()]
        ) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not left, tier
    os.rmdir(private)  # fails where anything is left
