"""Values that questions are about: numbers, lists of numbers and dates, and the ways people write them."""

import calendar
import random
from collections.abc import Sequence
from datetime import date, timedelta

MONTHS = list(calendar.month_name)[1:]


def whole(rng: random.Random, digits: int = 4) -> int:
    """A whole number of one to `digits` digits, each length as likely."""
    length = rng.randint(1, digits)
    return rng.randint(10 ** (length - 1) if length > 1 else 1, 10**length - 1)


def decimal(rng: random.Random, digits: int = 3) -> str:
    """A decimal number as people write it, with one or two decimals."""
    fraction = str(rng.randint(1, 9)) if rng.random() < 0.66 else f"{rng.randint(1, 99):02d}".rstrip("0")
    return f"{whole(rng, digits)}.{fraction}"


def number(rng: random.Random, digits: int = 4) -> str:
    """A whole number, or one time in four a decimal one."""
    return decimal(rng, min(digits, 3)) if rng.random() < 0.25 else str(whole(rng, digits))


def numbers(rng: random.Random, fewest: int = 3, most: int = 10) -> list[str]:
    """Numbers of one list: alike in size, sometimes decimal, sometimes with negative ones."""
    count = rng.randint(fewest, most)
    digits = rng.randint(1, 4)
    chance = rng.random()
    if chance < 0.15:
        return [decimal(rng, digits) for _ in range(count)]
    if chance < 0.25:
        return [str(rng.choice((1, 1, -1)) * whole(rng, digits)) for _ in range(count)]
    return [str(whole(rng, digits)) for _ in range(count)]


def integers(rng: random.Random, fewest: int = 3, most: int = 10, digits: int = 3) -> list[str]:
    """Whole numbers above zero."""
    length = rng.randint(1, digits)
    return [str(whole(rng, length)) for _ in range(rng.randint(fewest, most))]


def written_list(rng: random.Random, items: Sequence[str]) -> str:
    """A list as people write it: with commas, with 'and', in brackets, or spaced."""
    chance = rng.random()
    if chance < 0.5:
        return ", ".join(items)
    if chance < 0.65 and len(items) > 1:
        return ", ".join(items[:-1]) + " and " + items[-1]
    if chance < 0.82:
        return "[" + ", ".join(items) + "]"
    if chance < 0.92:
        return " ".join(items)
    return ",".join(items)


def code_list(items: Sequence[str]) -> str:
    """Numbers as a Python list."""
    return "[" + ", ".join(items) + "]"


def any_date(rng: random.Random, first: int = 1900, last: int = 2060) -> date:
    """A day; years near now are more likely."""
    if rng.random() < 0.7:
        first, last = max(first, 1990), min(last, 2035)
    return date(first, 1, 1) + timedelta(days=rng.randrange(365 * (last - first + 1)))


def written_date(rng: random.Random, day: date) -> str:
    """A date as people write it: ISO half of the time, else with the month's name."""
    chance = rng.random()
    if chance < 0.5:
        return day.isoformat()
    month = MONTHS[day.month - 1]
    if chance < 0.68:
        return f"{day.day} {month} {day.year}"
    if chance < 0.86:
        return f"{month} {day.day}, {day.year}"
    if chance < 0.93:
        return f"{month} {_ordinal(day.day)}, {day.year}"
    return f"{day.day} {month[:3]} {day.year}"


def _ordinal(day: int) -> str:
    return f"{day}{'th' if 10 < day < 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


def with_commas(rng: random.Random, value: int) -> str:
    """A whole number, large ones sometimes with thousands commas."""
    return f"{value:,}" if value >= 1000 and rng.random() < 0.5 else str(value)
