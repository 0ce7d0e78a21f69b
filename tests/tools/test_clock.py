import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from qwact.tools import CurrentTime, Toolbox


@pytest.fixture
def box() -> Iterator[Toolbox]:
    with Toolbox([CurrentTime()]) as toolbox:
        yield toolbox


@pytest.mark.parametrize("zone", ["Europe/Oslo", "Asia/Kathmandu", "UTC", "America/St_Johns"])
def test_the_time_in_a_zone(box: Toolbox, zone: str) -> None:
    before = datetime.now(ZoneInfo(zone)).replace(microsecond=0)
    text = box.call("current_time", {"timezone": zone}).text
    match = re.fullmatch(r"(\w+), (\S+), (\S+) \((\S+), UTC([+-]\d\d:\d\d)\)", text)
    assert match is not None
    weekday, day, clock, named, offset = match.groups()
    said = datetime.fromisoformat(f"{day}T{clock}{offset}")
    assert before <= said <= datetime.now(UTC) + timedelta(seconds=1)
    assert said.utcoffset() == before.utcoffset()
    assert (weekday, named) == (said.strftime("%A"), zone)


def test_local_time_if_no_zone_is_given(box: Toolbox) -> None:
    text = box.call("current_time", {}).text
    match = re.fullmatch(r"\w+, (\S+), (\S+) \(local time, UTC(\S+)\)", text)
    assert match is not None
    said = datetime.fromisoformat("{}T{}{}".format(*match.groups()))
    assert abs(said - datetime.now().astimezone()) < timedelta(seconds=5)
    assert box.call("current_time", {"timezone": None}).ok


@pytest.mark.parametrize(
    ("zone", "says"),
    [
        ("oslo", "Did you mean Europe/Oslo?"),
        ("New York", "Did you mean America/New_York?"),
        ("Europe/Olso", "Europe/Oslo"),
        ("../../etc/passwd", "There is no time zone"),
        ("", "Use an IANA name"),
        ("Europe", "There is no time zone"),
        ("a\0b", "There is no time zone"),
    ],
)
def test_an_unknown_zone_gets_a_hint(box: Toolbox, zone: str, says: str) -> None:
    found = box.call("current_time", {"timezone": zone})
    assert not found.ok
    assert says in found.text
