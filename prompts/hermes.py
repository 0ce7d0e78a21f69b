"""The Hermes format of Qwen2.5 and Qwen3, byte for byte what their chat templates render.

    <|im_start|>system
    {system}

    # Tools
    ...<|im_end|>
    <|im_start|>user
    {question}<|im_end|>
    <|im_start|>assistant
    <think>                                                    if the model thinks
    ...
    </think>

    <tool_call>                                                one or several calls, one after another
    {"name": "get_weather", "arguments": {"city": "Oslo"}}
    </tool_call><|im_end|>
    <|im_start|>user
    <tool_response>                                            their results in the same order
    5 °C
    </tool_response><|im_end|>
    <|im_start|>assistant
    ...

What was rendered or written is only ever appended to, so a step costs its new tokens and no others. Qwen3's
template does not: with the next question it takes the thoughts of the turns before out of the prompt (and,
with thinking off, the empty thought before each finished step). Everything after the first of them would have
to be computed again, the tools' results included. Here they stay: within one question a prompt of a thinking
model equals the template's, and later it differs only in those thoughts, which take room in the context.
"""

import json
from collections.abc import Sequence
from enum import Enum, auto
from importlib.resources import files

from qwact.prompts.chatml import IM_END, IM_START
from qwact.prompts.format import Grammar
from qwact.prompts.hermes_grammar import hermes_grammar
from qwact.prompts.hermes_parser import HermesParser
from qwact.prompts.hermes_tags import RESPONSE, RESPONSE_END, THINK, THINK_END, tag, with_call_tags
from qwact.prompts.segments import Control, Segment, joined
from qwact.tools.spec import ToolSpec

QWEN25_SYSTEM = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."
"""What Qwen2.5 takes for a system text where none is given; Qwen3 takes none."""

_TEMPLATE = (files("qwact.prompts") / "templates" / "hermes.txt").read_text(encoding="utf-8")
_BEFORE_TOOLS, _AFTER_TOOLS = _TEMPLATE.removesuffix("\n").split("{tools}")


class Thinking(Enum):
    """Whether a model thinks before it acts, and who opens the thought."""

    NONE = auto()  # no thoughts: Qwen2.5, Qwen3-2507-Instruct
    ON = auto()  # the model may open a thought: Qwen3
    OFF = auto()  # the prompt holds an empty thought: Qwen3 with enable_thinking=False
    OPENED = auto()  # the prompt opens the thought: QwQ, Qwen3-2507-Thinking


class HermesFormat:
    """Calls as JSON between `<tool_call>` tags, several of them in a step if the model likes.

    Args:
        name: Its name among the wire formats.
        default_system: System text where none is given; `None` leaves the system turn out.
        thinking: Whether the model thinks, and who opens the thought.
    """

    stop: tuple[str, ...] = (f"\n{RESPONSE}",)
    """A raw line break cannot stand inside a JSON string, so arguments that hold the tag are not cut off."""

    def __init__(self, name: str, *, default_system: str | None, thinking: Thinking) -> None:
        self.name = name
        self.default_system = default_system
        self.thinking = thinking

    def first_turn(self, system: str | None, tools: Sequence[ToolSpec], question: str) -> list[Segment]:
        """Everything up to the place where the model begins its first step."""
        system = self.default_system if system is None else system
        content: list[str | Control] = [] if system is None else [system]
        if tools:
            content += [*(["\n\n"] if content else []), *_tools_block(tools)]
        if content:
            content = [IM_START, "system\n", *content, IM_END, "\n"]
        return joined([*content, *self._user_turn([question])])

    def next_turn(self, question: str) -> list[Segment]:
        """What follows a finished answer when the person asks again."""
        return joined([IM_END, "\n", *self._user_turn([question])])

    def observation(self, *texts: str) -> list[Segment]:
        """The tools' answers, in the order of the calls."""
        responses: list[str | Control] = []
        for text in texts:
            responses += ["\n"] if responses else []
            responses += [tag(RESPONSE), f"\n{text}\n", tag(RESPONSE_END)]
        return joined([IM_END, "\n", *self._user_turn(responses)])

    def parser(self, *, resumed: bool, tools: Sequence[ToolSpec] | None = None) -> HermesParser:
        """A parser for one step; see `hermes_parser` for its rules. All steps begin alike."""
        return HermesParser(inside_thought=self.thinking is Thinking.OPENED, tools=tools)

    def grammar(self, tools: Sequence[ToolSpec], *, resumed: bool) -> Grammar:
        """The grammar of one step; see `hermes_grammar`. All steps begin alike."""
        opens, inside = self.thinking is Thinking.ON, self.thinking is Thinking.OPENED
        return hermes_grammar(tools, may_think=opens, inside_thought=inside)

    def _user_turn(self, content: list[str | Control]) -> list[str | Control]:
        """A user turn, up to where the model begins to write."""
        asked = [IM_START, "user\n", *content, IM_END, "\n", IM_START, "assistant\n"]
        if self.thinking is Thinking.OFF:
            return [*asked, tag(THINK), "\n\n", tag(THINK_END), "\n\n"]
        return [*asked, tag(THINK), "\n"] if self.thinking is Thinking.OPENED else asked


def _tools_block(tools: Sequence[ToolSpec]) -> list[str | Control]:
    return [_BEFORE_TOOLS, "\n".join(_describe(tool) for tool in tools), *with_call_tags(_AFTER_TOOLS)]


def _describe(tool: ToolSpec) -> str:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return json.dumps({"type": "function", "function": function}, ensure_ascii=False)
