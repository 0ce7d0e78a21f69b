"""A model that says what it was told to say, for tests: of qwact and of those who use it."""

from collections.abc import Iterator, Sequence

from qwact.agent.models.protocol import EndReason, Generated, Sampling, TextDelta
from qwact.agent.models.stop import StopMatcher
from qwact.prompts.format import Grammar
from qwact.prompts.segments import Segment, as_text
from qwact.tools.cancellation import Cancellation
from qwact.tools.errors import ModelError


class ScriptedModel:
    """A `Model` that gives one prepared output at each generation, over all its conversations in order.

    Stop texts, `max_tokens` and cancellation work as with a real model; a grammar is not enforced. A token
    is taken to be one piece.

    Args:
        outputs: What to write, one text a generation.
        piece_chars: Characters in a streamed piece; by default the output comes in one.

    Attributes:
        prompts: What was appended to a conversation before each generation, as text.
    """

    name = "scripted"
    context_tokens = 0
    default_format = "react"

    def __init__(self, outputs: Sequence[str], *, piece_chars: int | None = None) -> None:
        if piece_chars is not None and piece_chars < 1:
            raise ValueError(f"piece_chars is {piece_chars}; it must be 1 or more")
        self.piece_chars = piece_chars
        self.prompts: list[str] = []
        self._total = len(outputs)
        self._outputs = iter(outputs)

    def conversation(self) -> "ScriptedConversation":
        """Begin an empty conversation."""
        return ScriptedConversation(self)

    def next_output(self) -> str:
        """Take the next output.

        Raises:
            ModelError: All outputs have been used.
        """
        for output in self._outputs:
            return output
        raise ModelError(
            f"the scripted model was asked for output {len(self.prompts)} and has only {self._total}"
        )

    def close(self) -> None:
        """Do nothing: there is nothing to free."""


class ScriptedConversation:
    """One conversation with a `ScriptedModel`."""

    def __init__(self, model: ScriptedModel) -> None:
        self._model = model
        self._tokens = 0

    def generate(
        self,
        segments: Sequence[Segment],
        *,
        grammar: Grammar | None = None,
        stop: Sequence[str] = (),
        sampling: Sampling = Sampling(),  # noqa: B008 (frozen)
        max_tokens: int | None = None,
        cancellation: Cancellation | None = None,
    ) -> Iterator[TextDelta | Generated]:
        """Give the next output; see `Conversation.generate`."""
        reused = self._tokens
        prompt = as_text(segments)
        self._model.prompts.append(prompt)
        self._tokens += self._count(prompt)
        prompt_tokens = self._tokens
        output, reason = _until_stop(self._model.next_output(), stop)
        if max_tokens is not None and self._count(output) > max_tokens:
            output, reason = output[: max_tokens * (self._model.piece_chars or len(output))], EndReason.LENGTH
        written = 0
        size = self._model.piece_chars or len(output) or 1
        for start in range(0, len(output), size):
            if cancellation is not None:
                cancellation.check()
            self._tokens += 1
            written += 1
            yield TextDelta(output[start : start + size])
        yield Generated(reason, prompt_tokens, reused, written, 0)

    def close(self) -> None:
        """Do nothing: there is nothing to free."""

    def _count(self, text: str) -> int:
        """Pieces in a text."""
        return -(-len(text) // (self._model.piece_chars or len(text) or 1))


def _until_stop(output: str, stop: Sequence[str]) -> tuple[str, EndReason]:
    if not stop:
        return output, EndReason.END
    matcher = StopMatcher(stop)
    kept = matcher.feed(output.encode()) + matcher.finish()
    return kept.decode(), EndReason.STOP if matcher.matched else EndReason.END
