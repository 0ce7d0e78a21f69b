"""A short soak; and that the long one would tell if a result were another cell's or something were left."""

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest
from soak_cells import FAULTS, PLAIN, faults_of
from soak_census import Census, grown

from qwact.tools.interpreter import CellResult

SOAK = Path(__file__).parents[3] / "benchmarks" / "interpreter_soak.py"
MINE, OTHER, STATE = "cell-1-0123456789ab", "cell-2-0123456789ab", "cell-0-0123456789ab"
GOOD = CellResult(f"{MINE}\n{STATE}")


def test_a_short_soak_with_faults_finds_nothing_wrong() -> None:
    options = ["--cells", "25", "--minutes", "0.2", "--threads", "3", "--faults", "0.5", "--seed", "11"]
    done = subprocess.run([sys.executable, str(SOAK), *options], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "25 cells in" in done.stdout
    assert "wrong results 0" in done.stdout
    assert "VIOLATION" not in done.stdout


def test_a_right_result_is_right() -> None:
    assert list(faults_of(PLAIN["value"], GOOD, MINE, STATE)) == []


@pytest.mark.parametrize(
    "result",
    [
        CellResult(f"{OTHER}\n{STATE}"),
        CellResult(f"{MINE}\n{OTHER}"),
        CellResult(f"{MINE}\nNone"),
        CellResult(STATE),
        CellResult(f"{MINE}\n{STATE}\n{OTHER}"),
        dataclasses.replace(GOOD, restarted=True),
        dataclasses.replace(GOOD, status="error", error="KeyboardInterrupt: "),
        dataclasses.replace(GOOD, error="an error"),
    ],
)
def test_a_wrong_result_is_noticed(result: CellResult) -> None:
    assert list(faults_of(PLAIN["value"], result, MINE, STATE))


def test_a_file_of_another_cell_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / f"{MINE}.txt"
    right = CellResult(f"{STATE}\n[file: {path.name}]", (path,))
    path.write_text(MINE)
    assert list(faults_of(PLAIN["file"], right, MINE, STATE)) == []
    path.write_text(OTHER)
    assert list(faults_of(PLAIN["file"], right, MINE, STATE))


@pytest.mark.parametrize("name", FAULTS)
def test_no_fault_passes_for_success_and_none_for_another_limit(name: str) -> None:
    elsewhere = f"{MINE}\nThe limit of 7 things was reached. Variables are kept."
    assert list(faults_of(FAULTS[name], CellResult(elsewhere, status="limit", error="x"), MINE, None)) or (
        name == "fork bomb"
    )
    if not FAULTS[name].moment:
        assert list(faults_of(FAULTS[name], CellResult(MINE), MINE, None))


@pytest.mark.parametrize("name", ["descriptors", "threads", "processes", "folders"])
def test_what_is_left_is_noticed(name: str) -> None:
    before = Census(rss_mb=60, descriptors=6, threads=2, processes=0, folders=0)
    after = dataclasses.replace(before, **{name: getattr(before, name) + 1})
    assert grown(before, before) == []
    assert len(grown(before, after)) == 1


def test_memory_may_grow_a_little() -> None:
    before = Census(rss_mb=60, descriptors=6, threads=2, processes=0, folders=0)
    assert grown(before, dataclasses.replace(before, rss_mb=70)) == []
    assert grown(before, dataclasses.replace(before, rss_mb=100)) == ["RSS grew by 40 MB"]
