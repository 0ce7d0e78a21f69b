"""The loop with the Hermes format: several calls in a step, thoughts, and what the model reads next."""

import io
import json
from typing import Any

import pytest
from rich.console import Console

from qwact import Agent, Limits, RunResult, StopReason, ToolError, events, tool
from qwact.agent.cli.view import LiveView
from qwact.agent.repeats import NOTICE
from qwact.testing import ScriptedModel


@tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@tool
def fail(why: str) -> str:
    """Fail."""
    raise ToolError(f"It failed: {why}.")


def call(name: str, **arguments: Any) -> str:
    return f"<tool_call>\n{json.dumps({'name': name, 'arguments': arguments})}\n</tool_call>"


def response(*texts: str) -> str:
    inner = "\n".join(f"<tool_response>\n{text}\n</tool_response>" for text in texts)
    return f"<|im_end|>\n<|im_start|>user\n{inner}<|im_end|>\n<|im_start|>assistant\n"


THREE = "\n".join(["I add.", call("add", a=1, b=2), call("fail", why="no"), call("add", a=3, b=4)])


def run(*outputs: str, format: str = "hermes", **options: Any) -> tuple[RunResult, ScriptedModel]:
    model = ScriptedModel(list(outputs), piece_chars=7)
    with Agent([add, fail], model=model, format=format, **options) as one:
        return one.run("What is 1 + 2?"), model


def test_one_call_then_an_answer() -> None:
    result, model = run(call("add", a=1, b=2), "It is 3.")
    assert (result.answer, result.stop_reason) == ("It is 3.", StopReason.ANSWERED)
    assert [step.observation for step in result.steps] == ["3"]
    assert model.prompts[0].startswith("<|im_start|>system\nYou are Qwen, created by Alibaba Cloud.")
    assert model.prompts[1:] == [response("3")]


def test_several_calls_run_in_order_and_all_results_come_back_in_order() -> None:
    result, model = run(THREE, "3 and 7.")
    assert result.answer == "3 and 7."
    made = [(step.thought, step.call and step.call.name, step.observation, step.ok) for step in result.steps]
    assert made == [
        ("I add.", "add", "3", True),
        ("", "fail", "It failed: no.", False),
        ("", "add", "7", True),
    ]
    assert model.prompts[1] == response("3", "It failed: no.", "7")
    assert (result.usage.model_calls, result.usage.tool_calls) == (2, 3)


def test_events_of_several_calls() -> None:
    with Agent([add, fail], model=ScriptedModel([THREE, "Done."]), format="hermes") as one:
        seen = list(one.stream("What is 1 + 2?"))
    told = [event for event in seen if isinstance(event, events.ToolCall | events.ToolResult)]
    assert [event.step for event in told] == [1, 1, 2, 2, 3, 3]
    assert [event.name for event in seen if isinstance(event, events.ToolNamed)] == ["add", "fail", "add"]
    for event in seen:
        json.dumps(events.to_json(event))


def test_each_of_several_calls_is_shown_with_its_own_arguments() -> None:
    shown = io.StringIO()
    view = LiveView(Console(file=shown, width=80))
    with Agent([add, fail], model=ScriptedModel([THREE, "Done."]), format="hermes") as one:
        for event in one.stream("What is 1 + 2?"):
            view.show(event)
    words = [" ".join(line.split()) for line in shown.getvalue().splitlines()]
    assert words[1:4] == ["Action add", '{"a": 1, "b": 2}', "Observation 3"]
    assert words[4:6] == ["Action fail", "no"]
    assert words[7:9] == ["Action add", '{"a": 3, "b": 4}']


def test_calls_beyond_the_limit_are_answered_but_not_made() -> None:
    result, model = run(THREE, "Only 3.", limits=Limits(tool_calls=1))
    assert result.stop_reason is StopReason.TOOL_CALL_LIMIT
    assert (result.answer, result.usage.tool_calls) == ("Only 3.", 1)
    assert [step.ok for step in result.steps] == [True, False, False]
    left = "This call was not made: no tool calls are left."
    notice = "You have no tool calls left. Give your final answer now."
    assert model.prompts[1] == response("3", left, f"{left}\n{notice}")


def test_each_call_is_approved_on_its_own() -> None:
    result, model = run(THREE, "Done.", approve=lambda asked: asked.arguments.get("a") != 1)
    assert [step.ok for step in result.steps] == [False, False, True]
    assert result.usage.tool_calls == 2
    assert "declined" in model.prompts[1]


def test_the_same_call_again_is_told_beside_its_own_result() -> None:
    one, other = call("add", a=1, b=2), call("add", a=3, b=4)
    _, model = run(one, f"{one}\n{other}", "Done.")
    assert model.prompts[2] == response(f"3\n{NOTICE}", "7")
    result, _ = run(one, one, one, "Done.")
    assert result.stop_reason is StopReason.REPEATED_CALL


def test_a_malformed_call_makes_none_of_the_step() -> None:
    result, model = run(
        f"{call('add', a=1, b=2)}\n<tool_call>\nadd\n</tool_call>", call("add", a=1, b=2), "3"
    )
    assert result.usage.tool_calls == 1
    assert result.steps[0].call is None
    assert "No call of this step was made" in model.prompts[1]
    assert model.prompts[1].count("<tool_response>") == 1


@pytest.mark.parametrize("form", ["hermes-thinking", "hermes-always-thinking", "hermes"])
def test_a_call_in_a_thought_is_never_run(form: str) -> None:
    opening = "" if form == "hermes-always-thinking" else "<think>\n"
    result, _ = run(f"{opening}Maybe {call('add', a=1, b=2)}\n</think>\n\nNo need.", format=form)
    assert (result.answer, result.usage.tool_calls, result.steps) == ("No need.", 0, ())


def test_a_chat_goes_on_and_only_appends() -> None:
    outputs = [
        f"<think>\nAdd.\n</think>\n\n{call('add', a=1, b=2)}",
        "<think>\nSo.\n</think>\n\n3",
        "You are welcome.",
    ]
    model = ScriptedModel(outputs)
    with Agent([add], model=model, format="hermes-thinking", system="Be brief.") as one, one.chat() as chat:
        assert chat.run("1 + 2?").steps[0].thought == "Add."
        assert chat.run("Thanks").answer == "You are welcome."
    assert model.prompts[0].startswith("<|im_start|>system\nBe brief.\n\n# Tools\n\n")
    assert model.prompts[2] == "<|im_end|>\n<|im_start|>user\nThanks<|im_end|>\n<|im_start|>assistant\n"


def test_the_last_turn_offers_no_tools() -> None:
    result, model = run(call("add", a=1, b=2), call("add", a=1, b=2), limits=Limits(steps=1))
    assert (result.answer, result.usage.tool_calls) == ("", 1)
    assert model.prompts[1] == response("3\nThe step limit is reached. Give your final answer now.")


def test_an_invented_response_is_dropped() -> None:
    result, _ = run(f"{call('add', a=1, b=2)}\n<tool_response>\n99\n</tool_response>\nIt is 99.", "It is 3.")
    assert result.answer == "It is 3."
    assert result.steps[0].observation == "3"
