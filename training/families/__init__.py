"""Families of hand-written episodes. Each module registers functions that make one episode each.

@family("dates_by_code", weight=3)
def dates_by_code(rng: random.Random, held_out: bool) -> Episode: ...
"""

import importlib
import pkgutil
import random
from collections.abc import Callable
from dataclasses import dataclass

from training.episode import Episode

Maker = Callable[[random.Random, bool], Episode]


@dataclass(frozen=True, slots=True)
class Family:
    """One maker of episodes and how often it is drawn, relative to the others."""

    name: str
    weight: float
    make: Maker


_registered: dict[str, Family] = {}


def family(name: str, weight: float) -> Callable[[Maker], Maker]:
    """Register a function `(rng, held_out) -> Episode` under a name of its own."""

    def register(make: Maker) -> Maker:
        if name in _registered:
            raise ValueError(f"two families are called {name!r}")
        _registered[name] = Family(name, weight, make)
        return make

    return register


def load_families() -> list[Family]:
    """Every registered family, ordered by name; imports all modules of this folder."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return [_registered[name] for name in sorted(_registered)]
