"""The token ids of one conversation, each with where it came from."""

from collections.abc import Iterable
from enum import Enum


class Origin(Enum):
    """Where a token came from."""

    GIVEN = "given"  # the prompt: instructions, questions, observations
    SAMPLED = "sampled"  # chosen by the model
    FORCED = "forced"  # the only one that the grammar left


class Ledger:
    """What the model has read and written, in order. Text is never encoded again: it can give other ids."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.origins: list[Origin] = []

    def __len__(self) -> int:
        return len(self.ids)

    def append(self, ids: Iterable[int], origin: Origin) -> None:
        """Add tokens at the end."""
        before = len(self.ids)
        self.ids.extend(ids)
        self.origins.extend([origin] * (len(self.ids) - before))

    def crop(self, length: int) -> None:
        """Keep the first `length` tokens."""
        del self.ids[length:]
        del self.origins[length:]
