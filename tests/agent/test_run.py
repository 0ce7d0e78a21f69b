"""The loop, with a scripted model: what it does for each thing a model may write."""

import asyncio
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qwact import Agent, Limits, RunResult, StopReason, Tool, ToolError, events, tool
from qwact.testing import ScriptedModel
from qwact.tools import ToolOutput
from qwact.tools.cancellation import Cancellation
from qwact.tools.errors import UserError

CALL = ' Add.\nAction: add\nAction Input: {"a": 1, "b": 2}'
ANSWER = " I now know the final answer\nFinal Answer: It is 3."


@tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


def agent(*outputs: str, tools: tuple[Any, ...] = (add,), **options: Any) -> Agent:
    return Agent(tools, model=ScriptedModel(list(outputs)), format="react", **options)


def run(*outputs: str, **options: Any) -> RunResult:
    with agent(*outputs, **options) as one:
        return one.run("What is 1 + 2?")


def test_call_then_answer() -> None:
    result = run("Thought:" + CALL, ANSWER)
    assert result.answer == "It is 3."
    assert result.stop_reason is StopReason.ANSWERED
    (step,) = result.steps
    assert step.call is not None
    assert (step.thought, step.call.name, step.call.arguments) == ("Add.", "add", {"a": 1, "b": 2})
    assert (step.observation, step.ok) == ("3", True)
    assert (result.usage.model_calls, result.usage.tool_calls) == (2, 1)


def test_events_tell_the_whole_story_in_order() -> None:
    with agent("Thought:" + CALL, ANSWER) as one:
        seen = list(one.stream("What is 1 + 2?"))
    kinds = [type(event).__name__ for event in seen]
    merged = [kind for index, kind in enumerate(kinds) if index == 0 or kinds[index - 1] != kind]
    assert merged == [
        "RunStarted", "ThoughtDelta", "ToolNamed", "ArgumentsDelta", "ToolCall", "ToolResult",
        "ThoughtDelta", "AnswerDelta", "RunFinished",
    ]  # fmt: skip
    assert (
        "".join(event.text for event in seen if isinstance(event, events.AnswerDelta)).strip() == "It is 3."
    )
    for event in seen:
        json.dumps(events.to_json(event))


def test_wrong_arguments_go_back_to_the_model() -> None:
    result = run('Thought: x\nAction: add\nAction Input: {"a": 1, "b": "two"}', CALL, ANSWER)
    assert result.answer == "It is 3."
    assert not result.steps[0].ok
    assert "b" in result.steps[0].observation
    assert result.steps[1].observation == "3"


def test_unknown_tool_goes_back_with_the_nearest_name() -> None:
    result = run('Thought: x\nAction: ad\nAction Input: {"a": 1, "b": 2}', ANSWER)
    assert not result.steps[0].ok
    assert "add" in result.steps[0].observation


def test_malformed_step_goes_back_and_the_run_goes_on() -> None:
    result = run("Thought: hm", CALL, ANSWER)
    assert result.answer == "It is 3."
    assert result.steps[0].call is None
    assert "Action" in result.steps[0].observation


def test_too_many_malformed_steps_end_the_run() -> None:
    result = run("Thought: hm", " hm", " hm", " I give up.\nFinal Answer: Sorry.")
    assert result.stop_reason is StopReason.INVALID_STEPS
    assert result.answer == "Sorry."
    assert result.usage.model_calls == 4


def test_step_limit_gives_one_last_turn_without_tools() -> None:
    model = ScriptedModel(["Thought:" + CALL, ANSWER])
    with Agent([add], model=model, format="react", limits=Limits(steps=1)) as one:
        result = one.run("What is 1 + 2?")
    assert result.stop_reason is StopReason.STEP_LIMIT
    assert result.answer == "It is 3."
    assert "step limit is reached. Give your final answer now." in model.prompts[-1]
    assert "Observation: 3" in model.prompts[-1]


def test_the_last_turn_does_not_repeat_what_was_read() -> None:
    model = ScriptedModel(["Thought:" + CALL, CALL, ANSWER], piece_chars=10)
    with Agent([add], model=model, format="react", limits=Limits(tokens=8)) as one:
        result = one.run("What is 1 + 2?")
    assert result.stop_reason is StopReason.TOKEN_LIMIT
    assert model.prompts[1] == "\nObservation: 3\nThought:"
    assert "Observation: 3" not in model.prompts[2]
    assert "Give your final answer now." in model.prompts[2]


def test_a_call_in_the_last_turn_is_not_run() -> None:
    result = run("Thought:" + CALL, CALL, limits=Limits(steps=1))
    assert (result.answer, result.usage.tool_calls) == ("", 1)


def test_tool_call_limit() -> None:
    result = run("Thought:" + CALL, ANSWER, limits=Limits(tool_calls=1))
    assert result.stop_reason is StopReason.TOOL_CALL_LIMIT
    assert result.answer == "It is 3."


def test_token_limit_inside_arguments_is_not_a_malformed_call() -> None:
    model = ScriptedModel(["Thought:" + CALL, ANSWER], piece_chars=10)
    with Agent([add], model=model, format="react", limits=Limits(tokens=5)) as one:
        result = one.run("What is 1 + 2?")
    assert result.stop_reason is StopReason.TOKEN_LIMIT
    assert result.usage.tool_calls == 0
    assert all(step.call is not None for step in result.steps)


def test_time_limit() -> None:
    @tool
    def nap() -> str:
        """Sleep."""
        time.sleep(5)
        return "rested"

    started = time.monotonic()
    result = run(
        "Thought: x\nAction: nap\nAction Input: {}", ANSWER, tools=(nap,), limits=Limits(seconds=0.3)
    )
    assert result.stop_reason is StopReason.TIME_LIMIT
    assert result.answer == "It is 3."
    assert time.monotonic() - started < 3


def test_repeated_call_is_told_and_then_ends_the_run() -> None:
    model = ScriptedModel(["Thought:" + CALL, CALL, CALL, ANSWER])
    with Agent([add], model=model, format="react") as one:
        result = one.run("What is 1 + 2?")
    assert result.stop_reason is StopReason.REPEATED_CALL
    assert "already made this exact call" in model.prompts[2]
    assert len(result.steps) == 3
    assert result.answer == "It is 3."


def test_same_call_with_another_result_is_no_repeat() -> None:
    counter = iter(range(10))

    @tool
    def poll() -> int:
        """Poll."""
        return next(counter)

    call = " x\nAction: poll\nAction Input: {}"
    result = run("Thought:" + call, call, call, call, ANSWER, tools=(poll,))
    assert result.stop_reason is StopReason.ANSWERED


def test_declined_call_is_told_to_the_model() -> None:
    asked: list[events.ToolCall] = []

    def approve(call: events.ToolCall) -> bool:
        asked.append(call)
        return False

    result = run("Thought:" + CALL, ANSWER, approve=approve)
    assert asked[0].arguments == {"a": 1, "b": 2}
    assert "declined" in result.steps[0].observation
    assert result.usage.tool_calls == 0


def test_tool_error_is_an_observation() -> None:
    @tool
    def fail() -> str:
        """Fail."""
        raise ToolError("The station is closed; ask again tomorrow.")

    result = run("Thought: x\nAction: fail\nAction Input: {}", ANSWER, tools=(fail,))
    assert result.steps[0].observation == "The station is closed; ask again tomorrow."


def test_files_of_tools_are_in_the_result(tmp_path: Path) -> None:
    class Draw(Tool):
        """Draw."""

        def run(self) -> ToolOutput:
            path = tmp_path / "figure.png"
            path.write_bytes(b"png")
            return ToolOutput("[figure: figure.png]", (path,))

    result = run("Thought: x\nAction: draw\nAction Input: {}", ANSWER, tools=(Draw(),))
    assert result.files == (tmp_path / "figure.png",)


def test_cancelled_from_another_thread_while_a_tool_runs() -> None:
    entered = threading.Event()

    @tool
    def wait() -> str:
        """Wait."""
        entered.set()
        time.sleep(5)
        return "done"

    cancellation = Cancellation()

    def cancel() -> None:
        entered.wait()
        cancellation.cancel()

    thread = threading.Thread(target=cancel)
    thread.start()
    with agent("Thought: x\nAction: wait\nAction Input: {}", tools=(wait,)) as one:
        started = time.monotonic()
        *_, last = one.stream("Wait.", cancellation=cancellation)
    thread.join()
    assert isinstance(last, events.RunFinished)
    assert last.result.stop_reason is StopReason.CANCELLED
    assert time.monotonic() - started < 3


def test_several_turns_only_append() -> None:
    model = ScriptedModel(["Thought:" + CALL, ANSWER, "Thought: easy\nFinal Answer: Hello again."])
    with Agent([add], model=model, format="react") as one, one.chat() as chat:
        assert chat.run("What is 1 + 2?").answer == "It is 3."
        assert chat.run("Hello?").answer == "Hello again."
        assert [result.answer for result in chat.results] == ["It is 3.", "Hello again."]
    first, observation, second = model.prompts  # what was appended before each step
    assert "access to the following tools" in first
    assert observation == "\nObservation: 3\nThought:"
    assert "tools" not in second
    assert "Hello?" in second


def test_async_run_and_async_tool_on_the_callers_loop() -> None:
    async def main() -> tuple[RunResult, bool]:
        loop = asyncio.get_running_loop()
        same: list[bool] = []

        @tool
        async def where() -> str:
            """Where am I?"""
            await asyncio.sleep(0)
            same.append(asyncio.get_running_loop() is loop)
            return "here"

        with agent("Thought: x\nAction: where\nAction Input: {}", ANSWER, tools=(where,)) as one:
            return await one.arun("Where?"), same[0]

    result, same = asyncio.run(main())
    assert result.steps[0].observation == "here"
    assert same


def test_sync_run_inside_a_running_loop() -> None:
    @tool
    async def slow() -> str:
        """Slow."""
        await asyncio.sleep(0.01)
        return "done"

    async def main() -> RunResult:
        return run("Thought: x\nAction: slow\nAction Input: {}", ANSWER, tools=(slow,))

    assert asyncio.run(main()).steps[0].observation == "done"


def test_leaving_an_async_stream_stops_the_run() -> None:
    stopped = threading.Event()

    class Wait(Tool):
        """Wait."""

        def run(self) -> str:
            stopped.wait(10)
            return "stopped"

        def interrupt(self) -> None:
            stopped.set()

    async def main() -> None:
        with agent("Thought: x\nAction: wait\nAction Input: {}", tools=(Wait(),)) as one:
            async for event in one.astream("Wait."):
                if isinstance(event, events.ToolCall):
                    break

    started = time.monotonic()
    asyncio.run(main())
    assert time.monotonic() - started < 5


def test_error_in_a_model_reaches_the_async_caller() -> None:
    async def main() -> None:
        with agent() as one:
            await one.arun("Anything?")

    with pytest.raises(Exception, match="output"):
        asyncio.run(main())


def test_file_goes_to_the_tool_and_is_named_in_the_question(tmp_path: Path) -> None:
    class Reader(Tool):
        """Read."""

        names: list[str]

        def add_file(self, path: Path) -> None:
            self.names = [path.name]

        def run(self) -> str:
            return ",".join(self.names)

    data = tmp_path / "sales.csv"
    data.write_text("a,b\n1,2\n")
    model = ScriptedModel(["Thought: x\nAction: reader\nAction Input: {}", ANSWER])
    with Agent([Reader()], model=model, format="react") as one:
        result = one.run("How many rows?", files=[data])
    assert result.steps[0].observation == "sales.csv"
    assert "Question: [Upload file sales.csv]How many rows?" in model.prompts[0]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Agent(model=ScriptedModel([]), format="klingon"), "klingon"),
        (lambda: Agent([add, add], model=ScriptedModel([])), "add"),
        (lambda: Limits(steps=-1), "steps"),
        (lambda: agent().run("x", files=["missing.csv"]), "missing.csv"),
        (lambda: agent().run("x", files=[__file__]), "takes files"),
    ],
)
def test_mistakes_are_one_sentence(make: Callable[[], object], says: str) -> None:
    with pytest.raises(UserError, match=says) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_a_schema_the_grammar_cannot_express_is_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    odd = Tool.from_schema(
        name="odd",
        description="Odd.",
        parameters={"type": "object", "properties": {"n": {"not": {"type": "string"}}}},
        run=lambda **_: "ok",
    )
    with (
        caplog.at_level(logging.WARNING, logger="qwact"),
        agent("Thought: x\nAction: odd\nAction Input: {}", ANSWER, ANSWER, tools=(odd,)) as one,
    ):
        one.run("x")
        one.run("x")
    assert len([record for record in caplog.records if "odd" in record.getMessage()]) == 1


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    before = {thread for thread in threading.enumerate() if not thread.daemon}
    yield
    assert {thread for thread in threading.enumerate() if not thread.daemon} <= before
