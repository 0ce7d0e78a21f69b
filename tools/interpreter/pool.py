"""Kernels kept ready for the next session: behind their walls, greeted, with the usual packages loaded.

None was ever used, and a used one never comes back. They count against nobody's limits but their own, from
their beginning on.
"""

import atexit
import logging
import os
import threading
from collections import deque

from qwact.tools.interpreter.connection import Flooded
from qwact.tools.interpreter.walled_kernel import KernelSettings, WalledKernel
from qwact.tools.interpreter.zmtp import Disconnected

PRELOADED = ("numpy", "pandas", "matplotlib.pyplot", "matplotlib_inline.backend_inline", "PIL.PngImagePlugin")
# Each combination of settings has its own shelf; the one asked for longest ago goes.
_MOST_SHELVES = 4
_PRELOAD_SECONDS, _LONGEST_EXIT_SECONDS = 60.0, 5.0
# Whoever took a kernel runs a cell now: its first result comes before the next kernel.
_REFILL_DELAY_SECONDS = 0.5
# Names are bound in a dictionary of its own. What is not installed, or does not load, is no error here.
_PRELOAD = f"""exec('''
import importlib
for name in {PRELOADED}:
    try:
        importlib.import_module(name)
    except Exception:
        pass
''', {{}})"""

_log = logging.getLogger("qwact.sandbox")


class _Shelf:
    def __init__(self) -> None:
        self.wanted = 0
        self.ready: deque[WalledKernel] = deque()


class WarmKernels:
    """Kernels that wait, for each combination of settings. Safe for several threads."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._shelves: dict[KernelSettings, _Shelf] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._filler: threading.Thread | None = None

    def keep(self, settings: KernelSettings, count: int) -> None:
        """Keep so many kernels ready from now on; the first are being started when this returns."""
        with self._lock:
            # Put last: the order tells which was asked for longest ago.
            shelf = self._shelves[settings] = self._shelves.pop(settings, _Shelf())
            shelf.wanted = count
            surplus = [shelf.ready.popleft() for _ in range(len(shelf.ready) - count)]
            if len(self._shelves) > _MOST_SHELVES:
                surplus += self._shelves.pop(next(iter(self._shelves))).ready
            self._fill(delay=0)
        for kernel in surplus:
            kernel.close()

    def take(self, settings: KernelSettings) -> WalledKernel | None:
        """A kernel that was never used, now the caller's; None when none is ready."""
        dead = []
        with self._lock:
            shelf = self._shelves.get(settings) or _Shelf()
            kernel = None
            while kernel is None and shelf.ready:
                kernel = shelf.ready.popleft()
                if not kernel.is_alive():
                    dead.append(kernel)
                    kernel = None
            self._fill(_REFILL_DELAY_SECONDS)
        for ended in dead:
            ended.close()
        return kernel

    def ready(self, settings: KernelSettings) -> int:
        """How many wait."""
        with self._lock:
            return len(self._shelves[settings].ready) if settings in self._shelves else 0

    def close(self) -> None:
        """End all of them and start no more, until `keep` is called again."""
        with self._lock:
            kernels = [kernel for shelf in self._shelves.values() for kernel in shelf.ready]
            self._shelves.clear()
            filler = self._filler
            self._stopping.set()
        if filler is not None:
            # No longer: a kernel half started ends by itself when its host is gone.
            filler.join(_LONGEST_EXIT_SECONDS)
        for kernel in kernels:
            kernel.close()

    def let_go(self) -> None:
        """In a fork of the process that filled them: they are the other's."""
        kernels = [kernel for shelf in self._shelves.values() for kernel in shelf.ready]
        self._begin()  # a thread that is not here may hold the lock
        for kernel in kernels:
            kernel.close()

    def _fill(self, delay: float) -> None:
        """Start the thread that fills, if there is work and none runs. The lock is held."""
        if self._filler is None and self._missing() is not None:
            self._stopping.clear()
            self._filler = threading.Thread(
                target=self._fill_shelves, args=(delay,), name="qwact-warm", daemon=True
            )
            self._filler.start()

    def _missing(self) -> KernelSettings | None:
        """The settings asked for last of those that lack a kernel."""
        for settings in reversed(self._shelves):
            if len(self._shelves[settings].ready) < self._shelves[settings].wanted:
                return settings
        return None

    def _fill_shelves(self, delay: float) -> None:
        import qwact.tools.interpreter.session  # noqa: F401  # so that it need not be when one is taken

        self._stopping.wait(delay)
        while True:
            with self._lock:
                settings = self._missing()
                if settings is None or self._stopping.is_set():
                    self._filler = None
                    return
            kernel = self._start(settings)
            with self._lock:
                shelf = self._shelves.get(settings)
                if kernel is None:
                    # Not tried again before somebody asks: what failed once fails again.
                    self._shelves.pop(settings, None)
                elif shelf is not None and len(shelf.ready) < shelf.wanted and not self._stopping.is_set():
                    shelf.ready.append(kernel)
                    kernel = None
            if kernel is not None:
                kernel.close()

    def _start(self, settings: KernelSettings) -> WalledKernel | None:
        kernel = None
        try:
            kernel = WalledKernel(settings)
            kernel.start()
            request = kernel.connection.execute(_PRELOAD, silent=True)
            if kernel.connection.await_end(request, _PRELOAD_SECONDS, self._stopping.is_set):
                return kernel
            if not self._stopping.is_set():
                _log.warning("sandbox: loading packages took too long; no kernel is kept ready")
        except (Disconnected, Flooded):
            _log.warning("sandbox: a kernel ended while it loaded packages; none is kept ready")
        except Exception as error:
            _log.warning("sandbox: no kernel can be kept ready: %s", error)
        if kernel is not None:
            kernel.close()
        return None


WARM = WarmKernels()
atexit.register(WARM.close)
os.register_at_fork(after_in_child=WARM.let_go)
