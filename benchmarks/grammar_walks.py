"""Random walks through the grammar of a step with a small vocabulary.

A walk takes any of the tokens that the grammar allows next, as a model with random weights would. What it
ends with is as bad as a call under the grammar can get.
"""

import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from llguidance import LLMatcher, LLTokenizer, TokenizerWrapper
from random_schemas import WORDS

_STEP_PIECES = [
    "Thought:",
    "Action",
    " Input",
    "Final Answer",
    "\nAction: ",
    "Observation:",
    "<think>",
    ".\n",
    ":\n",
]
_JSON_PIECES = [
    '{"',
    '": ',
    '": "',
    '", "',
    '"}',
    "}}",
    ", ",
    "[]",
    "{}",
    "true",
    "null",
    " {",
    ': {"',
    '\\"',
    "00",
]


_TAGS = ["<tool_call>", "</tool_call>", "<think>", "</think>"]


class _SmallVocabulary:
    """Every byte, pieces that reach over the borders of labels, strings and brackets, and control tokens."""

    bos_token_id = None

    def __init__(self) -> None:
        pieces = [piece.encode() for piece in (*_STEP_PIECES, *_JSON_PIECES, *filter(None, WORDS))]
        longer = [piece for piece in dict.fromkeys(pieces) if len(piece) > 1]
        control = [*(tag.encode() for tag in _TAGS), b"<|im_end|>"]
        self.tokens = [*(bytes([byte]) for byte in range(256)), *longer, *control]
        self.special_token_ids = list(range(len(self.tokens) - len(control), len(self.tokens)))
        self.eos_token_id = self.special_token_ids[-1]
        self.control_ids = dict(zip(_TAGS, self.special_token_ids, strict=False))

    def __call__(self, data: bytes | str) -> list[int]:
        return list(data if isinstance(data, bytes) else data.encode())

    def encode(self, text: str, *, tagged: bool) -> list[int]:
        """Ids of a text, with its tags as control tokens or as text; those of calls begin a line."""
        ids = self.control_ids if tagged else {}
        parts = re.split("(^</?tool_call>|</?think>)", text, flags=re.MULTILINE)
        return [token for part in parts for token in ([ids[part]] if part in ids else self(part))]


VOCABULARY = _SmallVocabulary()
_CLOSING = [VOCABULARY.tokens.index(piece) for piece in (b'"', b"}", b"]", b'"}')]


def _bytes_of(ids: Sequence[int]) -> bytes:
    return b"".join(VOCABULARY.tokens[token] for token in ids if token != VOCABULARY.eos_token_id)


def _may_begin_a_label(text: bytes) -> bool:
    _, newline, line = text.rpartition(b"\n")
    return bool(newline) and line[:1] in (b"A", b"F")


@dataclass(frozen=True, slots=True)
class Walk:
    """Text that a grammar let through; `finished` is false where the budget of tokens ended first."""

    text: str
    finished: bool


class Walker:
    """Random walks through one grammar.

    Args:
        lark: The grammar.
        tagged: It names control tokens: the tags in a walk's `start` and `then` are those.

    Raises:
        ValueError: The grammar does not compile.
    """

    _tokenizer = LLTokenizer(TokenizerWrapper(VOCABULARY), eos_token=VOCABULARY.eos_token_id)

    def __init__(self, lark: str, *, tagged: bool = False) -> None:
        self._tagged = tagged
        self.pristine = LLMatcher(self._tokenizer, LLMatcher.grammar_from_lark(lark), log_level=0)
        if self.pristine.is_error():
            raise ValueError(self.pristine.get_error())

    def walk(self, rng: random.Random, budget: int, start: str = "", then: str = "") -> Walk:
        """Walk to the end of the grammar or of the budget.

        Args:
            rng: Where chance comes from.
            budget: The greatest number of tokens.
            start: Text to begin with.
            then: Label to take as soon as the grammar allows it, after at least a few tokens. Until then no
                other line begins with the first letter of Action or Final Answer.
        """
        matcher = self.pristine.deep_copy()
        ids = VOCABULARY.encode(start, tagged=self._tagged)
        matcher.consume_tokens(ids)
        wanted = VOCABULARY.encode(then, tagged=self._tagged)
        wait = rng.randrange(12)
        while len(ids) < budget and not matcher.is_stopped():
            if wanted and len(ids) >= wait and matcher.validate_tokens(wanted) == len(wanted):
                chosen, wanted = wanted, []
            else:
                chosen = [self._choose(matcher, rng)]
                if wanted and _may_begin_a_label(_bytes_of([*ids, *chosen])):
                    continue
            if not matcher.consume_tokens(chosen):
                raise ValueError(matcher.get_error())
            ids += chosen
        return Walk(_bytes_of(ids).decode(errors="replace"), matcher.is_stopped())

    @staticmethod
    def _choose(matcher: LLMatcher, rng: random.Random) -> int:
        """One of the allowed tokens; more often one that ends something, or walks hardly ever end."""
        mask = np.frombuffer(matcher.compute_bitmask(), dtype=np.uint8)
        allowed = np.flatnonzero(np.unpackbits(mask, bitorder="little"))
        if len(allowed) == 0:
            raise ValueError("the grammar allows nothing, and is not complete")
        closing = [token for token in _CLOSING if token in allowed]
        if closing and rng.random() < 0.3:
            return rng.choice(closing)
        return int(allowed[rng.randrange(len(allowed))])


def written_arguments(text: str) -> Any:
    """The arguments in a finished ReAct call, read by Python's own JSON reader."""
    return json.loads(text.split("\nAction Input: ", 1)[1])


def written_calls(text: str) -> list[tuple[str, Any]]:
    """Names and arguments of finished Hermes calls, read by Python's own JSON reader."""
    calls = [json.loads(call) for call in re.findall("<tool_call>\n(.*?)\n</tool_call>", text, re.DOTALL)]
    return [(call["name"], call["arguments"]) for call in calls]


def tool_names(count: int) -> Sequence[str]:
    """Names for tools, of all kinds that are allowed."""
    return [
        ("search", "search_web", "天气.now", "a-b", "Ω")[number % 5] + str(number) for number in range(count)
    ]
