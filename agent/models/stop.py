"""Stop texts, found in the bytes that a model writes, across and inside tokens.

Bytes, because a token can end inside a character; in UTF-8 a match of bytes is a match of characters.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

_THINK_OPEN = b"<think>"
_THINK_CLOSE = b"</think>"
_FULL_WIDTH_COLON = "：".encode()


class StopMatcher:
    """Lets bytes through up to the first stop text, and holds back what may become one.

    A stop text that ends in a colon also matches with a number before it and with a full-width colon:
    `Observation:` stops at `Observation 1:` and `Observation：`. Between `<think>` and `</think>` nothing
    stops. Any split of the bytes gives the same result.

    Attributes:
        matched: Whether a stop text was met; nothing passes from then on.
    """

    def __init__(self, stop: Sequence[str], *, thinking: bool = False) -> None:
        """Begin.

        Args:
            stop: The stop texts, none of them empty.
            thinking: Whether the text begins inside `<think>`.
        """
        if not all(stop):
            raise ValueError("a stop text is empty")
        self._outside = _patterns(tuple(stop))
        self._inside = _patterns((), close=True)
        self._thinking = thinking
        self._held = b""
        self.matched = False

    def feed(self, data: bytes) -> bytes:
        """Take more bytes; give those that are certain not to belong to a stop text."""
        self._held += data
        return self._pass(final=False)

    def finish(self) -> bytes:
        """No more bytes come: give what is still held back."""
        return self._pass(final=True)

    def _pass(self, *, final: bool) -> bytes:
        passed = b""
        while not self.matched:
            whole, partial = self._inside if self._thinking else self._outside
            match = whole.search(self._held)
            start = None if final else partial.search(self._held)
            # What begins earlier comes first, even if it is not yet complete: else the split would matter.
            if match is None or (start is not None and start.start() < match.start()):
                end = start.start() if start is not None else len(self._held)
                passed, self._held = passed + self._held[:end], self._held[end:]
                break
            if match.lastgroup == "tag":
                self._thinking = not self._thinking
                passed, self._held = passed + self._held[: match.end()], self._held[match.end() :]
            else:
                self.matched = True
                passed, self._held = passed + self._held[: match.start()], b""
        return passed


@lru_cache(maxsize=64)
def _patterns(stop: tuple[str, ...], *, close: bool = False) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """What to look for, and every beginning of it that the bytes could end in."""
    tag = _THINK_CLOSE if close else _THINK_OPEN
    wholes, partials = [b"(?P<tag>" + tag + b")"], [*_beginnings(tag)]
    for text in stop:
        data = text.encode()
        if data.endswith(b":") and len(data) > 1:
            label = re.escape(data[:-1]) + rb" ?[0-9]{0,3}"
            wholes.append(label + b"(?::|" + _FULL_WIDTH_COLON + b")")
            partials += [label + b"(?:\xef\xbc?)?", *_beginnings(data[:-1])]
        else:
            wholes.append(re.escape(data))
            partials += _beginnings(data)
    return re.compile(b"|".join(wholes)), re.compile(b"(?:" + b"|".join(partials) + rb")\Z")


def _beginnings(data: bytes) -> list[bytes]:
    return [re.escape(data[:length]) for length in range(len(data) - 1, 0, -1)]
