"""Other words for the same request, so that no phrasing can be learnt by heart.

Only the words between the placeholders are touched: values stay letter for letter.
"""

import random
import re
from functools import cache

from training.functions import Template

_GROUPS = (
    ("calculate", "compute", "work out", "figure out", "determine"),
    ("find", "look up", "search for", "locate", "look for"),
    ("show me", "give me", "let me see", "list", "get me", "pull up"),
    ("tell me", "let me know", "give me"),
    ("what is", "what's", "what would be", "tell me", "give me", "I need to know"),
    ("I need", "I want", "I'd like", "we need", "I require", "I am looking for"),
    ("can you", "could you", "would you", "will you", "please", "can someone"),
    ("create", "make", "set up", "add"),
    ("book", "reserve"),
    ("buy", "purchase", "order", "get"),
    ("cheap", "inexpensive", "affordable", "low-priced"),
    ("biggest", "largest", "greatest"),
    ("highest", "top", "largest"),
    ("lowest", "smallest"),
    ("big", "large"),
    ("near", "close to", "around", "not far from"),
    ("starting", "beginning"),
    ("start", "begin"),
    ("finish", "end"),
    ("fast", "quickly"),
    ("price", "cost"),
    ("movie", "film"),
    ("apartment", "flat"),
    ("photo", "picture", "image"),
    ("car", "vehicle"),
    ("trip", "journey"),
    ("kids", "children"),
    ("check", "see", "verify"),
    ("change", "update", "modify", "edit"),
    ("delete", "remove", "get rid of"),
    ("schedule", "plan", "arrange"),
    ("information", "info", "details", "data"),
    ("more than", "over", "above"),
    ("less than", "under", "below"),
    ("about", "on", "regarding", "concerning"),
    ("right now", "at the moment", "currently"),
    ("my", "our"),
    ("I'm", "I am"),
    ("it's", "it is"),
    ("how many", "what number of"),
    ("how long", "how much time"),
    ("required", "needed"),
    ("available", "free"),
    ("help me", "assist me"),
    ("use", "take"),
    ("weighs", "has a weight of"),
    ("costs", "is priced at"),
    ("years old", "years of age"),
    ("long", "in length"),
    ("wide", "in width"),
    ("high", "in height", "tall"),
)
_DROPPED = re.compile(r"\b(the|a|an|of|please|is|me|for|to)\s+(?=\w)", re.IGNORECASE)

_LONGER = re.compile(r"[a-z]{5,}")
_MISSPELT = 0.06


@cache
def _others() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for group in _GROUPS:
        for phrase in group:
            found.setdefault(phrase.lower(), []).extend(other for other in group if other != phrase)
    return {phrase: tuple(others) for phrase, others in found.items()}


@cache
def _pattern() -> re.Pattern[str]:
    phrases = sorted(_others(), key=len, reverse=True)
    return re.compile(r"\b(" + "|".join(map(re.escape, phrases)) + r")\b", re.IGNORECASE)


def paraphrased(ask: Template, rng: random.Random) -> Template:
    """The phrasing with some words exchanged, now and then one left out."""
    share = rng.choice((0.3, 0.6, 1.0))
    pieces = list(ask.pieces)
    for position in range(0, len(pieces), 2):
        pieces[position] = _pattern().sub(
            lambda match: _exchange(match.group(), share, rng), pieces[position]
        )
        if rng.random() < 0.08:
            pieces[position] = _DROPPED.sub("", pieces[position], count=1)
    if rng.random() < _MISSPELT:
        position = 2 * rng.randrange((len(pieces) + 1) // 2)
        pieces[position] = _misspelt(pieces[position], rng)
    return Template("".join("{" + piece + "}" if odd % 2 else piece for odd, piece in enumerate(pieces)))


def _misspelt(text: str, rng: random.Random) -> str:
    """The text with two letters of one longer word exchanged, or one left out."""
    words = [*_LONGER.finditer(text)]
    if not words:
        return text
    word = rng.choice(words)
    at = rng.randrange(word.start() + 1, word.end() - 1)
    pair = text[at : at + 2]
    return text[:at] + (pair[::-1] if rng.random() < 0.5 else pair[1]) + text[at + 2 :]


def _exchange(phrase: str, share: float, rng: random.Random) -> str:
    if rng.random() >= share:
        return phrase
    other = rng.choice(_others()[phrase.lower()])
    return other[:1].upper() + other[1:] if phrase[:1].isupper() and phrase != "I" else other
