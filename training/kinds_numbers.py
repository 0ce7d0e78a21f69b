"""Kinds of values that are numbers, dates and times. Numbers are not split into held-out and training."""

import calendar
import datetime
import random

from training.values import Source, Value, kind, plain

_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
MONTHS = calendar.month_name[1:]
_WEEKDAYS = list(calendar.day_name)


def say_integer(number: int, rng: random.Random) -> str:
    """The number in digits, sometimes with thousands commas, in words or as thousands and millions."""
    draw = rng.random()
    if (0 <= number <= 20 and draw < 0.2) or (20 < number < 1000 and draw < 0.06):
        return in_words(number)
    if abs(number) >= 1000 and draw < 0.35 and not 1800 <= number <= 2100:  # nobody writes a year like that
        return f"{number:,}"
    return (number > 0 and draw > 0.8 and _rounded(number, rng)) or str(number)


def in_words(number: int) -> str:
    """A whole number from 0 to 999 in words."""
    if number <= 20:
        return _SMALL[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens - 2] + (f"-{_SMALL[ones]}" if ones else "")
    hundreds, rest = divmod(number, 100)
    return f"{_SMALL[hundreds]} hundred" + (f" and {in_words(rest)}" if rest else "")


def _rounded(number: int, rng: random.Random) -> str | None:
    """A round number as people shorten it, "2.5 million" or "40k"; None for others."""
    if number >= 100_000 and number % 100_000 == 0:
        return f"{number / 1_000_000:g}{rng.choice((' million', ' million', 'M'))}"
    if number % 1000 == 0 and number < 1_000_000:
        return f"{number // 1000}{rng.choice((' thousand', 'k', 'k'))}"
    return None


def _integer(number: int, rng: random.Random) -> Value:
    return Value(number, say_integer(number, rng))


@kind("int")
def _int(low: str, high: str) -> Source:
    first, last = int(low), int(high)
    wide = last > 100 * max(1, abs(first))

    def draw(rng: random.Random, held_out: bool) -> Value:
        top = last
        if wide and rng.random() < 0.5:  # as many small numbers as large ones
            top = max(first, min(last, 10 ** rng.randint(1, len(high))))
        number = rng.randint(first, top)
        if number > 1000 and rng.random() < 0.35:
            number = min(last, max(first, round(number, 2 - len(str(number)))))
        return _integer(number, rng)

    return draw


@kind("float")
def _float(low: str, high: str, decimals: str = "2") -> Source:
    first, last, places = float(low), float(high), int(decimals)

    def draw(rng: random.Random, held_out: bool) -> Value:
        number = round(rng.uniform(first, last), rng.randint(min(1, places), places))
        if rng.random() < 0.15:
            number = float(round(number))
        if number == int(number):
            return Value(int(number), say_integer(int(number), rng))
        return Value(number, f"{number:,}" if rng.random() < 0.15 else repr(number))

    return draw


@kind("money")
def _money(low: str, high: str) -> Source:
    first, last = float(low), float(high)

    def draw(rng: random.Random, held_out: bool) -> Value:
        if rng.random() < 0.5:
            whole = round(rng.uniform(first, last))
            if whole > 200 and rng.random() < 0.7:
                whole = round(whole, -len(str(whole)) + 2)
            shortened = _rounded(whole, rng) if whole and rng.random() < 0.2 else None
            return Value(whole, shortened or (f"{whole:,}" if rng.random() < 0.3 else str(whole)))
        number = round(rng.uniform(first, last), 2)
        if number == int(number):
            return Value(int(number), str(int(number)))
        shown = f"{number:.2f}" if not rng.random() < 0.2 else f"{number:,.2f}"
        return Value(number, shown)

    return draw


@kind("percent")
def _percent() -> Source:
    def draw(rng: random.Random, held_out: bool) -> Value:
        number: float = rng.choice((5, 10, 15, 20, 25, 50, 75, rng.randint(1, 99)))
        if rng.random() < 0.35:
            number = round(rng.uniform(0.1, 30), rng.randint(1, 2))
        return Value(number, str(number))

    return draw


@kind("fraction")
def _fraction(low: str, high: str) -> Source:
    first, last = float(low), float(high)

    def draw(rng: random.Random, held_out: bool) -> Value:
        if rng.random() < 0.6:
            percent: float = rng.randint(max(1, round(first)), max(1, round(last)))
        else:
            percent = round(rng.uniform(first, last), rng.randint(1, 2))
        share = round(percent / 100, 6)
        return Value(
            share, rng.choice((f"{percent:g}%", f"{percent:g}%", f"{percent:g} percent", f"{share:g}"))
        )

    return draw


@kind("year")
def _year() -> Source:
    return lambda rng, held_out: plain_number(
        rng.randint(1800, 2035) if rng.random() < 0.4 else rng.randint(1990, 2030)
    )


def plain_number(number: int) -> Value:
    """A number that is always said in digits."""
    return Value(number, str(number))


def _some_date(rng: random.Random) -> datetime.date:
    start = datetime.date(1950, 1, 1) if rng.random() < 0.2 else datetime.date(2023, 1, 1)
    return start + datetime.timedelta(days=rng.randint(0, 365 * 5))


@kind("date")
def _date() -> Source:
    return lambda rng, held_out: plain(_some_date(rng).isoformat())


@kind("date_spoken")
def _date_spoken() -> Source:
    return _date_as("%Y-%m-%d")


@kind("date_as")
def _date_as(pattern: str) -> Source:
    def draw(rng: random.Random, held_out: bool) -> Value:
        date = _some_date(rng)
        month, day = MONTHS[date.month - 1], date.day
        suffix = "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
        said = rng.choice(
            (
                f"{day} {month} {date.year}",
                f"{month} {day}, {date.year}",
                f"{month} {day}{suffix}, {date.year}",
                f"the {day}{suffix} of {month} {date.year}",
                f"{day} {month[:3]} {date.year}",
                date.strftime(pattern),
            )
        )
        return Value(date.strftime(pattern), said)

    return draw


@kind("time")
def _time() -> Source:
    return lambda rng, held_out: plain(
        f"{rng.randint(0, 23):02}:{rng.choice((0, 15, 30, 45, rng.randint(0, 59))):02}"
    )


@kind("clock")
def _clock() -> Source:
    def draw(rng: random.Random, held_out: bool) -> Value:
        hour, minute = rng.randint(0, 23), rng.choice((0, 0, 0, 15, 30, 30, 45, rng.randint(0, 59)))
        half = rng.choice((" am", "am", " AM", " a.m."))
        if hour >= 12:
            half = half.replace("a", "p").replace("A", "P")
        minutes = f":{minute:02}" if minute or rng.random() < 0.2 else ""
        said = f"{hour % 12 or 12}{minutes}{half}" if rng.random() < 0.75 else f"{hour:02}:{minute:02}"
        return Value(f"{hour:02}:{minute:02}", said)

    return draw


@kind("datetime")
def _datetime() -> Source:
    def draw(rng: random.Random, held_out: bool) -> Value:
        clock = f"{rng.randint(0, 23):02}:{rng.choice((0, 15, 30, 45)):02}"
        separator = rng.choice("T ")
        seconds = ":00" if separator == "T" and rng.random() < 0.6 else ""
        return plain(f"{_some_date(rng).isoformat()}{separator}{clock}{seconds}")

    return draw


@kind("weekday")
def _weekday() -> Source:
    return lambda rng, held_out: plain(rng.choice(_WEEKDAYS))


@kind("month")
def _month() -> Source:
    return lambda rng, held_out: plain(rng.choice(MONTHS))


@kind("latitude")
def _latitude() -> Source:
    return lambda rng, held_out: _coordinate(rng, 90)


@kind("longitude")
def _longitude() -> Source:
    return lambda rng, held_out: _coordinate(rng, 180)


def _coordinate(rng: random.Random, bound: int) -> Value:
    number = round(rng.uniform(-bound, bound), rng.randint(2, 5))
    return Value(number, repr(number))
