"""An event loop in a thread of its own, for async tools called from code that has no loop to lend."""

import asyncio
import threading
import weakref
from concurrent.futures import Future

_CLOSE_SECONDS = 2.0


class BackgroundLoop:
    """Starts at the first use. All async tools of a toolbox share it, so their clients stay usable."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def get(self) -> asyncio.AbstractEventLoop:
        """The running loop."""
        with self._lock:
            if self._loop is None:
                ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
                self._thread = threading.Thread(
                    target=lambda: asyncio.run(_serve(ready)), name="qwact-tools-loop", daemon=True
                )
                self._thread.start()
                self._loop, stop = ready.result()
                self._stop = weakref.finalize(self, self._loop.call_soon_threadsafe, stop.set)
            return self._loop

    def close(self) -> None:
        """Cancel what runs and end the thread. A task that does not give way is left to it."""
        with self._lock:
            if self._loop is None or self._thread is None:
                return
            self._loop = None
            self._stop()
            self._thread.join(_CLOSE_SECONDS)


async def _serve(ready: "Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]]") -> None:
    stop = asyncio.Event()
    ready.set_result((asyncio.get_running_loop(), stop))
    await stop.wait()
