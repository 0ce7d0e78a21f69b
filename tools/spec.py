"""What a model needs to know of a tool, and what a tool gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as a prompt describes it.

    Attributes:
        name: Letters of any script, digits, `_`, `-` and `.`.
        description: What the tool does, for the model.
        parameters: A JSON Schema object (`{"type": "object", "properties": ...}`).
    """

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolOutput:
    """What a tool may return when text alone is not enough.

    Attributes:
        text: What the model reads.
        files: Files that the tool made, for the person.
    """

    text: str
    files: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Observation:
    """The one answer to one call, also when it failed.

    Attributes:
        text: What the model reads, already cut to the tool's output limit.
        ok: False when the text explains a failure.
        files: Files that the tool made.
        seconds: Wall time of the call.
    """

    text: str
    ok: bool = True
    files: tuple[Path, ...] = field(default=())
    seconds: float = 0.0
