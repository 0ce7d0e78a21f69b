"""Choosing the next token from the logits."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch

from qwact.agent.models.protocol import Sampling
from qwact.tools.errors import ModelError, UserError


class Sampler:
    """Chooses tokens for one generation.

    Args:
        sampling: How to choose.
        unsampled_ids: Ids that are never chosen.
        position: Where in the conversation the generation begins; with the seed it fixes the random choices,
            so that two steps do not draw the same ones.

    Raises:
        UserError: A setting is out of its range.
    """

    def __init__(self, sampling: Sampling, unsampled_ids: Iterable[int], position: int) -> None:
        _check(sampling)
        self._sampling = sampling
        self._unsampled = torch.tensor(sorted(unsampled_ids), dtype=torch.long)
        self._random = torch.Generator()
        if sampling.seed is None:
            self._random.seed()
        else:
            self._random.manual_seed((sampling.seed * 1_000_003 + position) % 2**63)

    def choose(self, logits: torch.Tensor, allowed: "np.ndarray[Any, np.dtype[np.bool_]] | None") -> int:
        """The next token.

        Args:
            logits: One row; not changed.
            allowed: For each id whether the grammar allows it; without a grammar, None.

        Raises:
            ModelError: The network gave no finite number to choose by.
        """
        with torch.inference_mode():
            if allowed is None:
                scores = logits.index_fill(0, self._unsampled.to(logits.device), -math.inf)
            else:
                scores = logits.masked_fill(~torch.from_numpy(allowed).to(logits.device), -math.inf)
            token = int(scores.argmax())
            if not math.isfinite(float(scores[token])):
                raise ModelError(
                    "the model computed no finite score: its weights are broken or overflow their dtype"
                )
            return token if self._sampling.temperature == 0 else self._draw(scores)

    def _draw(self, scores: torch.Tensor) -> int:
        sampling = self._sampling
        scores = scores.float() / sampling.temperature
        if sampling.top_k:
            scores, ids = scores.topk(min(sampling.top_k, len(scores)))
        else:
            scores, ids = scores.sort(descending=True)
        chances = scores.softmax(0)
        if sampling.top_p < 1:
            # The token that crosses the bound is still kept, so that one always is.
            chances = chances.masked_fill(chances.cumsum(0) - chances >= sampling.top_p, 0)
        return int(ids[torch.multinomial(chances.cpu(), 1, generator=self._random).item()])


def _check(sampling: Sampling) -> None:
    if not 0 <= sampling.temperature < math.inf:
        raise UserError(f"temperature is {sampling.temperature}; it must be 0 (greedy) or more")
    if not 0 < sampling.top_p <= 1:
        raise UserError(f"top_p is {sampling.top_p}; it must be above 0 and at most 1")
    if sampling.top_k < 0:
        raise UserError(f"top_k is {sampling.top_k}; it must be 0 (off) or more")
