"""What the loop needs of a model: a conversation that is appended to, and a step generated from it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from qwact.prompts.format import Grammar
from qwact.prompts.segments import Segment
from qwact.tools.cancellation import Cancellation


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen.

    Attributes:
        temperature: 0 takes the likeliest token (greedy, the default and the best for tool calls).
        top_p: Keep the smallest set of tokens whose probability reaches this.
        top_k: Keep at most this many tokens; 0 keeps all.
        seed: Makes sampling repeatable.
    """

    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    seed: int | None = None


class EndReason(StrEnum):
    """Why a model stopped writing."""

    GRAMMAR = "grammar"  # the grammar is complete
    STOP = "stop"  # a stop text was met, and trimmed
    END = "end"  # the model ended its turn
    LENGTH = "length"  # max_tokens was reached
    CONTEXT = "context"  # the context is full


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of what the model writes. It never holds part of a stop text, nor half a character."""

    text: str


@dataclass(frozen=True, slots=True)
class Generated:
    """The end of one generation.

    Attributes:
        reason: Why it ended.
        prompt_tokens: Tokens in the conversation when this generation began, reused ones included.
        reused_tokens: Those of them whose keys and values were already in the cache.
        sampled_tokens: Tokens chosen by the model.
        forced_tokens: Tokens that the grammar left no choice about.
    """

    reason: EndReason
    prompt_tokens: int
    reused_tokens: int
    sampled_tokens: int
    forced_tokens: int


class Conversation(Protocol):
    """One growing sequence of tokens. Not for use from two threads at once."""

    def generate(
        self,
        segments: Sequence[Segment],
        *,
        grammar: Grammar | None = None,
        stop: Sequence[str] = (),
        sampling: Sampling = Sampling(),
        max_tokens: int | None = None,
        cancellation: Cancellation | None = None,
    ) -> Iterator[TextDelta | Generated]:
        """Append `segments`, then let the model write; the last item is `Generated`.

        What the model wrote (less a stop text) stays in the conversation, also when the iterator is closed
        early.

        Raises:
            Cancelled: `cancellation` was set or its deadline passed; takes effect between two tokens.
            ContextFull: The segments do not fit into the context; nothing was appended.
        """
        ...

    def close(self) -> None:
        """Free what the conversation holds. Further calls do nothing."""
        ...


class Model(Protocol):
    """Weights and a tokenizer. It does not know what a tool is."""

    name: str
    context_tokens: int
    """The longest conversation in tokens; 0 when it is not known."""
    default_format: str
    """Name of the wire format that the model was trained on."""

    def conversation(self) -> Conversation:
        """Begin an empty conversation."""
        ...

    def close(self) -> None:
        """Free the weights. Further calls do nothing."""
        ...
