"""Sessions behind walls and without, and the canaries that they share."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # what is beside this file; pytest imports no packages here

from canaries import TOKEN, Outside
from room import Room


@pytest.fixture(scope="session")
def outside() -> Iterator[Outside]:
    canaries = Outside()
    yield canaries
    canaries.close()


@pytest.fixture(scope="session", params=["auto", "landlock"])
def walled(request: pytest.FixtureRequest, outside: Outside, missing_tiers: dict[str, str]) -> Iterator[Room]:
    """One session shared by what cannot harm it, in each tier that comes up, beside a second session."""
    if request.param in missing_tiers:
        pytest.skip(missing_tiers[request.param])
    neighbour = Room(outside, sandbox=request.param)
    neighbour.py.run(f"open('secret.txt', 'w').write({TOKEN!r}); None")
    room = Room(outside, sandbox=request.param, cell_seconds=10, memory_mb=768, output_chars=10**6)
    room.names["NEIGHBOUR"] = _opened_to_all(neighbour)
    yield room
    room.close()
    neighbour.close()


def _opened_to_all(room: Room) -> str:
    """The session's folder, so that only a wall keeps another session out of it."""
    folder = next(
        path
        for path in Path(tempfile.gettempdir()).glob("qwact-*/work")
        if (path / "secret.txt").exists() and (path / "secret.txt").read_text() == TOKEN
    ).parent
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777)
    return str(folder)


@pytest.fixture(scope="session")
def open_air(outside: Outside) -> Iterator[Room]:
    """No walls at all: here the same attempts must succeed."""
    room = Room(outside, sandbox="dangerously-none", cell_seconds=10, memory_mb=768, output_chars=10**6)
    yield room
    room.close()


@pytest.fixture
def stopped(walled: Room) -> Callable[..., None]:
    """Asserts that an attempt reaches nothing, and is refused with one of these errors."""

    def assert_stopped(code: str, errors: str, route: str = "kernel") -> None:
        out = walled.attempt(code, route)
        assert walled.breaches(out.text) == [], out.text
        if errors:
            refusals = {f"REFUSED {name}" for name in errors.split()}
            assert refusals & set(out.text.splitlines()), out.text
        else:  # what it sees is its own
            assert out.status == "ok", out.text

    return assert_stopped


@pytest.fixture
def reaches(open_air: Room) -> Callable[[str], list[str]]:
    """Runs an attempt without walls; gives what it reached."""

    def run(code: str) -> list[str]:
        out = open_air.attempt(code)
        found = open_air.breaches(out.text)
        return found or (["through"] if "THROUGH" in out.text.splitlines() else [])

    return run
