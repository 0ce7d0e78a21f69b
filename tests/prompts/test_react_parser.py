import json
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qwact.prompts.format import Answer, AnswerPiece, Call, CallArguments, CallName, ParsedDelta, Thought
from qwact.prompts.react_parser import ReActParser
from qwact.tools.errors import FormatError
from qwact.tools.spec import ToolSpec

SEARCH = ToolSpec(
    "search", "", {"type": "object", "properties": {"q": {"type": "string"}, "n": {"type": "integer"}}}
)
PYTHON = ToolSpec("python", "", {"type": "object", "properties": {"code": {"type": "string"}}})
CLOCK = ToolSpec("clock", "", {"type": "object", "properties": {}})
TOOLS = (SEARCH, PYTHON, CLOCK)


def parse(
    text: str | Sequence[str],
    *,
    resumed: bool = False,
    cut: bool = False,
    tools: Sequence[ToolSpec] | None = TOOLS,
) -> tuple[list[ParsedDelta], Call | Answer]:
    parser = ReActParser(resumed=resumed, tools=tools)
    deltas: list[ParsedDelta] = []
    for piece in [text] if isinstance(text, str) else text:
        deltas += parser.feed(piece)
    rest, step = parser.finish(cut=cut)
    return [*deltas, *rest], step


def step_of(
    text: str, *, resumed: bool = False, cut: bool = False, tools: Sequence[ToolSpec] | None = TOOLS
) -> Call | Answer:
    return parse(text, resumed=resumed, cut=cut, tools=tools)[1]


def joined(deltas: Sequence[ParsedDelta]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for delta in deltas:
        text = delta.name if isinstance(delta, CallName) else delta.text
        texts[type(delta).__name__] = texts.get(type(delta).__name__, "") + text
    return texts


CALL = Call("I look.", "search", {"q": "x"})


@pytest.mark.parametrize(
    "text",
    [
        'Thought: I look.\nAction: search\nAction Input: {"q": "x"}',
        'I look.\nAction: search\nAction Input: {"q": "x"}',
        '**Thought:** I look.\n**Action:** search\n**Action Input:** {"q": "x"}',
        '**Thought**: I look.\n**Action**: `search`\n**Action Input**: {"q": "x"}',
        '### Thought: I look.\n### Action: "search"\n### Action Input:\n{"q": "x"}',
        'Thought：I look.\nAction：search\nAction Input：{"q": "x"}',
        'Thought: Thought: I look.\nAction: search\nAction: search\nAction Input: Action Input: {"q": "x"}',
        'Thought 1: I look.\nAction 1: search\nAction Input 1: {"q": "x"}\nObservation 1: found',
        'THOUGHT: I look.\nACTION: search\naction input: {"q": "x"}',
        'Thought: I look. \n\n  Action: search.\n\n  Action Input:\n  {"q": "x"}  \n',
        'Thought: I look.\nAction: search\n{"q": "x"}',
        'Thought: I look.\nAction: search Action Input: {"q": "x"}',
        'Thought: I look.\nAction:\nsearch\nAction Input: {"q": "x"}',
        'Thought: I look.\nAction: search\nAction Input: ```json\n{"q": "x"}\n```',
        'Thought: I look.\nAction: search\nAction Input: ```{"q": "x"}```',
        'Thought: I look.\nAction: search\nAction Input: json\n{"q": "x"}',
        "Thought: I look.\nAction: search\nAction Input: {'q': 'x',}",
        'Thought: I look.\nAction: search\nAction Input: {"q": "x"}}',
        'Thought: I look.\nAction: search\nAction Input: {"q": "x"} and then I will see.',
        'Thought: I look.\nAction: search\nAction Input: {"q": "x"}\nObservation: invented\nFinal Answer: no',
        'Thought: I look.\nAction: search\nAction Input: {"q": "x"}\nObserv',
        'Thought: I look.\nAction: search\nAction Input: {"q": "x"}\nObservation',
        'Thought: I look.\nAction: search\nAction Input: {"q": "x"}\nFinal Answer: done',
        'Thought: I look.\nAction: search\nAction Input: {"q": "x"}\nAction: python\nAction Input: {}',
        '<think>I look.</think>\nAction: search\nAction Input: {"q": "x"}',
        'I look.</think>\n\nAction: search\nAction Input: {"q": "x"}',
        '思考：I look.\n行动：search\n行动输入：{"q": "x"}\n观察：假',
    ],
)
def test_one_call_in_many_spellings(text: str) -> None:
    assert step_of(text) == CALL
    assert parse(list(text))[1] == CALL


@pytest.mark.parametrize(
    ("text", "thought", "answer"),
    [
        ("Thought: I know.\nFinal Answer: 42", "I know.", "42"),
        ("Final Answer: 42", "", "42"),
        ("final answer: 42", "", "42"),
        ("**Final Answer:** **42**", "", "**42**"),
        ("Final Answer: Final Answer: 42", "", "42"),
        ("I know.\nFinal Answer:\n\n42\n", "I know.", "42"),
        ("Final Answer: 42\nObservation: no", "", "42"),
        ("Final Answer: 42\nObserv", "", "42"),
        ("Final Answer: 42\nThought: or not", "", "42"),
        ('Final Answer: 42\nAction: search\nAction Input: {"q": "x"}', "", "42"),
        (
            "Final Answer: to do:\nAction: call Ann\nObservations follow",
            "",
            "to do:\nAction: call Ann\nObservations follow",
        ),
        ("Final Answer: grade:\nO", "", "grade:\nO"),
        ("Final Answer: use <think> and </think>", "", "use <think> and </think>"),
        ("Thought: no tool.\nAction: None\nAction Input: None\nFinal Answer: Hi", "no tool.", "Hi"),
        ("Action: no tool\nFinal Answer: Hi", "", "Hi"),
        ("Thought: a\nThought: b\nFinal Answer: Hi", "a\nb", "Hi"),
        ("Hello!\n\nHow are you?", "", "Hello!\n\nHow are you?"),
        ("Hello!\nObserv", "", "Hello!"),
        ("my action: none.", "", "my action: none."),
        (
            "<think>Action: search\nAction Input: {}\nFinal Answer: no</think>\nHi",
            "Action: search\nAction Input: {}\nFinal Answer: no",
            "Hi",
        ),
        ("a < b and <thin air", "", "a < b and <thin air"),
    ],
)
def test_answers(text: str, thought: str, answer: str) -> None:
    assert step_of(text) == Answer(thought, answer)
    assert parse(list(text))[1] == Answer(thought, answer)


def test_a_resumed_step_begins_inside_the_thought() -> None:
    assert step_of(" I know.\nFinal Answer: 5", resumed=True) == Answer("I know.", "5")
    assert step_of("\nAction: clock\nAction Input: {}", resumed=True) == Call("", "clock", {})
    with pytest.raises(FormatError, match="no Action and no Final Answer"):
        step_of(" It is five degrees.", resumed=True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Nothing was written"),
        ("Observation: 5", "Nothing was written"),
        ("Thought: hm.", "no Action and no Final Answer"),
        ("Thought: hm.\nObservation: 5", "no Action and no Final Answer"),
        ("<think>Action: search\nAction Input: {}", "<think> was not closed"),
        ("<think>hm</think>", "no Action and no Final Answer"),
        ("Action: search", '"Action Input: " is missing after "Action: search"'),
        ("Action: search\nObservation: 5", '"Action Input: " is missing after "Action: search"'),
        ("Action: search\nFinal Answer: 5", "both an Action without an Action Input and a Final Answer"),
        ("Action: search\nAction: python\nAction Input: {}", "two actions, search and python"),
        ("Action:\nAction Input: {}", "no tool's name"),
        ("Action: ", "no tool's name"),
        ("Action: None", "No tool was chosen"),
        ('Action Input: {"q": 1}', 'no line "Action: "'),
        ("Final Answer: ", "Final Answer is empty"),
        ('Action: search\nAction Input: {"q": "x"', None),
        ("Action: search\nAction Input: weather", "must be a JSON object, but it is 'weather'"),
    ],
)
def test_what_is_no_step_is_told_to_the_model(text: str, message: str | None) -> None:
    if message is None:  # a bracket left open at the end of a finished text can be read in one way only
        assert step_of(text) == Call("", "search", {"q": "x"})
        return
    with pytest.raises(FormatError, match=message) as caught:
        step_of(text)
    assert not caught.value.cut


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello, I",
        "Thought: I lo",
        "<think>I lo",
        "Thought: I look.\nAction: sea",
        "Action: search\n",
        "Action: clock\nAction In",
        "Action: search\nAction Input:",
        'Action: search\nAction Input: {"q": "x',
        'Action: search\nAction Input: {"q": "x"',
        "Action: python\nAction Input: ```py\nprint(1",
        "Final Answer:",
    ],
)
def test_a_step_cut_by_the_token_limit_is_its_own_error(text: str) -> None:
    with pytest.raises(FormatError, match="token limit") as caught:
        step_of(text, cut=True)
    assert caught.value.cut


def test_what_is_complete_is_not_spoilt_by_the_token_limit() -> None:
    assert step_of('Thought: I look.\nAction: search\nAction Input: {"q": "x"}', cut=True) == CALL
    assert step_of('I look.\nAction: search\nAction Input: {"q": "x"}\nObservation: in', cut=True) == CALL
    assert step_of("Final Answer: It is f", cut=True) == Answer("", "It is f")


def test_forms_that_are_right_for_one_tool_only() -> None:
    assert step_of("Action: clock") == Call("", "clock", {})
    assert step_of("Action: search\nAction Input:") == Call("", "search", {})
    code = "Action: python\nAction Input: ```py\nfor i in range(2):\n    print(i)\n```\nObservation: 0"
    assert step_of(code) == Call("", "python", {"code": "for i in range(2):\n    print(i)"})
    assert step_of("Action: python\nAction Input: 2 + 2") == Call("", "python", {"code": "2 + 2"})
    with pytest.raises(FormatError, match="must be a JSON object"):
        step_of(code, tools=None)


def test_deltas_come_as_soon_as_they_are_certain() -> None:
    parser = ReActParser(resumed=False, tools=TOOLS)
    assert list(parser.feed("Thought: I")) == [Thought("I")]
    assert list(parser.feed(" look. ")) == [Thought(" look.")]
    assert list(parser.feed("\nAct")) == []
    assert list(parser.feed("ually")) == [Thought(" \nActually")]
    assert list(parser.feed("\nAction: sea")) == []
    assert list(parser.feed("rch\n")) == [CallName("search")]
    assert list(parser.feed('Action Input: {"q')) == [CallArguments('{"q')]
    assert list(parser.feed('": "x"}\nObs')) == [CallArguments('": "x"}')]
    assert parser.finish() == ([], Call("I look. \nActually", "search", {"q": "x"}))


def test_without_tools_a_plain_answer_streams_from_its_first_character() -> None:
    parser = ReActParser(resumed=False, tools=())
    assert list(parser.feed("Hel")) == [AnswerPiece("Hel")]
    assert joined(list(parser.feed("lo\nAction: none"))) == {"AnswerPiece": "lo\nAction: none"}
    assert parser.finish() == ([], Answer("", "Hello\nAction: none"))
    assert step_of("Thought: a\nFinal Answer: b", tools=()) == Answer("a", "b")


LABELS = [
    "Thought:",
    "Action:",
    "Action Input:",
    "Observation:",
    "Final Answer:",
    "**Action:**",
    "思考：",
    "Action 1:",
]
BEGINNINGS = [
    "Observ",
    "Obs",
    "Act",
    "**",
    "*",
    ":",
    "：",
    "## ",
    "<",
    "<think>",
    "</think>",
    "None",
    "search",
]
REST = [
    '{"q": "x"}',
    "{'q': 1,}",
    '{"q": "a\nb"',
    "}",
    "```json\n",
    "```",
    " ",
    "         ",
    "\n\n",
    "é.",
    "😀",
]
PIECES = st.sampled_from([*LABELS, *BEGINNINGS, *REST, "\n", "\n"])
TEXTS = st.one_of(st.lists(PIECES, max_size=14).map("".join), st.text(max_size=40))


def outcome(pieces: Sequence[str], **options: object) -> tuple[object, object]:
    try:
        deltas, step = parse(pieces, **options)  # type: ignore[arg-type]
    except FormatError as error:
        return str(error), error.cut
    return joined(deltas), step


@given(
    TEXTS,
    st.lists(st.integers(1, 6), max_size=80),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, (), TOOLS]),
)
@example('Action:Observ\n{"q": "x"}\nObserv', [], False, False, None)
def test_any_split_gives_the_same(
    text: str, sizes: list[int], resumed: bool, cut: bool, tools: Sequence[ToolSpec] | None
) -> None:
    pieces, rest = [], text
    for size in sizes:
        pieces.append(rest[:size])
        rest = rest[size:]
    options = {"resumed": resumed, "cut": cut, "tools": tools}
    whole = outcome([text], **options)
    assert outcome([*pieces, rest], **options) == whole
    assert outcome(list(text), **options) == whole


@given(TEXTS, st.booleans())
def test_deltas_add_up_to_the_step(text: str, resumed: bool) -> None:
    try:
        deltas, step = parse(list(text), resumed=resumed)
    except FormatError:
        return
    texts = joined(deltas)
    assert texts.get("Thought", "") == step.thought
    assert texts.get("AnswerPiece", "") == (step.text if isinstance(step, Answer) else "")
    assert texts.get("CallName") == (step.name if isinstance(step, Call) else None)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), VALUES, max_size=4), st.booleans())
def test_a_well_formed_call_is_read_back(arguments: dict[str, object], ascii_only: bool) -> None:
    written = json.dumps(arguments, ensure_ascii=ascii_only)
    assert step_of(f"Thought: t\nAction: search\nAction Input: {written}") == Call("t", "search", arguments)


def test_time_grows_with_the_text_not_with_its_square() -> None:
    """The characters that the parser holds back, the only ones that it looks at twice, stay few."""
    text = 'Thought: think.\nAction: search\nAction Input: {"q": "' + "weather\\n " * 3000 + '"}'
    parser = ReActParser(resumed=False)
    given_on = 0
    for fed, character in enumerate(text, 1):
        given_on += sum(len(d.text) for d in parser.feed(character) if not isinstance(d, CallName))
        assert fed - given_on < 100
