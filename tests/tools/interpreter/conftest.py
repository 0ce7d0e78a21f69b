from collections.abc import Callable, Iterator

import pytest

from qwact.tools.interpreter import CodeInterpreter, sandbox_status


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
def missing_tiers() -> dict[str, str]:
    """The tiers that do not come up on this machine, and why."""
    return sandbox_status().missing
