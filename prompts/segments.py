"""A prompt is a sequence of control tokens and plain text.

Each segment is encoded on its own: `Control` to the one id of that token, `Text` with no special token
recognised in it. So `<|im_start|>` in a question, a tool's result or a file is plain text to the model.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Control:
    """One control token, by its name in the vocabulary (`<|im_start|>`).

    Attributes:
        token: The name.
        or_text: In a vocabulary without that token its name is plain text, joined to the text around it.
            Only Qwen3 has a token for `<tool_response>`, and Qwen2.5 writes the same tag without one.
    """

    token: str
    or_text: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text, trusted or not: it never becomes a control token."""

    text: str


Segment = Control | Text


def as_text(segments: Sequence[Segment]) -> str:
    """The prompt as one string, for people and logs; never encode this."""
    return "".join(segment.token if isinstance(segment, Control) else segment.text for segment in segments)


def joined(parts: Iterable[str | Control]) -> list[Segment]:
    """Segments in which no two texts stand side by side: a tokenizer sees them as the one text they are."""
    segments: list[Segment] = []
    for part in parts:
        if isinstance(part, Control):
            segments.append(part)
        elif segments and isinstance(segments[-1], Text):
            segments[-1] = Text(segments[-1].text + part)
        elif part:
            segments.append(Text(part))
    return segments
