"""What happens in a run, as it happens. A front end picks what it shows."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qwact.agent.result import RunResult


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A question was taken up."""

    question: str


@dataclass(frozen=True, slots=True)
class ThoughtDelta:
    """A piece of the model's thought."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolNamed:
    """The model has named the tool it is about to call; its arguments are still being written."""

    name: str


@dataclass(frozen=True, slots=True)
class ArgumentsDelta:
    """A piece of the call's arguments, as raw text."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A complete call, about to be run. `step` counts from 1; each of several calls at once has its own."""

    step: int
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What the tool answered. `ok` is false when the text explains a failure; `seconds` is wall time."""

    step: int
    name: str
    text: str
    ok: bool
    files: tuple[Path, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class StepRejected:
    """The model's text was no well-formed step. `message` is what the model is told."""

    step: int
    message: str


@dataclass(frozen=True, slots=True)
class AnswerDelta:
    """A piece of the final answer.

    Where the wire format has no label for answers (Hermes), a call may still follow: what came so far was
    then said before it, and belongs to the step's thought.
    """

    text: str


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run is over. Always the last event."""

    result: RunResult


Event = (
    RunStarted
    | ThoughtDelta
    | ToolNamed
    | ArgumentsDelta
    | ToolCall
    | ToolResult
    | StepRejected
    | AnswerDelta
    | RunFinished
)


def to_json(event: Event) -> dict[str, Any]:
    """The event as JSON values: `type` is the class's name, paths are text."""
    return {"type": type(event).__name__, **_plain(asdict(event))}


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case Path():
            return str(value)
        case _:
            return value
