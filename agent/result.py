"""What a run gives back: the answer, the steps, why it stopped and what it cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any


class StopReason(StrEnum):
    """Why a run stopped."""

    ANSWERED = "answered"
    STEP_LIMIT = "step_limit"
    TOKEN_LIMIT = "token_limit"
    TIME_LIMIT = "time_limit"
    TOOL_CALL_LIMIT = "tool_call_limit"
    REPEATED_CALL = "repeated_call"
    INVALID_STEPS = "invalid_steps"
    CONTEXT_FULL = "context_full"
    CANCELLED = "cancelled"

    @property
    def sentence(self) -> str:
        """The reason in words, for the model and for people."""
        return _SENTENCES[self]


_SENTENCES = {
    StopReason.ANSWERED: "The question was answered.",
    StopReason.STEP_LIMIT: "The step limit is reached.",
    StopReason.TOKEN_LIMIT: "The token limit is reached.",
    StopReason.TIME_LIMIT: "The time limit is reached.",
    StopReason.TOOL_CALL_LIMIT: "You have no tool calls left.",
    StopReason.REPEATED_CALL: "The same call was made again and again with the same result.",
    StopReason.INVALID_STEPS: "Too many steps in a row were not well-formed.",
    StopReason.CONTEXT_FULL: "The conversation is longer than the model can read.",
    StopReason.CANCELLED: "The run was cancelled.",
}


@dataclass(slots=True)
class Usage:
    """What a run cost.

    Attributes:
        prompt_tokens: Tokens the model was given, summed over its calls.
        reused_tokens: Those of them whose keys and values were already computed.
        sampled_tokens: Tokens that the model chose.
        forced_tokens: Tokens that the grammar left no choice about.
        model_calls: Steps that the model wrote.
        tool_calls: Tools that were run.
        seconds: Wall time.
    """

    prompt_tokens: int = 0
    reused_tokens: int = 0
    sampled_tokens: int = 0
    forced_tokens: int = 0
    model_calls: int = 0
    tool_calls: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class CallMade:
    """A call as the model made it."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One thought, the call that followed it, and what the tool answered.

    `call` is None for a step that was not well-formed; the observation then says what was wrong. Of several
    calls that the model made at once each is a step, and the first has the thought.
    """

    thought: str
    call: CallMade | None
    observation: str
    ok: bool


@dataclass(frozen=True, slots=True)
class RunResult:
    """The end of a run.

    Attributes:
        answer: The final answer; empty when the run stopped without one.
        steps: The steps before the answer, in order.
        stop_reason: Why the run stopped.
        usage: What it cost.
        files: Files that tools made, in the order of their making. Those of a `CodeInterpreter()` are in a
            temporary folder that its `close` removes; with `work_folder=` they are kept.
    """

    answer: str
    steps: tuple[Step, ...]
    stop_reason: StopReason
    usage: Usage
    files: tuple[Path, ...]
