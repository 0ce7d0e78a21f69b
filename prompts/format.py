"""What one wire format knows: its wording, grammar, parser and stop words."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from qwact.prompts.segments import Segment
from qwact.tools.spec import ToolSpec


@dataclass(frozen=True, slots=True)
class Grammar:
    """A grammar in llguidance's Lark syntax.

    It may use `max_tokens`, so a matcher of it cannot be rolled back or reset: keep one unused and copy it.

    Attributes:
        lark: The grammar's text.
        unchecked: For each tool whose schema the grammar cannot express, the tool's name and the reason;
            its arguments are held to JSON only and checked after the fact.
        tags: Control tokens that belong to the step itself (`<tool_call>`). In `lark` they are plain text.
        tagged: The same grammar with each tag as one control token, which no text can spell.
    """

    lark: str
    unchecked: Mapping[str, str]
    tags: tuple[str, ...] = ()
    tagged: str = ""

    def lark_for(self, control: Container[str]) -> str:
        """The text for a vocabulary with these control tokens."""
        return self.tagged if self.tags and all(tag in control for tag in self.tags) else self.lark


@dataclass(frozen=True, slots=True)
class Thought:
    """A piece of the model's thought."""

    text: str


@dataclass(frozen=True, slots=True)
class CallName:
    """The name of the tool the model is calling, as soon as it is known."""

    name: str


@dataclass(frozen=True, slots=True)
class CallArguments:
    """A piece of the arguments' raw text."""

    text: str


@dataclass(frozen=True, slots=True)
class AnswerPiece:
    """A piece of the final answer.

    Where a format has no label for answers, a call may still follow: then the pieces so far were what the
    model said before it, and the call's thought holds them.
    """

    text: str


ParsedDelta = Thought | CallName | CallArguments | AnswerPiece


@dataclass(frozen=True, slots=True)
class Call:
    """A complete call. `arguments` is an object of JSON values, not yet checked against a schema."""

    thought: str
    name: str
    arguments: Mapping[str, Any]

    @property
    def calls(self) -> "tuple[Call, ...]":
        """The calls of the step: this one."""
        return (self,)


@dataclass(frozen=True, slots=True)
class ParallelCalls:
    """Several calls that the model made in one step, to be run in this order. The first has the thought."""

    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A final answer."""

    thought: str
    text: str


ParsedStep = Call | ParallelCalls | Answer


class StepParser(Protocol):
    """Reads the text of one step as it arrives. Any split of the text gives the same joined deltas."""

    def feed(self, text: str) -> Iterator[ParsedDelta]:
        """Take more of the model's text; give what is certain by now."""
        ...

    def finish(self, *, cut: bool = False) -> tuple[Sequence[ParsedDelta], ParsedStep]:
        """End of the text: the deltas still held back, and the step.

        Args:
            cut: The text ended because a token limit was reached.

        Raises:
            FormatError: The text is no step, or cannot be repaired without guessing.
        """
        ...


class PromptFormat(Protocol):
    """One wire format. It holds no state: what it renders depends on its arguments alone.

    What is rendered for a conversation, in order, is only ever appended to: first turn, what the model
    wrote, observation, what the model wrote, ..., next turn, ... Nothing rendered earlier changes.
    """

    name: str
    stop: tuple[str, ...]
    """Text at which the model's turn ends when no grammar holds it."""

    def first_turn(self, system: str | None, tools: Sequence[ToolSpec], question: str) -> list[Segment]:
        """Everything up to the place where the model begins its first step."""
        ...

    def next_turn(self, question: str) -> list[Segment]:
        """What follows a finished answer when the person asks again."""
        ...

    def observation(self, *texts: str) -> list[Segment]:
        """What follows a step with calls, up to the place where the model goes on.

        Args:
            texts: What the tools answered: one text a call, in the order of the calls.
        """
        ...

    def parser(self, *, resumed: bool, tools: Sequence[ToolSpec] | None = None) -> StepParser:
        """A parser for one step.

        Args:
            resumed: The step follows an observation, not a question.
            tools: The tools that were offered, so that forms which are right for one tool only can be read.
                `None`: not known. Empty: none were, so text without a label is an answer from its first
                character, and is given as it arrives.
        """
        ...

    def grammar(self, tools: Sequence[ToolSpec], *, resumed: bool) -> Grammar:
        """The grammar of one step; with no tools, only a final answer is possible."""
        ...
