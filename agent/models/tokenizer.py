"""Text to token ids and back, for byte-level BPE; no control token is ever read out of text.

Two sources: `tokenizer.json` (Qwen2 and later) and `qwen.tiktoken` (the first Qwen). Neither goes through
transformers: its tokenizers recognise control tokens in text and take seconds to load.
"""

import base64
import binascii
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import tokenizers

from qwact.tools.errors import ModelError

END_TOKENS = ("<|im_end|>", "<|endoftext|>")
"""Tokens with which a Qwen model ends its turn."""

QWEN_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""How Qwen, Qwen2 and Qwen3 cut text before BPE: every digit stands alone."""

_QWEN_EXTRA_TOKENS = 205
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


class Tokenizer:
    """The vocabulary of one checkpoint.

    Attributes:
        tokens: The bytes of each id; empty for an id that has no token.
        control: Id of each added token by its name; only `control()` and the model itself produce these.
        end_ids: Ids that end the model's turn.
        unsampled_ids: Ids that the model must never choose: padding rows, and control tokens that belong to
            the prompt.
    """

    def __init__(
        self,
        encode: Callable[[str], list[int]],
        tokens: Sequence[bytes],
        control: Mapping[str, int],
        *,
        special: Iterable[int],
        end_ids: Iterable[int] = (),
    ) -> None:
        self._encode = encode
        self.tokens = tokens
        self.control_ids = dict(control)
        self.end_ids = frozenset(end_ids) | {control[name] for name in END_TOKENS if name in control}
        if not self.end_ids:
            raise ModelError(
                f"the vocabulary has none of the tokens that end a turn: {', '.join(END_TOKENS)}"
            )
        empty = {token for token, data in enumerate(tokens) if not data}
        self.unsampled_ids = frozenset(empty | set(special)) - self.end_ids
        self._single_bytes = _single_byte_tokens(tokens, set(self.control_ids.values()))

    @property
    def vocab_size(self) -> int:
        """Rows of the logits, those without a token included."""
        return len(self.tokens)

    def encode(self, text: str) -> list[int]:
        """Ids of plain text, NFC-normalised first as Qwen does; `<|im_start|>` in it is plain text.

        Half of a surrogate pair, as in the names of some files, is no character and becomes U+FFFD.
        """
        return self._encode(unicodedata.normalize("NFC", _LONE_SURROGATES.sub("\ufffd", text)))

    def encode_bytes(self, data: bytes) -> list[int]:
        """Ids whose bytes are exactly `data`, also where it begins or ends inside a character."""
        try:
            return self._encode(data.decode())
        except UnicodeDecodeError as error:
            broken = [self._single_bytes[byte] for byte in data[error.start : error.end]]
            return self.encode_bytes(data[: error.start]) + broken + self.encode_bytes(data[error.end :])

    def control(self, token: str) -> int:
        """Id of a control token by its name.

        Raises:
            ModelError: The vocabulary has no such token.
        """
        try:
            return self.control_ids[token]
        except KeyError:
            raise ModelError(f"the model's vocabulary has no control token {token!r}") from None

    def decode_bytes(self, ids: Iterable[int]) -> bytes:
        """The bytes of some tokens; they may begin or end inside a character."""
        tokens = self.tokens
        return b"".join([tokens[token] for token in ids])


def from_tokenizer_json(path: Path, *, rows: int | None = None, end_ids: Iterable[int] = ()) -> Tokenizer:
    """The vocabulary of a `tokenizer.json`.

    Args:
        path: The file.
        rows: Rows of the model's logits; more than the vocabulary has tokens when they are padded.
        end_ids: Further ids that end a turn, from the checkpoint's generation settings.

    Raises:
        ModelError: The file is broken, or holds no byte-level BPE, or more tokens than the model has rows.
    """
    try:
        source = tokenizers.Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare Exception
        raise ModelError(f"{path} is not a readable tokenizer.json: {error}") from None
    if not isinstance(source.model, tokenizers.models.BPE):
        raise ModelError(f"{path} holds no byte-level BPE vocabulary, which every Qwen model has")
    # A tokenizer with the same merges and no added tokens: there is nothing in it to recognise in text.
    plain = tokenizers.Tokenizer(source.model)
    if source.pre_tokenizer is not None:
        plain.pre_tokenizer = source.pre_tokenizer
    vocabulary = plain.get_vocab(with_added_tokens=False)
    added = source.get_added_tokens_decoder()
    size = _row_count(path, rows, highest=max([*vocabulary.values(), *added]))
    tokens = [b""] * size
    try:
        for text, token in vocabulary.items():
            tokens[token] = b"" if token in added else text.translate(_CHARACTER_BYTES).encode("latin-1")
    except UnicodeEncodeError:
        raise ModelError(f"{path} holds a vocabulary that is not byte-level") from None
    for token, entry in added.items():
        tokens[token] = entry.content.encode()
    return Tokenizer(
        lambda text: plain.encode(text, add_special_tokens=False).ids,
        tokens,
        {entry.content: token for token, entry in added.items()},
        special=[token for token, entry in added.items() if entry.special],
        end_ids=end_ids,
    )


def from_tiktoken(path: Path, *, rows: int | None = None, end_ids: Iterable[int] = ()) -> Tokenizer:
    """The vocabulary of a `qwen.tiktoken`, with the control tokens of the first Qwen.

    Raises:
        ModelError: The file is broken, or holds more tokens than the model has rows.
    """
    import tiktoken

    try:
        lines = [line.split() for line in path.read_bytes().splitlines() if line]
        ranks = {base64.b64decode(token): int(rank) for token, rank in lines}
    except (OSError, ValueError, binascii.Error) as error:
        raise ModelError(f"{path} is not a readable tiktoken vocabulary: {error}") from None
    names = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    names += [f"<|extra_{number}|>" for number in range(_QWEN_EXTRA_TOKENS)]
    control = {name: len(ranks) + index for index, name in enumerate(names)}
    encoding = tiktoken.Encoding("qwen", pat_str=QWEN_SPLIT, mergeable_ranks=ranks, special_tokens=control)
    tokens = [b""] * _row_count(path, rows, highest=encoding.max_token_value)
    for data, token in ranks.items():
        tokens[token] = data
    for name, token in control.items():
        tokens[token] = name.encode()
    return Tokenizer(encoding.encode_ordinary, tokens, control, special=control.values(), end_ids=end_ids)


def _row_count(path: Path, rows: int | None, *, highest: int) -> int:
    if rows is not None and highest >= rows:
        raise ModelError(f"{path} has token ids up to {highest}, but the model has only {rows} rows for them")
    return rows if rows is not None else highest + 1


def _single_byte_tokens(tokens: Sequence[bytes], control: set[int]) -> list[int]:
    """The token of each of the 256 bytes; without all of them some text could not be encoded at all."""
    found = {data[0]: token for token, data in enumerate(tokens) if len(data) == 1 and token not in control}
    if len(found) < 256:
        raise ModelError(f"the vocabulary lacks {256 - len(found)} of the 256 single bytes")
    return [found[byte] for byte in range(256)]


def _byte_characters() -> dict[int, int]:
    """The character that stands for each byte in a byte-level vocabulary (GPT-2's table), reversed."""
    shown = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    hidden = [byte for byte in range(256) if byte not in shown]
    table = {byte: byte for byte in shown}
    # The characters of hidden bytes that stand for nothing must not pass for themselves.
    table |= dict.fromkeys(hidden, 0x100)
    return table | {0x100 + index: byte for index, byte in enumerate(hidden)}


_CHARACTER_BYTES = _byte_characters()
