import json
from collections.abc import Sequence
from itertools import groupby

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qwact.prompts.format import (
    Answer,
    AnswerPiece,
    Call,
    CallArguments,
    CallName,
    ParallelCalls,
    ParsedDelta,
    ParsedStep,
    Thought,
)
from qwact.prompts.hermes_parser import HermesParser
from qwact.tools.errors import FormatError
from qwact.tools.spec import ToolSpec

SEARCH = ToolSpec("search", "", {"type": "object", "properties": {"q": {"type": "string"}}})
TOOLS = (SEARCH,)


def parse(
    text: str | Sequence[str],
    *,
    inside_thought: bool = False,
    cut: bool = False,
    tools: Sequence[ToolSpec] | None = TOOLS,
) -> tuple[list[ParsedDelta], ParsedStep]:
    parser = HermesParser(inside_thought=inside_thought, tools=tools)
    deltas: list[ParsedDelta] = []
    for piece in [text] if isinstance(text, str) else text:
        deltas += parser.feed(piece)
    rest, step = parser.finish(cut=cut)
    return [*deltas, *rest], step


def step_of(text: str, **options: bool) -> ParsedStep:
    return parse(text, **options)[1]


def joined(deltas: Sequence[ParsedDelta]) -> list[tuple[type[ParsedDelta], str]]:
    """Kind and text of the deltas; neighbours of one kind as one."""
    return [
        (kind, "".join(delta.name if isinstance(delta, CallName) else delta.text for delta in run))
        for kind, run in groupby(deltas, key=type)
    ]


def written(name: str, arguments: object) -> str:
    call = {"name": name, "arguments": arguments}
    return f"<tool_call>\n{json.dumps(call, ensure_ascii=False)}\n</tool_call>"


A, B = written("search", {"q": "x"}), written("clock", {})
CALL = Call("", "search", {"q": "x"})
THINKING = Call("I look.", "search", {"q": "x"})


@pytest.mark.parametrize(
    "text",
    [
        A,
        f"\n{A}\n",
        '<tool_call>{"name": "search", "arguments": {"q": "x"}}</tool_call>',
        '<tool_call>\n{"arguments": {"q": "x"}, "name": "search"}\n</tool_call>',
        '<tool_call>\n{"name": "search", "parameters": {"q": "x"}}\n</tool_call>',
        '<tool_call>\n{"name": "search", "arguments": "{\\"q\\": \\"x\\"}"}\n</tool_call>',
        "<tool_call>\n{'name': 'search', 'arguments': {'q': 'x',}}\n</tool_call>",
        '<tool_call>\n```json\n{"name": "search", "arguments": {"q": "x"}}\n```\n</tool_call>',
        '<tool_call>\n{"name": "search", "arguments": {"q": "x"}}',
        '<tool_call>\n{"name": "search", "arguments": {"q": "x"',
        '<tool_call>\n{"name": "search", "arguments": {"q": "x"}}}\n</tool_call>',
        f"{A}\nNow I wait for the result.",
        f"{A}\n<tool_response>\ninvented\n</tool_response>\n{B}",
        f"{A}<think>{B}",
        f"{B}</think>{A}",
        f"{B}\nhm\n</think>\n\n{A}",
    ],
)
def test_one_call_in_many_spellings(text: str) -> None:
    call = step_of(text)
    assert isinstance(call, Call)
    assert (call.name, call.arguments) == ("search", {"q": "x"})
    assert parse(list(text))[1] == call


@pytest.mark.parametrize(
    "text",
    [
        f"<think>\nI look.\n</think>\n\n{A}",
        f"\n<think>I look.</think>{A}",
        f"I look.\n{A}",
        f"I look. {A}",
        f"I look.\n\n</think>\n\n{A}",
        f"<think></think>I look.\n\n{A}",
    ],
)
def test_what_is_said_before_a_call_is_its_thought(text: str) -> None:
    assert step_of(text) == THINKING
    assert joined(parse(text)[0])[0] == (Thought, "I look.")


def test_thought_and_text_before_a_call_both_count() -> None:
    assert step_of(f"<think>a\n</think>\n\nb\n{A}") == Call("a\nb", "search", {"q": "x"})
    assert step_of(f"First.\n\nSecond.\n{A}") == Call("First.\n\nSecond.", "search", {"q": "x"})


def test_several_calls_in_order_the_first_with_the_thought() -> None:
    expected = ParallelCalls((THINKING, Call("", "clock", {}), CALL))
    assert step_of(f"<think>\nI look.\n</think>\n\n{A}\n{B}\n{A}") == expected
    assert step_of(f"<think>I look.</think>{A}{B}\n\nand\n{A}\n") == expected
    assert step_of(f"I look.\n{A.removesuffix('</tool_call>')}{B}\n{A}") == expected
    assert [call.name for call in expected.calls] == ["search", "clock", "search"]


@pytest.mark.parametrize(
    ("text", "thought", "answer"),
    [
        ("42", "", "42"),
        ("\n\nTwo lines:\n- a\n- b\n", "", "Two lines:\n- a\n- b"),
        ("<think>\nI know.\n</think>\n\n42", "I know.", "42"),
        (f"<think>{A}</think>42", A, "42"),
        (f"<think>\n{A}\n{B}\n</think>\n\n42", f"{A}\n{B}", "42"),
        ("I know.\n</think>\n\n42", "I know.", "42"),
        ("I\nknow.\n</think>\n\n42", "I\nknow.", "42"),
        ("Write a <tool_call> with JSON, or </think>.", "", "Write a <tool_call> with JSON, or </think>."),
        ("a < b <tool", "", "a < b <tool"),
        ("The tag `<tool_call>`", "", "The tag `<tool_call>`"),
        ("42\n<tool_response>\ninvented", "", "42"),
        ("4<think>2", "", "4<think>2"),
    ],
)
def test_answers(text: str, thought: str, answer: str) -> None:
    assert step_of(text) == Answer(thought, answer)
    assert parse(list(text))[1] == Answer(thought, answer)


@pytest.mark.parametrize(
    "text",
    [
        f"<think>\nI could write {A}\n</think>\n\nNo need.",
        f"I could write\n{A}\nbut\n</think>\n\nNo need.",
        f"{A}</think>No need.",
        f"{A} or {B} hm </think>\nNo need.",
        "<tool_call> or so\n</think>\n\nNo need.",
        '<tool_call>\n{"name": "search", </think>No need.',
        f"<think>{A}\n</think>\n\n<think>{B}</think>No need.",
    ],
)
def test_a_call_inside_a_thought_is_never_one(text: str) -> None:
    for step in (parse(text)[1], parse(list(text))[1]):
        assert isinstance(step, Answer)
        assert step.text == "No need."


def test_a_prompt_may_have_opened_the_thought() -> None:
    step = step_of(f"I look, maybe {B}\n</think>\n\n{A}", inside_thought=True)
    assert step == Call(f"I look, maybe {B}", "search", {"q": "x"})
    with pytest.raises(FormatError, match="not closed"):
        step_of(A, inside_thought=True)


@pytest.mark.parametrize(
    "value", ["</tool_call>", "<tool_call>", "</think>", '\\"</tool_call>\\"', "<tool_response>"]
)
def test_tags_inside_an_argument_are_text(value: str) -> None:
    arguments = {"q": value, "r": f"\n{value}\n"}
    text = f"{written('search', arguments)}\n{B}"
    expected = ParallelCalls((Call("", "search", arguments), Call("", "clock", {})))
    assert step_of(text) == expected
    assert parse(list(text))[1] == expected


def test_an_unclosed_string_ends_at_the_tag_on_its_own_line() -> None:
    with pytest.raises(FormatError, match="not valid JSON"):
        step_of(f'<tool_call>\n{{"name": "search", "arguments": {{"q": "say "hi""}}}}\n</tool_call>\n{B}')


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Nothing was written"),
        (" \n", "Nothing was written"),
        ("<think>hm</think>", "no call and no answer"),
        ("<think>hm", "not closed"),
        ("<tool_call>\n</tool_call>", "must stand a JSON object"),
        ("<tool_call>\nsearch\n</tool_call>", "must stand a JSON object"),
        (
            '<tool_call>\n{"name": "search", "arguments": [1]}\n</tool_call>',
            "of the call to search are no JSON",
        ),
        ('<tool_call>\n{"arguments": {}}\n</tool_call>', 'no "name"'),
        ('<tool_call>\n{"name": "search", "arguments": {"q": }}\n</tool_call>', "not valid JSON"),
        ('<tool_call>\n{"name": "a"}\n{"name": "b"}\n</tool_call>', "more than one JSON object"),
        ('<tool_call>\n{"name": "search", "arguments": {"q": "\\ud83d"}}\n</tool_call>', "half a character"),
        ('<tool_call>\n{"name": "search", "arguments": {"q": 1e999}}\n</tool_call>', "too large"),
        (f"{A}\n<tool_call>\nsearch\n</tool_call>", "No call of this step was made"),
    ],
)
def test_what_is_no_step_is_told_to_the_model(text: str, told: str) -> None:
    with pytest.raises(FormatError, match=told) as error:
        step_of(text)
    assert not error.value.cut


@pytest.mark.parametrize(
    "text",
    ["", "<think>hm", "<tool_call>", f"{A}\n<tool_call>", A.removesuffix('"}}\n</tool_call>')],
)
def test_a_step_that_was_cut_is_not_run(text: str) -> None:
    with pytest.raises(FormatError) as error:
        step_of(text, cut=True)
    assert error.value.cut


def test_what_was_complete_when_the_limit_came_counts() -> None:
    assert step_of(A, cut=True) == CALL
    assert step_of('<tool_call>\n{"name": "search", "arguments": {"q": "x"}}', cut=True) == CALL
    assert step_of("The answer is", cut=True) == Answer("", "The answer is")


def test_everything_is_given_as_it_arrives() -> None:
    parser = HermesParser(tools=TOOLS)
    assert list(parser.feed("<think>\nI lo")) == [Thought("I lo")]
    assert list(parser.feed("ok.\n</think>\n\n<tool_")) == [Thought("ok.")]
    assert list(parser.feed('call>\n{"name": "sear')) == []
    assert list(parser.feed('ch", "arguments": {"q": "')) == [CallName("search"), CallArguments('{"q": "')]
    assert list(parser.feed('x"}}\n</tool_call>')) == [CallArguments('x"}')]
    assert parser.finish() == ([], THINKING)


def test_an_answer_streams_from_its_second_line_and_without_tools_from_its_first() -> None:
    parser = HermesParser(tools=TOOLS)
    assert list(parser.feed("One\n")) == []
    assert list(parser.feed("two")) == [AnswerPiece("One\ntwo")]
    assert list(parser.feed(" three")) == [AnswerPiece(" three")]
    assert list(HermesParser(tools=()).feed("One")) == [AnswerPiece("One")]


PIECES = [
    "<tool_call>", "</tool_call>", "<tool_response>", "<think>", "</think>", "<", "<tool", "\n", " ", '"',
    "\\", "{", "}", '{"name": "search", "arguments": {"q": "x"}}', '{"name": "', '", "arguments": ', A, "`",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=14).map("".join)


@given(TEXTS, st.data(), st.booleans(), st.booleans(), st.sampled_from([None, (), TOOLS]))
@example(f"<think>a</think>\n\nb\n{A}\n{B}", None, False, False, TOOLS)
def test_any_split_gives_the_same_deltas_and_step(
    text: str, data: st.DataObject | None, inside_thought: bool, cut: bool, tools: Sequence[ToolSpec] | None
) -> None:
    def outcome(pieces: Sequence[str]) -> object:
        try:
            deltas, step = parse(pieces, inside_thought=inside_thought, cut=cut, tools=tools)
        except FormatError as error:
            return str(error), error.cut
        return joined(deltas), step

    whole = outcome([text])
    assert outcome(list(text)) == whole
    if data is not None and text:
        points = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=5)))
        assert outcome([text[a:b] for a, b in zip([0, *points], [*points, len(text)], strict=True)]) == whole


@given(TEXTS, TEXTS)
def test_nothing_up_to_the_end_of_a_thought_is_run(thought: str, rest: str) -> None:
    thought = thought.replace("</think>", "")
    rest = rest.replace("<", "")
    try:
        step = step_of(f"<think>{thought}</think>{rest}")
    except FormatError:
        return
    assert isinstance(step, Answer)
    assert step.thought == thought.strip()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(TEXTS, VALUES, max_size=3), min_size=1, max_size=3), st.booleans())
def test_calls_are_read_back(calls: list[dict[str, object]], in_pieces: bool) -> None:
    text = "\n".join(written("search", arguments) for arguments in calls)
    deltas, step = parse(list(text) if in_pieces else text)
    assert not isinstance(step, Answer)
    assert [call.arguments for call in step.calls] == calls
    streamed = [text for kind, text in joined(deltas) if kind is CallArguments]
    assert [json.loads(text) for text in streamed] == calls
