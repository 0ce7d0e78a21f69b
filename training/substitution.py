"""Other words for what a hand-written function is about, in its name, schema and phrasings alike.

`book_flight`, "Book a flight from {origin}" -> `book_lantern`, "Book a lantern from {origin}". The syntax of
the phrasings stays, but no function can be known by heart: what is offered and asked has to be read.
"""

import random
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from training.functions import Function, Parameter, Template
from training.naming import words_of
from training.pools import pool, split_pool

_SHORTEST = 4
_SHARE = 0.6  # of the words that could be exchanged
_WORD = re.compile(r"[A-Za-z]+")
_PART_OF_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_WORDS_OF_LANGUAGE = """
    with from that this which what when where there have will would could should please into about
    over under many much most more less than then they them your each given using value number name
    date time city country start first last text list type unit units amount count year month days
    hours minutes minute seconds between available nearby current history
"""
_KEPT = frozenset((*_WORDS_OF_LANGUAGE.split(), *pool("verbs")))
"""Words whose meaning tells which value is whose, and those that belong to the language."""


@cache
def _exchanged_for() -> tuple[str, ...]:
    """Things and other words, about as many of each."""
    things = [word for word in split_pool("things", False) if word.isascii() and word.isalpha()]
    words = [word for word in split_pool("words", False) if word.isascii() and word.isalpha()]
    return (*things, *words[:: max(1, len(words) // len(things))])


def substituted(function: Function, rng: random.Random) -> Function:
    """The function with some of its own words exchanged for others."""
    shared = _own_words(function)
    words = _exchanged_for()
    exchange = {word: rng.choice(words) for word in shared if rng.random() < _SHARE}
    asks = tuple(_ask(ask, exchange) for ask in function.training_asks)
    asks = tuple(new for new, old in zip(asks, function.training_asks, strict=True) if new != old)
    if not asks:  # what no longer names the thing could not be told from other requests
        return function
    return replace(
        function,
        name=_names(function.name, exchange),
        description=_text(function.description, exchange),
        parameters=tuple(_parameter(parameter, exchange) for parameter in function.parameters),
        asks=asks,
        answers=(),
        result=function.result,
    )


def _own_words(function: Function) -> list[str]:
    """Words of its name that its phrasings use as well; in the order of the name."""
    said = {
        word.lower()
        for ask in function.training_asks
        for piece in ask.pieces[::2]
        for word in _WORD.findall(piece)
    }
    own = dict.fromkeys(words_of(function.name))
    return [
        word for word in own if len(word) >= _SHORTEST and word not in _KEPT and {word, word + "s"} & said
    ]


def _text(text: str, exchange: Mapping[str, str], words: re.Pattern[str] = _WORD) -> str:
    def other(match: re.Match[str]) -> str:
        word = match.group()
        plain = word.lower()
        ending = "" if plain in exchange else "s"
        new = exchange.get(plain.removesuffix(ending))
        if new is None:
            return word
        return (new.capitalize() if word[0].isupper() else new) + ending

    return words.sub(other, text)


def _names(name: str, exchange: Mapping[str, str]) -> str:
    """A name in any style: its parts are words."""
    return _text(name, exchange, _PART_OF_NAME)


def _ask(ask: Template, exchange: Mapping[str, str]) -> Template:
    return Template.of(piece if odd % 2 else _text(piece, exchange) for odd, piece in enumerate(ask.pieces))


def _parameter(parameter: Parameter, exchange: Mapping[str, str]) -> Parameter:
    children = tuple(_parameter(child, exchange) for child in parameter.children)
    return replace(parameter, description=_text(parameter.description, exchange), children=children)
