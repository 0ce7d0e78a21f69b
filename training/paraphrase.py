"""Other words for the same request, so that no phrasing can be learnt by heart.

Only the words between the placeholders are touched: values stay letter for letter.
"""

import random
import re

from training.functions import Template
from training.synonyms import exchanged

_DROPPED = re.compile(r"\b(the|a|an|of|please|is|me|for|to)\s+(?=\w)", re.IGNORECASE)

_LONGER = re.compile(r"[a-z]{5,}")
_MISSPELT = 0.06


def paraphrased(ask: Template, rng: random.Random) -> Template:
    """The phrasing with some words exchanged, now and then one left out."""
    share = rng.choice((0.2, 0.5, 0.8))
    pieces = list(ask.pieces)
    for position in range(0, len(pieces), 2):
        pieces[position] = exchanged(pieces[position], share, rng)
        if rng.random() < 0.08:
            pieces[position] = _DROPPED.sub("", pieces[position], count=1)
    if rng.random() < _MISSPELT:
        position = 2 * rng.randrange((len(pieces) + 1) // 2)
        pieces[position] = _misspelt(pieces[position], rng)
    return Template.of(pieces)


def _misspelt(text: str, rng: random.Random) -> str:
    """The text with two letters of one longer word exchanged, or one left out."""
    words = [*_LONGER.finditer(text)]
    if not words:
        return text
    word = rng.choice(words)
    at = rng.randrange(word.start() + 1, word.end() - 1)
    pair = text[at : at + 2]
    return text[:at] + (pair[::-1] if rng.random() < 0.5 else pair[1]) + text[at + 2 :]
