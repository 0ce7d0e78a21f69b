"""Kinds of values drawn from lists of names: people, places, companies, things."""

import random

from training.pools import split_pool
from training.values import Source, Value, kind, make, plain


def _from_pool(name: str) -> Source:
    return lambda rng, held_out: plain(rng.choice(split_pool(name, held_out)))


for _name, _pool in {
    "first_name": "first_names",
    "food": "foods",
    "animal": "animals",
    "language": "languages",
    "ticker": "tickers",
    "airport": "airports",
    "color": "colors",
    "sport": "sports",
    "university": "universities",
    "city_country": "cities",
}.items():
    kind(_name)(lambda pool=_pool: _from_pool(pool))


@kind("city")
def _city() -> Source:
    return lambda rng, held_out: plain(rng.choice(split_pool("cities", held_out)).split(", ")[0])


@kind("country")
def _country() -> Source:
    return lambda rng, held_out: plain(rng.choice(split_pool("cities", held_out)).split(", ")[1])


def invented_word(rng: random.Random, held_out: bool) -> str:
    """A word of two to five syllables that probably exists nowhere, capital or not."""
    syllables = split_pool("syllables", held_out) if held_out else split_pool("syllables", False)
    return "".join(rng.choice(syllables) for _ in range(rng.randint(2, 5)))


@kind("person")
def _person() -> Source:
    def draw(rng: random.Random, held_out: bool) -> Value:
        last = rng.choice(split_pool("last_names", held_out))
        if rng.random() < 0.15:
            last = invented_word(rng, held_out).capitalize()
        return plain(f"{rng.choice(split_pool('first_names', held_out))} {last}")

    return draw


@kind("company")
def _company() -> Source:
    def draw(rng: random.Random, held_out: bool) -> Value:
        if rng.random() < 0.3:
            suffix = rng.choice(("", " Ltd", " Inc", " GmbH", " Group", " Systems", " & Co"))
            return plain(invented_word(rng, held_out).capitalize() + suffix)
        return plain(rng.choice(split_pool("companies", held_out)))

    return draw


@kind("product")
def _product() -> Source:
    def draw(rng: random.Random, held_out: bool) -> Value:
        name = rng.choice(split_pool("products", held_out))
        if rng.random() < 0.25:
            model = f"{rng.choice('ABCEGKMPSTXZ')}{rng.randint(1, 900)}"
            name = f"{invented_word(rng, held_out).capitalize()} {model}"
        return plain(name)

    return draw


@kind("team")
def _team() -> Source:
    def draw(rng: random.Random, held_out: bool) -> Value:
        if rng.random() < 0.2:
            place = invented_word(rng, held_out).capitalize()
            return plain(f"{place} {rng.choice(('FC', 'United', 'Rovers', 'City'))}")
        return plain(rng.choice(split_pool("teams", held_out)))

    return draw


@kind("currency")
def _currency() -> Source:
    def draw(rng: random.Random, held_out: bool) -> Value:
        code, _, names = rng.choice(split_pool("currencies", held_out)).partition("=")
        return Value(code, rng.choice([code, *names.split(";")]))

    return draw


@kind("address")
def _address() -> Source:
    def draw(rng: random.Random, held_out: bool) -> Value:
        street = rng.choice(split_pool("streets", held_out))
        city = make("city", rng, held_out).json
        number = rng.randint(1, 240)
        return plain(
            rng.choice((f"{number} {street}", f"{number} {street}, {city}", f"{street} {number}, {city}"))
        )

    return draw


@kind("zip")
def _zip() -> Source:
    def draw(rng: random.Random, held_out: bool) -> Value:
        if rng.random() < 0.2:
            first, second, third = rng.choices("ABCDEFGHJKLMNPRSTUW", k=3)
            return plain(f"{first}{rng.randint(1, 20)} {rng.randint(1, 9)}{second}{third}")
        return plain(f"{rng.randint(10000, 99999)}")

    return draw
