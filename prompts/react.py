"""Qwen's ReAct format: wording of `examples/react_prompt.md` in QwenLM/Qwen (Apache-2.0), byte for byte."""

import json
from collections.abc import Sequence
from importlib.resources import files

from qwact.prompts import chatml
from qwact.prompts.format import Grammar
from qwact.prompts.react_grammar import react_grammar
from qwact.prompts.react_parser import ReActParser
from qwact.prompts.segments import Segment, Text
from qwact.tools.spec import ToolSpec

_TEMPLATES = files("qwact.prompts") / "templates"
_INSTRUCTION = (_TEMPLATES / "react.txt").read_text(encoding="utf-8").removesuffix("\n")
_TOOL = (_TEMPLATES / "react_tool.txt").read_text(encoding="utf-8").removesuffix("\n")


class ReActFormat:
    """Thought, Action, Action Input, Observation, Final Answer, as Qwen was trained on them.

    The instruction and the tools stand in the first user turn and stay there; later questions come without.
    With no tools at all it is plain ChatML.

    The stop texts begin with a line break: a raw one cannot stand inside a JSON string, so arguments that
    hold the word `Observation:` are not cut off. Other invented observations are dropped by the parser.
    """

    name: str = "react"
    stop: tuple[str, ...] = ("\nObservation:", "\nObservation：", "\nObservation 1:", "\n**Observation")

    def first_turn(self, system: str | None, tools: Sequence[ToolSpec], question: str) -> list[Segment]:
        """Everything up to the place where the model begins its first step."""
        return chatml.first_turn(system, _instruction(tools, question) if tools else question)

    def next_turn(self, question: str) -> list[Segment]:
        """What follows a finished answer when the person asks again."""
        return chatml.next_turn(question)

    def observation(self, *texts: str) -> list[Segment]:
        """The tool's answer. There is no space after `Thought:`: the model's next token begins with one.

        A ReAct step holds one call, so there is one text.
        """
        (text,) = texts
        return [Text(f"\nObservation: {text}\nThought:")]

    def parser(self, *, resumed: bool, tools: Sequence[ToolSpec] | None = None) -> ReActParser:
        """A parser for one step; see `react_parser` for its rules."""
        return ReActParser(resumed=resumed, tools=tools)

    def grammar(self, tools: Sequence[ToolSpec], *, resumed: bool) -> Grammar:
        """The grammar of one step; see `react_grammar`."""
        return react_grammar(tools, resumed=resumed)


def _instruction(tools: Sequence[ToolSpec], question: str) -> str:
    return _INSTRUCTION.format(
        tool_descriptions="\n\n".join(_describe(tool) for tool in tools),
        tool_names=",".join(tool.name for tool in tools),
        question=question,
    )


def _describe(tool: ToolSpec) -> str:
    parameters = json.dumps(tool.parameters, ensure_ascii=False)
    return _TOOL.format(name=tool.name, description=tool.description, parameters=parameters)
