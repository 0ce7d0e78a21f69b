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

from qwact.prompts import get_format
from qwact.prompts.format import Answer, Call, Grammar, ParsedStep
from qwact.prompts.hermes_grammar import PARALLEL_CALLS, THOUGHT_TOKENS
from qwact.tools.spec import ToolSpec

SEARCH = ToolSpec(
    "search",
    "",
    {
        "type": "object",
        "properties": {"q": {"type": "string"}, "unit": {"enum": ["°C", "K"]}},
        "required": ["q"],
    },
)
WEATHER = ToolSpec("天气.now-2", "", {"type": "object", "properties": {"城市": {"type": "string"}}})
NOTHING = ToolSpec("search_all", "", {"type": "object", "properties": {}})
TOOLS = [SEARCH, WEATHER, NOTHING]
CALL = '<tool_call>\n{"name": "search", "arguments": {"q": "x"}}\n</tool_call>'
OTHER = '<tool_call>\n{"name": "天气.now-2", "arguments": {"城市": "奥斯陆"}}\n</tool_call>'


def walker_of(grammar: Grammar, tagged: bool) -> walks.Walker:
    lark = grammar.lark_for(walks.VOCABULARY.control_ids if tagged else {})
    return walks.Walker(lark, tagged=tagged)


def accepts(
    text: str, tools: list[ToolSpec], *, name: str = "hermes", tagged: bool, spelled: bool = False
) -> bool:
    """Whether the grammar takes the text; `spelled`: its tags are not written with their tokens."""
    matcher: LLMatcher = walker_of(
        get_format(name).grammar(tools, resumed=False), tagged
    ).pristine.deep_copy()
    ids = walks.VOCABULARY.encode(text, tagged=tagged and not spelled)
    return matcher.try_consume_tokens(ids) == len(ids) and matcher.is_accepting()


def read(text: str, tools: list[ToolSpec], name: str = "hermes") -> ParsedStep:
    parser = get_format(name).parser(resumed=False, tools=tools)
    list(parser.feed(text))
    return parser.finish()[1]


both = pytest.mark.parametrize("tagged", [True, False], ids=["tokens", "text"])


@both
@pytest.mark.parametrize(
    "text",
    [
        CALL,
        f"{CALL}\n{OTHER}\n{CALL}",
        f"I look.\n{CALL}",
        f"Two\n\nlines, <b> and Action: x.\n\n{OTHER}\n{CALL}",
        CALL.replace('"x"', r'"a\n\"</tool_call>\"", "unit": "°C"'),
        '<tool_call>\n{"name": "search_all", "arguments": {}}\n</tool_call>',
        "42",
        "<b>Two lines</b>:\n<div>\n😀",
    ],
)
def test_accepts_well_formed_steps(text: str, tagged: bool) -> None:
    assert accepts(text, TOOLS, tagged=tagged)


@both
@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n42",
        "<think>\n\n</think>\n\n42",
        f"I look. {CALL}",
        f"{CALL} ",
        f"{CALL}{CALL}",
        f"{CALL}\n\n{CALL}",
        f"{CALL}\n42",
        "<tool_call>\n42\n</tool_call>",
        CALL.replace('"x"', "1"),
        CALL.replace('"x"', '"x", "other": 1'),
        CALL.replace('"x"', '"x", "unit": "F"'),
        CALL.replace("search", "find"),
        CALL.replace('": ', '":'),
        CALL.replace("arguments", "parameters"),
        "42\n<tool_response>\n5",
        "The tag <tool_call>",
        "a </think>",
    ],
)
def test_refuses_everything_else(text: str, tagged: bool) -> None:
    assert not accepts(text, TOOLS, tagged=tagged)


@both
def test_thoughts_only_where_the_model_thinks(tagged: bool) -> None:
    thought = f"\nMaybe\n{CALL.replace('<', '[')}\n"
    for step in (CALL, f"{CALL}\n{OTHER}", "42", f"I look.\n{CALL}"):
        assert accepts(f"<think>{thought}</think>\n\n{step}", TOOLS, name="hermes-thinking", tagged=tagged)
        assert accepts(f"{thought}</think>\n\n{step}", TOOLS, name="hermes-always-thinking", tagged=tagged)
        assert accepts(step, TOOLS, name="hermes-thinking", tagged=tagged)
        assert not accepts(f"{CALL}</think>", TOOLS, name="hermes-always-thinking", tagged=tagged)
        assert not accepts(f"<think>a</think>\n\n{step}", TOOLS, name="hermes-no-thinking", tagged=tagged)
    assert not accepts(f"<think>{CALL}", TOOLS, name="hermes-thinking", tagged=tagged)
    assert not accepts("<think>a</think>\n\n", TOOLS, name="hermes-thinking", tagged=tagged)


def test_a_tag_that_is_a_token_cannot_be_spelled() -> None:
    assert accepts(CALL, TOOLS, tagged=True)
    assert not accepts(CALL, TOOLS, tagged=True, spelled=True)
    assert not accepts(f"I look.\n{CALL}", TOOLS, tagged=True, spelled=True)
    thought = f"<think>{CALL}</think>\n\n42"
    assert not accepts(thought, TOOLS, name="hermes-thinking", tagged=True, spelled=True)


@both
def test_without_tools_only_an_answer_is_possible(tagged: bool) -> None:
    assert accepts("Hello!\n\nThe answer is: 4", [], tagged=tagged)
    assert accepts("<think>\na\n</think>\n\nb", [], name="hermes-thinking", tagged=tagged)
    assert not accepts(CALL, [], tagged=tagged)
    assert not accepts(f"I look.\n{CALL}", [], tagged=tagged)


@both
def test_calls_in_one_step_end(tagged: bool) -> None:
    assert accepts("\n".join([CALL] * PARALLEL_CALLS), TOOLS, tagged=tagged)
    assert not accepts("\n".join([CALL] * (PARALLEL_CALLS + 1)), TOOLS, tagged=tagged)


def test_thoughts_end() -> None:
    """A model that never stops thinking is held to so many tokens."""
    matcher = walker_of(
        get_format("hermes-thinking").grammar(TOOLS, resumed=False), True
    ).pristine.deep_copy()
    matcher.consume_tokens(walks.VOCABULARY.encode("<think>\n", tagged=True))
    taken = 0
    while taken <= THOUGHT_TOKENS and matcher.validate_tokens(list(b"x")):
        matcher.consume_token(ord("x"))
        taken += 1
    assert THOUGHT_TOKENS - 2 <= taken <= THOUGHT_TOKENS
    end = walks.VOCABULARY.encode("</think>\n\n5", tagged=True)
    assert matcher.validate_tokens(end) == len(end)


def test_a_schema_beyond_the_grammar_is_reported_and_any_object_accepted() -> None:
    unique = ToolSpec("pick", "", {"properties": {"a": {"type": "array", "uniqueItems": True}}})
    assert list(get_format("hermes").grammar([SEARCH, unique], resumed=False).unchecked) == ["pick"]
    call = '<tool_call>\n{"name": "pick", "arguments": {"a": [1, {"b": null}], "c": "d"}}\n</tool_call>'
    assert accepts(call, [SEARCH, unique], tagged=True)


def test_asking_again_costs_nothing() -> None:
    form = get_format("hermes-thinking")
    first = form.grammar(TOOLS, resumed=True)
    started = time.process_time()
    for _ in range(1000):
        assert form.grammar(TOOLS, resumed=False) is first
    assert time.process_time() - started < 0.05


SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
@given(st.randoms(use_true_random=False), st.integers(0, 2**32), st.booleans(), st.booleans())
def test_random_calls_under_random_schemas_are_valid_and_read_back(
    schemas: random.Random, seed: int, tagged: bool, text_first: bool
) -> None:
    tools = [ToolSpec(name, "", random_schema(schemas)) for name in walks.tool_names(2)]
    grammar = get_format("hermes").grammar(tools, resumed=False)
    walker, rng = walker_of(grammar, tagged), random.Random(seed)
    starts = {"start": "Hm", "then": "\n<tool_call>\n"} if text_first else {"start": "<tool_call>\n"}
    for _ in range(3):
        walk = walker.walk(rng, 1500, **starts)
        if not walk.finished or "<tool_call>" not in walk.text:
            continue
        step = read(walk.text, tools)
        assert not isinstance(step, Answer)
        assert [(call.name, call.arguments) for call in step.calls] == walks.written_calls(walk.text)
        assert step.calls[0].thought == walk.text.split("<tool_call>", 1)[0].strip()
        for call in step.calls:
            schema: Any = next(tool.parameters for tool in tools if tool.name == call.name)
            if call.name not in grammar.unchecked:
                Draft202012Validator(schema).validate(call.arguments)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.booleans(), st.booleans())
def test_random_answers_and_thoughts_are_read_back(seed: int, tagged: bool, thinks: bool) -> None:
    name = "hermes-thinking" if thinks else "hermes"
    walker = walker_of(get_format(name).grammar([], resumed=False), tagged)
    starts = {"start": "<think>", "then": "</think>\n\n"} if thinks else {}
    walk = walker.walk(random.Random(seed), 300, **starts)
    if walk.finished:
        step = read(walk.text, [], name)
        thought, _, answer = walk.text.rpartition("</think>")
        assert step == Answer(thought.removeprefix("<think>").strip(), answer.strip())


PIECES = [
    "<tool_call>",
    "</tool_call>",
    "<think>",
    "</think>",
    "<",
    "tool_call>",
    "<tool_response>",
    "\n",
    " ",
    "{",
]
LINES = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=8).map("".join)


@settings(max_examples=80, deadline=None)
@given(LINES, LINES, st.booleans())
def test_whatever_the_grammar_accepts_around_a_call_is_read_back(
    thought: str, said: str, tagged: bool
) -> None:
    call = {"name": "search", "arguments": {"q": thought}}
    said = f"{said}\n" if said else ""
    text = (
        f"<think>{thought}</think>\n\n{said}<tool_call>\n{json.dumps(call, ensure_ascii=False)}\n</tool_call>"
    )
    if accepts(text, TOOLS, name="hermes-thinking", tagged=tagged):
        step = read(text, TOOLS, "hermes-thinking")
        expected = "\n".join(filter(None, (thought.strip(), said.strip())))
        assert step == Call(expected, "search", {"q": thought})
