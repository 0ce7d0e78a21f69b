"""Values: what the arguments hold and how a question says it."""

import datetime
import random
import re
from pathlib import Path

import pytest

from training.domain_files import DomainError, load_file
from training.functions import arguments, draw
from training.kinds_numbers import in_words
from training.values import UnknownKind, make

KINDS = """
word; words 2 4; sentence; int 1 14; float 0 5 2; money 5 900; percent; year; date; date_spoken;
time; datetime; weekday; month; person; first_name; city; country; city_country; address; zip;
company; product; food; animal; language; currency; ticker; airport; email; url; domain; phone; id;
uuid; filename; path; username; hashtag; color; sport; team; university; latitude; longitude; query;
title; note; code_name; version; ip; pick a b|c; list city 2 3; fraction 1 20; clock; date_as %m/%d/%Y
""".replace("\n", " ").split("; ")


@pytest.mark.parametrize("kind", [kind.strip() for kind in KINDS])
@pytest.mark.parametrize("held_out", [False, True])
def test_every_kind_draws_the_same_from_the_same_seed(kind: str, held_out: bool) -> None:
    drawn = [make(kind, random.Random(seed), held_out) for seed in range(20)]
    assert drawn == [make(kind, random.Random(seed), held_out) for seed in range(20)]
    assert all(value.said for value in drawn)


def test_spoken_forms_mean_the_json() -> None:
    rng = random.Random(1)
    dates = [make("date_spoken", rng, False) for _ in range(200)]
    assert any(date.said != date.json for date in dates)
    assert all(date.json[:4] in date.said for date in dates)
    numbers = [make("int 0 99999", rng, False) for _ in range(400)]
    assert {"two", "2"} & {number.said for number in numbers}
    digits = [number for number in numbers if number.said.replace(",", "").isdigit()]
    assert all(number.said.replace(",", "") == str(number.json) for number in digits)
    assert any("," in number.said for number in numbers)


def test_shortened_numbers_mean_the_json() -> None:
    rng = random.Random(3)
    drawn = [make("int 1000 9000000", rng, False) for _ in range(2000)]
    found = {}
    for number in drawn:
        if match := re.fullmatch(r"([0-9.]+) ?(k|thousand|M|million)", number.said):
            factor = 1000 if match[2] in ("k", "thousand") else 1_000_000
            assert round(float(match[1]) * factor) == number.json
            found[match[2]] = number.json
    assert set(found) == {"k", "thousand", "M", "million"}


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "zero"), (19, "nineteen"), (20, "twenty"), (81, "eighty-one"), (90, "ninety"),
     (100, "one hundred"), (240, "two hundred and forty"), (999, "nine hundred and ninety-nine")],
)  # fmt: skip
def test_numbers_in_words(number: int, words: str) -> None:
    assert in_words(number) == words


def test_times_of_day_shares_and_dates_mean_the_json() -> None:
    rng = random.Random(2)
    for _ in range(300):
        clock = make("clock", rng, False)
        said = clock.said.replace(".", "").upper().replace(" ", "")
        form = ("%I:%M%p" if ":" in said else "%I%p") if said.endswith("M") else "%H:%M"
        assert datetime.datetime.strptime(said, form).strftime("%H:%M") == clock.json
        share = make("fraction 1 20", rng, False)
        percent = re.match(r"[0-9.]+", share.said)
        assert percent
        assert float(percent[0]) == pytest.approx(share.json * (1 if percent[0] == share.said else 100))
        date = make("date_as %d.%m.%Y", rng, False)
        assert datetime.datetime.strptime(date.json, "%d.%m.%Y").year == int(
            re.findall(r"\d{4}", date.said)[0]
        )


def test_a_picked_value_may_be_other_words_of_the_same_number() -> None:
    rng = random.Random(4)
    drawn = {make("pick iberian lynx|brown bear", rng, False).json for _ in range(300)}
    assert {"iberian lynx", "brown bear"} < drawn
    assert {len(value.split()) for value in drawn} <= {2, 3, 4}  # some words of the pool have a space
    unseen = {make("pick iberian lynx|brown bear", rng, True).json for _ in range(300)}
    assert unseen == {"iberian lynx", "brown bear"}


def test_lists_of_enum_entries_hold_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "hotels.yaml"
    path.write_text("""
- name: hotels
  parameters:
    extras: {type: array, items: {type: string, enum: [pool, spa, gym]}, kind: "list pick pool|spa|gym 1 3"}
  ask: ["With {extras}."]
""")
    (function,) = load_file(path)
    rng = random.Random(5)
    drawn = [draw(function, rng, False).values["extras"].json for _ in range(200)]
    assert {item for values in drawn for item in values} == {"pool", "spa", "gym"}


@pytest.mark.parametrize("kind", ["nonsense", "int one two", "list word", "float"])
def test_an_unknown_kind_is_a_clear_error(kind: str) -> None:
    with pytest.raises(UnknownKind, match=kind.split()[0]):
        make(kind, random.Random(0), False)


GOOD = """
- name: hotel.search
  description: Find a hotel.
  parameters:
    city: {type: string, kind: city}
    stars: {type: integer, optional: true, kind: int 1 5}
    options:
      type: object
      properties: {breakfast: {type: boolean, says: {true: [with breakfast], false: [no breakfast]}}}
  ask: ["A hotel in {city}, {options.breakfast}."]
  result: {price: int 40 400}
  answer: ["{price} in {city}"]
"""


def test_a_domain_file_becomes_functions(tmp_path: Path) -> None:
    path = tmp_path / "hotels.yaml"
    path.write_text(GOOD)
    (function,) = load_file(path)
    call = draw(function, random.Random(2), False)
    given = arguments(function.parameters, call.values, {})
    assert list(given) == ["city", "options"]
    assert given["city"] in call.question()
    assert given["options"] in ({"breakfast": True}, {"breakfast": False})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("kind: city", "kind: town"), "hotels.yaml, function hotel.search: .*town"),
        (("{city}, {options.breakfast}", "{options.breakfast}"), "does not name the required"),
        (("{price} in", "{cost} in"), "names .*cost"),
        (("type: integer", "type: whole"), "stars: type 'whole'"),
    ],
)
def test_a_broken_domain_file_names_file_and_function(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    path = tmp_path / "hotels.yaml"
    path.write_text(GOOD.replace(*change))
    with pytest.raises(DomainError, match=message):
        load_file(path)
