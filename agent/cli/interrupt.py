"""Ctrl-C asks a run to stop; a second Ctrl-C insists."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from qwact.tools.cancellation import Cancellation

_INTERRUPTED = 130
"""Exit code of a program that Ctrl-C ended: 128 and the number of the signal, as shells count."""


def leave(number: int, frame: FrameType | None) -> None:
    """What Ctrl-C does while no run is under way: end the program, closing what is open, without a word."""
    sys.exit(_INTERRUPTED)


@contextmanager
def cancelled_by_ctrl_c(cancellation: Cancellation) -> Iterator[None]:
    """While the block runs, the first Ctrl-C cancels and the second ends the program."""

    def cancel(number: int, frame: FrameType | None) -> None:
        if cancellation.requested:
            raise KeyboardInterrupt  # a tool's own sys.exit() ends only its call, this goes through
        cancellation.cancel()

    before = signal.signal(signal.SIGINT, cancel)
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    finally:
        signal.signal(signal.SIGINT, before)
