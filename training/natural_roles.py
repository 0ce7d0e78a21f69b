"""What the parameters of a tool are for, and how a sentence says each: "for 4 minutes", "in the kitchen"."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from training.kinds_names import invented_word
from training.kinds_numbers import say_integer
from training.pools import split_pool
from training.values import Source, Value, plain, source


@dataclass(frozen=True)
class Role:
    """One thing that a request can tell.

    Attributes:
        names: What the parameter may be called.
        kind: The kind of value, for the tables; its source unless `draw` is given.
        said: Phrases behind the noun with `{v}`.
        about: Descriptions; `{n}` is the noun.
        type: The schema's type.
        draw: Where the values come from.
    """

    names: tuple[str, ...]
    kind: str
    said: tuple[str, ...]
    about: tuple[str, ...] = ()
    type: str = "string"
    draw: Source | None = None

    @property
    def source(self) -> Source:
        """Draws a value."""
        return self.draw or source(self.kind)


def _pooled(name: str) -> Source:
    """From a pool, now and then any word or an invented one instead."""

    def draw(rng: random.Random, held_out: bool) -> Value:
        chance = rng.random()
        if chance < 0.12:
            return plain(invented_word(rng, held_out))
        if chance < 0.35:
            return plain(rng.choice(split_pool("words", held_out)))
        return plain(rng.choice(split_pool(name, held_out)))

    return draw


def one_of(options: list[str]) -> Source:
    """One of the options, said as it is written."""
    return lambda rng, held_out: plain(rng.choice(options))


def with_article(drawn: Source, article: str) -> Source:
    """The values said with an article before them, `an` where it belongs."""

    def draw(rng: random.Random, held_out: bool) -> Value:
        value = drawn(rng, held_out)
        suited = "an" if article == "a" and value.said[:1].lower() in "aeiou" else article
        return Value(value.json, f"{suited} {value.said}".strip())

    return draw


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split(" / "))


def _role(names: str, kind: str, said: str, about: str = "", **more: Any) -> Role:
    return Role(_words(names), kind, _words(said), _words(about) if about else (), **more)


quality = _pooled("qualities")
thing = _pooled("things")
place = _pooled("places")

STRINGS = (
    _role("room / place / location / where / area / zone / site", "place",
          "in the {v} / in the {v} / at the {v} / from the {v} / near the {v} / to the {v} / over in the {v}",
          "Where to do it / The room / Name of the place / Place of the {n}", draw=place),
    _role("city / town / destination / location / branch", "city",
          "in {v} / to {v} / near {v} / from {v} / for {v}",
          "City / The town, e.g. Oslo / Where it is"),
    _role("person / name / recipient / who / customer / guest / owner", "first_name",
          "for {v} / to {v} / for {v} / on behalf of {v} / with {v} / from {v} / because {v} asked for it",
          "Whom it is for / Name of the person / First name"),
    _role("person / name / recipient / assignee / customer / contact", "person",
          "for {v} / to {v} / under the name {v} / on behalf of {v} / in the name of {v}",
          "Full name / Whom it is for / Who gets the {n}"),
    _role("time / at / start_time / when / hour", "time",
          "at {v} / from {v} on / by {v} / around {v} / before {v}",
          "Time as HH:MM / When, e.g. 08:30"),
    _role("day / weekday / on / when", "weekday", "on {v} / by {v} / next {v} / this {v} / every {v}",
          "Day of the week"),
    _role("date / day / due / on", "date_spoken", "on {v} / by {v} / until {v} / for {v}", "The date"),
    _role("month / period", "month", "in {v} / for {v} / this {v} / until {v}", "Name of the month"),
    _role("name / label / title / called", "title", "called {v} / named {v} / with the name {v} / titled {v}",
          "What to call the {n} / Name of the {n}"),
    _role("message / text / note / caption / inscription / comment", "note",
          "saying \"{v}\" / with the message '{v}' / that says {v} / with the note \"{v}\"",
          "Text to write / What it should say / Short note"),
    _role("topic / subject / about / theme", "query",
          "about {v} / on the subject of {v} / on {v} / regarding {v}",
          "What it is about / Theme of the {n}"),
    _role("color / colour / paint", "color", "in {v} / in the colour {v} / painted {v} / with {v} paint",
          "Colour of the {n}"),
    _role("id / number / code / reference / serial", "id",
          "number {v} / with id {v} / {v} / with the code {v} / no. {v}",
          "Identifier of the {n} / Reference number"),
    _role("tool / with / using / container / material / base", "thing",
          "with a {v} / using the {v} / in a {v} / on the {v} / made of {v} / with {v} / from {v}",
          "What to use / What it is made of", draw=thing),
    _role("company / supplier / vendor / client / sponsor", "company",
          "from {v} / for {v} / at {v} / by {v}", "Name of the company"),
    _role("email / to / recipient / send_to", "email", "to {v} / and send it to {v} / for {v}",
          "E-mail address"),
    _role("file / path / filename / document", "filename",
          "from {v} / in {v} / to {v} / using {v} / as {v}", "Path of the file"),
    _role("language / lang", "language", "in {v} / into {v}", "Language of the {n}"),
    _role("topping / side / extra / ingredient / flavor", "food",
          "with {v} / with extra {v} / topped with {v} / and {v}",
          "What goes with it / Extra for the {n}"),
    _role("animal / pet / species", "animal", "for the {v} / of the {v} / with the {v}", "Which animal"),
    _role("toppings / items / extras / tags / guests / parts", "list word 2 4",
          "with {v} / including {v} / consisting of {v}",
          "List of what goes with it", type="array"),
)  # fmt: skip
"""Told behind the noun. Their order here means nothing."""

UNITS = tuple(
    (unit, tuple(names.split(" / ")), kind)
    for unit, names, kind in (
        ("minutes", "minutes / duration / duration_minutes / mins / time", "int 2 90"),
        ("hours", "hours / duration / duration_hours / length", "int 2 48"),
        ("seconds", "seconds / duration / timeout / delay", "int 2 300"),
        ("days", "days / duration / days_ahead / period", "int 2 60"),
        ("weeks", "weeks / duration", "int 2 20"),
        ("months", "months / term", "int 2 36"),
        ("years", "years / term / age", "int 2 40"),
        ("people", "people / guests / persons / party_size / servings", "int 2 40"),
        ("guests", "guests / people / count", "int 2 200"),
        ("times", "times / repeats / repetitions / count", "int 2 20"),
        ("copies", "copies / count / quantity / n", "int 2 100"),
        ("pieces", "pieces / count / quantity / number", "int 2 60"),
        ("pages", "pages / length / page_count", "int 2 400"),
        ("seats", "seats / count / capacity", "int 2 80"),
        ("grams", "grams / weight / amount / amount_g / g", "float 2 900 1"),
        ("kilograms", "kg / weight / kilograms / weight_kg / load", "float 2 90 1"),
        ("kg", "kg / weight / weight_kg / amount", "float 2 90 1"),
        ("pounds", "pounds / weight / lbs", "float 2 90 1"),
        ("litres", "litres / volume / liters / amount / volume_l", "float 2 90 1"),
        ("ml", "ml / volume / amount_ml", "int 5 900"),
        ("cups", "cups / amount / servings", "int 2 12"),
        ("metres", "metres / length / distance / meters / height", "float 2 200 1"),
        ("km", "km / distance / distance_km / kilometers / range", "float 2 500 1"),
        ("miles", "miles / distance / radius", "float 2 300 1"),
        ("cm", "cm / width / length / height / depth", "float 2 300 1"),
        ("mm", "mm / thickness / diameter", "float 2 60 1"),
        ("inches", "inches / size / diameter", "float 2 60 1"),
        ("dollars", "dollars / amount / price / budget / max_price / amount_usd", "money 2 900"),
        ("euros", "euros / amount / price / cost / budget / limit", "money 2 900"),
        ("percent", "percent / percentage / level / share / brightness / volume", "int 1 100"),
        ("%", "percent / level / rate / discount", "int 1 100"),
        ("degrees", "degrees / temperature / temp / celsius / angle", "int 2 250"),
        ("watts", "watts / power", "int 5 2500"),
        ("volts", "volts / voltage", "int 5 400"),
        ("rpm", "rpm / speed", "int 100 9000"),
        ("km/h", "speed / kmh / max_speed", "int 5 200"),
        ("points", "points / score / bonus", "int 2 500"),
        ("megabytes", "megabytes / size / size_mb / limit", "int 2 4000"),
    )
)
"""What is counted or measured: the word behind the number, names for the parameter, and the values."""

UNIT_SAID = {
    "percent": ("to {v} percent", "at {v} percent", "by {v} percent"),
    "%": ("to {v}%", "at {v}%", "by {v} %"),
    "degrees": ("to {v} degrees", "at {v} degrees", "by {v} degrees"),
    "times": ("{v} times", "{v} times in a row"),
    "dollars": ("for {v} dollars", "for ${v}", "with a budget of {v} dollars", "at {v} dollars"),
    "euros": ("for {v} euros", "for €{v}", "up to {v} euros", "at {v} euros"),
    "people": ("for {v} people", "for {v}", "for {v} of us", "for a group of {v}"),
    "rpm": ("at {v} rpm",),
    "km/h": ("at {v} km/h",),
    "watts": ("at {v} watts", "with {v} watts"),
    "volts": ("at {v} volts", "with {v} volts"),
}  # fmt: skip
_DURATIONS = ("for {v} U", "for about {v} U", "over {v} U", "lasting {v} U", "in {v} U")
_AMOUNTS = ("with {v} U", "of {v} U", "with {v} U of it", "by {v} U", "by about {v} U", "using {v} U")


def measured(rng: random.Random) -> tuple[Role, str]:
    """A role for a quantity, and the word of its unit."""
    unit, names, kind = rng.choice(UNITS)
    short = ("seconds", "minutes", "hours", "days", "weeks", "months", "years")
    usual = [said.replace("U", unit) for said in (_DURATIONS if unit in short else _AMOUNTS)]
    if unit in SHORT_UNITS and rng.random() < 0.25:
        short_form = "{v}" + rng.choice(("", " ")) + SHORT_UNITS[unit]
        usual = [short_form, f"for {short_form}", f"at {short_form}", f"- {short_form}"]
    else:
        usual = [*UNIT_SAID.get(unit, usual)]
    about = (f"How many {unit}", f"Number of {unit}", f"In {unit}", f"{unit.capitalize()} for the {{n}}")
    whole = kind.startswith("int")
    drawn = _small_whole(kind) if whole and rng.random() < 0.5 else None
    role = Role(names, kind, tuple(usual), about, "integer" if whole else "number", drawn)
    return role, unit


def _small_whole(kind: str) -> Source:
    low, high = map(int, kind.split()[1:])

    def draw(rng: random.Random, held_out: bool) -> Value:
        number = rng.randint(low, min(high, low + 18))
        return Value(number, say_integer(number, rng))

    return draw


PAIRS = (
    (("from_place", "to_place"), "place", ("from the {a} to the {b}", "out of the {a} into the {b}")),
    (("origin", "destination"), "city", ("from {a} to {b}", "to {b} from {a}", "between {a} and {b}")),
    (("start", "end"), "city", ("from {a} to {b}", "to {b}, starting in {a}")),
    (("source", "target"), "filename", ("from {a} to {b}", "from {a} into {b}", "to {b} from {a}")),
    (("sender", "receiver"), "first_name", ("from {a} to {b}", "for {b} from {a}")),
    (
        ("start_time", "end_time"),
        "time",
        ("from {a} to {b}", "between {a} and {b}", "until {b}, starting at {a}"),
    ),
    (("start_date", "end_date"), "date", ("from {a} to {b}", "between {a} and {b}", "from {a} until {b}")),
    (
        ("minimum", "maximum"),
        "int 1 900",
        ("with at least {a} and at most {b}", "with at most {b} but at least {a}"),
    ),
    (("width", "height"), "int 2 400", ("{a} wide and {b} high", "{a} by {b}", "{b} high and {a} wide")),
    (("length", "width"), "int 2 400", ("{a} long and {b} wide", "{b} wide and {a} long", "{a} x {b}")),
    (("first", "second"), "thing", ("first with a {a}, then with a {b}", "with a {a} before a {b}")),
    (
        ("adults", "children"),
        "int 1 12",
        ("for {a} adults and {b} children", "for {b} children and {a} adults"),
    ),
    (("price", "quantity"), "int 2 90", ("at {a} dollars, {b} pieces", "{b} times for {a} euros each")),
)
"""Two parameters of one kind: only the words between their values tell which is which."""

SHORT_UNITS = {
    "minutes": "min", "hours": "h", "seconds": "s", "grams": "g", "kilograms": "kg", "kg": "kg",
    "pounds": "lb",
    "litres": "l", "ml": "ml", "metres": "m", "km": "km", "miles": "mi", "cm": "cm", "mm": "mm",
    "degrees": "°C",
    "watts": "W", "volts": "V", "megabytes": "MB", "percent": "%",
}  # fmt: skip

SWITCHES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "notify": (("and notify me", "and let me know"), ("and don't notify me", "without telling me")),
    "express": (("by express", "as an express job"), ("not by express", "without express")),
    "urgent": (("urgently", "as urgent", "- it is urgent"), ("- it is not urgent", "not urgent")),
    "silent": (("silently", "without a sound", "in silent mode"), ("with sound", "not silently")),
    "gift_wrap": (("gift-wrapped", "with gift wrap", "as a gift"), ("without gift wrap", "not as a gift")),
    "insured": (("insured", "with insurance"), ("without insurance", "not insured")),
    "repeat": (("and repeat it", "again and again"), ("just once", "without repeating it")),
    "dry_run": (("as a dry run", "but only as a dry run"), ("for real", "not as a dry run")),
    "force": (("by force", "even if it is in use"), ("but not by force", "without force")),
    "paid": (("paid in advance", "which is already paid"), ("not paid yet", "unpaid")),
    "indoors": (("indoors", "inside"), ("outdoors", "outside")),
    "overnight": (("overnight",), ("not overnight", "during the day")),
    "public": (("publicly", "so that everyone can see it"), ("privately", "so that nobody else sees it")),
}  # fmt: skip
"""Booleans with ways of their own; any other thing goes "with milk" or "without milk"."""


def switch(rng: random.Random, held_out: bool) -> tuple[tuple[str, ...], Source]:
    """Names for a boolean, and its values with ways to say them."""
    if rng.random() < 0.4:
        name = rng.choice([*SWITCHES])
        return (name, f"is_{name}"), _said(*SWITCHES[name])
    extra = rng.choice(split_pool("things", held_out))
    key = extra.replace(" ", "_")
    yes = (f"with {extra}", f"with {extra}", f"and with {extra}", f"with a {extra}", f"including {extra}")
    no = (f"without {extra}", f"but without {extra}", f"with no {extra}", f"without any {extra}")
    return (key, f"with_{key}", f"add_{key}", f"include_{key}", f"has_{key}"), _said(yes, no)


def _said(yes: Sequence[str], no: Sequence[str]) -> Source:
    def draw(rng: random.Random, held_out: bool) -> Value:
        on = rng.random() < 0.55
        return Value(on, rng.choice(yes if on else no))

    return draw
