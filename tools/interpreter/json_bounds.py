"""How much a text of JSON holds and how deep, told before it is parsed.

A parser asks Python how deep it may go, and the host's program may allow more than its stack has: then what
the code inside writes would end the host.
"""

import re

DEEPEST = 100
"""Levels of lists and objects that nothing needs which is sent to us."""
_STRING, _BRACKET = re.compile(rb'"[^"]*"?'), re.compile(rb"[\[\]{}]")
_OPENING = (b"[", b"{", b",")


def count_values(data: bytes) -> int:
    """Values that it has at most: brackets and commas in strings count too, unless they were taken out."""
    return sum(map(data.count, _OPENING))


def without_strings(data: bytes) -> bytes:
    """What stays of it without its strings."""
    return _STRING.sub(b"", data.replace(rb"\\", b"").replace(rb"\"", b""))


def is_deeper(data: bytes, most: int) -> bool:
    """Whether lists and objects are nested deeper than `most`."""
    if data.count(b"[") + data.count(b"{") <= most:
        return False  # the usual case, without a look at each
    depth = 0
    for bracket in _BRACKET.finditer(without_strings(data)):
        depth += 1 if bracket[0] in b"[{" else -1
        if depth > most:
            return True
    return False
