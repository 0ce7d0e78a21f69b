"""The decoding loop: one generation, token by token."""

from collections.abc import Iterator

import numpy as np
import torch

from qwact.agent.models.constraint import Constraint
from qwact.agent.models.kv_cache import KvCache
from qwact.agent.models.ledger import Ledger, Origin
from qwact.agent.models.protocol import EndReason
from qwact.agent.models.sampler import Sampler
from qwact.agent.models.text_stream import TextStream
from qwact.agent.models.tokenizer import Tokenizer
from qwact.tools.cancellation import Cancellation

PREFILL_TOKENS = 512
"""Given tokens are computed in passes of this many: what is done when a long prompt is cancelled is kept."""


class Decoder:
    """Writes tokens into a ledger until something ends it.

    Attributes:
        reason: Why it ended, once it has.
        sampled: Tokens chosen by the model so far.
        forced: Tokens that the grammar left no choice about so far.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        ledger: Ledger,
        cache: KvCache,
        *,
        text: TextStream,
        sampler: Sampler,
        constraint: Constraint | None = None,
        cancellation: Cancellation | None = None,
    ) -> None:
        self._tokenizer = tokenizer
        self._ledger = ledger
        self._cache = cache
        self._text = text
        self._sampler = sampler
        self._constraint = constraint
        self._cancellation = cancellation
        self.reason = EndReason.LENGTH
        self.sampled = 0
        self.forced = 0

    def run(self, limit: int | None, cut: EndReason) -> Iterator[str]:
        """Generate; gives the text in pieces, none of them empty.

        The end token is not written into the ledger: the next rendering brings its own.

        Args:
            limit: Most tokens to write.
            cut: The reason to give when the limit ends it.

        Raises:
            Cancelled: Between two tokens, or inside a pass over the prompt.
        """
        while (reason := self._ended(limit, cut)) is None:
            self._check_cancelled()
            ids, origin = self._next()
            if ids[0] in self._tokenizer.end_ids:
                reason = EndReason.END
                break
            if text := self._write(ids if limit is None else ids[: limit - self.written], origin):
                yield text
        text = self._text.finish()
        self.reason = EndReason.STOP if self._text.stopped else reason
        if text:
            yield text

    @property
    def written(self) -> int:
        """Tokens written so far."""
        return self.sampled + self.forced

    def _ended(self, limit: int | None, cut: EndReason) -> EndReason | None:
        if self._text.stopped:
            return EndReason.STOP
        if self._constraint is not None and self._constraint.finished:
            return EndReason.GRAMMAR
        return cut if limit is not None and self.written >= limit else None

    def _next(self) -> tuple[list[int], Origin]:
        """The tokens that come next: all that are forced, or one that is chosen."""
        allowed = None
        if self._constraint is not None:
            if forced := self._constraint.forced():
                return forced, Origin.FORCED
            allowed = self._constraint.allowed()
            if np.count_nonzero(allowed) == 1:
                return [int(allowed.argmax())], Origin.FORCED
        return [self._sampler.choose(self._compute(), allowed)], Origin.SAMPLED

    def _write(self, ids: list[int], origin: Origin) -> str:
        self._ledger.append(ids, origin)
        if origin is Origin.SAMPLED:
            self.sampled += len(ids)
        else:
            self.forced += len(ids)
        if self._constraint is not None:
            self._constraint.consume(ids)
        return self._text.feed(self._tokenizer.decode_bytes(ids))

    def _compute(self) -> torch.Tensor:
        """Compute what the ledger holds beyond the cache, and its last token at the least."""
        self._cache.crop(len(self._ledger) - 1)
        while True:
            start = self._cache.length
            ids = self._ledger.ids[start : start + PREFILL_TOKENS]
            logits = self._cache.extend(ids, self._cancellation)
            if self._cache.length == len(self._ledger):
                return logits
            self._check_cancelled()

    def _check_cancelled(self) -> None:
        if self._cancellation is not None:
            self._cancellation.check()
