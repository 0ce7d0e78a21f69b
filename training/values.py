"""Values of arguments: what goes into the JSON, and how a question says it.

`make("date_spoken", rng, held_out=False)` -> Value(json="2026-05-03", said="3 May 2026"). A kind is a name
and its arguments, separated by spaces ("int 1 14", "words 2 4", "list city 2 3", "pick a|b|c").
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Value:
    """One value.

    Attributes:
        json: What the arguments hold.
        said: How the question says it.
    """

    json: Any
    said: str


Source = Callable[[random.Random, bool], Value]
"""Draws a value: from held-out words when the flag is set, otherwise from training words."""


class UnknownKind(ValueError):
    """A kind of value that nobody registered, or whose arguments are wrong."""


_builders: dict[str, Callable[..., Source]] = {}


def kind(name: str) -> Callable[[Callable[..., Source]], Callable[..., Source]]:
    """Register a function that takes the kind's arguments (strings) and gives a `Source`."""

    def register(build: Callable[..., Source]) -> Callable[..., Source]:
        _builders[name] = build
        return build

    return register


def make(kind: str, rng: random.Random, held_out: bool) -> Value:
    """Draw a value of `kind`.

    Raises:
        UnknownKind: No such kind, or its arguments are wrong.
    """
    return source(kind)(rng, held_out)


@cache
def source(text: str) -> Source:
    """The source for a kind as it is written in a domain file.

    Raises:
        UnknownKind: No such kind, or its arguments are wrong.
    """
    from training import kinds_names, kinds_numbers, kinds_text  # noqa: F401 (they register themselves)

    name, _, rest = text.strip().partition(" ")
    if name not in _builders:
        raise UnknownKind(f"kind {text!r} is not one of: {', '.join(sorted(_builders))}")
    arguments = [rest] if name == "pick" else rest.split()
    try:
        return _builders[name](*arguments)
    except (TypeError, ValueError) as error:
        raise UnknownKind(f"kind {text!r}: {error}") from error


def plain(text: str) -> Value:
    """A string that is said as it is written."""
    return Value(text, text)
