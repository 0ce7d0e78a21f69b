"""The current date and time, as a tool."""

import difflib
import zoneinfo
from datetime import datetime

from qwact.tools.errors import ToolError
from qwact.tools.tool import Tool


class CurrentTime(Tool):
    """The current date, weekday and time."""

    seconds = None

    def run(self, timezone: str | None = None) -> str:
        """Tell the time.

        Args:
            timezone: IANA time zone, such as Europe/Oslo; local time if left out.
        """
        if timezone is None:
            now = datetime.now().astimezone()
            return f"{_said(now)} (local time, UTC{_offset(now)})"
        now = datetime.now(_zone(timezone))
        return f"{_said(now)} ({timezone}, UTC{_offset(now)})"


def _zone(name: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        near = _near(name)
        hint = (
            f"Did you mean {' or '.join(near)}?" if near else "Use an IANA name such as Europe/Oslo or UTC."
        )
        raise ToolError(f"There is no time zone {name!r}. {hint}") from error


def _near(name: str) -> list[str]:
    known = sorted(zoneinfo.available_timezones())
    wanted = name.strip().replace(" ", "_").lower()
    same_city = [zone for zone in known if zone.rpartition("/")[2].lower() == wanted.rpartition("/")[2]]
    by_lower = {zone.lower(): zone for zone in known}
    return same_city[:3] or [by_lower[near] for near in difflib.get_close_matches(wanted, by_lower, n=3)]


def _said(moment: datetime) -> str:
    return moment.strftime("%A, %Y-%m-%d, %H:%M:%S")


def _offset(moment: datetime) -> str:
    text = moment.strftime("%z")
    return f"{text[:3]}:{text[3:5]}"
