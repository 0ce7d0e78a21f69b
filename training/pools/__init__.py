"""Word lists, one entry a line, each split by a stable hash into training and held-out entries."""

import zlib
from functools import cache
from pathlib import Path

HELD_OUT_WORDS = 15  # per cent
HELD_OUT_FUNCTIONS = 10
HELD_OUT_PHRASINGS = 10


def is_held_out(text: str, percent: int = HELD_OUT_WORDS) -> bool:
    """Whether `text` belongs to the held-out part; the same on every machine and in every run."""
    return zlib.crc32(text.encode()) % 100 < percent


@cache
def pool(name: str) -> tuple[str, ...]:
    """All entries of `training/pools/{name}.txt`."""
    path = Path(__file__).parent / f"{name}.txt"
    return tuple(path.read_text(encoding="utf-8").splitlines())


@cache
def split_pool(name: str, held_out: bool) -> tuple[str, ...]:
    """The entries of one side of the split."""
    return tuple(entry for entry in pool(name) if is_held_out(entry) == held_out)
