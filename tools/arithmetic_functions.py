"""The functions and constants of the calculator, each bounded so that none can take long."""

import math
import statistics
from collections.abc import Callable, Mapping

from qwact.tools.errors import ToolError

Number = int | float

_MOST_BITS = 13_000  # about 3,900 digits, below the 4,300 that Python writes out
_TOO_LARGE = "The result is too large: at most 3,900 digits."


def bounded(value: Number) -> Number:
    """The value, if it is a real number of bearable size.

    Raises:
        ToolError: It is not.
    """
    if isinstance(value, complex):
        raise ToolError("The result is no real number.")
    if isinstance(value, int):
        if value.bit_length() > _MOST_BITS:
            raise ToolError(_TOO_LARGE)
    elif not math.isfinite(value):
        raise ToolError("The result is too large." if math.isinf(value) else "The result is no number.")
    return value


def quotient(one: Number, other: Number) -> Number:
    """`one / other`; an int where both are and it comes out even."""
    if isinstance(one, int) and isinstance(other, int) and one % other == 0:
        return one // other
    return one / other


def power(base: Number, exponent: Number) -> Number:
    """`base ** exponent`, refused before it is worked out where an int would be too long."""
    if isinstance(base, int) and isinstance(exponent, int) and abs(base) > 1 and exponent > 0:
        _expect_bits(exponent * math.log2(abs(base)) if exponent <= _MOST_BITS else math.inf)
    result: Number = base**exponent
    return result


def factorial(number: Number) -> int:
    """The factorial of a whole number."""
    whole = _whole(number, "factorial")
    _expect_bits(math.lgamma(whole + 1) / math.log(2) if 0 <= whole <= _MOST_BITS else math.inf * (whole > 0))
    return math.factorial(whole)


def _comb(n: Number, k: Number) -> int:
    total, chosen = _whole(n, "comb"), _whole(k, "comb")
    if total > chosen > 0:
        _expect_bits(min(chosen, total - chosen) * math.log2(total))
    return math.comb(total, chosen)


def _perm(n: Number, k: Number | None = None) -> int:
    total = _whole(n, "perm")
    chosen = total if k is None else _whole(k, "perm")
    if total >= chosen > 0:
        _expect_bits(chosen * math.log2(total))
    return math.perm(total, chosen)


def _expect_bits(bits: float) -> None:
    if bits > 2 * _MOST_BITS:  # a rough bound; `bounded` looks at the result itself
        raise ToolError(_TOO_LARGE)


def _lcm(*numbers: Number) -> Number:
    result = 1
    for number in numbers:
        result = math.lcm(result, _whole(number, "lcm"))
        bounded(result)
    return result


def _gcd(*numbers: Number) -> int:
    return math.gcd(*(_whole(number, "gcd") for number in numbers))


def _whole(number: Number, name: str) -> int:
    if isinstance(number, float) and not number.is_integer():
        raise ToolError(f"{name} needs whole numbers, not {number:g}.")
    return int(number)


def _round(number: Number, digits: Number = 0) -> Number:
    places = _whole(digits, "round")
    if abs(places) > 300:
        raise ToolError("round takes at most 300 digits.")
    return round(number, places) if places else round(number)


def _circular(function: Callable[[float], float]) -> Callable[[Number], Number]:
    """Sine and its like: sin(pi) is 0, not the 1e-16 by which pi itself is off."""

    def rounded(angle: Number) -> Number:
        value = function(angle)
        return 0 if abs(value) < 1e-15 < 1e-3 < abs(angle) else value

    return rounded


def _log(number: Number, base: Number | None = None) -> Number:
    return math.log(number) if base is None else math.log(number) / math.log(base)


def _sqrt(number: Number) -> Number:
    if isinstance(number, int) and number >= 0 and math.isqrt(number) ** 2 == number:
        return math.isqrt(number)  # exact, however long
    return math.sqrt(number)


def _mod(one: Number, other: Number) -> Number:
    return one % other


def _sum(*numbers: Number) -> Number:
    return sum(numbers) if all(isinstance(number, int) for number in numbers) else math.fsum(numbers)


def _mean(*numbers: Number) -> Number:
    return quotient(_sum(*numbers), len(numbers))


def _median(*numbers: Number) -> Number:
    return statistics.median(numbers)


def _least(*numbers: Number) -> Number:
    return min(numbers)


def _greatest(*numbers: Number) -> Number:
    return max(numbers)


FUNCTIONS: Mapping[str, Callable[..., Number]] = {
    "abs": abs,
    "round": _round,
    "floor": math.floor,
    "ceil": math.ceil,
    "int": int,
    "trunc": math.trunc,
    "min": _least,
    "max": _greatest,
    "sum": _sum,
    "mean": _mean,
    "median": _median,
    "mod": _mod,
    "pow": power,
    "sqrt": _sqrt,
    "cbrt": math.cbrt,
    "exp": math.exp,
    "log": _log,
    "ln": _log,
    "log2": math.log2,
    "log10": math.log10,
    "sin": _circular(math.sin),
    "cos": _circular(math.cos),
    "tan": _circular(math.tan),
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "atan2": math.atan2,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "hypot": math.hypot,
    "degrees": math.degrees,
    "radians": math.radians,
    "factorial": factorial,
    "gcd": _gcd,
    "lcm": _lcm,
    "comb": _comb,
    "perm": _perm,
}

CONSTANTS: Mapping[str, Number] = {"pi": math.pi, "e": math.e, "tau": math.tau}
