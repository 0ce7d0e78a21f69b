"""Which numbers with an exponent lie within a range, as a regular expression.

They have one to three digits before the point, the first not 0, and at most ten behind it: 6.02e23, -1e-09,
125E+3. An exponent has at most three digits, so that every number is finite and none is read as 0.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby

DIGITS_BEFORE_POINT = 3
DIGITS_BEHIND_POINT = 10
LARGEST_EXPONENT = 299


@lru_cache(maxsize=1024)
def exponent_pattern(low: float = -math.inf, high: float = math.inf) -> str:
    """Matches numbers with an exponent, all of them greater than `low` and less than `high`; empty: none.

    Not all that lie between: a choice of exponent is left out where some number with it lies outside.
    """
    mantissas: dict[str, list[str]] = defaultdict(list)
    for sign, least, most in (("", low, high), ("-", -high, -low)):
        for digits in range(1, DIGITS_BEFORE_POINT + 1):
            exponents = [
                exponent
                for exponent in range(-LARGEST_EXPONENT, LARGEST_EXPONENT + 1)
                if least < _power_of_ten(exponent + digits - 1) and _power_of_ten(exponent + digits) <= most
            ]
            mantissas[_any_of(exponents)].append(sign + "[1-9]" + "[0-9]" * (digits - 1))
    return "|".join(
        rf"({'|'.join(before_point)})(\.[0-9]{{1,{DIGITS_BEHIND_POINT}}})?[eE]({exponents})"
        for exponents, before_point in mantissas.items()
        if exponents
    )


def _power_of_ten(exponent: int) -> float:
    return float(f"1e{exponent}")  # 10.0**exponent may be one digit off


def _any_of(exponents: list[int]) -> str:
    negative = _numerals(-number for number in exponents if number < 0)
    positive = _numerals(number for number in exponents if number >= 0)
    return "|".join(([f"-({negative})"] if negative else []) + ([rf"\+?({positive})"] if positive else []))


def _numerals(numbers: Iterable[int]) -> str:
    """Decimal numerals; those of one digit may be written with two, as Python does."""
    by_tens = groupby(sorted(numbers), key=lambda number: number // 10)
    last_digits = {tens or "0?": [number % 10 for number in group] for tens, group in by_tens}
    return "|".join(f"{tens}[{last[0]}-{last[-1]}]" for tens, last in last_digits.items())
