import asyncio
import contextvars
import gc
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qwact.tools import Observation, Tool, Toolbox, ToolError, ToolOutput, tool
from qwact.tools.cancellation import Cancellation
from qwact.tools.errors import Cancelled, DeadlineReached, InvalidTool, UserError

CITY: contextvars.ContextVar[str] = contextvars.ContextVar("CITY", default="nowhere")


@tool
def add(a: int, b: int) -> int:
    """Add."""
    return a + b


@tool(seconds=None)
def where() -> str:
    """Thread that runs the tool."""
    return threading.current_thread().name


@tool
def elsewhere() -> str:
    """Thread that runs the tool."""
    return threading.current_thread().name


@tool
def city() -> str:
    """City of the caller."""
    return CITY.get()


@tool
async def later(text: str, seconds: float = 0.0) -> str:
    """Give the text back after a while."""
    await asyncio.sleep(seconds)
    return f"{text} {CITY.get()}"


class Stuck(Tool):
    """Hangs until it is interrupted."""

    def __init__(self, seconds: float | None = 60.0) -> None:
        self.seconds = seconds
        self.started, self.interrupted, self.closed = threading.Event(), threading.Event(), False

    def run(self) -> str:
        self.started.set()
        self.interrupted.wait(20)
        return "too late"

    def interrupt(self) -> None:
        self.interrupted.set()

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def box() -> Iterator[Toolbox]:
    with Toolbox([add, where, elsewhere, city, later]) as toolbox:
        yield toolbox


def test_a_call_gives_an_observation(box: Toolbox) -> None:
    found = box.call("add", {"a": 2, "b": 3})
    assert found == Observation("5", True, (), found.seconds)
    assert 0 < found.seconds < 5


def test_tools_functions_and_toolkits() -> None:
    class Pair:
        def tools(self) -> list[Tool]:
            return [add, city]

    def twice(a: int) -> int:
        """Twice."""
        return 2 * a

    with Toolbox([Pair(), twice, where]) as toolbox:
        assert [found.name for found in toolbox.tools] == ["add", "city", "twice", "where"]
        assert [spec.name for spec in toolbox.specs] == ["add", "city", "twice", "where"]
        assert toolbox.callable_specs == toolbox.specs
        assert toolbox.call("twice", {"a": 4}).text == "8"


@pytest.mark.parametrize(
    ("tools", "says"),
    [
        ([add, add], "'add' comes twice"),
        ([Stuck], "write Stuck()"),
        ([3], "3 is no tool"),
        (["add"], "is no tool"),
    ],
)
def test_what_is_no_tool_is_refused(tools: list[Any], says: str) -> None:
    with pytest.raises(InvalidTool) as caught:
        Toolbox(tools)
    assert says in str(caught.value)


def test_an_unknown_name_gets_the_nearest_ones(box: Toolbox) -> None:
    found = box.call("addd", {})
    assert not found.ok
    assert (
        found.text == "There is no tool named 'addd'. Did you mean add? "
        "The tools are: add, where, elsewhere, city, later."
    )
    assert "The tools are: none." in Toolbox().call("x", {}).text


def test_wrong_arguments_are_told(box: Toolbox) -> None:
    found = box.call("add", {"a": "2"})
    assert not found.ok
    assert '- a: wanted a whole number, got "2"' in found.text


class Failing(Tool):
    """Raises what it is told to."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def run(self) -> None:
        raise self.error


@pytest.mark.parametrize("seconds", [None, 60.0])
@pytest.mark.parametrize(
    ("error", "starts"),
    [
        (ToolError("No such city. Try Oslo."), "No such city. Try Oslo."),
        (ValueError("bad\x1b[31m value"), "ValueError: bad value (test_toolbox.py, line "),
        (
            FileNotFoundError(2, "No such file", "/home/someone/secret/a.csv"),
            "FileNotFoundError: No such file: a.csv",
        ),
        (ZeroDivisionError(), "ZeroDivisionError (test_toolbox.py"),
        (SystemExit(3), "SystemExit: 3"),
        (asyncio.CancelledError(), "CancelledError"),
        (RecursionError("deep"), "RecursionError: deep"),
    ],
)
def test_errors_of_a_tool_become_text_without_paths(
    error: BaseException, starts: str, seconds: float | None
) -> None:
    failing = Failing(error)
    failing.seconds = seconds
    with Toolbox([failing]) as toolbox:
        found = toolbox.call("failing", {})
    assert not found.ok
    assert found.text.startswith(starts)
    assert str(Path(__file__).parent) not in found.text
    assert "/home/someone" not in found.text


@pytest.mark.parametrize("seconds", [None, 60.0])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), Cancelled("stop")])
def test_the_callers_wish_to_stop_is_passed_on(error: BaseException, seconds: float | None) -> None:
    failing = Failing(error)
    failing.seconds = seconds
    with Toolbox([failing]) as toolbox, pytest.raises(type(error)):
        toolbox.call("failing", {})


def test_a_result_that_is_no_text_is_a_failure() -> None:
    class Mute:
        def __str__(self) -> str:
            raise RuntimeError("no")

    @tool
    def mute() -> Any:
        """Mute."""
        return Mute()

    with Toolbox([mute]) as toolbox:
        found = toolbox.call("mute", {})
    assert not found.ok
    assert found.text == "The tool's result (Mute) cannot be turned into text: RuntimeError."


def test_files_of_a_tool_are_passed_on() -> None:
    @tool
    def plot() -> ToolOutput:
        """Plot."""
        return ToolOutput("", (Path("plot.png"),))

    with Toolbox([plot]) as toolbox:
        found = toolbox.call("plot", {})
    assert (found.text, found.files) == ("(no output)", (Path("plot.png"),))


def test_a_tool_that_answers_at_once_runs_in_the_callers_thread(box: Toolbox) -> None:
    assert box.call("where", {}).text == threading.current_thread().name
    assert box.call("where", {}, seconds=60).text == threading.current_thread().name


def test_other_tools_run_in_a_thread_that_can_be_left(box: Toolbox) -> None:
    assert box.call("elsewhere", {}).text == "qwact-tool"


def test_the_worker_thread_is_used_again(box: Toolbox) -> None:
    before = threading.active_count()
    for number in range(50):
        assert box.call("add", {"a": number, "b": 1}).text == str(number + 1)
    assert threading.active_count() <= before + 1


def test_context_variables_are_carried_over(box: Toolbox) -> None:
    CITY.set("Oslo")
    assert box.call("city", {}).text == "Oslo"
    assert box.call("later", {"text": "in"}).text == "in Oslo"


@pytest.mark.parametrize(("own", "callers"), [(0.1, None), (60.0, 0.1), (0.1, 60.0), (60.0, 0.0)])
def test_the_time_limit_holds(own: float, callers: float | None) -> None:
    stuck = Stuck(own)
    with Toolbox([stuck, add]) as toolbox:
        found = toolbox.call("stuck", {}, seconds=callers)
        assert not found.ok
        assert found.seconds < 5
        limit = min(limit for limit in (own, callers) if limit is not None)
        assert found.text == (
            f"stuck did not end within {limit:.3g} seconds and was given up. Ask it for less at once."
        )
        assert stuck.interrupted.is_set()
        assert toolbox.call("add", {"a": 1, "b": 1}).text == "2"


def test_a_limit_longer_than_a_lock_can_wait_is_no_limit(box: Toolbox) -> None:
    assert box.call("add", {"a": 1, "b": 1}, seconds=float("inf")).ok
    assert box.call("later", {"text": "x"}, seconds=1e300).ok


def test_the_time_limit_holds_for_async_tools() -> None:
    cancelled = threading.Event()

    @tool(seconds=0.1)
    async def hang() -> None:
        """Hang."""
        try:
            await asyncio.sleep(20)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    with Toolbox([hang]) as toolbox:
        found = toolbox.call("hang", {})
        assert not found.ok
        assert "did not end within 0.1 seconds" in found.text
        assert cancelled.wait(5)


def test_cancelling_ends_the_call_at_once() -> None:
    for name in ("stuck", "later"):
        stuck, cancellation = Stuck(), Cancellation()
        with Toolbox([stuck, later]) as toolbox:
            arguments = {} if name == "stuck" else {"text": "x", "seconds": 20}
            timer = threading.Timer(0.1, cancellation.cancel)
            timer.start()
            began = time.monotonic()
            with pytest.raises(Cancelled):
                toolbox.call(name, arguments, cancellation=cancellation)
            timer.join()
            assert time.monotonic() - began < 5
            assert stuck.interrupted.is_set() == (name == "stuck")


def test_cancelling_interrupts_a_tool_in_the_callers_thread() -> None:
    stuck, cancellation = Stuck(None), Cancellation()
    with Toolbox([stuck]) as toolbox:
        timer = threading.Timer(0.1, cancellation.cancel)
        timer.start()
        assert toolbox.call("stuck", {}, cancellation=cancellation).text == "too late"
        timer.join()


def test_no_call_begins_after_the_end_of_the_run(box: Toolbox) -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(Cancelled):
        box.call("add", {"a": 1, "b": 1}, cancellation=cancellation)
    with pytest.raises(DeadlineReached):
        box.call("add", {"a": 1, "b": 1}, cancellation=Cancellation(deadline=time.monotonic() - 1))


def test_async_tools_run_on_the_callers_loop() -> None:
    @tool
    async def loop_id() -> int:
        """The loop that runs this."""
        return id(asyncio.get_running_loop())

    async def main(toolbox: Toolbox) -> None:
        loop = asyncio.get_running_loop()
        lent = await asyncio.to_thread(toolbox.call, "loop_id", {}, loop=loop)
        assert lent.text == str(id(loop))
        # From the loop's own thread, which is blocked by the call: on another loop, not for ever.
        blocking = toolbox.call("loop_id", {}, loop=loop, seconds=10)
        assert blocking.ok
        assert blocking.text != str(id(loop))

    with Toolbox([loop_id]) as toolbox:
        asyncio.run(main(toolbox))
        assert toolbox.call("loop_id", {}).text == toolbox.call("loop_id", {}).text  # clients stay usable


def test_a_sync_function_may_give_a_coroutine() -> None:
    async def answer(**arguments: int) -> int:
        return 42

    given = Tool.from_schema(
        name="ask", description="", parameters={"type": "object"}, run=lambda **arguments: answer(**arguments)
    )
    with Toolbox([given]) as toolbox:
        assert toolbox.call("ask", {}).text == "42"


def test_calls_may_come_from_many_threads(box: Toolbox) -> None:
    results: dict[int, str] = {}

    def call(number: int) -> None:
        name, arguments = ("add", {"a": number, "b": 0}) if number % 2 else ("later", {"text": str(number)})
        results[number] = box.call(name, arguments).text.split()[0]

    threads = [threading.Thread(target=call, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {number: str(number) for number in range(20)}


def test_closing_closes_the_tools_and_ends_the_threads() -> None:
    before = set(threading.enumerate())
    stuck = Stuck()
    toolbox = Toolbox([stuck, add, later])
    toolbox.call("add", {"a": 1, "b": 1})
    toolbox.call("later", {"text": "x"})
    mine = set(threading.enumerate()) - before
    assert {thread.name for thread in mine} == {"qwact-tool", "qwact-tools-loop"}
    toolbox.close()
    toolbox.close()
    assert stuck.closed
    for thread in mine:
        thread.join(5)
        assert not thread.is_alive()
    with pytest.raises(UserError, match="closed"):
        toolbox.call("add", {"a": 1, "b": 1})


def test_every_tool_is_closed_though_one_fails() -> None:
    class Broken(Stuck):
        name = "broken"

        def close(self) -> None:
            raise OSError("cannot close")

    first, last = Stuck(), Broken()
    with pytest.raises(OSError, match="cannot close"):
        Toolbox([first, last]).close()
    assert first.closed


def test_a_forgotten_toolbox_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    toolbox = Toolbox([add, later])
    toolbox.call("add", {"a": 1, "b": 1})
    toolbox.call("later", {"text": "x"})
    mine = set(threading.enumerate()) - before
    del toolbox
    gc.collect()
    for thread in mine:
        thread.join(5)
        assert not thread.is_alive()


def lines(count: int) -> str:
    """Write many lines."""
    return "".join(f"line {number}\n" for number in range(count))


def test_what_was_cut_can_be_read_on() -> None:
    with Toolbox([tool(output_chars=500)(lines)]) as toolbox:
        assert toolbox.callable_specs == toolbox.specs
        assert (
            "There is no tool named 'read_output'" in toolbox.call("read_output", {"output": "output-1"}).text
        )
        whole = lines(1000)
        cut = toolbox.call("lines", {"count": 1000})
        assert cut.ok
        assert len(cut.text) <= 500
        assert [spec.name for spec in toolbox.callable_specs] == ["lines", "read_output"]
        assert [spec.name for spec in toolbox.specs] == ["lines"]
        start, found = 0, ""
        while start < len(whole):
            part = toolbox.call("read_output", {"output": "output-1", "start": start}).text
            found += part[: part.rindex("\n[characters")]
            start = len(found)
        assert found == whole


def test_errors_are_cut_as_well() -> None:
    failing = Failing(ValueError("x" * 100_000))
    with Toolbox([failing]) as toolbox:
        assert len(toolbox.call("failing", {}).text) <= 8000


def test_read_output_is_a_name_of_its_own() -> None:
    with pytest.raises(InvalidTool, match="'read_output' is taken"):
        Toolbox([tool(name="read_output")(lines)])
