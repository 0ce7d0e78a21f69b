"""Kernels that wait: as good as new, behind the same walls, gone when nobody needs them."""

import ast
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from qwact.tools.errors import UserError
from qwact.tools.interpreter import CodeInterpreter
from qwact.tools.interpreter.plan import Limits
from qwact.tools.interpreter.pool import PRELOADED, WARM, WarmKernels
from qwact.tools.interpreter.session import Session
from qwact.tools.interpreter.walled_kernel import KernelSettings, WalledKernel

Open = Callable[..., CodeInterpreter]
LIMITS = Limits(memory=1 << 30, processes=64, file=1 << 20, disk=1 << 24, files=100, output=4000)
SETTINGS = KernelSettings(LIMITS, "auto")
SEEN = """
import os, sys
names = sorted(name for name in dir() if name not in ('os', 'sys'))
[names, _ih, os.listdir('.'), os.getcwd(), dict(os.environ), sys.path]
"""
LOADED = f"import sys\nprint([name for name in {PRELOADED} if name in sys.modules])"


@pytest.fixture
def pool() -> Iterator[WarmKernels]:
    pool = WarmKernels()
    yield pool
    pool.close()


@pytest.fixture
def warm(pool: WarmKernels) -> Iterator[Session]:
    """A session with a kernel from a pool."""
    pool.keep(SETTINGS, 1)
    session = Session(_take(pool), 20, None)
    yield session
    session.close()


def _await_ready(pool: WarmKernels, count: int = 1, settings: KernelSettings = SETTINGS) -> None:
    deadline = time.monotonic() + 60
    while pool.ready(settings) != count:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _take(pool: WarmKernels) -> WalledKernel:
    _await_ready(pool)
    kernel = pool.take(SETTINGS)
    assert kernel is not None
    return kernel


def _inside() -> set[psutil.Process]:
    return set(psutil.Process().children(recursive=True))


def test_a_warm_session_is_as_a_new_one(warm: Session) -> None:
    cold = Session(WalledKernel(SETTINGS), 20, None)
    try:
        assert warm.run(SEEN).text == cold.run(SEEN).text
        assert warm.layers == cold.layers
    finally:
        cold.close()


def test_what_is_installed_is_loaded_already(warm: Session) -> None:
    installed = [name for name in PRELOADED if importlib.util.find_spec(name.partition(".")[0])]
    assert ast.literal_eval(warm.run(LOADED).text) == installed


def test_a_warm_session_has_an_empty_work_folder(pool: WarmKernels) -> None:
    pool.keep(SETTINGS, 1)
    kernel = _take(pool)
    try:
        assert os.listdir(kernel.folder.work) == []
        assert kernel.is_alive()
    finally:
        kernel.close()


def test_a_warm_session_draws(warm: Session) -> None:
    pytest.importorskip("matplotlib")
    out = warm.run("import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.show()")
    assert [path.read_bytes()[:4] for path in out.files] == [b"\x89PNG"]


def test_the_limits_hold_in_a_warm_session(warm: Session) -> None:
    assert warm.run("x = bytearray(3 << 30)").status == "limit"
    out = warm.run("import time\nopen('x', 'wb').write(bytes(1 << 24))")
    assert "limit of 1 MB for one file" in out.text
    out = warm.run("for n in range(200): open(f'{n}', 'w').close()\ntime.sleep(2)")
    assert (out.status, out.restarted) == ("limit", True)
    assert warm.run("1 + 1").text == "2"


def test_no_two_sessions_get_the_same_kernel(open_interpreter: Open) -> None:
    first = open_interpreter(warm=1, memory_mb=1000)
    limits = Limits(1000 << 20, 64, 256 << 20, 1 << 30, 1000, 20_000)  # the defaults, but for the memory
    settings = KernelSettings(limits, "auto")
    _await_ready(WARM, 1, settings)
    assert "numpy" in first.run(LOADED).text  # so it came from the pool
    first.run("secret = 1; open('secret', 'w').close()")
    first.close()
    _await_ready(WARM, 1, settings)
    second = open_interpreter(warm=1, memory_mb=1000)
    assert "numpy" in second.run(LOADED).text
    assert second.run("import os\nprint('secret' in globals(), os.listdir())").text == "False []"
    third = open_interpreter(memory_mb=1000)
    assert third.run(LOADED).text == "[]"  # nobody asked for a warm one
    WARM.close()


def test_random_numbers_differ_from_kernel_to_kernel(pool: WarmKernels) -> None:
    pytest.importorskip("numpy")
    pool.keep(SETTINGS, 1)
    drawn = set()
    for _ in range(2):
        session = Session(_take(pool), 20, None)
        drawn.add(session.run("import numpy, random\nnumpy.random.randint(1 << 60), random.random()").text)
        session.close()
    assert len(drawn) == 2


def test_when_none_is_ready_a_session_starts_cold(open_interpreter: Open) -> None:
    interpreter = open_interpreter(warm=1, memory_mb=1001)
    assert interpreter.run(LOADED).text == "[]"
    WARM.close()


def test_a_kernel_that_died_waiting_is_not_handed_out(pool: WarmKernels) -> None:
    before = _inside()
    pool.keep(SETTINGS, 1)
    _await_ready(pool)
    inside = _inside() - before
    for process in inside:
        process.kill()
    psutil.wait_procs(inside, timeout=5)
    assert pool.take(SETTINGS) is None
    successor = _take(pool)
    assert successor.is_alive()
    successor.close()


def test_the_number_kept_follows_the_last_word(pool: WarmKernels) -> None:
    before = _inside()
    pool.keep(SETTINGS, 2)
    _await_ready(pool, 2)
    pool.keep(SETTINGS, 1)
    assert pool.ready(SETTINGS) == 1
    pool.keep(SETTINGS, 0)
    assert pool.ready(SETTINGS) == 0
    assert _inside() == before


def test_settings_asked_for_longest_ago_are_forgotten(pool: WarmKernels) -> None:
    pool.keep(SETTINGS, 1)
    _await_ready(pool)
    for memory in range(1, 5):
        pool.keep(KernelSettings(LIMITS._replace(memory=memory << 30), "auto"), 0)
    assert pool.ready(SETTINGS) == 0


def test_walls_that_cannot_be_built_leave_an_empty_pool(pool: WarmKernels) -> None:
    """It is said when somebody asks for a kernel, not before, and not tried over and over."""
    settings = KernelSettings(LIMITS._replace(memory=1 << 20), "auto")
    before = _inside()
    pool.keep(settings, 1)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not _inside() - before:
        time.sleep(0.01)
    while time.monotonic() < deadline and _inside() - before:
        time.sleep(0.05)
    time.sleep(1)
    assert _inside() == before
    assert pool.take(settings) is None


@pytest.mark.parametrize("seconds", [0, 0.2, 0.6, 3])
def test_closing_leaves_nothing_behind_at_any_moment(seconds: float) -> None:
    pool = WarmKernels()
    before = _inside(), len(os.listdir("/proc/self/fd"))
    pool.keep(SETTINGS, 2)
    time.sleep(seconds)
    pool.close()
    assert (_inside(), len(os.listdir("/proc/self/fd"))) == before


FORK = """
import os, sys, time
from qwact.tools.interpreter import CodeInterpreter
py = CodeInterpreter()
py.run("x = 'of the parent'")
warm = CodeInterpreter(warm=1, memory_mb=1000)
from qwact.tools.interpreter.pool import WARM
while not any(shelf.ready for shelf in WARM._shelves.values()):
    time.sleep(0.05)
child = os.fork()
if child == 0:
    assert "NameError" in py.run("x").text  # a kernel of its own
    assert warm.run("1").text == "1"
    sys.exit()
assert os.waitpid(child, 0)[1] == 0
print(py.run("x").text, warm.run("import sys; 'pandas' in sys.modules").text)
"""


def test_a_fork_leaves_the_kernels_of_the_other_alone() -> None:
    private = tempfile.mkdtemp()
    os.chmod(private, 0o711)  # the code inside is another user's
    done = subprocess.run(
        [sys.executable, "-c", FORK], capture_output=True, text=True, env={**os.environ, "TMPDIR": private}
    )
    assert (done.stdout.strip(), done.stderr) == ("'of the parent' True", "")
    os.rmdir(private)  # fails where anything is left


def test_a_negative_number_is_refused() -> None:
    with pytest.raises(UserError):
        CodeInterpreter(warm=-1)
