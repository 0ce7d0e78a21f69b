"""Ctrl-C asks a run to stop; a second Ctrl-C insists."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from qwact.tools.cancellation import Cancellation


@contextmanager
def cancelled_by_ctrl_c(cancellation: Cancellation) -> Iterator[None]:
    """While the block runs, the first Ctrl-C cancels and the second raises KeyboardInterrupt."""

    def cancel(number: int, frame: FrameType | None) -> None:
        if cancellation.requested:
            raise KeyboardInterrupt
        cancellation.cancel()

    before = signal.signal(signal.SIGINT, cancel)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
