"""The command `qwact`, which is also `python -m qwact`."""

import os
import signal
from types import FrameType
from typing import NoReturn


def main() -> NoReturn:
    """Entry point. Listens to Ctrl-C before it loads anything else, as loading takes a while."""
    signal.signal(signal.SIGINT, _end_at_once)
    from qwact.agent.cli import main as command

    command()


def _end_at_once(number: int, frame: FrameType | None) -> NoReturn:
    """Nothing is open yet, and an exception in the middle of an import might be printed."""
    os._exit(130)


if __name__ == "__main__":
    main()
