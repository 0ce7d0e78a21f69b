"""Arithmetic in words: percentages, roots, powers, and stories of one step."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from training.families.phrasing import Phrasings, Pool, words_of
from training.families.values import decimal, number, whole, with_commas
from training.families.words import NAMES

Slots = dict[str, str]
Draw = Callable[[random.Random, bool], tuple[Slots, str]]
BOXES = Pool(
    words_of(
        """boxes bags shelves crates pages rows tables classes buses packs trays bottles baskets folders trucks
    drawers rooms teams floors racks albums cartons barrels benches"""
    )
)
THINGS = Pool(
    words_of(
        """apples books pencils eggs students seats bricks stamps coins marbles cookies tiles tickets photos screws
    oranges cards words chairs bolts candles stickers tomatoes flowers batteries"""
    )
)
COSTLY = Pool(
    words_of(
        """ticket book coffee chair shirt lamp phone pizza notebook cable bicycle jacket mug plant keyboard haircut
    ring sandwich pencil sofa guitar umbrella backpack blanket melon"""
    )
)


@dataclass(frozen=True, slots=True)
class Story:
    """A question of arithmetic in words: `draw` gives its slots and the expression."""

    name: str
    phrasings: Phrasings
    draw: Draw
    weight: float = 1.0


def _two(expression: str, digits: int = 3, *, ordered: bool = False) -> Draw:
    """Two whole numbers A and B, and what else a story may name."""

    def draw(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
        a, b = whole(rng, digits) + 1, whole(rng, digits) + 1
        if ordered and b > a:
            a, b = b, a
        slots = {"a": with_commas(rng, a), "b": with_commas(rng, b), "name": NAMES.pick(rng, held_out)}
        slots |= {"box": BOXES.pick(rng, held_out), "things": THINGS.pick(rng, held_out)}
        return slots, expression.replace("A", str(a)).replace("B", str(b))

    return draw


def _money(expression: str) -> Draw:
    def draw(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
        a, b = rng.randint(2, 60), decimal(rng, 3) if rng.random() < 0.6 else str(whole(rng, 3))
        sign = rng.choice(("{} euros", "${}", "{} dollars", "€{}", "£{}", "{} kroner"))
        slots = {
            "a": str(a),
            "b": sign.format(b),
            "thing": COSTLY.pick(rng, held_out),
            "name": NAMES.pick(rng, held_out),
        }
        return slots, expression.replace("A", str(a)).replace("B", b)

    return draw


def _percent(expression: str) -> Draw:
    def draw(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
        p = rng.choice((str(rng.randint(1, 99)), str(rng.randint(1, 20) * 5), decimal(rng, 2)))
        base = number(rng, 5)
        said = with_commas(rng, int(base)) if base.isdigit() else base
        slots = {"p": p + rng.choice(("%", "%", "%", " percent", " per cent", " %")), "b": said}
        return slots, expression.replace("P", p).replace("B", base)

    return draw


def _one(expression: str, digits: int = 5) -> Draw:
    def draw(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
        value = number(rng, digits)
        said = with_commas(rng, int(value)) if value.isdigit() else value
        return {"a": said}, expression.replace("A", value)

    return draw


def _power(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    base, exponent = number(rng, 2), str(rng.choice((rng.randint(2, 12), rng.randint(2, 64))))
    return {"a": base, "b": exponent}, f"{base}**{exponent}"


STORIES = [
    Story("percent_of", Phrasings(
        ask="!{p} of {b} / {p} from {b} / the value of {p} of {b}", do="calculate {p} of {b} / take {p} of {b} / work out {p} of {b} / find {p} of {b}",
        full="!How much is {p} of {b}? / {p} of {b} is how much? / {p} of {b} = ? / A tip of {p} on a bill of {b} is how much? / There are {b} people and {p} of them voted. How many is that? / How many are {p} of {b}?",
    ), _percent("P / 100 * B"), 4),
    Story("percent_more", Phrasings(
        ask="{b} plus {p} / {b} increased by {p} / {b} with {p} added / {b} raised by {p}", do="increase {b} by {p} / add {p} to {b} / raise {b} by {p}",
        full="A price of {b} goes up by {p}. What is the new price? / What is {b} after an increase of {p}? / {b} net plus {p} tax is how much? / My salary of {b} rises by {p}. What is it then?",
    ), _percent("B * (1 + P / 100)"), 1.5),
    Story("percent_less", Phrasings(
        ask="{b} minus {p} / {b} reduced by {p} / {b} with a discount of {p} / {b} with {p} off", do="reduce {b} by {p} / take {p} off {b} / subtract {p} from {b} / lower {b} by {p}",
        full="Something costs {b} and is {p} off. What is the price? / What is {b} after a discount of {p}? / A jacket for {b} is reduced by {p}. What does it cost now?",
    ), _percent("B * (1 - P / 100)"), 1.5),
    Story("what_percent", Phrasings(
        ask="what percentage {b} is of {a} / the percentage that {b} is of {a} / {b} as a percentage of {a}", do="express {b} as a percentage of {a} / calculate what percent of {a} {b} is",
        full="!What percent of {a} is {b}? / {b} is what percentage of {a}? / {b} of {a} in percent / I got {b} of {a} points. What percentage is that?",
    ), _two("B / A * 100", ordered=True), 1.5),
    Story("square_root", Phrasings(
        ask="!the square root of {a} / sqrt({a}) / the root of {a} / √{a}", do="take the square root of {a} / calculate sqrt({a}) / calculate the square root of {a} / compute the root of {a}",
        full="square root of {a} / sqrt {a} / √{a} = ? / Which number squared gives {a}?",
    ), _one("sqrt(A)"), 2),
    Story("power", Phrasings(
        ask="!{a} to the power of {b} / {a}^{b} / {a} ** {b} / {a} raised to the power {b} / {a} to the {b}th power", do="raise {a} to the power of {b} / calculate {a}^{b} / compute {a} to the power of {b}",
        full="{a}^{b} = ? / {a} to the power {b} / How much is {a}^{b}? / {a}**{b}",
    ), _power, 2),
    Story("square", Phrasings(
        ask="{a} squared / the square of {a} / {a}²", do="square {a} / calculate the square of {a}", full="How much is {a} squared? / {a} times itself / {a}² = ?",
    ), _one("A**2", 4)),
    Story("half", Phrasings(ask="half of {a} / one half of {a} / {a} halved", do="halve {a} / divide {a} in half", full="How much is half of {a}?"), _one("A / 2"), 0.7),
    Story("double", Phrasings(ask="double {a} / twice {a} / two times {a}", do="double {a} / multiply {a} by two", full="How much is twice {a}?"), _one("A * 2"), 0.7),
    Story("sum", Phrasings(
        ask="!the sum of {a} and {b} / {a} and {b} together / the total of {a} and {b}", do="add {a} and {b} / add {a} to {b} / sum {a} and {b} / add up {a} and {b}",
        full="""What do {a} and {b} add up to? / {name} has {a} {things} and gets {b} more. How many are there now? / One shelf holds {a}
            {things}, the other {b}. How many are there in all? / There were {a} {things} and {b} came in. How many are there? /
            We sold {a} {things} on Monday and {b} on Tuesday. How many in total? / {name} walked {a} steps and then {b} more. How many
            steps is that?""",
    ), _two("A + B", 5), 2),
    Story("difference", Phrasings(
        ask="the difference between {a} and {b} / the difference of {a} and {b}", do="subtract {b} from {a} / take {b} away from {a} / deduct {b} from {a}",
        full="""What is left of {a} if I take away {b}? / {name} had {a} {things} and gave {b} away. How many are left? / Out of {a}
            {things} {b} were sold. How many remain? / How much more is {a} than {b}? / There are {a} seats and {b} are taken. How many
            are free? / A book has {a} pages and {name} has read {b}. How many pages are left? / The tank held {a} liters, {b} were
            used. How much is left?""",
    ), _two("A - B", 5, ordered=True), 2),
    Story("product", Phrasings(
        ask="!the product of {a} and {b} / {a} multiplied by {b}", do="multiply {a} by {b} / multiply {a} and {b} / multiply {a} with {b}",
        full="""Each of {a} {box} holds {b} {things}. How many {things} are there? / There are {a} {box} with {b} {things} each. How many
            {things} is that in total? / {name} buys {a} {box} of {b} {things}. How many {things} does {name} have? / {a} {box}, {b} {things}
            in each: how many {things}? / If {a} {box} contain {b} {things} each, how many {things} are there altogether? / How many
            {things} are in {a} {box} of {b}? / {name} fills {a} {box} with {b} {things} each. How many {things} are needed? / A hall has
            {a} rows of {b} seats. How many seats are there? / {name} works {a} hours a week. How many hours are {b} weeks? / A machine makes
            {a} {things} an hour. How many does it make in {b} hours?""",
    ), _two("A * B"), 3),
    Story("quotient", Phrasings(
        ask="!{a} divided by {b} / the quotient of {a} and {b} / the result of {a} divided by {b}", do="divide {a} by {b} / split {a} by {b}",
        full="""{a} {things} are shared equally among {b} people. How many does each get? / {name} packs {a} {things} into {b} {box}. How
            many go in each? / {a} {things} in {b} {box}: how many in each? / How often does {b} go into {a}? / If I split {a} {things}
            between {b} children, how many does each one get? / A trip of {a} km takes {b} hours. What is the average speed? / {b} friends
            share a bill of {a}. How much does each pay?""",
    ), _two("A / B", 4, ordered=True), 2),
    Story("remainder", Phrasings(
        ask="the remainder of {a} divided by {b} / {a} modulo {b} / {a} mod {b}", do="find the remainder of {a} divided by {b} / compute {a} mod {b} / divide {a} by {b} and give the remainder",
        full="What remains when {a} is divided by {b}? / {a} % {b} / How many are left over when {a} {things} are put in groups of {b}? / {a} mod {b} = ?",
    ), _two("A % B", 4, ordered=True)),
    Story("cost", Phrasings(
        ask="the price of {a} items at {b} each / the cost of {a} at {b} a piece", do="work out the price of {a} items at {b} each / calculate what {a} of them cost at {b} each",
        full="""One {thing} costs {b}. How much are {a}? / A {thing} is {b}. What do {a} of them cost? / {name} buys {a} of them for {b} each.
            How much is that? / How much do I pay for {a} at {b} each? / If a {thing} costs {b}, what do {a} cost? / {a} times a {thing} at {b},
            what is the total?""",
    ), _money("A * B"), 2),
    Story("share", Phrasings(
        ask="the share of each person if {b} is split between {a} people", do="split {b} between {a} people / divide {b} among {a} friends",
        full="{a} people share {b}. How much does each get? / We are {a} and the bill is {b}. How much does everyone pay? / {b} split {a} ways is how much?",
    ), _money("B / A")),
]  # fmt: skip
