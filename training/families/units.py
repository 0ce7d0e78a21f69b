"""Unit conversions by code, the factor written out in it."""

import random
from dataclasses import dataclass

from training.episode import FINAL_THOUGHT, Episode, Turn
from training.families import family
from training.families.builtin import CALCULATOR, CODE, offer
from training.families.calculator import calculator_step
from training.families.code_task import CodeTask, Slots, code_episode
from training.families.phrasing import Phrasings, choose
from training.families.values import decimal, whole, with_commas


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its plural in full, and its symbols and other spellings."""

    name: str
    symbols: tuple[str, ...]


_UNITS = {
    key: Unit(name, tuple(symbols.split()))
    for key, name, symbols in (
        ("km", "kilometers", "km kilometres"), ("mi", "miles", "mi"), ("m", "meters", "m metres"), ("ft", "feet", "ft"),
        ("in", "inches", "in"), ("cm", "centimeters", "cm centimetres"), ("yd", "yards", "yd"), ("mm", "millimeters", "mm"),
        ("kg", "kilograms", "kg kilos"), ("lb", "pounds", "lb lbs"), ("g", "grams", "g"), ("oz", "ounces", "oz"),
        ("c", "degrees Celsius", "C °C celsius"), ("f", "degrees Fahrenheit", "F °F fahrenheit"), ("k", "kelvin", "K"),
        ("h", "hours", "h"), ("min", "minutes", "min"), ("s", "seconds", "s sec"), ("d", "days", "d"), ("w", "weeks", "wk"),
        ("l", "liters", "l L litres"), ("gal", "gallons", "gal"), ("ml", "milliliters", "ml"), ("cup", "cups", "cups"),
        ("gb", "gigabytes", "GB"), ("mb", "megabytes", "MB"), ("kb", "kilobytes", "KB"), ("tb", "terabytes", "TB"),
        ("kmh", "kilometers per hour", "km/h kph"), ("mph", "miles per hour", "mph"), ("ms", "meters per second", "m/s"),
        ("ha", "hectares", "ha"), ("ac", "acres", "acres"), ("deg", "degrees", "deg"), ("rad", "radians", "rad"),
        ("nmi", "nautical miles", "nmi"), ("t", "tonnes", "t"), ("kwh", "kilowatt hours", "kWh"), ("j", "joules", "J"),
        ("bar", "bar", "bar"), ("psi", "psi", "psi"), ("hp", "horsepower", "hp"), ("kw", "kilowatts", "kW"), ("y", "years", "yr"),
    )
}  # fmt: skip
# (from, to, expression in X)
_CONVERSIONS = (
    ("km", "mi", "X / 1.609344"), ("mi", "km", "X * 1.609344"), ("m", "ft", "X / 0.3048"), ("ft", "m", "X * 0.3048"),
    ("in", "cm", "X * 2.54"), ("cm", "in", "X / 2.54"), ("yd", "m", "X * 0.9144"), ("m", "yd", "X / 0.9144"),
    ("km", "m", "X * 1000"), ("m", "km", "X / 1000"), ("m", "cm", "X * 100"), ("cm", "m", "X / 100"), ("cm", "mm", "X * 10"),
    ("mm", "cm", "X / 10"), ("ft", "in", "X * 12"), ("in", "ft", "X / 12"), ("mi", "ft", "X * 5280"), ("ft", "cm", "X * 30.48"),
    ("kg", "lb", "X / 0.45359237"), ("lb", "kg", "X * 0.45359237"), ("g", "oz", "X / 28.349523125"), ("oz", "g", "X * 28.349523125"),
    ("kg", "g", "X * 1000"), ("g", "kg", "X / 1000"), ("t", "kg", "X * 1000"), ("kg", "t", "X / 1000"), ("lb", "oz", "X * 16"),
    ("c", "f", "X * 9 / 5 + 32"), ("f", "c", "(X - 32) * 5 / 9"), ("c", "k", "X + 273.15"), ("k", "c", "X - 273.15"),
    ("h", "s", "X * 3600"), ("h", "min", "X * 60"), ("min", "s", "X * 60"), ("s", "min", "X / 60"), ("s", "h", "X / 3600"),
    ("min", "h", "X / 60"), ("d", "h", "X * 24"), ("h", "d", "X / 24"), ("w", "d", "X * 7"), ("d", "w", "X / 7"), ("d", "min", "X * 24 * 60"),
    ("d", "s", "X * 86400"), ("w", "h", "X * 168"), ("y", "d", "X * 365"), ("l", "gal", "X / 3.785411784"), ("gal", "l", "X * 3.785411784"),
    ("l", "ml", "X * 1000"), ("ml", "l", "X / 1000"), ("cup", "ml", "X * 236.588"), ("gb", "mb", "X * 1000"), ("mb", "gb", "X / 1000"),
    ("tb", "gb", "X * 1000"), ("mb", "kb", "X * 1000"), ("kb", "mb", "X / 1000"), ("gb", "tb", "X / 1000"), ("kmh", "mph", "X / 1.609344"),
    ("mph", "kmh", "X * 1.609344"), ("kmh", "ms", "X / 3.6"), ("ms", "kmh", "X * 3.6"), ("ha", "ac", "X / 0.40468564224"),
    ("ac", "ha", "X * 0.40468564224"), ("deg", "rad", "X * 3.141592653589793 / 180"), ("rad", "deg", "X * 180 / 3.141592653589793"),
    ("nmi", "km", "X * 1.852"), ("km", "nmi", "X / 1.852"), ("kwh", "j", "X * 3600000"), ("bar", "psi", "X * 14.503773773"),
    ("psi", "bar", "X / 14.503773773"), ("hp", "kw", "X * 0.745699872"), ("kw", "hp", "X / 0.745699872"),
)  # fmt: skip


def _draw(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    start, target, expression = rng.choice(_CONVERSIONS)
    value = decimal(rng, 3) if rng.random() < 0.25 else str(whole(rng, 4))
    if start in "cf" and rng.random() < 0.2:
        value = "-" + value
    said = with_commas(rng, int(value)) if value.isdigit() else value
    slots = {"v": said, "a": _UNITS[start].name, "b": _UNITS[target].name}
    symbol = rng.choice(_UNITS[start].symbols)
    slots["va"] = (
        f"{said} {slots['a']}" if rng.random() < 0.6 else f"{said}{' ' * (rng.random() < 0.7)}{symbol}"
    )
    if rng.random() < 0.3:
        slots["b"] = rng.choice(_UNITS[target].symbols)
    return slots, f"print({expression.replace('X', value)})"


TASKS = [
    CodeTask(
        "units/convert",
        Phrasings(
            ask="""!{va} in {b} / {va} as {b} / how many {b} {va} are / the number of {b} in {va} / {va} expressed in {b} / how
                much {va} is in {b} / what {va} is in {b} / the value of {va} in {b}""",
            do="""!convert {va} to {b} / convert {va} into {b} / change {va} to {b} / turn {va} into {b} / express {va} in
                {b} / give me {va} in {b} / translate {va} into {b} / do a unit conversion from {va} to {b}""",
            full="""!How many {b} are {va}? / !How many {b} are in {va}? / !How much is {va} in {b}? / {va} to {b} / {va} in
                {b}? / {va} = how many {b}? / {va} -> {b} / What do {va} come to in {b}? / {b} in {va} / The sign says
                {va}. What is that in {b}? / My recipe says {va}; what is it in {b}? / The label reads {va}. I only know
                {b}. / If something measures {va}, how many {b} is that? / I have {va}. How many {b} do I have? / It is
                {va} according to the manual. How many {b}?""",
        ),
        _draw,
        "I convert {va} to {b} with Python.",
        "{va} is {result} {b}.",
    )
]


@family("units", 3.0)
def units(rng: random.Random, held_out: bool) -> Episode:
    """A unit conversion by code."""
    return code_episode(TASKS, rng, held_out)


@family("units_by_calculator", 0.7)
def units_by_calculator(rng: random.Random, held_out: bool) -> Episode:
    """The same where a calculator is offered and no code interpreter."""
    (task,) = TASKS
    slots, code = task.draw(rng, held_out)
    expression = code.removeprefix("print(").removesuffix(")")
    question = task.phrasings.pick(rng, held_out, slots)
    step = calculator_step(expression)
    answer = choose(rng, task.answers, {**slots, "result": step.observation})
    tools = offer(rng, CALCULATOR, without=(CODE,))
    return Episode(tools, [Turn(question, [step], FINAL_THOUGHT, answer)], kind="units_by_calculator")
