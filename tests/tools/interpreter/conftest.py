import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qwact.tools.interpreter import CodeInterpreter, SandboxStatus, sandbox_status

sys.path.append(str(Path(__file__).parents[3] / "benchmarks"))  # the soak is used here too


@pytest.fixture(scope="session")
def py() -> Iterator[CodeInterpreter]:
    """One interpreter for cells that do no harm. No tier at all fails here: it is never skipped."""
    with CodeInterpreter(cell_seconds=20, memory_mb=768, output_chars=4000) as interpreter:
        yield interpreter


@pytest.fixture
def open_interpreter() -> Iterator[Callable[..., CodeInterpreter]]:
    """Interpreters of a test's own, closed after it."""
    opened: list[CodeInterpreter] = []

    def build(**settings: object) -> CodeInterpreter:
        opened.append(CodeInterpreter(**settings))  # type: ignore[arg-type]
        return opened[-1]

    yield build
    for interpreter in opened:
        interpreter.close()


@pytest.fixture(scope="session")
def status() -> SandboxStatus:
    """The tiers of this machine."""
    return sandbox_status()


@pytest.fixture(scope="session")
def missing_tiers(status: SandboxStatus) -> dict[str, str]:
    """The tiers that do not come up on this machine, and why."""
    return status.missing


@pytest.fixture(scope="session")
def tier_in_force(status: SandboxStatus) -> Callable[[str], str | None]:
    """The tier that a choice means here: "auto" is landlock where nothing stronger comes up."""
    return lambda choice: status.tier if choice == "auto" else choice
