from itertools import pairwise

import pytest

from qwact.prompts import ReActFormat, Segment, Text, as_text, get_format
from qwact.tools.errors import UserError
from qwact.tools.spec import ToolSpec

WEATHER = ToolSpec(
    "get_weather",
    "Current weather of a city.",
    {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "城市"}},
        "required": ["city"],
    },
)
CLOCK = ToolSpec("clock", "The time {now}.", {"type": "object", "properties": {}})

# QwenLM/Qwen, examples/react_prompt.md, filled in by hand.
USER_TURN = """Answer the following questions as best you can. You have access to the following tools:

get_weather: Call this tool to interact with the get_weather API. What is the get_weather API useful for? \
Current weather of a city. Parameters: {"type": "object", "properties": {"city": {"type": "string", \
"description": "城市"}}, "required": ["city"]} Format the arguments as a JSON object.

clock: Call this tool to interact with the clock API. What is the clock API useful for? The time {now}. \
Parameters: {"type": "object", "properties": {}} Format the arguments as a JSON object.

Use the following format:

Question: the input question you must answer
Thought: you should always think about what to do
Action: the action to take, should be one of [get_weather,clock]
Action Input: the input to the action
Observation: the result of the action
... (this Thought/Action/Action Input/Observation can be repeated zero or more times)
Thought: I now know the final answer
Final Answer: the final answer to the original input question

Begin!

Question: How warm is {it}?"""


def test_the_instruction_is_qwens_word_for_word() -> None:
    segments = ReActFormat().first_turn(None, [WEATHER, CLOCK], "How warm is {it}?\n")
    assert Text(USER_TURN) in segments
    assert as_text(segments).startswith("<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n")
    assert as_text(segments).endswith("<|im_end|>\n<|im_start|>assistant\n")


def test_without_tools_it_is_plain_chatml() -> None:
    segments = ReActFormat().first_turn("Be kind.", [], "Hi")
    assert Text("Be kind.") in segments
    assert Text("Hi") in segments
    assert "Answer the following" not in as_text(segments)


def test_observation_ends_right_after_the_colon() -> None:
    assert ReActFormat().observation("5 °C") == [Text("\nObservation: 5 °C\nThought:")]


def test_what_was_rendered_is_a_prefix_of_what_is_rendered_next() -> None:
    """Several turns: the parts are appended, and together they are exactly Qwen's layout of the whole."""
    form = ReActFormat()
    first = "Thought: I look.\nAction: get_weather\nAction Input: {}"
    parts: list[list[Segment]] = [
        form.first_turn(None, [WEATHER], "Oslo?"),
        [Text(first)],
        form.observation("5 °C"),
        [Text(" I now know the final answer\nFinal Answer: 5 °C")],
        form.next_turn("And Rome?"),
    ]
    before: list[Segment] = []
    texts = []
    for part in parts:
        after = before + part
        texts.append(as_text(after))
        before = after
    assert all(later.startswith(earlier) for earlier, later in pairwise(texts))
    assert texts[-1].count("Answer the following questions") == 1
    assert texts[-1].endswith(
        first + "\nObservation: 5 °C\nThought: I now know the final answer\nFinal Answer: 5 °C<|im_end|>\n"
        "<|im_start|>user\nAnd Rome?<|im_end|>\n<|im_start|>assistant\n"
    )
    assert parts[0] == form.first_turn(None, [WEATHER], "Oslo?")


def test_stop_texts_cannot_stand_inside_a_json_string() -> None:
    assert "\nObservation:" in ReActFormat.stop
    assert all(stop.startswith("\n") for stop in ReActFormat.stop)


def test_formats_are_found_by_name() -> None:
    assert get_format("react").name == "react"
    with pytest.raises(UserError, match=r"No wire format is called 'raect': choose one of hermes, .*, react"):
        get_format("raect")
