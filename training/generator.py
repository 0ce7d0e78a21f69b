"""The stream of synthetic episodes, deterministic by its seed.

python -m training.generator --count 10        prints rendered episodes
"""

import argparse
import random
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import islice

from training import patterns_linked  # noqa: F401 (registers its patterns)
from training.episode import Episode, check, render
from training.families import Family, load_families
from training.patterns import PATTERNS, Pattern
from training.scene import Scene

FAMILY_SHARE = 0.3
MEASURED_FAMILY_SHARE = 0.36
"""Shares of episodes from the hand-written families; the rest are function calls."""


@cache
def _families() -> tuple[list[Family], list[float]]:
    found = load_families()
    return found, [family.weight for family in found]


@cache
def _patterns() -> tuple[list[Pattern], list[float]]:
    found = list(PATTERNS.values())
    return found, [pattern.weight for pattern in found]


def generate(seed: int, held_out: bool = False) -> Iterator[Episode]:
    """Episodes without end. `held_out` ones use functions, phrasings and words that training never shows."""
    rng = random.Random(f"{seed} {held_out}")
    while True:
        yield one(rng, held_out)


def one(rng: random.Random, held_out: bool) -> Episode:
    """The next episode.

    Raises:
        ValueError: A maker built an episode whose calls break their schema's order.
    """
    families, family_weights = _families()
    if rng.random() < (MEASURED_FAMILY_SHARE if held_out else FAMILY_SHARE):
        (family,) = rng.choices(families, family_weights)
        episode = replace(family.make(rng, held_out), kind=family.name)
    else:
        patterns, weights = _patterns()
        (pattern,) = rng.choices(patterns, weights)
        episode = replace(pattern.make(Scene(rng, held_out)), kind=pattern.name)
    check(episode)
    return episode


def main() -> None:
    """Print rendered episodes, for people."""
    from qwact.prompts.segments import as_text

    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--held-out", action="store_true")
    options = parser.parse_args()
    for episode in islice(generate(options.seed, options.held_out), options.count):
        print(f"===== {episode.kind}\n{as_text([segment for segment, _ in render(episode)])}\n")


if __name__ == "__main__":
    main()
