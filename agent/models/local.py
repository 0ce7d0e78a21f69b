"""A Qwen checkpoint in this process."""

from collections.abc import Iterator, Sequence
from typing import Any

from qwact.agent.models.checkpoint import Checkpoint
from qwact.agent.models.constraint import Constraint, GrammarEngine
from qwact.agent.models.decode import Decoder
from qwact.agent.models.kv_cache import KvCache
from qwact.agent.models.ledger import Ledger, Origin
from qwact.agent.models.protocol import EndReason, Generated, Sampling, TextDelta
from qwact.agent.models.sampler import Sampler
from qwact.agent.models.text_stream import TextStream
from qwact.agent.models.tokenizer import Tokenizer, from_tokenizer_json
from qwact.agent.models.weights import load_network, pick_device, pick_dtype
from qwact.prompts.format import Grammar
from qwact.prompts.segments import Control, Segment, as_text, joined
from qwact.tools.cancellation import Cancellation
from qwact.tools.errors import ContextFull, ModelError


class LocalModel:
    """Weights and a tokenizer in this process; see `Model`.

    Args:
        checkpoint: Files found by `find_checkpoint`.
        dtype: "float32", "bfloat16" or "float16"; see `pick_dtype` for the default.
        device: "cpu", "cuda", "cuda:1"; by default CUDA if there is one.
        attn_implementation: "sdpa", "eager", "flash_attention_2"; by default transformers' choice.
        default_format: Wire format that the model was trained on.

    Raises:
        ModelError: It cannot be loaded; one sentence.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        *,
        dtype: str | None = None,
        device: str | None = None,
        attn_implementation: str | None = None,
        default_format: str = "react",
    ) -> None:
        self.name = checkpoint.name
        self.default_format = default_format
        self.context_tokens = int(checkpoint.config.get("max_position_embeddings", 0))
        self.device = pick_device(device)
        self.dtype = pick_dtype(dtype, checkpoint, self.device)
        self.tokenizer = from_tokenizer_json(
            checkpoint.tokenizer_file, rows=checkpoint.config["vocab_size"], end_ids=checkpoint.end_ids
        )
        self.network: Any = load_network(
            checkpoint, device=self.device, dtype=self.dtype, attn_implementation=attn_implementation
        )
        self.grammars = GrammarEngine(self.tokenizer)

    def conversation(self) -> "LocalConversation":
        """Begin an empty conversation."""
        if self.network is None:
            raise ModelError(f"the model {self.name} is closed: load it again")
        return LocalConversation(self)

    def close(self) -> None:
        """Free the weights once no conversation uses them. Further calls do nothing."""
        self.network = None


class LocalConversation:
    """One growing sequence of tokens; see `Conversation`.

    Attributes:
        ledger: Every token of it, and where it came from.
    """

    def __init__(self, model: LocalModel) -> None:
        self._tokenizer: Tokenizer = model.tokenizer
        self._grammars = model.grammars
        self._context_tokens = model.context_tokens
        self._cache = KvCache(model.network)
        self._generating = False
        self.ledger = Ledger()

    @property
    def computed_tokens(self) -> int:
        """Positions that the network has computed; no more than were appended, unless it had to go back."""
        return self._cache.computed_tokens

    @property
    def forward_passes(self) -> int:
        """Runs of the network."""
        return self._cache.forward_passes

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
        """Append `segments`, then write; see `Conversation.generate`.

        Whatever ends it, the conversation then holds exactly the text that was given out: tokens behind it
        are removed, and a token that lies across its end is replaced by tokens for the part before.

        When it raises before the first token is chosen, for a reason that `ModelError` names, the segments
        have not been appended.
        """
        text = TextStream(stop, thinking=_inside_thought(segments))
        decoder = Decoder(
            self._tokenizer,
            self.ledger,
            self._cache,
            text=text,
            sampler=Sampler(sampling, self._tokenizer.unsampled_ids, len(self.ledger)),
            constraint=self._constraint(grammar),
            cancellation=cancellation,
        )
        self.ledger.append(self._encode(segments), Origin.GIVEN)
        prompt_tokens, reused_tokens = len(self.ledger), self._cache.length
        self._generating = True
        try:
            for piece in decoder.run(*self._limit(max_tokens)):
                yield TextDelta(piece)
        finally:
            self._generating = False
            self._keep(prompt_tokens, text.kept)
        yield Generated(decoder.reason, prompt_tokens, reused_tokens, decoder.sampled, decoder.forced)

    def close(self) -> None:
        """Free the keys and values. Further calls do nothing."""
        self._cache.release()

    def _encode(self, segments: Sequence[Segment]) -> list[int]:
        """Ids of the segments, if the conversation can take them."""
        if self._cache.released:
            raise ModelError("the conversation is closed: begin another")
        if self._generating:
            raise ModelError("the conversation is still generating: close the earlier iterator first")
        ids = [token for segment in self._known(segments) for token in self._encode_one(segment)]
        wanted = len(self.ledger) + len(ids)
        if not wanted:
            raise ModelError("the conversation is empty: there is nothing to go on from")
        if self._context_tokens and wanted >= self._context_tokens:
            raise ContextFull(
                f"the conversation would hold {wanted} tokens, which leaves no room to answer in the model's "
                f"context of {self._context_tokens}: begin a new one or shorten what it reads"
            )
        return ids

    def _constraint(self, grammar: Grammar | None) -> Constraint | None:
        if grammar is None:
            return None
        return self._grammars.begin(grammar.lark_for(self._tokenizer.control_ids))

    def _known(self, segments: Sequence[Segment]) -> Sequence[Segment]:
        """The segments with tags that the vocabulary lacks as text, in one with the text around them."""
        known = self._tokenizer.control_ids
        lacking = [part for part in segments if isinstance(part, Control) and part.or_text]
        lacking = [part for part in lacking if part.token not in known]
        if not lacking:
            return segments
        return joined(
            part if isinstance(part, Control) and part not in lacking else as_text([part])
            for part in segments
        )

    def _encode_one(self, segment: Segment) -> list[int]:
        if isinstance(segment, Control):
            return [self._tokenizer.control(segment.token)]
        return self._tokenizer.encode(segment.text)

    def _limit(self, max_tokens: int | None) -> tuple[int | None, EndReason]:
        """Most tokens that may be written, and the reason to give when they are."""
        room = self._context_tokens - len(self.ledger) if self._context_tokens else None
        if room is not None and (max_tokens is None or room < max_tokens):
            return room, EndReason.CONTEXT
        return max_tokens, EndReason.LENGTH

    def _keep(self, start: int, size: int) -> None:
        """Crop what was written from position `start` on to its first `size` bytes."""
        tokens, position = self._tokenizer.tokens, start
        while position < len(self.ledger) and len(tokens[self.ledger.ids[position]]) <= size:
            size -= len(tokens[self.ledger.ids[position]])
            position += 1
        if position == len(self.ledger):
            return
        rest = tokens[self.ledger.ids[position]][:size]
        self.ledger.crop(position)
        self._cache.crop(position)
        self.ledger.append(self._tokenizer.encode_bytes(rest), Origin.GIVEN)


def _inside_thought(segments: Sequence[Segment]) -> bool:
    """Whether the model goes on inside `<think>`. Only a control token counts: text can be anyone's."""
    names = [segment.token for segment in segments if isinstance(segment, Control)]
    return bool(names) and names[-1] == "<think>"
