"""Trains the byte-level BPE tokenizer of the shipped model on generated episodes.

python -m training.tokenizer --out outputs/tokenizer.json
"""

import argparse
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from qwact.prompts.react import ReActFormat
from qwact.prompts.segments import Control, Segment, Text
from qwact.tools.spec import ToolSpec
from training.episode import FINAL_THOUGHT, render
from training.generator import generate

VOCABULARY = 4096
_FREQUENT = """
    the of a an to for and in is with you I on at from it can or by this be are my me as that use
    need what which please if not will
"""
_SCHEMA = (
    '{"type": "object", "properties": {"', '": {"type": "string"', '": {"type": "integer"',
    '": {"type": "number"',
    '": {"type": "boolean"', '": {"type": "array", "items": {"type": "', '": {"description": "',
    ', "description": "', ', "enum": ["', ', "default": ', ', "type": "string"', ', "type": "integer"',
    ', "type": "number"', ', "type": "boolean"', ', "required": ["', '": {"anyOf": [{"type": "',
)  # fmt: skip
"""Frequent pieces of tools' schemas, which would otherwise be half of a prompt."""
_SHORTEST_FIXED = 12


def split_pattern() -> str:
    """How text is cut before BPE.

    Unlike Qwen's own pattern it gives a word the same tokens wherever it stands: behind a space, a quotation
    mark or an underscore, and in camelCase. A small model can then copy words that it never saw, from
    `an oolong tea` to `"oolong"` and `_tea`, by attention alone. Digits stand alone, as with Qwen. The fixed
    words of the prompt format are pieces of their own, so that each becomes one token.
    """
    fixed = sorted({*_fixed_wording(), *_SCHEMA}, key=len, reverse=True)
    return "|".join(
        [
            *map(_literally, fixed),
            r"(?i:'s|'t|'re|'ve|'m|'ll|'d)(?!\p{L})",  # "'sorrow'" is no "'s"
            rf" (?:{'|'.join(_FREQUENT.split())})(?![\p{{L}}])",
            r"\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})|\p{L}+|\p{N}",
            r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        ]
    )


def _fixed_wording() -> Iterator[str]:
    """The parts of the instruction that are the same in every prompt."""
    name, description, question = "\ue000", "\ue001", "\ue002"
    parts = ReActFormat().first_turn(None, [ToolSpec(name, description, {})], question)
    text = "".join(part.text for part in parts if isinstance(part, Text))
    for piece in re.split(r"[\ue000-\ue002\n]|\{\}", text):
        if len(piece) >= _SHORTEST_FIXED and not piece.startswith(f"Thought: {FINAL_THOUGHT}"):
            yield piece


def _literally(text: str) -> str:
    return re.sub(r"([^\w\s\",:])", r"\\\1", text)


SPECIAL_TOKENS = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<tool_call>",
    "</tool_call>",
    "<tool_response>",
    "</tool_response>",
    "<think>",
    "</think>",
    *(f"<|reserved_{number}|>" for number in range(7)),
)
"""In the order of their ids, which are the first ones."""


def train_tokenizer(texts: Iterator[str], vocabulary: int = VOCABULARY) -> Tokenizer:
    """A tokenizer with all 256 bytes in its vocabulary, so that it can write any text."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(split_pattern()), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def episode_texts(seed: int, count: int) -> Iterator[str]:
    """The plain text of `count` episodes, without their control tokens."""
    for episode in islice(generate(seed), count):
        for segment, _ in render(episode):
            if isinstance(segment, Text):
                yield segment.text


class SegmentEncoder:
    """Encodes segments one by one, as at inference: special tokens only where a `Control` stands."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._tokenizer.encode_special_tokens = True  # a special token's name in text is plain text

    def segment(self, segment: Segment) -> list[int]:
        """The ids of one segment."""
        if isinstance(segment, Control):
            return [self._tokenizer.token_to_id(segment.token)]
        return list(self._tokenizer.encode(segment.text, add_special_tokens=False).ids)

    def episode(self, parts: list[tuple[Segment, bool]]) -> tuple[list[int], list[bool]]:
        """Ids, and for each whether it is trained."""
        ids: list[int] = []
        trained: list[bool] = []
        for segment, flag in parts:
            new = self.segment(segment)
            ids += new
            trained += [flag] * len(new)
        return ids, trained


def main() -> None:
    """Train on generated episodes and write tokenizer.json."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--episodes", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    tokenizer = train_tokenizer(episode_texts(options.seed, options.episodes))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(options.out))
    print(f"{options.out}: {tokenizer.get_vocab_size()} tokens")


if __name__ == "__main__":
    main()
