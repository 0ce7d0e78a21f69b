"""Keys and values of one conversation: the only file that knows transformers' cache.

transformers' own layer copies all keys and values at every token; the one here writes into room kept ready.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from transformers.cache_utils import DynamicCache, DynamicLayer

from qwact.tools.cancellation import Cancellation
from qwact.tools.errors import Cancelled, ModelError

_ROOM = 256
"""Positions by which the room grows."""

_SMALL = 100_000_000  # parameters
_FEW = 16  # tokens in one pass


class _GrowingLayer(DynamicLayer):  # type: ignore[misc]
    """A full-attention layer whose `keys` and `values` are views of larger buffers."""

    is_initialized: bool
    _key_room: torch.Tensor
    _value_room: torch.Tensor

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        length = self.get_seq_length()
        end = length + key_states.shape[-2]
        if not self.is_initialized or end > self._key_room.shape[-2]:
            self._grow(key_states, value_states, length, end)
        self._key_room[..., length:end, :] = key_states
        self._value_room[..., length:end, :] = value_states
        self.keys, self.values = self._key_room[..., :end, :], self._value_room[..., :end, :]
        return self.keys, self.values

    def _grow(self, keys: torch.Tensor, values: torch.Tensor, length: int, end: int) -> None:
        positions = (max(end, length * 5 // 4) // _ROOM + 1) * _ROOM
        key_room = keys.new_empty((*keys.shape[:-2], positions, keys.shape[-1]))
        value_room = values.new_empty((*values.shape[:-2], positions, values.shape[-1]))
        if length:
            key_room[..., :length, :] = self.keys
            value_room[..., :length, :] = self.values
        self._key_room, self._value_room = key_room, value_room
        self.dtype, self.device, self.is_initialized = keys.dtype, keys.device, True


class _Cache(DynamicCache):  # type: ignore[misc]
    """Asks at every layer whether to go on: a pass over a long prompt can take seconds on a busy CPU."""

    cancellation: Cancellation | None = None

    def update(self, *args: Any, **kwargs: Any) -> Any:
        if self.cancellation is not None:
            self.cancellation.check()
        return super().update(*args, **kwargs)


class KvCache:
    """The computed part of a conversation.

    Attributes:
        length: Positions whose keys and values are held.
        computed_tokens: Positions computed so far, over the cache's whole life.
        forward_passes: Runs of the network so far.
    """

    def __init__(self, network: Any) -> None:
        self._network = network
        self._device = network.device
        self._small = self._device.type == "cpu" and network.num_parameters() < _SMALL
        self.computed_tokens = 0
        self.forward_passes = 0
        self.clear()

    def clear(self) -> None:
        """Forget all positions."""
        self.length = 0
        self._cache: Any = _Cache(config=self._network.config)
        self._cache.layers = [
            _GrowingLayer() if type(layer) is DynamicLayer else layer for layer in self._cache.layers
        ]

    def release(self) -> None:
        """Forget all positions for good, and the network with them."""
        self.length = 0
        self._cache = self._network = None

    @property
    def released(self) -> bool:
        """Whether nothing can be computed any more."""
        return self._network is None

    def extend(self, ids: Sequence[int], cancellation: Cancellation | None = None) -> torch.Tensor:
        """Compute some further tokens in one pass.

        Args:
            ids: The tokens.
            cancellation: Breaks the pass off between two layers. Recurrent layers cannot go back: when some
                are there, only the first pass is broken off, and a later one runs to its end.

        Returns:
            The logits after the last of them, one row.

        Raises:
            Cancelled: The pass was broken off; what was held before it still is.
            ModelError: The device has no memory left, or the conversation was closed meanwhile.
        """
        if self.released:
            raise ModelError("the conversation was closed while it was generating")
        self._cache.cancellation = cancellation if self._can_undo_a_pass() else None
        try:
            with self._threads(len(ids)), torch.inference_mode():
                output = self._network(
                    input_ids=torch.tensor([ids], device=self._device),
                    past_key_values=self._cache,
                    use_cache=True,
                    logits_to_keep=1,
                )
        except torch.OutOfMemoryError:
            length = self.length
            self.clear()
            raise ModelError(
                f"{self._device} ran out of memory at {length + len(ids)} tokens of conversation; "
                "use a smaller model or a shorter conversation"
            ) from None
        except Cancelled:
            self._undo_pass()
            raise
        except BaseException:
            self.clear()  # some layers may hold the new tokens and others not
            raise
        self.length += len(ids)
        self.computed_tokens += len(ids)
        self.forward_passes += 1
        row: torch.Tensor = output.logits[0, -1]
        return row

    def _can_undo_a_pass(self) -> bool:
        return not self.length or all(type(layer) is _GrowingLayer for layer in self._cache.layers)

    def _undo_pass(self) -> None:
        """Take back what the first layers of a broken pass hold more than the others."""
        if not self.length:
            self.clear()
            return
        for layer in self._cache.layers:
            layer.crop(self.length - layer.get_seq_length())

    @contextmanager
    def _threads(self, count: int) -> Iterator[None]:
        """One thread inside, where a small network reads few tokens.

        Its time then goes into reading the weights, which one core does about as fast as two. And a second
        thread costs a lot on a busy machine: measured with another process on one of two cores, 15 M
        parameters took 15 ms a token with one thread and 75 ms with two, which wait for each other spinning.
        """
        threads = torch.get_num_threads()
        if not self._small or count > _FEW or threads == 1:
            yield
            return
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(threads)

    def crop(self, length: int) -> None:
        """Keep at most the first `length` positions.

        Recurrent layers (Qwen3-Next) cannot go back: everything is then forgotten, and computed again when
        the conversation goes on.
        """
        if length >= self.length:
            return  # also when it was released
        if length and self._cache.is_croppable:
            self._cache.crop(length - self.length)
            self.length = length
        else:
            self.clear()
