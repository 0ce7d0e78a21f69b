import time
from collections.abc import Callable

import pytest

from qwact.tools.interpreter import CodeInterpreter

Open = Callable[..., CodeInterpreter]


@pytest.fixture(scope="module")
def tight():  # type: ignore[no-untyped-def]
    """Small limits. A cell that breaks one must leave an interpreter that goes on."""
    with CodeInterpreter(
        cell_seconds=1.5, memory_mb=300, processes=40, file_mb=8, disk_mb=16, files=200, output_chars=1000
    ) as interpreter:
        yield interpreter


@pytest.fixture(autouse=True)
def _goes_on(tight: CodeInterpreter):  # type: ignore[no-untyped-def]
    yield
    assert tight.run("6 * 7").text.startswith("42")


@pytest.mark.parametrize(
    "code",
    ["while True: pass", "import time; time.sleep(60)", "import re; re.match('(a+)+$', 'a' * 40 + 'b')"],
)
def test_a_cell_that_runs_too_long_is_interrupted_and_keeps_its_state(
    tight: CodeInterpreter, code: str
) -> None:
    tight.run("kept = 5")
    began = time.monotonic()
    out = tight.run(code)
    assert time.monotonic() - began < 4
    assert (out.status, out.restarted) == ("timeout", False)
    assert out.error is not None
    assert "1.5 seconds" in out.error
    assert tight.run("kept").text == "5"


def test_a_cell_that_ignores_the_interrupt_is_killed(tight: CodeInterpreter) -> None:
    tight.run("lost = 5; open('kept.txt', 'w').write('file'); None")
    began = time.monotonic()
    out = tight.run("import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass")
    assert time.monotonic() - began < 6
    assert (out.status, out.restarted) == ("timeout", True)
    assert "variables are lost" in out.text
    assert "NameError" in tight.run("lost").text
    assert tight.run("print(open('kept.txt').read())").text == "file"


def test_ending_the_process_is_told_and_the_next_cell_runs(tight: CodeInterpreter) -> None:
    out = tight.run("print('last words', flush=True)\nimport os, time\ntime.sleep(0.3)\nos._exit(3)")
    assert (out.status, out.restarted) == ("dead", True)
    assert "last words" in out.text


def test_a_crash_of_python_is_told(tight: CodeInterpreter) -> None:
    assert tight.run("import ctypes; ctypes.string_at(0)").status == "dead"


def test_exit_is_only_the_end_of_a_cell(tight: CodeInterpreter) -> None:
    assert tight.run("raise SystemExit").status == "error"


def test_one_process_cannot_take_more_memory(tight: CodeInterpreter) -> None:
    out = tight.run("x = bytearray(1 << 30)")
    assert out.status == "limit"
    assert "300 MB" in out.text


def test_shared_maps_and_children_count_against_the_memory(tight: CodeInterpreter) -> None:
    out = tight.run(
        "import mmap, time\nm = mmap.mmap(-1, 600 << 20)\n"
        "for _ in range(9): m.write(bytes(64 << 20))\ntime.sleep(1)"
    )
    assert (out.status, out.restarted) == ("limit", True)
    assert "memory limit of 300 MB" in out.text


def test_children_together_cannot_take_more_memory(tight: CodeInterpreter) -> None:
    out = tight.run(
        "import os, time\n"
        "for _ in range(6):\n"
        "    if os.fork() == 0:\n"
        "        x = b'1' * (90 << 20); time.sleep(10); os._exit(0)\n"
        "time.sleep(1.4)"
    )
    assert out.status == "limit"


def test_a_fork_bomb_is_contained(tight: CodeInterpreter) -> None:
    out = tight.run("import os\nwhile True:\n    os.fork()")
    assert out.status in ("limit", "timeout", "dead")
    tight.run("import os; os._exit(0)")  # whatever is left of it goes with the kernel
    assert tight.run("import os\npid = os.fork()\nif not pid: os._exit(0)\nos.waitpid(pid, 0)[1]").text == "0"


def test_the_number_of_processes_is_held(tight: CodeInterpreter) -> None:
    out = tight.run(
        "import subprocess\nstarted = []\n"
        "try:\n    for _ in range(200): started.append(subprocess.Popen(['sleep', '30']))\n"
        "except BlockingIOError: pass\n"
        "print(len(started))\nfor p in started: p.kill(); p.wait()"
    )
    assert 5 < int(out.text) < 40


def test_the_first_exception_of_a_session_can_be_that_no_descriptor_is_left(open_interpreter: Open) -> None:
    interpreter = open_interpreter(cell_seconds=20)
    interpreter.start()
    began = time.monotonic()
    out = interpreter.run("held = []\nwhile True: held.append(open('/dev/null'))")
    assert time.monotonic() - began < 5
    assert (out.status, out.restarted) == ("error", False)
    assert out.text.splitlines()[-1] == "OSError: [Errno 24] Too many open files: '/dev/null'"
    assert out.text.count("Traceback") == 1
    assert interpreter.run("held.clear()\n6 * 7").text == "42"


def test_the_disk_is_held(tight: CodeInterpreter) -> None:
    out = tight.run(
        "import time\nfor n in range(100):\n"
        "    open(f'{n}.bin', 'wb').write(b'1' * (4 << 20)); time.sleep(0.02)"
    )
    assert (out.status, out.restarted) == ("limit", True)
    assert "disk limit of 16 MB" in out.text
    assert "bin" not in tight.run("import os; os.listdir('.')").text


def test_the_number_of_files_is_held(tight: CodeInterpreter) -> None:
    out = tight.run("import time\nfor n in range(300): open(f'{n}', 'w').close()\ntime.sleep(1)")
    assert out.status == "limit"
    assert "200 files" in out.text


def test_given_files_survive_a_full_disk(open_interpreter: Open, tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "input.txt").write_text("still here")
    interpreter = open_interpreter(disk_mb=4, file_mb=8)
    interpreter.add_file(tmp_path / "input.txt")
    out = interpreter.run("open('x', 'wb').write(b'1' * (7 << 20))\nimport time; time.sleep(3)")
    assert out.restarted
    assert interpreter.run("print(open('input.txt').read())").text == "still here"


def test_an_endless_print_ends_with_its_beginning_shown(tight: CodeInterpreter) -> None:
    out = tight.run("kept = 1\nwhile True: print('flood')")
    assert (out.status, out.restarted) == ("limit", False)
    assert len(out.text) < 2000
    assert out.text.startswith("flood\nflood\n")
    assert tight.run("kept").text == "1"


def test_long_output_is_cut_and_says_so(tight: CodeInterpreter) -> None:
    out = tight.run("print('a' * 5000)")
    assert out.status == "ok"
    assert out.text.startswith("a" * 1000)
    assert "only the first 1000 characters" in out.text
    assert len(out.text) < 1200
    assert len(tight.run("'b' * 5000").text) < 1200
    assert len(tight.run("raise ValueError('c' * 5000)").text) < 1200


def test_a_message_above_any_size_is_a_limit(tight: CodeInterpreter) -> None:
    out = tight.run(
        "from IPython.display import display\ndisplay({'text/plain': 'x' * (40 << 20)}, raw=True)"
    )
    assert (out.status, out.restarted) == ("limit", True)
