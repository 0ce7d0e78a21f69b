"""Thousands of cells with faults thrown in: no result is lost or another's, and nothing is left behind.

    python benchmarks/interpreter_soak.py --cells 2000 --minutes 20

Several threads run cells in sessions of their own, some with warm kernels and some with tools, and in one
session that they share. Prints a line a minute and the counts at the end; exit code 1 when any result was
wrong or anything grew. The same seed gives the same cells. A short one: `--cells 60 --minutes 1`.
"""

import argparse
import faulthandler
import logging
import os
import random
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable

from soak_cells import FAULTS, PLAIN, SETTINGS, SHARED, Cell, faults_of, written
from soak_census import grown, take_census, take_census_at_rest
from soak_seat import Seat, kinds_for

from qwact.tools.interpreter import CodeInterpreter
from qwact.tools.interpreter.pool import WARM

_SHARED_SHARE, _WARM_UP_SHARE = 0.15, 0.15
_HANG_SECONDS = 180.0
_SHOWN = 20


class Soak:
    """The cells, dealt to threads beforehand, and what came of them.

    Args:
        options: Of the command line.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self.wrong: list[str] = []
        self.faults: Counter[str] = Counter()
        self.done = self.slowest = 0.0
        self.seats = [
            Seat(f"{options.seed}-{number}", number % 2 == 0, options.sandbox)
            for number in range(options.threads)
        ]
        self._options = options
        self._random = random.Random(options.seed)
        self._decks = {has_tools: _deck(kinds_for(has_tools), self._random) for has_tools in (False, True)}
        self._lock = threading.Lock()
        self._shared: CodeInterpreter | None = None

    def run(self, numbers: range) -> None:
        """Run these cells, spread evenly over their share of the time, and close every session."""
        dealt = [[self._deal(number, seat) for number in numbers[at :: len(self.seats)]] for at, seat in
                 enumerate(self.seats)]  # fmt: skip
        interval = self._options.minutes * 60 / self._options.cells
        began = time.monotonic() - numbers.start * interval
        threads = [
            threading.Thread(target=self._work, args=(seat, cells, began, interval), daemon=True)
            for seat, cells in zip(self.seats, dealt, strict=True)
        ]
        with CodeInterpreter(**SETTINGS, sandbox=self._options.sandbox) as self._shared:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        for seat in self.seats:
            seat.close()
        WARM.close()

    def _deal(self, number: int, seat: Seat) -> tuple[int, str, Cell]:
        if self._random.random() < self._options.faults:
            name = next(self._decks[seat.has_tools])
            return number, name, FAULTS[name]
        if self._random.random() < _SHARED_SHARE:
            name = self._random.choice(sorted(SHARED))
            return number, "shared", SHARED[name]
        name = self._random.choice([name for name in PLAIN if seat.has_tools or not PLAIN[name].needs_tools])
        return number, name, PLAIN[name]

    def _work(
        self, seat: Seat, cells: Iterable[tuple[int, str, Cell]], began: float, interval: float
    ) -> None:
        for number, name, cell in cells:
            time.sleep(max(began + number * interval - time.monotonic(), 0))
            token = f"cell-{number}-{random.Random(f'{self._options.seed}-{number}').randbytes(6).hex()}"
            at = time.monotonic()
            try:
                wrong = self._run_shared(cell, token) if name == "shared" else seat.run(cell, token)
            except BaseException:
                wrong = [f"raised {traceback.format_exc()}"]
                seat.close()
            with self._lock:
                self.done += 1
                self.slowest = max(self.slowest, time.monotonic() - at)
                if cell.group:
                    self.faults[cell.group] += 1
                self.wrong += [f"cell {number} ({name}) {each}" for each in wrong]
                if wrong and len(self.wrong) <= _SHOWN:
                    print(f"VIOLATION: {self.wrong[-1]}", flush=True)

    def _run_shared(self, cell: Cell, token: str) -> list[str]:
        assert self._shared is not None
        result = self._shared.run(written(cell, token, ""))
        return [f"{each}: {result}" for each in faults_of(cell, result, token, None)]


def _deck(names: list[str], lots: random.Random) -> "Iterable[str]":
    """All of them in an order drawn by lot, again and again: so that each comes as often as any."""
    while True:
        yield from lots.sample(names, len(names))


def watch(soak: Soak, is_over: Callable[[], bool]) -> None:
    """Print a line a minute; end everything when no cell ends any more."""
    began = time.monotonic()
    next_line, last_done, last_change = began + 60, 0.0, began
    while not is_over():
        time.sleep(0.1)
        now = time.monotonic()
        if soak.done != last_done:
            last_done, last_change = soak.done, now
        if now - last_change > _HANG_SECONDS:
            print(f"VIOLATION: no cell has ended for {_HANG_SECONDS:.0f} s", flush=True)
            faulthandler.dump_traceback(all_threads=True)
            os._exit(1)
        if now >= next_line:
            next_line += 60
            print(
                f"{(now - began) / 60:4.0f} min  cells {soak.done:5.0f}  faults {soak.faults.total():4}  "
                f"wrong {len(soak.wrong)}  {take_census()}",
                flush=True,
            )


def soak(options: argparse.Namespace) -> int:
    """Run it, and print what came of it. Gives the exit code."""
    soak = Soak(options)
    began = time.monotonic()
    start = take_census_at_rest()
    print(f"seed {options.seed}  {start}", flush=True)
    ended = threading.Event()
    watcher = threading.Thread(target=watch, args=(soak, ended.is_set), daemon=True)
    watcher.start()
    warm_up = max(round(options.cells * _WARM_UP_SHARE), 1)
    soak.run(range(warm_up))
    after_warm_up = take_census_at_rest()
    print(f"warm-up of {warm_up} cells done, all sessions closed", flush=True)
    soak.run(range(warm_up, options.cells))
    end = take_census_at_rest(after_warm_up)
    ended.set()
    watcher.join()
    minutes = (time.monotonic() - began) / 60
    print(f"\n{soak.done:.0f} cells in {minutes:.1f} min, {sum(seat.opened for seat in soak.seats)} sessions "
          f"({sum(seat.opened_warm for seat in soak.seats)} asked for a warm kernel), "
          f"slowest cell {soak.slowest:.1f} s")  # fmt: skip
    print(f"faults {soak.faults.total()}: " + ", ".join(f"{k} {n}" for k, n in sorted(soak.faults.items())))
    print(f"wrong results {len(soak.wrong)}")
    for name, census in (("start", start), ("after warm-up", after_warm_up), ("end", end)):
        print(f"{name:14}{census}")
    left = grown(after_warm_up, end)
    if end.processes or end.folders:
        left.append(f"left behind: {end}")
    for violation in left:
        print(f"VIOLATION: {violation}")
    return 1 if soak.wrong or left else 0


def main() -> None:
    """Read the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cells", type=int, default=2000)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--threads", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=float, default=0.3, help="share of the cells that are faults")
    parser.add_argument("--sandbox", default="auto")
    options = parser.parse_args()
    logging.basicConfig()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o711)  # the code inside may be another user's
        tempfile.tempdir = folder  # nothing of other programs is counted
        code = soak(options)
    sys.exit(code)


if __name__ == "__main__":
    main()
