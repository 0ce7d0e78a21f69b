"""The time: here and in other cities, and what is counted from today."""

import random
from datetime import datetime, timedelta

from training.episode import FINAL_THOUGHT, Episode, Step, Turn
from training.families import family
from training.families.builtin import CLOCK, CODE, offer
from training.families.cells import run_cell
from training.families.dates import days_between_code, iso
from training.families.phrasing import Phrasings, choose
from training.families.values import any_date, written_date

# city: (IANA zone, hours from UTC). Which zone a city lies in has to be known by heart.
CITIES = {
    "Tokyo": ("Asia/Tokyo", 9), "London": ("Europe/London", 0), "Paris": ("Europe/Paris", 1), "Berlin": ("Europe/Berlin", 1),
    "Oslo": ("Europe/Oslo", 1), "Stockholm": ("Europe/Stockholm", 1), "Copenhagen": ("Europe/Copenhagen", 1), "Helsinki": ("Europe/Helsinki", 2),
    "Madrid": ("Europe/Madrid", 1), "Rome": ("Europe/Rome", 1), "Vienna": ("Europe/Vienna", 1), "Zurich": ("Europe/Zurich", 1),
    "Amsterdam": ("Europe/Amsterdam", 1), "Brussels": ("Europe/Brussels", 1), "Lisbon": ("Europe/Lisbon", 0), "Dublin": ("Europe/Dublin", 0),
    "Athens": ("Europe/Athens", 2), "Istanbul": ("Europe/Istanbul", 3), "Moscow": ("Europe/Moscow", 3), "Warsaw": ("Europe/Warsaw", 1),
    "Prague": ("Europe/Prague", 1), "Budapest": ("Europe/Budapest", 1), "Kyiv": ("Europe/Kyiv", 2), "Bucharest": ("Europe/Bucharest", 2),
    "Munich": ("Europe/Berlin", 1), "Milan": ("Europe/Rome", 1), "Barcelona": ("Europe/Madrid", 1), "New York": ("America/New_York", -5),
    "Boston": ("America/New_York", -5), "Washington": ("America/New_York", -5), "Miami": ("America/New_York", -5), "Chicago": ("America/Chicago", -6),
    "Houston": ("America/Chicago", -6), "Denver": ("America/Denver", -7), "Los Angeles": ("America/Los_Angeles", -8), "San Francisco": ("America/Los_Angeles", -8),
    "Seattle": ("America/Los_Angeles", -8), "Toronto": ("America/Toronto", -5), "Vancouver": ("America/Vancouver", -8), "Mexico City": ("America/Mexico_City", -6),
    "Bogota": ("America/Bogota", -5), "Lima": ("America/Lima", -5), "Santiago": ("America/Santiago", -3), "Buenos Aires": ("America/Argentina/Buenos_Aires", -3),
    "Sao Paulo": ("America/Sao_Paulo", -3), "Cairo": ("Africa/Cairo", 2), "Lagos": ("Africa/Lagos", 1), "Nairobi": ("Africa/Nairobi", 3),
    "Johannesburg": ("Africa/Johannesburg", 2), "Dubai": ("Asia/Dubai", 4), "Mumbai": ("Asia/Kolkata", 5.5), "Delhi": ("Asia/Kolkata", 5.5),
    "Karachi": ("Asia/Karachi", 5), "Dhaka": ("Asia/Dhaka", 6), "Bangkok": ("Asia/Bangkok", 7), "Jakarta": ("Asia/Jakarta", 7),
    "Singapore": ("Asia/Singapore", 8), "Hong Kong": ("Asia/Hong_Kong", 8), "Beijing": ("Asia/Shanghai", 8), "Shanghai": ("Asia/Shanghai", 8),
    "Taipei": ("Asia/Taipei", 8), "Seoul": ("Asia/Seoul", 9), "Manila": ("Asia/Manila", 8), "Sydney": ("Australia/Sydney", 11),
    "Melbourne": ("Australia/Melbourne", 11), "Brisbane": ("Australia/Brisbane", 10), "Perth": ("Australia/Perth", 8), "Auckland": ("Pacific/Auckland", 13),
    "Honolulu": ("Pacific/Honolulu", -10), "Reykjavik": ("Atlantic/Reykjavik", 0), "Tehran": ("Asia/Tehran", 3.5), "Jerusalem": ("Asia/Jerusalem", 2),
    "UTC": ("UTC", 0),
}  # fmt: skip
IN_CITY = Phrasings(
    ask="!the time in {city} / !the current time in {city} / what time it is in {city} / the local time in {city} / the time now in {city}",
    do="!tell me the time in {city} / tell me what time it is in {city} / check the time in {city} / look up the current time in {city}",
    full="""!What time is it in {city}? / !What time is it in {city} now? / What's the time in {city}? / time in {city} / {city} time? / How late is
        it in {city}? / time {city} now / I want to call a friend in {city}. What time is it there? / Is it already evening in {city}? / What
        does the clock say in {city}? / current time {city} / Do you have the time in {city}? / What is the hour in {city} right now?""",
)
DATE_IN_CITY = Phrasings(
    ask="!the date in {city} / today's date in {city} / what day it is in {city}", do="tell me the date in {city} / check what day it is in {city}",
    full="What day is it in {city}? / Which date is it in {city} now? / date in {city}? / Is it still today in {city}, or which date is it?",
)  # fmt: skip
HERE = Phrasings(
    ask="!the time / !the current time / what time it is / the time right now / the time of day", do="!tell me the time / tell me what time it is / check the time / check the clock",
    full="!What time is it? / !What time is it now? / What's the time? / time? / How late is it? / Do you have the time? / what time is it right now / Can you tell the time? / Got the time? / What does the clock say?",
)  # fmt: skip
TODAY = Phrasings(
    ask="!today's date / !the date today / the current date / what day it is today / which day today is / the date", do="!tell me today's date / tell me what day it is / check the date / look up today's date",
    full="!What day is it today? / !What is today's date? / What's the date? / What's today? / Which day is it? / date today / What date is it today? / which date do we have today / What day of the month is it?",
)  # fmt: skip
WEEKDAY = Phrasings(
    ask="!today's weekday / the day of the week / the day of the week today / which weekday it is", do="tell me the day of the week / tell me which weekday it is today",
    full="!What day of the week is it? / Which weekday is it today? / Is today a Monday? / what weekday is today / Is it the weekend already? / Is it Friday yet?",
)  # fmt: skip
YEAR = Phrasings(
    ask="the current year / which year it is / the year we are in", do="tell me which year it is", full="!What year is it? / Which year is this? / What year do we have? / what year is it now",
)  # fmt: skip
UNTIL = Phrasings(
    ask="!the number of days until {b} / how many days are left until {b} / the days from today to {b} / how long it is until {b} in days / the days remaining until {b}",
    do="!count the days until {b} / count down the days to {b} / work out how many days remain until {b} / compute the days from today to {b}",
    full="""!How many days until {b}? / !How many days is it until {b}? / !How many days are there until {b}? / days until {b} / How many days are left till {b}? / {b} is in how many
        days? / How many days from now to {b}? / How long until {b}, in days? / My exam is on {b}. How many days do I have? / How many
        sleeps until {b}? / How many days away is {b}? / days from today to {b} / Our holiday starts on {b}. In how many days is that?""",
)
SINCE = Phrasings(
    ask="!the number of days since {b} / how many days have passed since {b} / the days from {b} to today", do="!count the days since {b} / work out how many days have passed since {b}",
    full="!How many days since {b}? / How many days ago was {b}? / How many days have gone by since {b}? / days since {b} / I was born on {b}. How many days old am I today? / We moved in on {b}. How many days ago is that? / How many days is it from {b} until today?",
)  # fmt: skip
AHEAD = Phrasings(
    ask="the date in {n} days / the date {n} days from now / the date {n} days from today / which date it is in {n} days", do="find the date {n} days from now / work out the date in {n} days / add {n} days to today",
    full="!What date is it in {n} days? / Which date is {n} days from today? / in {n} days it is which date? / What day will it be {n} days from now? / today + {n} days",
)  # fmt: skip


def now(rng: random.Random) -> datetime:
    """A moment that may be now."""
    return datetime(2024, 1, 1) + timedelta(seconds=rng.randrange(8 * 365 * 86400))


def told(moment: datetime, zone: str, hours: float) -> str:
    """The clock's answer; `zone` is empty for local time."""
    minutes = round(abs(hours) * 60)
    offset = f"UTC{'-' if hours < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{moment:%A, %Y-%m-%d, %H:%M:%S} ({zone or 'local time'}, {offset})"


def ask_clock(rng: random.Random, thought: str = "I look at the clock.") -> tuple[datetime, Step]:
    """The local time, and the call that tells it."""
    moment = now(rng)
    return moment, Step(thought, CLOCK, {}, told(moment, "", rng.choice((0, 0, 1, 2, -5, 8))))


def _city(rng: random.Random, held_out: bool) -> tuple[str, Turn]:
    city = rng.choice(list(CITIES))
    zone, offset = CITIES[city]
    moment = now(rng)
    step = Step(f"I look up the time in {city}.", CLOCK, {"timezone": zone}, told(moment, zone, offset))
    if rng.random() < 0.25:
        return "date_in_city", Turn(
            DATE_IN_CITY.pick(rng, held_out, {"city": city}),
            [step],
            FINAL_THOUGHT,
            f"In {city} it is {moment:%A, %Y-%m-%d}.",
        )
    return "city", Turn(
        IN_CITY.pick(rng, held_out, {"city": city}), [step], FINAL_THOUGHT, f"It is {moment:%H:%M} in {city}."
    )


_HERE = {
    "time": (HERE, "It is %H:%M."), "date": (TODAY, "Today is %A, %Y-%m-%d."), "weekday": (WEEKDAY, "Today is %A."), "year": (YEAR, "It is %Y."),
}  # fmt: skip


def _here(rng: random.Random, held_out: bool) -> tuple[str, Turn]:
    kind = rng.choice(list(_HERE))
    phrasings, answer = _HERE[kind]
    moment, step = ask_clock(rng)
    return kind, Turn(phrasings.pick(rng, held_out, {}), [step], FINAL_THOUGHT, moment.strftime(answer))


def clock_turn(rng: random.Random, held_out: bool) -> tuple[str, Turn]:
    """The kind of a question about the time, and its turn."""
    return (_city if rng.random() < 0.55 else _here)(rng, held_out)


def from_today_turn(rng: random.Random, held_out: bool) -> tuple[str, Turn]:
    """A question that needs today's date first, and then a calculation with it."""
    moment, first = ask_clock(rng, "I need today's date first.")
    today = moment.date()
    kind = rng.choice(("until", "until", "since", "ahead"))
    if kind == "ahead":
        slots = {"n": str(rng.randint(2, 400))}
        code = f"from datetime import date, timedelta\nprint({iso(today)} + timedelta(days={slots['n']}))"
        question, answer = AHEAD.pick(rng, held_out, slots), "In {n} days it is {result}."
    elif kind == "until":
        other = today + timedelta(
            days=rng.choice((rng.randint(2, 60), rng.randint(10, 900), rng.randint(300, 8000)))
        )
        code, slots = days_between_code(today, other), {"b": written_date(rng, other)}
        question, answer = UNTIL.pick(rng, held_out, slots), "There are {result} days until {b}."
    else:
        other = min(any_date(rng, 1930, 2025), today - timedelta(days=1))
        code, slots = days_between_code(other, today), {"b": written_date(rng, other)}
        question, answer = SINCE.pick(rng, held_out, slots), "{result} days have passed since {b}."
    second = Step(
        f"Today is {today.isoformat()}, so I compute with Python.", CODE, {"code": code}, run_cell(code)
    )
    return kind, Turn(
        question, [first, second], FINAL_THOUGHT, choose(rng, answer, {**slots, "result": second.observation})
    )


@family("clock", 3.0)
def clock(rng: random.Random, held_out: bool) -> Episode:
    """What time or day it is."""
    kind, turn = clock_turn(rng, held_out)
    return Episode(offer(rng, CLOCK), [turn], kind=f"clock/{kind}")


@family("from_today", 2.5)
def from_today(rng: random.Random, held_out: bool) -> Episode:
    """Two tools in a row: the clock, then a calculation with its answer."""
    kind, turn = from_today_turn(rng, held_out)
    return Episode(offer(rng, CLOCK, CODE), [turn], kind=f"from_today/{kind}")
