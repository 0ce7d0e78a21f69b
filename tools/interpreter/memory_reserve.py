"""Room for the kernel itself, and for a `del`, when a cell has taken all memory that there is."""

import functools
import mmap
import sys
from contextlib import suppress
from typing import Any

_RESERVE = 16 << 20


def keep_reserve(shell: Any) -> None:
    """Hold back addresses, which take no memory, and give them up when a cell ends with a MemoryError.

    They are taken again after a cell that leaves room for more than them.
    """
    held: list[mmap.mmap] = []
    show = shell.showtraceback

    def take(*_: object) -> None:
        if not held:
            with suppress(OSError, MemoryError):
                held.append(mmap.mmap(-1, 2 * _RESERVE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
                held[0].resize(_RESERVE)

    @functools.wraps(show)
    def with_room(*args: Any, **options: Any) -> None:
        if held and isinstance(sys.exc_info()[1], MemoryError):
            held.pop().close()
        show(*args, **options)

    take()
    shell.showtraceback = with_room
    shell.events.register("post_run_cell", take)
