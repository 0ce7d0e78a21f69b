"""One switch that stops a run: the model between two tokens, and the tool that is running."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from qwact.tools.errors import Cancelled, DeadlineReached


class Cancellation:
    """Set once, from any thread; seen by everything that takes part in a run.

    Attributes:
        deadline: Time on `time.monotonic`'s clock from which on `check` raises `DeadlineReached`.
    """

    def __init__(self, deadline: float | None = None) -> None:
        self.deadline = deadline
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []

    @property
    def requested(self) -> bool:
        """Whether `cancel` was called. The deadline does not count."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Ask everything that takes part to stop. Further calls do nothing."""
        with self._lock:
            if self._event.is_set():
                return
            self._event.set()
            callbacks = list(self._callbacks)
        for callback in callbacks:
            callback()

    def check(self) -> None:
        """Raise `Cancelled` when `cancel` was called, `DeadlineReached` when the time is up."""
        if self._event.is_set():
            raise Cancelled("the run was cancelled")
        if self.deadline is not None and time.monotonic() >= self.deadline:
            raise DeadlineReached("the time is up")

    @contextmanager
    def calling(self, callback: Callable[[], None]) -> Iterator[None]:
        """While the block runs, `cancel` also calls `callback`, from the cancelling thread."""
        with self._lock:
            already = self._event.is_set()
            self._callbacks.append(callback)
        if already:
            callback()
        try:
            yield
        finally:
            with self._lock:
                self._callbacks.remove(callback)
