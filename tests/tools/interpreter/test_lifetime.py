import gc
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import psutil
import pytest

from qwact.tools.interpreter import CodeInterpreter

Open = Callable[..., CodeInterpreter]
DAEMON = "import subprocess; p = subprocess.Popen(['sleep', '600'], start_new_session=True)"


@pytest.fixture(autouse=True)
def private() -> Iterator[str]:
    """A temporary folder of this test's own: other programs of ours may run beside it. Empty at the end."""
    folder, before = tempfile.mkdtemp(), tempfile.tempdir
    os.chmod(folder, 0o711)  # the code inside is another user's
    tempfile.tempdir = folder
    yield folder
    tempfile.tempdir = before
    os.rmdir(folder)


def _descendants() -> set[psutil.Process]:
    return set(psutil.Process().children(recursive=True))


def _descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def _folders() -> set[str]:
    return set(os.listdir(tempfile.gettempdir()))


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
    assert _folders() == before[2]


def test_a_lost_kernel_takes_its_children_along(open_interpreter: Open) -> None:
    interpreter = open_interpreter()
    before = _descendants()
    interpreter.run(DAEMON)
    inside = _descendants() - before
    interpreter.run("import os; os._exit(0)")
    assert not any(process.is_running() for process in inside)


def test_session_after_session_leaves_nothing() -> None:
    with CodeInterpreter() as interpreter:
        interpreter.run("1")
    gc.collect()
    before = _descendants(), _descriptors(), _folders()
    for number in range(10):
        with CodeInterpreter() as interpreter:
            out = interpreter.run(f"open('made.txt', 'w').write('{number}')\n{number}")
            assert out.text.startswith(str(number))
            assert out.files[0].read_text() == str(number)
    gc.collect()
    assert (_descendants(), _descriptors()) == before[:2]
    assert _folders() == before[2]


HOST = f"""
import sys, threading, time
from qwact.tools.interpreter import CodeInterpreter
state, tier = sys.argv[1:]
py = CodeInterpreter(sandbox=tier, warm=int(state in ("warm", "filling")))
if state == "warm":
    from qwact.tools.interpreter.pool import WARM
    while not WARM._shelves or not all(shelf.ready for shelf in WARM._shelves.values()):
        time.sleep(0.02)
elif state == "filling":
    time.sleep(float(sys.stdin.readline()))
elif state == "starting":
    threading.Thread(target=py.start, daemon=True).start()
    time.sleep(float(sys.stdin.readline()))
else:
    assert py.run({DAEMON!r} + "\\nopen('made.txt', 'w').write('x')").files
print("ready", flush=True)
if state == "running":
    py.run("import time; time.sleep(60)")
time.sleep(60)
"""


def _kill_host(private: str, state: str, tier: str, seconds: float = 0) -> None:
    """Kill a host in that state, and see that within 5 seconds all that was its own is gone."""
    environment = {**os.environ, "TMPDIR": private}
    command = [sys.executable, "-c", HOST, state, tier]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment) as host:
        assert host.stdin is not None
        assert host.stdout is not None
        host.stdin.write(b"%f\n" % seconds)
        host.stdin.flush()
        assert host.stdout.readline() == b"ready\n"
        inside = psutil.Process(host.pid).children(recursive=True)
        assert len(inside) >= 1
        assert os.listdir(private)
        host.kill()
    deadline = time.monotonic() + 5
    while (_running(inside) or os.listdir(private)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert (_running(inside), os.listdir(private)) == ([], [])


def _running(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Without the dead that process 1 has not collected yet."""
    running = []
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                running.append(process)
    return running


@pytest.mark.parametrize("state", ["running", "idle", "warm"])
def test_a_killed_host_leaves_no_process_and_no_folder(
    state: str, private: str, missing_tiers: dict[str, str]
) -> None:
    for tier in {"bubblewrap", "namespaces", "landlock"} - set(missing_tiers):
        _kill_host(private, state, tier)


@pytest.mark.parametrize("state", ["starting", "filling"])
@pytest.mark.parametrize("seconds", [0.1, 0.2, 0.3, 0.8])
def test_a_host_killed_during_a_start_leaves_no_process_and_no_folder(
    state: str, seconds: float, private: str
) -> None:
    _kill_host(private, state, "auto", seconds)


def test_a_folder_that_nobody_could_remove_goes_with_the_next_session(private: str) -> None:
    command = [sys.executable, "-c", HOST, "idle", "auto"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env={**os.environ, "TMPDIR": private}) as host:
        assert host.stdout is not None
        assert host.stdout.readline() == b"ready\n"
        inside = psutil.Process(host.pid).children(recursive=True)
        (folder,) = os.listdir(private)
        with CodeInterpreter() as interpreter:  # while it is in use
            os.utime(f"{private}/{folder}", (0, 0))
            interpreter.run("1")
        assert folder in os.listdir(private)
        os.kill(host.pid, signal.SIGSTOP)  # so that host and warden die together
        for process in [*inside, host]:
            process.kill()
    with CodeInterpreter() as interpreter:
        interpreter.run("1")
        assert folder not in os.listdir(private)
