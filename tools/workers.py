"""Threads in which tools run, so that nobody has to wait for a tool that hangs."""

import os
import threading
import weakref
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue

Job = Callable[[], Callable[[], None]]
"""Does the work, and gives what is to be called to hand over the outcome."""


class Workers:
    """A pool that grows as needed. Threads are used again, and do not keep the process alive."""

    def __init__(self) -> None:
        self._idle: deque[SimpleQueue[Job | None]] = deque()
        self._all: list[SimpleQueue[Job | None]] = []
        self._process = os.getpid()
        self.close = weakref.finalize(self, _dismiss, self._idle, self._all)
        """Let the threads go; one that is still busy goes when it is done."""

    def start(self, job: Job) -> None:
        """Begin a job in a free thread. It must not raise."""
        if self._process != os.getpid():  # after a fork no thread is left
            self._idle.clear()
            self._all.clear()
            self._process = os.getpid()
        try:
            inbox = self._idle.pop()
        except IndexError:
            inbox = SimpleQueue()
            self._all.append(inbox)
            threading.Thread(target=_work, args=(inbox, self._idle), name="qwact-tool", daemon=True).start()
        inbox.put(job)


def _work(inbox: "SimpleQueue[Job | None]", idle: "deque[SimpleQueue[Job | None]]") -> None:
    while (job := inbox.get()) is not None:
        hand_over = job()
        del job
        idle.append(inbox)  # first, so that the caller's next job finds this thread free
        hand_over()
        del hand_over


def _dismiss(idle: "deque[SimpleQueue[Job | None]]", inboxes: "list[SimpleQueue[Job | None]]") -> None:
    idle.clear()
    for inbox in inboxes:
        inbox.put(None)
