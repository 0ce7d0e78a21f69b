"""Holding generation to a grammar, with llguidance.

llguidance never raises: every call here is followed by a look at its error state.
"""

import threading
from collections import OrderedDict
from typing import Any

import numpy as np
from llguidance import LLMatcher, LLTokenizer, TokenizerWrapper

from qwact.agent.models.tokenizer import Tokenizer
from qwact.tools.errors import ModelError

_KEPT_GRAMMARS = 32
_COMPLETE = ("NoExtension", "NoExtensionBias", "EndOfSentence")
"""llguidance's names for the ends that are no limit of its own."""


class Constraint:
    """The state of one generation within its grammar."""

    def __init__(self, matcher: LLMatcher, vocab_size: int) -> None:
        self._matcher = matcher
        self._vocab_size = vocab_size
        self._mask = np.zeros((vocab_size + 31) // 32, dtype=np.uint32)

    @property
    def finished(self) -> bool:
        """Whether the grammar allows nothing more."""
        if not self._matcher.is_stopped():
            return False
        self._check()
        if (reason := self._matcher.stop_reason()) not in _COMPLETE:
            raise ModelError(f"the grammar could not go on: {reason}")
        return True

    def forced(self) -> list[int]:
        """The tokens that must come next, as far as the grammar leaves no choice."""
        ids: list[int] = self._matcher.compute_ff_tokens()
        return ids

    def allowed(self) -> "np.ndarray[Any, np.dtype[np.bool_]]":
        """For each id whether it may come next; an end token only where the grammar is complete."""
        self._matcher.unsafe_compute_mask_ptr(self._mask.ctypes.data, self._mask.nbytes)
        self._check()
        bits = np.unpackbits(self._mask.view(np.uint8), bitorder="little", count=self._vocab_size)
        return bits.view(np.bool_)

    def consume(self, ids: list[int]) -> None:
        """Go on past these tokens."""
        self._matcher.consume_tokens(ids)
        self._check()

    def _check(self) -> None:
        if self._matcher.is_error():
            raise ModelError(f"the grammar could not go on: {_first_line(self._matcher.get_error())}")


class GrammarEngine:
    """Compiles grammars for one vocabulary, and keeps the compiled ones."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._lock = threading.Lock()
        self._vocabulary: LLTokenizer | None = None
        self._compiled: OrderedDict[str, LLMatcher] = OrderedDict()

    def begin(self, lark: str) -> Constraint:
        """A constraint at the beginning of the grammar.

        Raises:
            ModelError: The grammar does not compile.
        """
        with self._lock:
            matcher = self._compiled.get(lark) or self._compile(lark)
            self._compiled[lark] = matcher
            self._compiled.move_to_end(lark)
            if len(self._compiled) > _KEPT_GRAMMARS:
                self._compiled.popitem(last=False)
            # The kept one stays at the beginning: a matcher whose grammar bounds tokens cannot be reset.
            return Constraint(matcher.deep_copy(), self._tokenizer.vocab_size)

    def _compile(self, lark: str) -> LLMatcher:
        if self._vocabulary is None:
            self._vocabulary = _vocabulary(self._tokenizer)
        matcher = LLMatcher(self._vocabulary, LLMatcher.grammar_from_lark(lark), log_level=0)
        if matcher.is_error():
            raise ModelError(f"the grammar does not compile: {_first_line(matcher.get_error())}")
        return matcher


class _Vocabulary:
    """What llguidance asks of a tokenizer. Control tokens match only where a grammar names them."""

    bos_token_id = None

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self.eos_token_id = min(tokenizer.end_ids)
        self.tokens = tokenizer.tokens
        self.special_token_ids = sorted(tokenizer.control_ids.values())

    def __call__(self, data: bytes | str) -> list[int]:
        return self._tokenizer.encode_bytes(data if isinstance(data, bytes) else data.encode())


def _vocabulary(tokenizer: Tokenizer) -> LLTokenizer:
    return LLTokenizer(
        TokenizerWrapper(_Vocabulary(tokenizer)),
        n_vocab=tokenizer.vocab_size,
        eos_token=sorted(tokenizer.end_ids),
    )


def _first_line(error: str) -> str:
    return next((line.strip() for line in error.splitlines() if line.strip()), "no reason given")
