"""Other words for the same thing, in requests, descriptions and names: what is meant counts, not the word.

`pools/synonyms.txt` holds groups of words that can stand for each other. A word with a star has other
meanings too: it may come in for another, and is never taken out. Nouns (`n:`) stand for their plurals too.
"""

import random
import re
from functools import cache

from training.pools import pool


def exchanged(text: str, share: float, rng: random.Random) -> str:
    """The text with about `share` of the words that have synonyms exchanged."""
    return _pattern().sub(lambda match: _other(match.group(), share, rng), text)


@cache
def single_words(word: str) -> tuple[str, ...]:
    """The synonyms of a word that are one word themselves; none for words with other meanings."""
    return tuple(other for other in _others().get(word, ()) if other.isalpha())


@cache
def _others() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for line in pool("synonyms"):
        sort, _, members = line.partition(": ")
        group = members.split(", ")
        for forms in (group, [_plural(member) for member in group]) if sort == "n" else (group,):
            for word in forms:
                if not word.endswith("*"):
                    found.setdefault(word, []).extend(other.rstrip("*") for other in forms if other != word)
    return {word: tuple(others) for word, others in found.items()}


def _plural(noun: str) -> str:
    star = "*" * noun.endswith("*")
    stem = noun.rstrip("*")
    if stem.endswith(("s", "x", "ch", "sh")):
        return f"{stem}es{star}"
    if stem.endswith("y") and stem[-2] not in "aeiou":
        return f"{stem[:-1]}ies{star}"
    return f"{stem}s{star}"


@cache
def _pattern() -> re.Pattern[str]:
    phrases = sorted(_others(), key=len, reverse=True)
    return re.compile(r"(?<![\w'\"])(" + "|".join(map(re.escape, phrases)) + r")(?![\w'])", re.IGNORECASE)


def _other(phrase: str, share: float, rng: random.Random) -> str:
    if rng.random() >= share:
        return phrase
    other = rng.choice(_others()[phrase.lower()])
    if other.startswith("i") and not other[1:2].isalpha():
        other = "I" + other[1:]
    return (
        other[:1].upper() + other[1:]
        if phrase[:1].isupper() and phrase.lower()[:2] not in ("i ", "i'")
        else other
    )
