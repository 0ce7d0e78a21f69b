"""Dates by code: days between, weekdays, adding days, leap years, ages."""

import random
from datetime import date, timedelta

from training.episode import Episode
from training.families import family
from training.families.code_task import CodeTask, Draw, Slots, code_episode
from training.families.phrasing import Phrasings
from training.families.values import any_date, written_date

IMPORT = "from datetime import date\n"
IMPORT_DELTA = "from datetime import date, timedelta\n"


def iso(day: date) -> str:
    """Code that makes the day."""
    return f"date.fromisoformat('{day.isoformat()}')"


def days_between_code(start: date, end: date) -> str:
    """Code that prints the days from one date to another."""
    return f"{IMPORT}print(({iso(end)} - {iso(start)}).days)"


def _two_dates(rng: random.Random, held_out: bool) -> tuple[date, date]:
    first = any_date(rng)
    second = first + timedelta(
        days=rng.choice((rng.randint(1, 90), rng.randint(30, 1500), rng.randint(300, 12000)))
    )
    return first, second


def _between(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    first, second = _two_dates(rng, held_out)
    state = rng.getstate()
    slots = {"a": written_date(rng, first)}
    rng.setstate(state)  # both dates of one question are written alike
    slots["b"] = written_date(rng, second)
    return slots, days_between_code(first, second)


def _weeks(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    slots, code = _between(rng, held_out)
    return slots, code.replace(".days)", ".days / 7)")


def _weekday(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    day = any_date(rng)
    return {"a": written_date(rng, day)}, f"{IMPORT}print({iso(day)}.strftime('%A'))"


def _shift(unit: str, sign: str) -> Draw:
    def draw(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
        day = any_date(rng)
        count = rng.choice((rng.randint(2, 30), rng.randint(10, 400)))
        code = f"{IMPORT_DELTA}print({iso(day)} {sign} timedelta({unit}={count}))"
        return {"a": written_date(rng, day), "n": str(count)}, code

    return draw


def _leap(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    year = rng.choice((rng.randint(1900, 2100), rng.randint(1, 101) * 4 + 1700))
    return {"y": str(year)}, f"import calendar\nprint(calendar.isleap({year}))"


def _age(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    born = any_date(rng, 1920, 2015)
    when = born + timedelta(days=rng.randint(400, 30000))
    state = rng.getstate()
    slots = {"a": written_date(rng, born)}
    rng.setstate(state)
    slots["b"] = written_date(rng, when)
    code = f"{IMPORT}a = {iso(born)}\nb = {iso(when)}\n"
    return slots, code + "print(b.year - a.year - ((b.month, b.day) < (a.month, a.day)))"


def _day_of_year(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    day = any_date(rng)
    return {"a": written_date(rng, day)}, f"{IMPORT}print({iso(day)}.timetuple().tm_yday)"


def _week_number(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    day = any_date(rng)
    return {"a": written_date(rng, day)}, f"{IMPORT}print({iso(day)}.isocalendar().week)"


def _month_length(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    day = any_date(rng)
    slots = {"m": f"{day:%B}", "y": str(day.year)}
    return slots, f"import calendar\nprint(calendar.monthrange({day.year}, {day.month})[1])"


BETWEEN = CodeTask(
    "dates/between",
    Phrasings(
        ask="""!the number of days between {a} and {b} / the days between {a} and {b} / the day count from {a} to
            {b} / the difference in days between {a} and {b} / how many days lie between {a} and {b} / the
            length in days of the time from {a} to {b} / the distance in days from {a} until {b} / how long it
            is from {a} to {b} in days / the number of days from {a} until {b}""",
        do="""!count the days between {a} and {b} / count how many days there are from {a} to {b} / compute the
            difference between {a} and {b} in days / work out how many days pass from {a} to {b} / calculate
            the days from {a} to {b} / subtract {a} from {b} and give the days""",
        full="""!How many days are there between {a} and {b}? / !How many days between {a} and {b}? / !How many
            days are between {a} and {b}? / !How many days is it from {a} to {b}? / How many days passed
            between {a} and {b}? / days between {a} and {b} / {a} to {b}: how many days? / From {a} to {b} is
            how many days? / !How many days from {a} until {b}? / {a} until {b} in days / My holiday starts on
            {a} and ends on {b}. How many days is that? / We signed on {a} and moved in on {b}. How many days
            was that? / how many days separate {a} and {b} / I was born on {a}. How many days old was I on
            {b}? / number of days {a} - {b} / The project runs from {a} to {b}. How many days does it last? /
            between {a} and {b}, how many days? / If today is {a}, how many days is it until {b}? / How many
            days elapsed from {a} to {b}? / The loan was taken on {a} and paid back on {b}; how many days is
            that? / How far apart in days are {a} and {b}? / How many days will go by from {a} to {b}?""",
    ),
    _between,
    "I need to count the days between two dates, so I run Python.",
    "There are {result} days between {a} and {b}.",
    4,
)  # fmt: skip

TASKS = [
    BETWEEN,
    CodeTask(
        "dates/weeks_between",
        Phrasings(
            ask="""the number of weeks between {a} and {b} / the weeks from {a} to {b} / the difference in weeks
                between {a} and {b} / how many weeks lie between {a} and {b}""",
            do="""count the weeks between {a} and {b} / work out how many weeks pass from {a} to {b} / calculate
                the weeks from {a} until {b}""",
            full="""!How many weeks are there between {a} and {b}? / How many weeks from {a} to {b}? / {a} to {b}
                in weeks / weeks between {a} and {b} / How many weeks is it from {a} until {b}? / The course
                runs from {a} to {b}. How many weeks is that?""",
        ),
        _weeks,
        "I need to count the weeks between two dates, so I run Python.",
        "There are {result} weeks between {a} and {b}.",
    ),
    CodeTask(
        "dates/weekday",
        Phrasings(
            ask="""the weekday of {a} / !the day of the week of {a} / the day of the week on {a} / which weekday
                {a} is / the name of the weekday on {a} / what day of the week {a} was / which day of the week
                {a} falls on""",
            do="""find the weekday of {a} / work out which day of the week {a} is / check what weekday {a} falls
                on / name the weekday of {a} / look up the day of the week for {a}""",
            full="""!What day of the week [is|was] {a}? / !Which weekday [is|was] {a}? / On what day of the week
                does {a} fall? / {a} - which weekday? / weekday of {a} / What weekday is {a}? / [Is|Was] {a} a
                Monday or some other day? / what day is {a} / I was born on {a}. What weekday was that? / What
                day was it on {a}? / Our wedding is on {a}; what day of the week is that? / What day of the
                week will it be on {a}? / which day does {a} fall on / On which weekday was {a}? / day of week
                {a}""",
        ),
        _weekday,
        "I need the weekday of a date, so I run Python.",
        "{a} is a {result}.",
        3,
    ),
    *[
        CodeTask(
            f"dates/{unit}_{word}",
            Phrasings(
                ask=f"""the date {{n}} {unit} {word} {{a}} / what date is {{n}} {unit} {word} {{a}} / the day that
                    comes {{n}} {unit} {word} {{a}} / the calendar date {{n}} {unit} {word} {{a}}""",
                do=f"""find the date {{n}} {unit} {word} {{a}} / {verb} {{n}} {unit} {link} {{a}} / work out
                    which date is {{n}} {unit} {word} {{a}} / {verb} {{n}} {unit} {link} the date {{a}} /
                    compute the date {{n}} {unit} {word} {{a}}""",
                full=f"""!What date is {{n}} {unit} {word} {{a}}? / Which day is {{n}} {unit} {word} {{a}}? / {{n}}
                    {unit} {word} {{a}} / {{a}} {sign} {{n}} {unit} / {{n}} {unit} {word} {{a}} is which date?
                    / Which date do I get if I {verb} {{n}} {unit} {link} {{a}}? / what will be the date {{n}}
                    {unit} {word} {{a}} / The deadline is {{n}} {unit} {word} {{a}}. Which date is that? / If
                    I count {{n}} {unit} {way} {{a}}, what date is it? / date {{n}} {unit} {word} {{a}}?""",
            ),
            _shift(unit, sign),
            f"I need the date {{n}} {unit} {word} {{a}}, so I run Python.",
            f"{{n}} {unit} {word} {{a}} is {{result}}.",
            weight,
        )
        for unit, word, verb, link, sign, way, weight in (
            ("days", "after", "add", "to", "+", "forward from", 1.5),
            ("weeks", "after", "add", "to", "+", "forward from", 1),
            ("days", "before", "subtract", "from", "-", "back from", 1),
            ("weeks", "before", "subtract", "from", "-", "back from", 0.5),
            ("days", "from", "add", "to", "+", "on from", 0.5),
        )
    ],
    CodeTask(
        "dates/leap",
        Phrasings(
            ask="""whether {y} is a leap year / if the year {y} is a leap year / whether the year {y} has 366
                days""",
            do="""check whether {y} is a leap year / test if {y} is a leap year / find out if {y} has a 29
                February / say whether the year {y} is a leap year / determine if {y} [is|was] a leap year""",
            full="""!Is {y} a leap year? / Was {y} a leap year? / leap year {y}? / Will {y} be a leap year? / {y}:
                leap year or not? / Is the year {y} a leap year? / Does February have 29 days in {y}? / Does
                the year {y} have 366 days? / is {y} leap / Was there a 29 February in {y}? / {y} leap year
                yes or no""",
        ),
        _leap,
        "I check with Python whether {y} is a leap year.",
        "Yes, {y} is a leap year.",
        if_false="No, {y} is not a leap year.",
    ),
    CodeTask(
        "dates/age",
        Phrasings(
            ask="""the age on {b} of someone born on {a} / how old a person born on {a} is on {b} / the age of a
                person on {b} with the birth date {a} / my age on {b} if I was born on {a}""",
            do="""work out how old someone born on {a} is on {b} / calculate the age on {b} for the birthday {a}
                / compute the age in years of someone born {a} on {b}""",
            full="""!How old is someone born on {a} on {b}? / I was born on {a}. How old am I on {b}? / Born {a},
                how old on {b}? / She was born on {a}; how old was she on {b}? / If I was born on {a}, how old
                will I be on {b}? / birth date {a}, age on {b}? / How many years old is a person born on {a}
                on {b}? / My son's birthday is {a}. What is his age on {b}?""",
        ),
        _age,
        "I need the age in whole years, so I run Python.",
        "Someone born on {a} is {result} years old on {b}.",
    ),
    CodeTask(
        "dates/day_of_year",
        Phrasings(
            ask="""the day of the year of {a} / the day number of {a} within its year / the ordinal day of the
                year for {a}""",
            do="""find the day of the year for {a} / work out which day of the year {a} is""",
            full="""Which day of the year is {a}? / {a} is day number what of the year? / What day number is {a}?
                / day of year {a} / How many days into the year is {a}?""",
        ),
        _day_of_year,
        "I need the day of the year, so I run Python.",
        "{a} is day {result} of the year.",
        0.5,
    ),
    CodeTask(
        "dates/week_number",
        Phrasings(
            ask="""the week number of {a} / the ISO week of {a} / the calendar week of {a} / which calendar week
                {a} is in""",
            do="""find the week number of {a} / work out the ISO week number for {a}""",
            full="""Which week of the year is {a} in? / In which calendar week is {a}? / week number {a} / What
                week number does {a} have? / ISO week for {a}?""",
        ),
        _week_number,
        "I need the week number, so I run Python.",
        "{a} is in week {result}.",
        0.5,
    ),
    CodeTask(
        "dates/month_length",
        Phrasings(
            ask="""the number of days in {m} {y} / how many days {m} {y} has / the length of {m} {y} in days""",
            do="""count the days of {m} {y} / find how many days are in {m} {y}""",
            full="""!How many days are in {m} {y}? / How many days does {m} {y} have? / days in {m} {y} / {m} {y}:
                how many days? / How long is {m} in {y}, in days? / How many days did {m} of {y} have?""",
        ),
        _month_length,
        "I need the number of days in a month, so I run Python.",
        "{m} {y} has {result} days.",
        0.7,
    ),
]  # fmt: skip


@family("dates", 3.0)
def dates(rng: random.Random, held_out: bool) -> Episode:
    """A question about dates."""
    return code_episode(TASKS, rng, held_out)
