"""Arithmetic as people write it: a scanner and a recursive-descent evaluator, no `eval`.

The grammar:

    sum     := product (("+" | "-") product)*
    product := signed (("*" | "/" | "//" | "%" | "of") signed)*
    signed  := ("+" | "-") signed | power
    power   := postfix ("**" signed)?
    postfix := value ("%" | "!" | "°")*
    value   := number | name | name "(" list ")" | "(" sum ")"
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from qwact.tools.arithmetic_functions import CONSTANTS, FUNCTIONS, Number, bounded, factorial, power, quotient
from qwact.tools.errors import ToolError

_LONGEST = 2000  # characters
_DEEPEST = 50  # nested signs, powers and parentheses

_TRANSLATION = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}  # full-width
    | {"×": "*", "·": "*", "∙": "*", "⋅": "*", "÷": "/", "∕": "/", "−": "-", "–": "-", "^": "**"}
    | {"²": "**2", "³": "**3", "π": "pi", "τ": "tau", "\u00a0": " ", "\u202f": " "}
)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])", re.ASCII)
_GROUPS = re.compile(r"(?<![\d,])\d{1,3}(?:,\d{3})+(?!\d)", re.ASCII)
_TOKEN = re.compile(
    r"(?P<number>(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_][\w.]*)|(?P<sign>\*\*|//|[-+*/%(),\[\]!°])",
    re.ASCII,
)
_AFTER_PER_CENT = ("", ")", "]", ",", "*", "/", "//", "**", "of")


class _Percent(float):
    """A number that was written with a per cent sign."""


class _Token(NamedTuple):
    text: str  # empty at the end
    number: Number | None = None
    is_name: bool = False


def evaluate(expression: str) -> Number:
    """The value of an arithmetic expression: an exact int where it can be one, else a float.

    Raises:
        ToolError: It is no arithmetic, or has no value, or one that is too large; for the model.
    """
    if len(expression) > _LONGEST:
        raise ToolError(f"The expression has {len(expression)} characters; at most {_LONGEST} are read.")
    try:
        return _Evaluator(_scan(expression)).whole()
    except ZeroDivisionError:
        raise ToolError("Division by zero.") from None
    except OverflowError:
        raise ToolError("The result is too large.") from None


def _scan(expression: str) -> list[_Token]:
    text = expression.translate(_TRANSLATION).strip()
    text = text.removesuffix("?").rstrip().removesuffix("=")
    tokens: list[_Token] = []
    open_brackets: list[bool] = []  # for each, whether a comma in it parts two arguments
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        in_list = bool(open_brackets) and open_brackets[-1]
        if in_list:
            _check_commas(text, place)
        thousands = None if in_list else _THOUSANDS.match(text, place)
        match = thousands or _TOKEN.match(text, place)
        if match is None:
            raise ToolError(
                f"{_shown(text[place])} is no arithmetic. Write one expression, such as (2 + 3) * 4."
            )
        found = match.group()
        if thousands or match.lastgroup == "number":
            tokens.append(_Token(found, _number(found)))
        else:
            if found in "([":
                open_brackets.append(found == "[" or (bool(tokens) and tokens[-1].is_name))
            elif found in ")]" and open_brackets:
                open_brackets.pop()
            tokens.append(_Token(found, is_name=match.lastgroup == "name" and found.lower() != "of"))
        place = match.end()
    return [*tokens, _Token("")]


def _check_commas(text: str, place: int) -> None:
    """In max(1,234, 5) nobody knows what the first comma is for; in max(1,234) it parts two arguments."""
    found = _GROUPS.match(text, place)
    if found and ", " in text:
        raise ToolError(f"{found.group()!r} may be one number or several: write thousands without a comma.")


def _number(text: str) -> Number:
    digits = text.replace(",", "").replace("_", "")
    return bounded(int(digits)) if digits.isdecimal() else bounded(float(digits))


class _Evaluator:
    """Reads tokens from left to right, and works out their value on the way."""

    def __init__(self, tokens: Sequence[_Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    def whole(self) -> Number:
        if self._next.text == "":
            raise ToolError("The expression is empty.")
        value = self._sum()
        if self._next.text == ",":
            raise ToolError(
                "A comma stands only between arguments and thousands (1,234). "
                "Use a point for decimals, and one expression a call."
            )
        if self._next.text:
            raise ToolError(
                f"{_shown(self._next.text)} was not expected{self._after()}. Write every operator."
            )
        return value

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place]

    def _after(self) -> str:
        return f" after {_shown(self._tokens[self._place - 1].text)}" if self._place else " at the beginning"

    def _take(self, *texts: str) -> str:
        """The next token's text if it is one of these, and then go on; otherwise empty."""
        found = self._next.text.lower()
        if self._next.number is None and found and found in texts:
            self._place += 1
            return found
        return ""

    def _sum(self) -> Number:
        value = self._product()
        while sign := self._take("+", "-"):
            other = self._product()
            if isinstance(other, _Percent) and not isinstance(value, _Percent) and value != 1:
                factor = 1 + other if sign == "+" else 1 - other
                raise ToolError(
                    f"'{sign} {other * 100:g}%' can mean two things: write '* {factor:g}' for a change by "
                    f"that share, or '{sign} {other:g}' for the number."
                )
            both = isinstance(value, _Percent) and isinstance(other, _Percent)
            value = bounded(value + other if sign == "+" else value - other)
            value = _Percent(value) if both else value
        return value

    def _product(self) -> Number:
        value = self._signed()
        while True:
            if self._next.text.lower() == "of" and not isinstance(value, _Percent):
                raise ToolError("'of' follows a per cent sign only (15% of 80). Otherwise write '*'.")
            if not (sign := self._take("*", "/", "//", "%", "of")):
                return value
            value = bounded(_OPERATORS[sign](value, self._signed()))

    def _signed(self) -> Number:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ToolError(f"The expression is nested more than {_DEEPEST} deep. Work it out in parts.")
        if sign := self._take("+", "-"):
            inner = self._signed()
            kind = _Percent if isinstance(inner, _Percent) else lambda number: number
            value: Number = kind(-inner) if sign == "-" else inner
        else:
            value = self._postfix()
            if self._take("**"):
                value = bounded(power(value, self._signed()))
        self._depth -= 1
        return value

    def _postfix(self) -> Number:
        value = self._value()
        while True:
            if self._take("!"):
                value = factorial(value)
            elif self._take("°"):
                value = math.radians(value)
            elif self._next.text == "%" and self._is_per_cent(value):
                self._place += 1
                value = _Percent(value / 100)
            else:
                return value

    def _is_per_cent(self, value: Number) -> bool:
        following = self._tokens[self._place + 1].text.lower()
        if following in ("+", "-"):
            raise ToolError(
                f"'%' before '{following}' can mean per cent or remainder: "
                f"write ({value:g}/100) or mod({value:g}, ...)."
            )
        return following in _AFTER_PER_CENT

    def _value(self) -> Number:
        token = self._next
        if token.number is not None:
            self._place += 1
            return token.number
        if token.is_name:
            self._place += 1
            return self._named(token.text)
        if self._take("("):
            value = self._sum()
            self._close(")")
            return value
        if not token.text:
            raise ToolError(f"The expression ends too early{self._after()}.")
        raise ToolError(f"{_shown(token.text)} was not expected{self._after()}.")

    def _named(self, written: str) -> Number:
        name = written.lower().removeprefix("math.").removeprefix("np.")
        if self._take("("):
            if name not in FUNCTIONS:
                raise ToolError(f"There is no function {_shown(written)}. There are: {', '.join(FUNCTIONS)}.")
            arguments = self._list(")")
            return bounded(_called(name, FUNCTIONS[name], arguments))
        if name in FUNCTIONS:
            raise ToolError(f"{name} needs its arguments in parentheses, such as {name}(2).")
        if name not in CONSTANTS:
            raise ToolError(f"{_shown(written)} is no number. There are: {', '.join(CONSTANTS)}.")
        return CONSTANTS[name]

    def _list(self, end: str) -> list[Number]:
        """Values up to the closing bracket. A list in brackets counts as its values: sum([1, 2])."""
        values: list[Number] = []
        while not self._take(end):
            if values:
                self._close(",")
            values += self._list("]") if self._take("[") else [self._sum()]
        return values

    def _close(self, text: str) -> None:
        if not self._take(text):
            found = _shown(self._next.text) if self._next.text else "the end"
            raise ToolError(f"'{text}' is missing before {found}.")


def _called(name: str, function: Callable[..., Number], arguments: Sequence[Number]) -> Number:
    try:
        return function(*arguments)
    except TypeError:
        given = f"{len(arguments)} argument{'s' if len(arguments) != 1 else ''}"
        raise ToolError(
            f"{name} does not take {given}. In an argument, write numbers without a comma: 1234, not 1,234."
        ) from None
    except ValueError:
        raise ToolError(f"{name}({', '.join(map(str, arguments))}) has no real value.") from None


def _multiplied(one: Number, other: Number) -> Number:
    return one * other


def _floored(one: Number, other: Number) -> Number:
    return one // other


def _remainder(one: Number, other: Number) -> Number:
    return one % other


_OPERATORS: Mapping[str, Callable[[Number, Number], Number]] = {
    "*": _multiplied,
    "of": _multiplied,
    "/": quotient,
    "//": _floored,
    "%": _remainder,
}


def _shown(text: str) -> str:
    return f"'{text}'" if len(text) <= 20 else f"'{text[:20]}...'"
