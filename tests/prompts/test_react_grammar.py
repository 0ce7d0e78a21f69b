import json
import random
import time
from typing import Any

import grammar_walks as walks
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from llguidance import LLMatcher
from random_schemas import random_schema

from qwact.prompts import ReActFormat
from qwact.prompts.format import Answer, Call
from qwact.tools.spec import ToolSpec

SEARCH = ToolSpec(
    "search",
    "",
    {
        "type": "object",
        "properties": {
            "q": {"type": "string"},
            "unit": {"enum": ["°C", "K"], "default": "K"},
            "days": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 7}},
            "near": {"anyOf": [{"type": "number"}, {"type": "null"}], "default": None},
        },
        "required": ["q"],
    },
)
WEATHER = ToolSpec("天气.now-2", "", {"type": "object", "properties": {"城市": {"type": "string"}}})
NOTHING = ToolSpec("search_all", "", {"type": "object", "properties": {}})
TOOLS = [SEARCH, WEATHER, NOTHING]
FORM = ReActFormat()


def accepts(text: str, tools: list[ToolSpec], *, resumed: bool = False) -> bool:
    walker = walks.Walker(FORM.grammar(tools, resumed=resumed).lark)
    matcher: LLMatcher = walker.pristine.deep_copy()
    ids = list(text.encode())
    return matcher.try_consume_tokens(ids) == len(ids) and matcher.is_accepting()


@pytest.mark.parametrize(
    "text",
    [
        'Thought: I look.\nAction: search\nAction Input: {"q": "x"}',
        'Thought: a:\n- b\n\n- c\nAction: search\nAction Input: {"q": "", "unit": "°C", "days": [1, 7]}',
        'Thought:\nAction: search\nAction Input: {"q": "a\\n\\"b\\"", "near": -1.25}',
        'Action: search\nAction Input: {"q": "Observation: \\\\", "near": null}',
        'Action: 天气.now-2\nAction Input: {"城市": "奥斯陆"}',
        "Action: search_all\nAction Input: {}",
        "Thought: I know.\nFinal Answer: 42",
        "Final Answer: Two lines:\nAction: call Ann\n😀",
    ],
)
def test_accepts_well_formed_steps(text: str) -> None:
    assert accepts(text, TOOLS)


@pytest.mark.parametrize(
    "text",
    [
        "Hello",
        "Thought: I know.",
        "Thought: I know.\nFinal Answer: ",
        'Action: find\nAction Input: {"q": "x"}',
        "Action: search\nAction Input: {}",
        'Action: search\nAction Input: {"q": 1}',
        'Action: search\nAction Input: {"q": "x", "other": 1}',
        'Action: search\nAction Input: {"q": "x", "unit": "F"}',
        'Action: search\nAction Input: {"q": "x", "days": [0]}',
        'Action: search\nAction Input: {"q":"x"}',
        'Action: search\nAction Input: {"q": "x"} ',
        'Action: search\nAction Input: {"q": "\\ud83d"}',
        'Action: search\nAction Input: {"q": "raw\nbreak"}',
        "Thought: a\n**Action:** search",
        "Thought: a\nObservation: 5\nFinal Answer: b",
        "Thought: Action: search\nFinal Answer: b",
        "Thought: <think>\nFinal Answer: b",
        "Final Answer: b\nObservation: 5",
        "Final Answer: Final Answer: b",
    ],
)
def test_refuses_everything_else(text: str) -> None:
    assert not accepts(text, TOOLS)


def test_a_resumed_step_begins_after_the_thoughts_label() -> None:
    assert accepts(" I now know the final answer\nFinal Answer: 5", TOOLS, resumed=True)
    assert accepts("\nAction: search_all\nAction Input: {}", TOOLS, resumed=True)
    assert not accepts("Action: search_all\nAction Input: {}", TOOLS, resumed=True)
    assert not accepts("Final Answer: 5", TOOLS, resumed=True)


def test_without_tools_only_an_answer_is_possible() -> None:
    assert accepts("Thought: a\nFinal Answer: b", [])
    assert accepts("Final Answer: b", [])
    assert accepts("Hello!\n\nThe answer is: 4", [])
    assert not accepts("Action: search\nAction Input: {}", [])
    assert not accepts("Thought: a", [])
    assert accepts(" a\nFinal Answer: b", [], resumed=True)
    assert not accepts(" a\nAction: search_all\nAction Input: {}", [], resumed=True)


def test_names_of_any_spelling_are_safe_in_the_grammar() -> None:
    for name in ("a.b-c_d", "Ω名", "call_0", 'quo"te\\', "start", "%json"):
        assert accepts(f"Action: {name}\nAction Input: {{}}", [ToolSpec(name, "", {"type": "object"})])


def test_thoughts_end() -> None:
    """A model that never stops thinking is held to lines of so many tokens, and to so many lines."""
    walker = walks.Walker(FORM.grammar(TOOLS, resumed=True).lark)
    matcher = walker.pristine.deep_copy()
    taken = 0
    for token in b"x" * 5000:
        if not matcher.validate_tokens([token]):
            break
        matcher.consume_token(token)
        taken += 1
    assert 100 < taken < 1000
    assert matcher.validate_tokens(list(b"\nFinal Answer: 5")) == len(b"\nFinal Answer: 5")


def test_an_answer_may_end_wherever_the_model_ends_it() -> None:
    walker = walks.Walker(FORM.grammar(TOOLS, resumed=False).lark)
    matcher = walker.pristine.deep_copy()
    end = walks.VOCABULARY.eos_token_id
    matcher.consume_tokens(list(b"Final Answer: "))
    assert not matcher.validate_tokens([end])
    matcher.consume_tokens(list(b"4"))
    assert matcher.validate_tokens([end])


def test_a_schema_beyond_the_grammar_is_reported_and_any_object_accepted() -> None:
    unique = ToolSpec(
        "pick", "", {"type": "object", "properties": {"a": {"type": "array", "uniqueItems": True}}}
    )
    grammar = FORM.grammar([SEARCH, unique], resumed=False)
    assert list(grammar.unchecked) == ["pick"]
    assert "uniqueItems" in grammar.unchecked["pick"]
    assert accepts('Action: pick\nAction Input: {"a": [1, {"b": null}], "c": "d"}', [SEARCH, unique])
    assert not accepts("Action: pick\nAction Input: [1]", [SEARCH, unique])
    assert not accepts("Action: search\nAction Input: {}", [SEARCH, unique])


def test_asking_again_costs_nothing() -> None:
    first = FORM.grammar(TOOLS, resumed=True)
    started = time.process_time()
    for _ in range(1000):
        assert FORM.grammar(TOOLS, resumed=True) is first
    assert time.process_time() - started < 0.05  # 50 µs each; measured: 1


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(st.randoms(use_true_random=False), st.integers(0, 2**32), st.booleans())
def test_random_calls_under_random_schemas_are_valid_and_read_back(
    schemas: random.Random, seed: int, resumed: bool
) -> None:
    tools = [ToolSpec(name, "", random_schema(schemas)) for name in walks.tool_names(2)]
    grammar = FORM.grammar(tools, resumed=resumed)
    walker, rng = walks.Walker(grammar.lark), random.Random(seed)
    starts = {"then": "\nAction: "} if resumed else {"start": "Action: "}
    for _ in range(4):
        walk = walker.walk(rng, 1500, **starts)
        if not walk.finished:
            continue
        parser = FORM.parser(resumed=resumed, tools=tools)
        list(parser.feed(walk.text))
        step = parser.finish()[1]
        assert isinstance(step, Call)
        assert step.arguments == walks.written_arguments(walk.text)
        schema: Any = next(tool.parameters for tool in tools if tool.name == step.name)
        if step.name not in grammar.unchecked:
            Draft202012Validator(schema).validate(step.arguments)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.booleans())
def test_random_answers_are_read_back(seed: int, resumed: bool) -> None:
    tools = [] if resumed else TOOLS
    walker = walks.Walker(FORM.grammar(tools, resumed=resumed).lark)
    label = "\nFinal Answer: " if resumed else "Final Answer: "
    walk = walker.walk(random.Random(seed), 400, **{"then" if resumed else "start": label})
    parser = FORM.parser(resumed=resumed, tools=tools)
    list(parser.feed(walk.text))
    step = parser.finish()[1]
    assert isinstance(step, Answer)
    assert step.text == walk.text.split(label, 1)[1].strip()


PIECES = [
    "Thought:",
    "Action",
    ":",
    "：",
    "**",
    "Observ",
    "ation",
    "Final",
    " Answer:",
    "<think",
    ">",
    "思考",
    " ",
    "\n",
]
LINES = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=8).map("".join)


@settings(max_examples=60, deadline=None)
@given(LINES, LINES)
def test_whatever_the_grammar_accepts_as_a_thought_is_read_back_as_one(first: str, second: str) -> None:
    text = f"Thought: {first}\n{second}\nAction: search\nAction Input: " + json.dumps(
        {"q": first}, ensure_ascii=False
    )
    if accepts(text, TOOLS):
        parser = FORM.parser(resumed=False, tools=TOOLS)
        list(parser.feed(text))
        assert parser.finish()[1] == Call(f"{first}\n{second}".strip(), "search", {"q": first})
