"""Runs one call of a tool, where it can be left behind when it hangs or the run is cancelled."""

import asyncio
import contextvars
import inspect
import logging
import threading
import time
from asyncio import AbstractEventLoop
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from queue import Empty, SimpleQueue
from typing import Any

from qwact.tools.background_loop import BackgroundLoop
from qwact.tools.cancellation import Cancellation
from qwact.tools.errors import Cancelled, ToolTimeout
from qwact.tools.tool import Tool
from qwact.tools.workers import Workers

_log = logging.getLogger("qwact.tools")

Outcome = Callable[[], Any]
"""Gives the result or raises the error of a call that ended."""


class Execution:
    """Where tools run.

    A sync tool runs in a worker thread, an async one on an event loop. A thread cannot be killed: when the
    time is up or the run is cancelled, the call returns at once, the tool's `interrupt` is called, and a
    sync tool that ignores it runs on in its thread, its result dropped. A tool that sets itself no
    limit runs in the caller's thread: handing over to another costs more than a tool that answers at once.
    """

    def __init__(self) -> None:
        self._workers = Workers()
        self._loop = BackgroundLoop()

    def run(
        self,
        tool: Tool,
        values: Mapping[str, Any],
        *,
        cancellation: Cancellation | None,
        seconds: float | None,
        loop: AbstractEventLoop | None,
    ) -> Any:
        """Call `tool.run` and give what it returns.

        Raises:
            ToolTimeout: It did not end in time.
            Cancelled: The run was cancelled while it worked.
            Exception: What the tool raised.
        """
        limit = _shorter(tool.seconds, seconds)
        began = time.monotonic()
        if tool.is_async:
            result = tool.run(**values)
        elif tool.seconds is None:
            with cancellation.calling(tool.interrupt) if cancellation else nullcontext():
                result = tool.run(**values)
        else:
            assert limit is not None
            result = self._in_thread(tool, values, limit, cancellation)
        if inspect.isawaitable(result):
            left = None if limit is None else max(began + limit - time.monotonic(), 0.0)
            return self._on_loop(tool, result, left, limit, cancellation, loop)
        return result

    def close(self) -> None:
        """End the threads. A tool that still runs is left to its own."""
        self._workers.close()
        self._loop.close()

    def _in_thread(
        self, tool: Tool, values: Mapping[str, Any], limit: float, cancellation: Cancellation | None
    ) -> Any:
        context = contextvars.copy_context()
        ended: SimpleQueue[Outcome] = SimpleQueue()

        def job() -> Callable[[], None]:
            try:
                result = context.run(tool.run, **values)
            except BaseException as error:
                raised = error
                return lambda: ended.put(lambda: _raise(raised))
            return lambda: ended.put(lambda: result)

        return _wait(
            tool, ended, limit, limit, cancellation, tool.interrupt, lambda: self._workers.start(job)
        )

    def _on_loop(
        self,
        tool: Tool,
        awaitable: Any,
        left: float | None,
        limit: float | None,
        cancellation: Cancellation | None,
        loop: AbstractEventLoop | None,
    ) -> Any:
        if loop is None or not loop.is_running() or loop is _running_loop():
            loop = self._loop.get()  # waiting for the caller's own loop in its own thread would never end
        future = asyncio.run_coroutine_threadsafe(_awaited(awaitable), loop)
        ended: SimpleQueue[Outcome] = SimpleQueue()
        future.add_done_callback(lambda done: ended.put(done.result))

        def stop() -> None:
            future.cancel()
            tool.interrupt()

        return _wait(tool, ended, left, limit, cancellation, stop)


def _shorter(*limits: float | None) -> float | None:
    """The smallest of the limits that are set, in seconds that a lock can wait."""
    given = [min(max(limit, 0.0), threading.TIMEOUT_MAX) for limit in limits if limit is not None]
    return min(given, default=None)


def _wait(
    tool: Tool,
    ended: "SimpleQueue[Outcome]",
    left: float | None,
    limit: float | None,
    cancellation: Cancellation | None,
    stop: Callable[[], None],
    begin: Callable[[], None] | None = None,
) -> Any:
    """Begin, and wait for what comes first: the end of the call, the end of its time, or a cancelled run."""

    def cancelled() -> None:
        ended.put(_cancelled)

    try:
        with cancellation.calling(cancelled) if cancellation else nullcontext():
            if begin is not None:
                begin()  # last: a thread that wakes while this one still works has to wait for the GIL
            outcome = ended.get(timeout=left)
    except Empty:
        _stop(tool, stop)
        raise ToolTimeout(
            f"{tool.name} did not end within {limit:.3g} seconds and was given up. Ask it for less at once."
        ) from None
    except BaseException:  # Ctrl-C while waiting
        _stop(tool, stop)
        raise
    if outcome is _cancelled:
        _stop(tool, stop)
    return outcome()


def _stop(tool: Tool, stop: Callable[[], None]) -> None:
    try:
        stop()
    except Exception:  # the call is lost either way; what matters is why
        _log.exception("%s could not be interrupted", tool.name)


def _cancelled() -> Any:
    raise Cancelled("the run was cancelled while a tool worked")


def _raise(error: BaseException) -> Any:
    raise error


async def _awaited(awaitable: Any) -> Any:
    return await awaitable


def _running_loop() -> AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
