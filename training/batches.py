"""Padded batches of tokenised episodes, made by background processes, deterministic by seed and process."""

import multiprocessing
import queue
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from training.episode import Episode, render
from training.generator import generate
from training.tokenizer import SegmentEncoder

BUCKETS = (320, 448, 576, 768, 1024, 1536, 2560, 4096)
"""Lengths to which episodes are padded; longer ones are left out."""


@dataclass
class Batch:
    """One batch.

    Attributes:
        ids: Token ids, right-padded with 0, one row an episode.
        targets: Flat positions in `ids` of the tokens that are trained.
    """

    ids: npt.NDArray[np.uint16]
    targets: npt.NDArray[np.int32]

    @property
    def tokens(self) -> int:
        """Positions, padding included."""
        return int(self.ids.size)


def make_batch(rows: list[tuple[list[int], list[bool]]], length: int) -> Batch:
    """Pad the rows to `length`."""
    ids = np.zeros((len(rows), length), dtype=np.uint16)
    trained = np.zeros((len(rows), length), dtype=bool)
    for number, (tokens, flags) in enumerate(rows):
        ids[number, : len(tokens)] = tokens
        trained[number, : len(flags)] = flags
    trained[:, 0] = False  # nothing stands before the first token
    return Batch(ids, np.flatnonzero(trained).astype(np.int32))


def batches(
    encoder: SegmentEncoder, seed: int, tokens: int, buckets: tuple[int, ...] = BUCKETS
) -> Iterator[Batch]:
    """Batches without end, each of one bucket and of about `tokens` positions."""
    waiting: dict[int, list[tuple[list[int], list[bool]]]] = {length: [] for length in buckets}
    for episode in generate(seed):
        ids, trained = encode(encoder, episode)
        length = next((length for length in buckets if length >= len(ids)), None)
        if length is None:
            continue
        rows = waiting[length]
        rows.append((ids, trained))
        if len(rows) == max(1, tokens // length):
            yield make_batch(rows, length)
            waiting[length] = []


def encode(encoder: SegmentEncoder, episode: Episode) -> tuple[list[int], list[bool]]:
    """Ids and training flags of an episode in the prompt format."""
    return encoder.episode(render(episode))


def _work(
    tokenizer_file: str, seed: int, tokens: int, longest: int, output: "multiprocessing.Queue[Batch]"
) -> None:
    encoder = SegmentEncoder(Tokenizer.from_file(tokenizer_file))
    buckets = tuple(length for length in BUCKETS if length <= longest)
    for batch in batches(encoder, seed, tokens, buckets):
        output.put(batch)


class BatchSource:
    """Batches from background processes. When they fall behind, recent batches are shown again."""

    def __init__(
        self, tokenizer_file: Path, seed: int, tokens: int, workers: int, longest: int = BUCKETS[-1]
    ) -> None:
        context = multiprocessing.get_context("spawn")
        self._queue: multiprocessing.Queue[Batch] = context.Queue(maxsize=6 * workers)
        self._recent: list[Batch] = []
        self._rng = random.Random(seed)
        self.shown_again = 0
        self._processes = [
            context.Process(
                target=_work,
                args=(str(tokenizer_file), seed * 1000 + number, tokens, longest, self._queue),
                daemon=True,
            )
            for number in range(workers)
        ]
        for process in self._processes:
            process.start()

    def next(self) -> Batch:
        """The next batch.

        Raises:
            RuntimeError: A background process ended.
        """
        try:
            batch = self._queue.get_nowait()
        except queue.Empty:
            if len(self._recent) >= 64:
                self.shown_again += 1
                return self._rng.choice(self._recent)
            batch = self._wait()
        self._recent.append(batch)
        if len(self._recent) > 256:
            self._recent.pop(self._rng.randrange(128))
        return batch

    def _wait(self) -> Batch:
        while True:
            try:
                return self._queue.get(timeout=5)
            except queue.Empty:
                dead = [process.exitcode for process in self._processes if process.exitcode is not None]
                if dead:
                    raise RuntimeError(f"a process that makes batches ended with {dead[0]}") from None

    def close(self) -> None:
        """End the background processes."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join()
