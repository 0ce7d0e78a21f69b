import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from qwact.tools.cancellation import Cancellation
from qwact.tools.errors import Cancelled, UserError
from qwact.tools.interpreter import CodeInterpreter
from qwact.tools.interpreter.code_interpreter import without_fence
from qwact.tools.spec import ToolOutput
from qwact.tools.toolbox import Toolbox

Open = Callable[..., CodeInterpreter]


def test_importing_loads_no_part_of_jupyter() -> None:
    code = (
        "import sys, qwact.tools.interpreter as i; i.CodeInterpreter; "
        "print([m for m in ('zmq', 'jupyter_client', 'ipykernel', 'IPython') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_it_is_a_tool_with_one_parameter(py: CodeInterpreter) -> None:
    assert py.spec.name == "code_interpreter"
    assert list(py.spec.parameters["properties"]) == ["code"]
    assert isinstance(py.run(code="1 + 1"), ToolOutput)


def test_the_value_of_the_last_line_comes_back_and_variables_stay(py: CodeInterpreter) -> None:
    assert py.run("kept = 6 * 7; kept").text == "42"
    out = py.run("kept + 1")
    assert (out.text, out.status, out.error, out.restarted, out.files) == ("43", "ok", None, False, ())


def test_stdout_stderr_and_value_come_in_their_order(py: CodeInterpreter) -> None:
    out = py.run("import sys\nprint('one')\nsys.stdout.flush()\nprint('two', file=sys.stderr)\n'three'")
    assert out.text == "one\ntwo\n'three'"


def test_output_of_other_processes_is_seen(py: CodeInterpreter) -> None:
    assert "from a shell" in py.run("import os, time; os.system('echo from a shell'); time.sleep(0.2)").text


def test_programs_that_the_code_starts_write_no_colours(py: CodeInterpreter) -> None:
    out = py.run(
        "import os, subprocess, sys\n"
        "print([name for name in ('FORCE_COLOR', 'CLICOLOR', 'CLICOLOR_FORCE') if name in os.environ])\n"
        "print(os.environ['TERM'], os.environ['NO_COLOR'])\n"
        'code = \'import typer; typer.secho(str(1), fg="red"); import rich; rich.print("[red]2"); 1/0\'\n'
        "done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)\n"
        "print('\\x1b' in done.stdout + done.stderr, done.stdout.split())"
    )
    assert out.text == "[]\ndumb 1\nFalse ['1', '2']"


def test_nothing_said_is_said(py: CodeInterpreter) -> None:
    assert py.run("silent = 1").text == "Finished with no output."
    assert py.run("").text == "Finished with no output."


def test_a_traceback_is_plain_text_and_names_the_error(py: CodeInterpreter) -> None:
    out = py.run("def half(x):\n    return x / 0\nprint('before')\nhalf(1)")
    assert out.status == "error"
    assert out.error == "ZeroDivisionError: division by zero"
    assert out.text.startswith("before\n")
    assert "return x / 0" in out.text
    assert "\x1b" not in out.text


def test_a_syntax_error_is_an_error(py: CodeInterpreter) -> None:
    out = py.run("1 +")
    assert out.status == "error"
    assert "SyntaxError" in out.text


def test_a_plot_comes_back_as_png(py: CodeInterpreter) -> None:
    pytest.importorskip("matplotlib")
    out = py.run("import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.show()")
    assert out.status == "ok", out.text
    (figure,) = out.files
    assert figure.read_bytes().startswith(b"\x89PNG")
    assert out.text.splitlines()[-1] == f"[figure: {figure.name}]"
    assert "only the first" not in out.text


def test_control_and_half_characters_do_not_come_through(py: CodeInterpreter) -> None:
    out = py.run(r"print('\x1b[31mred\x1b[0m\x1b]0;title\x07 \u202eback \ud800half 你好')")
    assert out.text == "red back ?half 你好"


@pytest.mark.parametrize(
    "code", ["```python\n6 * 7\n```", "```\n6 * 7\n```\n", "  ```py\n6 * 7```", "~~~python\n6 * 7\n~~~"]
)
def test_a_fence_around_the_code_is_taken_off(code: str) -> None:
    assert without_fence(code).strip() == "6 * 7"


@pytest.mark.parametrize("code", ["text = '''\n```python\n1\n```\n'''", "6 * 7"])
def test_a_fence_inside_the_code_stays(code: str) -> None:
    assert without_fence(code) == code


def test_input_is_answered_with_an_error_at_once(py: CodeInterpreter) -> None:
    began = time.monotonic()
    assert py.run("input('name? ')").status == "error"
    assert time.monotonic() - began < 5


def test_a_running_cell_can_be_interrupted_from_another_thread(py: CodeInterpreter) -> None:
    timer = threading.Timer(0.5, py.interrupt)
    timer.start()
    began = time.monotonic()
    out = py.run("kept_too = 1\nimport time\ntime.sleep(15)")
    timer.join()
    assert time.monotonic() - began < 5
    assert (out.status, out.restarted) == ("error", False)
    assert "interrupted" in out.text
    assert py.run("kept_too").text == "1"


@pytest.mark.parametrize(
    "code", ["for _ in range(100_000): pass", "import asyncio\nawait asyncio.sleep(0.005)"]
)
def test_an_interrupt_at_any_moment_stops_one_cell_and_loses_nothing(py: CodeInterpreter, code: str) -> None:
    py.run("kept_always = 1")
    stopped = 0
    for number in range(60):
        timer = threading.Timer(number * 0.0002, py.interrupt)
        timer.start()
        out = py.run(f"{code}\n{number}")
        timer.join()
        assert not out.restarted, out
        stopped += out.status == "error"
        assert (out.text == str(number)) if out.status == "ok" else ("interrupted" in out.text), out
        assert py.run(f"print({number}, kept_always)").text == f"{number} 1"
    assert stopped


def test_an_interrupt_without_a_cell_does_nothing(py: CodeInterpreter) -> None:
    py.interrupt()
    assert py.run("2").text == "2"


def test_it_works_in_threads_that_end(open_interpreter: Open) -> None:
    """The kernel must not die with the thread that started it."""
    interpreter = open_interpreter()
    starter = threading.Thread(target=interpreter.run, args=("x = 1",))
    starter.start()
    starter.join()
    time.sleep(0.3)
    assert interpreter.run("x").text == "1"


@pytest.mark.parametrize(
    "settings",
    [
        {"network": True},
        {"sandbox": "yes"},
        {"memory_mb": 0},
        {"work_folder": "/"},
        {"work_folder": Path.home()},
    ],
)
def test_settings_that_cannot_be_had_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(UserError):
        CodeInterpreter(**settings)  # type: ignore[arg-type]


def test_without_walls_it_warns_each_time(open_interpreter: Open, capfd: pytest.CaptureFixture[str]) -> None:
    interpreter = open_interpreter(sandbox="dangerously-none")
    assert interpreter.run("1 + 1").text == "2"
    assert interpreter.layers == ()
    assert "WITHOUT a sandbox" in capfd.readouterr().err


def test_in_a_toolbox_a_cancelled_run_stops_the_cell(open_interpreter: Open) -> None:
    interpreter = open_interpreter()
    toolbox = Toolbox([interpreter])
    observation = toolbox.call("code_interpreter", {"code": "x = 1\nprint('hello')"})
    assert (observation.ok, observation.text) == (True, "hello")
    cancellation = Cancellation()
    timer = threading.Timer(0.3, cancellation.cancel)
    timer.start()
    with pytest.raises(Cancelled):
        toolbox.call("code_interpreter", {"code": "import time; time.sleep(30)"}, cancellation=cancellation)
    timer.join()
    began = time.monotonic()
    assert interpreter.run("x").text == "1"
    assert time.monotonic() - began < 5
    toolbox.close()
