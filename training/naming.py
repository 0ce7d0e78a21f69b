"""Styles of names: snake_case, camelCase, PascalCase, dotted, hyphens."""

import random
import re
from collections.abc import Callable

_PARTS = re.compile(r"[A-Z]?[^\W_A-Z]+|[A-Z]+(?![a-z])|\d+")


def words_of(name: str) -> list[str]:
    """`flight.getStatus` -> ["flight", "get", "status"]."""
    return [part.lower() for part in _PARTS.findall(name)] or [name]


def _snake(words: list[str]) -> str:
    return "_".join(words)


def _camel(words: list[str]) -> str:
    return words[0] + "".join(word.capitalize() for word in words[1:])


def _pascal(words: list[str]) -> str:
    return "".join(word.capitalize() for word in words)


def _dotted(words: list[str]) -> str:
    return words[0] + "." + "_".join(words[1:]) if len(words) > 1 else words[0]


def _dotted_camel(words: list[str]) -> str:
    return words[0] + "." + _camel(words[1:]) if len(words) > 1 else words[0]


def _hyphens(words: list[str]) -> str:
    return "-".join(words)


_STYLES: tuple[Callable[[list[str]], str], ...] = (_snake, _camel, _pascal, _dotted, _dotted_camel, _hyphens)
_WEIGHTS = (60, 12, 7, 8, 4, 9)


def restyle(name: str, rng: random.Random) -> str:
    """The name in another style."""
    (style,) = rng.choices(_STYLES, _WEIGHTS)
    return style(words_of(name))


def restyle_parameter(name: str, rng: random.Random) -> str:
    """A parameter's name in camelCase, or unchanged."""
    return _camel(words_of(name)) if rng.random() < 0.7 else name
