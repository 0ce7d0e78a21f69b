"""What the walls of the code interpreter cost: starts, cells and memory, with them, without, and warm.

    python benchmarks/interpreter_start.py [rounds]

Every round takes the variants in turn; medians are printed, and ratios to the kernel without walls.
"Stock" is the kernel as jupyter_client starts and drives it.
"""

import contextlib
import io
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator

import psutil
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from qwact.tools.interpreter import CodeInterpreter
from qwact.tools.interpreter.plan import Limits
from qwact.tools.interpreter.pool import WarmKernels
from qwact.tools.interpreter.sandbox import NO_WALLS
from qwact.tools.interpreter.session import Session
from qwact.tools.interpreter.walled_kernel import KernelSettings

MEGABYTE = 1 << 20
SETTINGS = KernelSettings(
    Limits(2048 * MEGABYTE, 64, 256 * MEGABYTE, 1024 * MEGABYTE, 1000, 20_000), choice="auto"
)
CELLS_A_ROUND = 20
SETTLE_SECONDS = 0.2
Table = dict[str, list[float]]


def milliseconds(action: Callable[[], object]) -> float:
    """Wall time of a call."""
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1e3


@contextlib.contextmanager
def interpreter(choice: str) -> Iterator[CodeInterpreter]:
    """An interpreter that was not started; its warning about missing walls is not printed."""
    with contextlib.redirect_stderr(io.StringIO()), CodeInterpreter(sandbox=choice) as py:
        yield py


def warm_session(pool: WarmKernels) -> Session:
    """A session with a kernel that is ready."""
    kernel = pool.take(SETTINGS)
    assert kernel is not None
    return Session(kernel, 60, None)


def fill(pool: WarmKernels) -> None:
    """Wait until one kernel is ready."""
    pool.keep(SETTINGS, 1)
    while not pool.ready(SETTINGS):
        time.sleep(0.01)


def run_stock(client: BlockingKernelClient) -> None:
    """`1+1` by jupyter_client, until reply and "idle" are there."""
    request = client.execute("1+1", allow_stdin=False)
    while client.get_shell_msg(timeout=60)["parent_header"].get("msg_id") != request:
        pass
    while True:
        message = client.get_iopub_msg(timeout=60)
        is_ours = message["parent_header"].get("msg_id") == request
        if is_ours and message["content"].get("execution_state") == "idle":
            return


@contextlib.contextmanager
def stock_kernel() -> Iterator[BlockingKernelClient]:
    """A kernel as jupyter_client starts it, ready."""
    manager = KernelManager(transport="ipc")
    manager.start_kernel()
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    try:
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def start_cold(choice: str, name: str, times: Table) -> None:
    """From nothing to the first result."""
    with interpreter(choice) as py:
        times[name].append(milliseconds(lambda: py.run("1+1")))


def start_warm(times: Table) -> None:
    """From a pool with a kernel that is ready."""
    pool = WarmKernels()
    fill(pool)
    started = time.perf_counter()
    session = warm_session(pool)
    times["from the pool: obtained"].append((time.perf_counter() - started) * 1e3)
    session.run("1+1")
    times["from the pool: first result"].append((time.perf_counter() - started) * 1e3)
    loaded = milliseconds(lambda: session.run("import numpy, pandas, matplotlib.pyplot"))
    times["from the pool: numpy, pandas and pyplot imported"].append(loaded)
    session.close()
    pool.close()


def start_stock(times: Table) -> None:
    """With jupyter_client, until it calls the kernel ready and has a result."""
    started = time.perf_counter()
    with stock_kernel() as client:
        run_stock(client)
        times["stock jupyter_client"].append((time.perf_counter() - started) * 1e3)


def measure_starts(rounds: int, times: Table) -> None:
    """Starts of each kind, in another order each round: what one leaves to do disturbs the next."""
    variants: list[Callable[[Table], None]] = [
        lambda times: start_cold(NO_WALLS, "without walls", times),
        lambda times: start_cold("auto", "with walls", times),
        start_warm,
        start_stock,
    ]
    for variant in variants:  # imports, caches
        variant(defaultdict(list))
    for number in range(rounds):
        shift = number % len(variants)
        for variant in (variants[shift:] + variants[:shift])[:: 1 if number % 8 < 4 else -1]:
            variant(times)
            time.sleep(SETTLE_SECONDS)


def measure_cells(rounds: int, times: Table) -> None:
    """Round trips of `1+1` with kernels that stay."""
    with interpreter("auto") as walled, interpreter(NO_WALLS) as bare, stock_kernel() as client:
        actions: dict[str, Callable[[], object]] = {
            "with walls": lambda: walled.run("1+1"),
            "without walls": lambda: bare.run("1+1"),
            "stock jupyter_client": lambda: run_stock(client),
        }
        for number in range(rounds + 1):
            for name, action in actions.items():
                taken = [milliseconds(action) for _ in range(CELLS_A_ROUND)]
                if number:  # the first round is for the caches
                    times[name] += taken


def proportional_memory() -> float:
    """Megabytes of all our children, shared pages in proportion."""
    children = psutil.Process().children(recursive=True)
    return sum(child.memory_full_info().pss for child in children) / MEGABYTE


def print_table(title: str, times: Table) -> None:
    """Medians, spread, and ratios to "without walls"."""
    base = statistics.median(times["without walls"])
    print(f"{title}\n{'':50} median ms   min   max   ratio")
    for name, taken in times.items():
        median = statistics.median(taken)
        print(f"{name:50} {median:9.1f} {min(taken):5.0f} {max(taken):5.0f} {median / base:7.2f}")


def main() -> None:
    """Print the tables."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    starts: Table = defaultdict(list)
    measure_starts(rounds, starts)
    print_table(f"start to the first result, {rounds} rounds", starts)
    cells: Table = defaultdict(list)
    measure_cells(rounds, cells)
    print_table(f"\ncell 1+1, {rounds * CELLS_A_ROUND} of each", cells)
    with interpreter("auto") as py:
        py.run("1+1")
        print(f"\nidle session, proportional memory with its warden: {proportional_memory():.0f} MB")
    pool = WarmKernels()
    fill(pool)
    print(f"idle warm session, packages loaded: {proportional_memory():.0f} MB")
    pool.close()


if __name__ == "__main__":
    main()
