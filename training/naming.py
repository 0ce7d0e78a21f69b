"""Styles of names: snake_case, camelCase, PascalCase, dotted, hyphens; and other words for the same thing."""

import random
import re
from collections.abc import Callable

from training.synonyms import single_words

_SAME = (
    ("get", "fetch", "find", "lookup", "retrieve", "query", "show", "read"),
    ("calculate", "compute", "calc", "determine", "estimate", "evaluate"),
    ("create", "add", "make", "new", "register"),
    ("search", "find", "lookup", "browse", "query"),
    ("book", "reserve", "order"),
    ("send", "deliver", "dispatch"),
    ("update", "set", "change", "modify", "edit"),
    ("delete", "remove", "drop"),
    ("list", "show", "all"),
    ("check", "verify", "test"),
    ("convert", "transform", "change"),
    ("location", "place", "loc", "area"),
    ("city", "town", "place", "location"),
    ("amount", "value", "sum", "total"),
    ("quantity", "qty", "count", "number"),
    ("count", "n", "num", "number", "limit"),
    ("name", "label", "title"),
    ("title", "name", "heading"),
    ("start", "begin", "from"),
    ("end", "until", "to"),
    ("date", "day", "when"),
    ("time", "hour", "at"),
    ("query", "q", "keywords", "text", "term"),
    ("message", "text", "body", "content"),
    ("text", "content", "body", "string"),
    ("description", "details", "summary", "info"),
    ("price", "cost", "amount"),
    ("rate", "percentage", "ratio"),
    ("type", "kind", "category"),
    ("category", "type", "group", "kind"),
    ("id", "identifier", "code", "key", "ref"),
    ("email", "mail", "address"),
    ("phone", "number", "tel"),
    ("user", "person", "account", "member"),
    ("customer", "client", "buyer"),
    ("language", "lang", "locale"),
    ("country", "nation", "land"),
    ("width", "w", "breadth"),
    ("height", "h", "tall"),
    ("length", "len", "size"),
    ("weight", "mass"),
    ("mass", "m", "weight"),
    ("speed", "velocity", "v"),
    ("distance", "range", "length"),
    ("duration", "length", "period", "time"),
    ("temperature", "temp"),
    ("year", "yr"),
    ("minutes", "mins"),
    ("seconds", "secs"),
    ("numbers", "values", "data", "items"),
    ("values", "numbers", "data"),
    ("destination", "target", "to"),
    ("origin", "source", "from"),
    ("source", "origin", "from"),
    ("target", "destination", "to"),
    ("symbol", "ticker", "code"),
    ("file", "document", "path"),
    ("priority", "importance", "urgency"),
    ("status", "state"),
)
_OTHERS = {group[0]: group[1:] for group in _SAME}
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
    """The name in another style, sometimes in other words."""
    (style,) = rng.choices(_STYLES, _WEIGHTS)
    words = words_of(name)
    return style(_reworded(words, rng) if rng.random() < 0.4 else words)


def restyle_parameter(name: str, rng: random.Random) -> str:
    """A parameter's name in other words, in camelCase, or unchanged."""
    words = words_of(name)
    if rng.random() < 0.6:
        words = _reworded(words, rng)
    return _camel(words) if rng.random() < 0.4 else _snake(words)


def _reworded(words: list[str], rng: random.Random) -> list[str]:
    others = [(*_OTHERS.get(word, ()), *single_words(word)) or (word,) for word in words]
    return [
        rng.choice(same) if rng.random() < 0.7 else word for word, same in zip(words, others, strict=True)
    ]
