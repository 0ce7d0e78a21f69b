"""Arithmetic expressions: as people write or say them, and in the one form that the model gives to a tool."""

import random
from dataclasses import dataclass

from training.families.values import decimal, whole, with_commas

_SAID = {
    "+": ("+", "+", "+", "plus", "+", "and"),
    "-": ("-", "-", "-", "minus", "-", "less"),
    "*": ("*", "*", "x", "times", "×", "multiplied by", "·"),
    "/": ("/", "/", "/", "divided by", "÷", "over"),
}
_WORDS = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """One expression.

    Attributes:
        said: As the question writes it.
        expression: As the calculator gets it: plain digits, one space around each operator.
    """

    said: str
    expression: str


@dataclass(frozen=True, slots=True)
class _Manner:
    """How one question writes its operators: the same way throughout."""

    signs: dict[str, str]
    space: str
    commas: bool


def _manner(rng: random.Random) -> _Manner:
    chance = rng.random()
    if chance < 0.35:
        return _Manner({sign: sign for sign in _SAID}, " ", False)
    if chance < 0.5:
        return _Manner({sign: sign for sign in _SAID} | {"*": rng.choice("*x×*")}, "", False)
    if chance < 0.65:
        return _Manner(_WORDS, " ", rng.random() < 0.4)
    signs = {sign: rng.choice([s for s in said if s not in ("and", "less")]) for sign, said in _SAID.items()}
    return _Manner(signs, " ", rng.random() < 0.4)


def _operand(rng: random.Random, manner: _Manner, digits: int) -> tuple[str, str]:
    chance = rng.random()
    if chance < 0.2:
        value = decimal(rng, min(digits, 4))
        return value, value
    value = str(whole(rng, digits))
    if manner.commas and len(value) > 3:
        return with_commas(rng, int(value)), value
    return value, value


def draw_expression(rng: random.Random) -> Arithmetic:
    """Two to five operands, sometimes with parentheses, powers or a root."""
    manner = _manner(rng)
    count = rng.choices((2, 3, 4, 5), (45, 30, 15, 10))[0]
    digits = rng.choice((2, 3, 3, 4, 6, 8))
    said, meant = [], []
    for _ in range(count):
        one, other = _operand(rng, manner, digits)
        said.append(one)
        meant.append(other)
    signs = [rng.choice("+-**/+") for _ in range(count - 1)]
    if count > 2 and rng.random() < 0.4:
        start = rng.randrange(count - 1)
        stop = rng.randint(start + 1, min(start + 2, count - 1))
        if stop - start < count - 1:
            for texts in (said, meant):
                texts[start] = "(" + texts[start]
                texts[stop] += ")"
    elif rng.random() < 0.08:
        _add_power(rng, said, meant)
    return Arithmetic(
        _joined(said, [manner.signs[sign] for sign in signs], manner.space), _joined(meant, signs, " ")
    )


def _add_power(rng: random.Random, said: list[str], meant: list[str]) -> None:
    at = rng.randrange(len(said))
    exponent = rng.randint(2, 5)
    form = rng.choice(("{}^{}", "{}**{}", "{}²" if exponent == 2 else "{}^{}"))
    said[at] = form.format(said[at], exponent)
    meant[at] = f"{meant[at]}**{exponent}"


def _joined(operands: list[str], signs: list[str], space: str) -> str:
    text = operands[0]
    for sign, operand in zip(signs, operands[1:], strict=True):
        gap = " " if sign[0].isalpha() and sign != "x" else space
        text += f"{gap}{sign}{gap}{operand}"
    return text
