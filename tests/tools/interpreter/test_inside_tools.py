"""Tools as functions of the code inside: what they take, give and raise, and what they cost the cell."""

import contextvars
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qwact.tools.cancellation import Cancellation
from qwact.tools.errors import Cancelled, InvalidTool, ToolError, UserError
from qwact.tools.interpreter import CodeInterpreter
from qwact.tools.interpreter.gateway import GatewayInterpreter
from qwact.tools.interpreter.inside_tools import InsideTools
from qwact.tools.interpreter.plan import Limits
from qwact.tools.interpreter.pool import WarmKernels
from qwact.tools.interpreter.session import Session
from qwact.tools.interpreter.walled_kernel import KernelSettings
from qwact.tools.spec import ToolOutput
from qwact.tools.tool import Tool
from qwact.tools.toolbox import Toolbox

Open = Callable[..., CodeInterpreter]
LIMITS = Limits(memory=1 << 30, processes=64, file=1 << 20, disk=1 << 24, files=100, output=4000)
CAUGHT = "try:\n    {}\nexcept {} as error:\n    print(f'{{type(error).__name__}}: {{error}}')"
person: contextvars.ContextVar[str] = contextvars.ContextVar("person", default="nobody")


def search(query: str, limit: int = 3) -> list[str]:
    """Look something up.

    More is not said in the first line.

    Args:
        query: Words to look for.
        limit: How many to give.
    """
    return [f"{query} {n}" for n in range(limit)]


def fail(text: str) -> None:
    raise ToolError(text)


def crash() -> None:
    raise ValueError("no such thing")


def speak(text: str) -> str:
    return text


async def speak_later(text: str) -> str:
    return f"later {text}"


def who() -> str:
    return person.get()


class Long(Tool):
    """Gives more than may be shown."""

    name = "long-text.give"
    output_chars = 1000

    def run(self, length: int) -> str:
        return "0123456789" * (length // 10)


class Wait(Tool):
    """Works until it is interrupted."""

    def __init__(self) -> None:
        self.begun, self.interrupted = threading.Event(), threading.Event()

    def run(self) -> str:
        self.begun.set()
        self.interrupted.wait(20)
        return "waited"

    def interrupt(self) -> None:
        self.interrupted.set()


@pytest.fixture(scope="module", params=["auto", "landlock", "dangerously-none"])
def py(request: pytest.FixtureRequest, missing_tiers: dict[str, str]) -> Iterator[CodeInterpreter]:
    if request.param in missing_tiers:
        pytest.skip(missing_tiers[request.param])
    tools = [search, fail, crash, speak, speak_later, who, Long()]
    with CodeInterpreter(cell_seconds=20, output_chars=4000, tools=tools, sandbox=request.param) as opened:
        yield opened


def caught(py: CodeInterpreter, call: str, errors: str = "ToolError") -> str:
    return py.run(CAUGHT.format(call, errors)).text


@pytest.mark.parametrize(
    "call", ["search('bees', 2)", "search('bees', limit=2)", "search(limit=2, query='bees')"]
)
def test_a_tool_is_a_function_that_gives_its_text(py: CodeInterpreter, call: str) -> None:
    assert py.run(f"import json\njson.loads({call})").text == "['bees 0', 'bees 1']"


def test_it_is_an_async_tool_too(py: CodeInterpreter) -> None:
    assert py.run("speak_later('你好')").text == "'later 你好'"


def test_defaults_are_the_tools_own(py: CodeInterpreter) -> None:
    assert py.run("search('a').count('a')").text == "3"


@pytest.mark.parametrize(
    "arguments", [{}, {"query": "a", "limit": "no"}, {"query": "a", "lmit": 2}, {"query": 5}]
)
def test_wrong_arguments_raise_what_a_model_would_read(
    py: CodeInterpreter, arguments: dict[str, object]
) -> None:
    with Toolbox([search]) as toolbox:
        expected = toolbox.call("search", arguments)
    assert not expected.ok
    assert caught(py, f"search(**{arguments!r})") == f"ToolError: {expected.text}"


def test_what_python_itself_would_refuse_is_a_type_error(py: CodeInterpreter) -> None:
    assert (
        caught(py, "search('a', 1, 2)", "TypeError")
        == "TypeError: search() takes 2 arguments but 3 were given"
    )
    assert "multiple values for argument 'query'" in caught(py, "search('a', query='b')", "TypeError")


def test_a_tools_error_can_be_caught_and_has_its_text(py: CodeInterpreter) -> None:
    assert caught(py, "fail('not today')") == "ToolError: not today"
    assert caught(py, "crash()").startswith("ToolError: ValueError: no such thing (test_inside_tools.py")


def test_a_tools_own_limits_hold(open_interpreter: Open) -> None:
    wait, slow = Wait(), Wait()
    slow.seconds, slow.name = 0.2, "slow"
    huge = Tool.from_schema(
        name="huge",
        description="",
        parameters={"type": "object", "properties": {}},
        run=lambda: "x" * 5_000_000,
        output_chars=10_000_000,
    )
    interpreter = open_interpreter(tools=[wait, slow, huge])
    assert "did not end within 0.2 seconds" in caught(interpreter, "slow()")
    assert "has 5000000 characters, more than can be handed to the code" in caught(interpreter, "huge()")


def test_an_error_that_is_not_caught_is_the_cells(py: CodeInterpreter) -> None:
    out = py.run("fail('not today')")
    assert (out.status, out.error) == ("error", "ToolError: not today")
    assert "fail('not today')" in out.text
    assert str(Path(__file__).parents[3]) not in out.text


def test_values_that_json_has_not(py: CodeInterpreter) -> None:
    assert "cannot be written as JSON" in caught(py, "speak({1, 2})")
    assert "cannot be written as JSON" in caught(py, "search('a', float('nan'))")
    assert "cannot be written as JSON" in caught(py, "speak('\\ud800')")
    assert "cannot be written as JSON" in caught(py, "a = []; a.append(a); speak(a)")


def test_more_than_any_call_may_hold(py: CodeInterpreter) -> None:
    assert "1000000 bytes" in caught(py, "speak('x' * 1_000_000)")
    assert "20000 values" in caught(py, "speak([0] * 30_000)")
    assert "100 deep" in caught(py, "a = []\n    for n in range(200): a = [a]\n    speak(a)")
    assert py.run("len(speak('[{\\\"' * 100_000))").status == "ok"


def test_numbers_and_arrays_of_numpy_are_values(py: CodeInterpreter) -> None:
    pytest.importorskip("numpy")
    assert py.run("import numpy\nsearch('a', numpy.int64(2))").text == '\'["a 0", "a 1"]\''
    assert "got [1, 2]" in caught(py, "search(numpy.array([1, 2]))")


def test_control_characters_do_not_come_through(py: CodeInterpreter) -> None:
    assert (
        py.run(r"ascii(speak('\x1b[31mred\x1b[0m\x00 \r\n\u2028 \x07.'))").text
        == r'"' + r"'red \\n\\u2028 .'" + '"'
    )


def test_a_long_output_is_cut_and_can_be_read_on(py: CodeInterpreter) -> None:
    out = py.run("text = long_text_give(50_000)\nprint(len(text)); text[500:900]")
    assert int(out.text.split()[0]) <= 1000
    assert "read_output" in py.run("print(text)").text
    read = "name = text.split('\"output\": \"')[1].split('\"')[0]\nread_output(name, start=42)[:8]"
    assert py.run(read).text == "'23456789'"


def test_the_callers_context_reaches_the_tool(py: CodeInterpreter) -> None:
    token = person.set("Ada")
    try:
        assert py.run("who()").text == "'Ada'"
    finally:
        person.reset(token)


def test_a_name_can_be_used_otherwise_and_comes_back(py: CodeInterpreter) -> None:
    assert py.run("speak = 5").status == "ok"
    assert py.run("speak").text == "5"
    py.run("del speak")
    assert py.run("speak('a')").text == "'a'"
    py.run("%reset -f")
    assert py.run("speak('b')").text == "'b'"


def test_calls_from_threads_come_one_after_another(open_interpreter: Open) -> None:
    lock, overlaps = threading.Lock(), []

    def alone(n: int) -> int:
        overlaps.append(not lock.acquire(blocking=False))
        time.sleep(0.002)
        lock.release()
        return n

    code = (
        "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(8) as pool:\n"
        "    got = list(pool.map(alone, range(100)))\n[int(n) for n in got] == list(range(100))"
    )
    assert open_interpreter(tools=[alone]).run(code).text == "True"
    assert overlaps == [False] * 100


def test_a_new_kernel_has_the_functions_too(open_interpreter: Open) -> None:
    interpreter = open_interpreter(tools=[speak])
    assert interpreter.run("import os; os._exit(0)").restarted
    assert interpreter.run("speak('again')").text == "'again'"
    interpreter.close()
    assert interpreter.run("speak('and again')").text == "'and again'"


def test_a_warm_kernel_gets_the_functions() -> None:
    pool = WarmKernels()
    settings = KernelSettings(LIMITS, "auto")
    pool.keep(settings, 1)
    while not (kernel := pool.take(settings)):
        time.sleep(0.05)
    tools = InsideTools([speak])
    session = Session(kernel, 20, None, tools)
    try:
        assert session.run("speak('warm')").text == "'warm'"
    finally:
        session.close()
        tools.close()
        pool.close()


def test_a_tools_files_are_the_cells(open_interpreter: Open, tmp_path: Path) -> None:
    def draw() -> ToolOutput:
        (tmp_path / "drawn").write_text("")
        return ToolOutput("done", (tmp_path / "drawn",))

    interpreter = open_interpreter(tools=[draw])
    assert interpreter.run("draw()").files == (tmp_path / "drawn",)
    assert interpreter.run("1").files == ()
    out = interpreter.run("import os\ndraw()\nos._exit(0)")
    assert (out.files, out.restarted) == ((tmp_path / "drawn",), True)
    assert interpreter.run("1").files == ()


def test_a_cell_over_its_time_cancels_the_call(open_interpreter: Open) -> None:
    wait = Wait()
    interpreter = open_interpreter(tools=[wait, speak], cell_seconds=1)
    began = time.monotonic()
    out = interpreter.run("kept = 1\nwait()")
    assert (out.status, out.restarted) == ("timeout", False)
    assert time.monotonic() - began < 5
    assert wait.interrupted.wait(5)
    assert interpreter.run("speak(str(kept))").text == "'1'"


def test_an_interrupted_cell_cancels_the_call(open_interpreter: Open) -> None:
    wait = Wait()
    interpreter = open_interpreter(tools=[wait, speak])
    stopper = threading.Thread(target=lambda: (wait.begun.wait(10), interpreter.interrupt()))
    stopper.start()
    out = interpreter.run("try:\n    wait()\nexcept Exception as error:\n    print(error)")
    stopper.join()
    assert (out.status, out.restarted) == ("error", False)
    assert "interrupted" in out.text
    assert wait.interrupted.wait(5)
    assert interpreter.run("speak('on')").text == "'on'"


def test_a_cancelled_run_cancels_the_call_of_its_cell(open_interpreter: Open) -> None:
    wait, cancellation = Wait(), Cancellation()
    interpreter = open_interpreter(tools=[wait])
    with Toolbox([interpreter]) as toolbox:
        stopper = threading.Thread(target=lambda: (wait.begun.wait(10), cancellation.cancel()))
        stopper.start()
        with pytest.raises(Cancelled):
            toolbox.call("code_interpreter", {"code": "wait()"}, cancellation=cancellation)
        stopper.join()
        assert wait.interrupted.wait(5)


def test_no_tool_is_called_for_a_cell_that_does_not_stop(open_interpreter: Open) -> None:
    heard: list[str] = []

    def hear(text: str) -> None:
        heard.append(text)

    interpreter = open_interpreter(tools=[Wait(), hear], cell_seconds=1)
    out = interpreter.run("hear('a')\ntry:\n    wait()\nexcept KeyboardInterrupt:\n    hear('b')")
    assert out.status == "timeout"
    assert heard == ["a"]


def test_a_kernel_that_dies_cancels_the_call(open_interpreter: Open) -> None:
    wait = Wait()
    interpreter = open_interpreter(tools=[wait, speak])
    code = "import os, threading\nthreading.Timer(0.3, os._exit, [1]).start()\nwait()"
    assert interpreter.run(code).status == "dead"
    assert wait.interrupted.wait(5)
    assert interpreter.run("speak('on')").text == "'on'"


def test_a_cell_that_ends_cancels_the_call_of_its_thread(open_interpreter: Open) -> None:
    wait = Wait()
    interpreter = open_interpreter(tools=[wait, speak])
    code = (
        "import threading, time\ndef work():\n    global said\n    try:\n        said = wait()\n"
        "    except ToolError as error:\n        said = str(error)\n"
        "thread = threading.Thread(target=work)\nthread.start()\ntime.sleep(0.3)"
    )
    assert interpreter.run(code).status == "ok"
    assert wait.interrupted.wait(5)
    assert "has ended" in interpreter.run("thread.join(5); said").text
    assert interpreter.run("speak('on')").text == "'on'"


def test_it_cannot_call_itself(open_interpreter: Open) -> None:
    with pytest.raises(UserError, match="cannot call a code interpreter"):
        CodeInterpreter(tools=[CodeInterpreter()])
    holder: list[CodeInterpreter] = []

    def around(code: str) -> str:
        return holder[0].run(code).text

    holder.append(open_interpreter(tools=[around]))
    began = time.monotonic()
    assert "is running the cell that made this call" in caught(holder[0], "around('1')")
    assert time.monotonic() - began < 10


def test_the_description_names_the_functions(py: CodeInterpreter) -> None:
    lines = py.spec.description.splitlines()
    assert "search(query: str, limit: int = 3) -> str: Look something up." in lines
    assert "long_text_give(length: int) -> str: Gives more than may be shown." in lines
    assert "More is not said" not in py.spec.description
    assert "Words to look for." in py.run("print(search.__doc__)").text


def test_without_tools_nothing_is_said_or_there() -> None:
    with CodeInterpreter() as interpreter:
        assert interpreter.description == CodeInterpreter.description
        assert "NameError" in interpreter.run("ToolError").text


@pytest.mark.parametrize("name", ["print", "class", "1st", "ToolError", "_", "get_ipython", "read.output"])
def test_names_that_no_function_can_have_are_refused(name: str) -> None:
    parameters = {"type": "object", "properties": {}}
    given = Tool.from_schema(name=name, description="", parameters=parameters, run=lambda: None)
    with pytest.raises(UserError, match="another name"):
        CodeInterpreter(tools=[given])


def test_what_is_no_tool_is_refused() -> None:
    with pytest.raises(InvalidTool):
        CodeInterpreter(tools=["search"])  # type: ignore[list-item]
    with pytest.raises(UserError, match="on another machine"):
        GatewayInterpreter("http://127.0.0.1:1", tools=[search])
