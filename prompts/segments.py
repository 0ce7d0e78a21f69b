"""A prompt is a sequence of control tokens and plain text.

Each segment is encoded on its own: `Control` to the one id of that token, `Text` with no special token
recognised in it. So `<|im_start|>` in a question, a tool's result or a file is plain text to the model.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Control:
    """One control token, by its name in the vocabulary (`<|im_start|>`)."""

    token: str


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text, trusted or not: it never becomes a control token."""

    text: str


Segment = Control | Text


def as_text(segments: Sequence[Segment]) -> str:
    """The prompt as one string, for people and logs; never encode this."""
    return "".join(segment.token if isinstance(segment, Control) else segment.text for segment in segments)
