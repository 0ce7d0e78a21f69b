"""One synthetic conversation, rendered in the prompt format that the model will meet at inference."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qwact.prompts.format import PromptFormat
from qwact.prompts.react import ReActFormat
from qwact.prompts.segments import Control, Segment, Text
from qwact.tools.spec import ToolSpec

FINAL_THOUGHT = "I now know the final answer"
_END = Control("<|im_end|>")


@dataclass(slots=True)
class Step:
    """One call and what came back.

    Attributes:
        thought: What stands before the call.
        name: The tool called.
        arguments: In the order of the schema's properties.
        observation: What the tool answered.
    """

    thought: str
    name: str
    arguments: dict[str, Any]
    observation: str


@dataclass(slots=True)
class Turn:
    """A question, the calls made for it, and the answer.

    Attributes:
        question: What the person writes.
        steps: The calls, in order; empty where no tool is used.
        thought: What stands before the final answer.
        answer: The final answer.
    """

    question: str
    steps: list[Step]
    thought: str
    answer: str


@dataclass(slots=True)
class Episode:
    """A conversation with the tools that are offered in it.

    Attributes:
        tools: What the prompt offers, in its order.
        turns: At least one.
        system: The system text; None for the format's own.
        kind: What the episode teaches, for counting.
    """

    tools: list[ToolSpec]
    turns: list[Turn]
    system: str | None = None
    kind: str = ""


def render(episode: Episode, prompt_format: PromptFormat | None = None) -> list[tuple[Segment, bool]]:
    """The episode as segments; the flag says whether the model is trained on the segment.

    Each segment is encoded on its own, as at inference. Trained are the assistant's own text and the token
    that ends its turn.

    Raises:
        ValueError: A call names no offered tool, or its arguments are not in the schema's order.
    """
    wording = prompt_format or ReActFormat()
    check(episode)
    parts: list[tuple[Segment, bool]] = []
    for number, turn in enumerate(episode.turns):
        if number == 0:
            given = wording.first_turn(episode.system, episode.tools, turn.question)
        else:
            given = wording.next_turn(turn.question)
            if given[0] == _END:  # the format ends the turn before itself; the model has learnt to do so
                parts.pop()
                parts.append((given.pop(0), True))
        parts += [(segment, False) for segment in given]
        parts += _turn_parts(turn, wording)
    return parts


def _turn_parts(turn: Turn, wording: PromptFormat) -> list[tuple[Segment, bool]]:
    parts: list[tuple[Segment, bool]] = []
    opening = "Thought: "
    for step in turn.steps:
        arguments = json.dumps(step.arguments, ensure_ascii=False)
        text = f"{opening}{step.thought}\nAction: {step.name}\nAction Input: {arguments}"
        parts.append((Text(text), True))
        parts += [(segment, False) for segment in wording.observation(step.observation)]
        opening = " "
    parts.append((Text(f"{opening}{turn.thought}\nFinal Answer: {turn.answer}"), True))
    parts.append((_END, True))
    return parts


def check(episode: Episode) -> None:
    """Hold the episode to what the grammar would emit.

    Raises:
        ValueError: A call names no offered tool, or its arguments are not in the schema's order.
    """
    schemas = {tool.name: tool.parameters for tool in episode.tools}
    if len(schemas) != len(episode.tools):
        raise ValueError(f"two tools share a name: {[tool.name for tool in episode.tools]}")
    for turn in episode.turns:
        for step in turn.steps:
            if step.name not in schemas:
                raise ValueError(f"the call names {step.name!r}, which is not offered: {list(schemas)}")
            _check_order(step.arguments, schemas[step.name], step.name)


def _check_order(value: Any, schema: Mapping[str, Any], where: str) -> None:
    if isinstance(value, list) and isinstance(schema.get("items"), Mapping):
        for item in value:
            _check_order(item, schema["items"], f"{where}[]")
    if not isinstance(value, dict):
        return
    for variant in schema.get("anyOf", ()):
        schema = variant if "properties" in variant else schema
    declared = schema.get("properties", {})
    if [name for name in declared if name in value] != list(value):
        raise ValueError(f"{where}: arguments {list(value)} are not in the schema's order {list(declared)}")
    for name, item in value.items():
        _check_order(item, declared[name], f"{where}.{name}")
