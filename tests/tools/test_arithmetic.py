import math
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qwact.tools.arithmetic import evaluate
from qwact.tools.arithmetic_functions import CONSTANTS, FUNCTIONS
from qwact.tools.errors import ToolError


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("37 * 489 + 12", 18105),
        ("-2**2", -4),
        ("2**-1", 0.5),
        ("2**3**2", 512),
        ("--3", 3),
        ("7 // 2 + 7 % 4", 6),
        ("-7 // 2", -4),
        ("10 / 4", 2.5),
        ("10 / 5", 2),
        ("10**30 / 10**29", 10),
        ("1e3 + .5 + 2.", 1002.5),
        ("1_000_000", 1_000_000),
        ("2 ^ 10", 1024),
        ("3 × 4 ÷ 2 − 1", 5),
        ("３＋４＊（２－１）", 7),
        ("5² + 2³", 33),
        ("1,234.5 * 2", 2469),
        ("(1,234,567 + 1)", 1_234_568),
        ("2 + 2 =", 4),
        ("2 + 2 = ?", 4),
        ("15% of 80", 12),
        ("80 * 15%", 12),
        ("-15% of 80", -12),
        ("(50%)", 0.5),
        ("50% * 2", 1),
        ("(10 + 5)% of 200", 30),
        ("80 * ((20%) + 5%)", 20),
        ("80 * (1 + 20%)", 96),
        ("10 % 3", 1),
        ("10 % (3)", 1),
        ("10%3", 1),
        ("mod(10, -3)", -2),
        ("5! + 1", 121),
        ("sin(30°)", 0.5),
        ("sin(pi)", 0),
        ("cos(2*π)", 1),
        ("max(1, 2, 3) - min([4, 5])", -1),
        ("sum([1, 2, 3])", 6),
        ("mean(1, 2)", 1.5),
        ("median([3, 1, 2])", 2),
        ("max(1,234)", 234),
        ("sum(1,234,567)", 802),
        ("math.sqrt(16) + SQRT(9)", 7),
        ("sqrt(10**60)", 10**30),
        ("log(8, 2) + ln(e) + log10(100) + log2(8)", 9),
        ("round(2.567, 2)", 2.57),
        ("round(1234, -2)", 1200),
        ("floor(2.7) + ceil(2.1)", 5),
        ("gcd(12, 18) + lcm(4, 6)", 18),
        ("comb(5, 2) + perm(5, 2) + perm(3)", 36),
        ("factorial(20)", math.factorial(20)),
        ("degrees(pi) + radians(180) - pi", 180),
    ],
)
def test_values(expression: str, value: float) -> None:
    found = evaluate(expression)
    assert found == pytest.approx(value, rel=1e-15)
    assert isinstance(found, int) == isinstance(value, int) or found == value


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("", "empty"),
        ("1 +", r"ends too early after '\+'"),
        ("2(3)", "Write every operator"),
        ("2 3", "'3' was not expected after '2'"),
        ("(1 + 2", r"'\)' is missing before the end"),
        ("1)", r"'\)' was not expected"),
        ("1, 2", "A comma stands only between"),
        ("1,23", "Use a point for decimals"),
        ("1,234,56", "Use a point for decimals"),
        ("1 / 0", "Division by zero"),
        ("1 % 0", "Division by zero"),
        ("0 ** -1", "Division by zero"),
        ("sqrt(-1)", "no real value"),
        ("(-8) ** (1/3)", "no real number"),
        ("log(0)", "no real value"),
        ("sqrt(1,234)", "does not take 2 arguments.*1234, not 1,234"),
        ("sum(1,234, 5)", "may be one number or several"),
        ("sqrt 4", "needs its arguments in parentheses"),
        ("foo(1)", "no function 'foo'.*sqrt"),
        ("x + 1", "'x' is no number.*pi"),
        ("factorial(2.5)", "needs whole numbers, not 2.5"),
        ("factorial(-1)", "no real value|whole"),
        ("200 + 10%", "two things: write '\\* 1.1'.*'\\+ 0.1'"),
        ("200 - 10%", "write '\\* 0.9'"),
        ("10 % -3", "per cent or remainder"),
        ("20 of 80", "follows a per cent sign"),
        ("__import__('os').system('id')", "no function|no arithmetic"),
        ("'a' * 3", "no arithmetic"),
        ("1 < 2", "'<' is no arithmetic"),
        ("x = 3", "no number|no arithmetic"),
        ("1 if 2 else 3", "was not expected"),
        ("[1, 2]", "was not expected"),
        ("5 km", "was not expected"),
        ("inf", "no number"),
        ("1e999", "too large"),
    ],
)
def test_what_has_no_value_is_told_to_the_model(expression: str, says: str) -> None:
    with pytest.raises(ToolError, match=says):
        evaluate(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "9**9**9",
        "9**9**9**9",
        "2**100000",
        "(10**3000)**3000",
        "factorial(100000)",
        "100000!",
        "5!!!!",
        "comb(100000, 50000)",
        "comb(10**9, 10**8)",
        "perm(100000, 50000)",
        "perm(10**6)",
        "lcm(10**3000 + 1, 10**3000 + 3)",
        "10**3000 * 10**3000",
        "exp(1000)",
        "1e308 * 10",
        "2.5 ** 10000",
        "10**1000 / 3",
        "10**1000 + 0.5",
        "sqrt(10**1000 + 1)",
        "1" * 3000,
        "(" * 900 + "1" + ")" * 900,
        "-" * 1500 + "1",
        "2**" * 600 + "1",
        "sum(" + "[" * 900,
    ],
)
def test_nothing_takes_long(expression: str) -> None:
    began = time.process_time()
    with pytest.raises(ToolError):
        evaluate(expression)
    assert time.process_time() - began < 1


_INTS = st.integers(0, 10**6).map(str)
_FLOATS = st.floats(0, 1e3).map(lambda number: f"{number:.6f}")


def _grown(
    parts: st.SearchStrategy[str], operators: str, exponents: st.SearchStrategy[int]
) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(parts, st.sampled_from(operators.split()), parts).map(" ".join),
        st.tuples(parts, parts).map(lambda two: f"({two[0]}) % ({two[1]})"),
        st.tuples(parts, st.sampled_from("+-")).map(lambda two: f"{two[1]}({two[0]})"),
        parts.map(lambda inner: f"({inner})"),
        st.tuples(parts, exponents).map(lambda two: f"({two[0]}) ** {two[1]}"),
        parts.map(lambda inner: f"-{inner} ** 2"),
        parts.map(lambda inner: f"abs({inner})"),
        st.tuples(parts, parts).map(lambda two: f"max({two[0]}, {two[1]})"),
    )


def _expressions(
    numbers: st.SearchStrategy[str], operators: str, exponents: st.SearchStrategy[int]
) -> st.SearchStrategy[str]:
    return st.recursive(numbers, lambda parts: _grown(parts, operators, exponents), max_leaves=8)


@given(
    _expressions(_INTS, "+ - * //", st.integers(0, 3))
    | _expressions(_FLOATS, "+ - * / //", st.integers(-3, 3))
)
@example("2 - 3 - 4")
@example("7.0 / 2.0 / 4.0 * 5.0")
@example("2 ** 3 ** 2")
@example("-7 // 2 * 2")
def test_exactly_the_same_value_as_in_python(expression: str) -> None:
    try:
        expected = eval(expression)
    except ArithmeticError:
        with pytest.raises(ToolError, match=r"zero|too large"):
            evaluate(expression)
        return
    if expected.bit_length() > 13_000 if isinstance(expected, int) else math.isinf(expected):
        with pytest.raises(ToolError, match="too large"):
            evaluate(expression)
    else:
        assert evaluate(expression) == expected


@given(st.integers(-(10**20), 10**20), st.integers(1, 10**10))
def test_a_division_that_comes_out_even_is_exact(one: int, other: int) -> None:
    found = evaluate(f"({one}) / {other}")
    assert found == (one // other if one % other == 0 else one / other)
    assert evaluate(f"({one * other}) / {other}") == one


@given(
    st.text(st.sampled_from("0123456789.,+-*/%^()[]!° e×²of sqrtmaxpi"), max_size=40) | st.text(max_size=20)
)
def test_any_text_gives_a_real_number_or_a_message(text: str) -> None:
    try:
        value = evaluate(text)
    except ToolError:
        return
    assert math.isfinite(value) if isinstance(value, float) else len(str(value)) < 4000


_ARGUMENTS = st.lists(
    st.integers(-(10**12), 10**12).map(str) | st.floats(-1e6, 1e6).map(lambda number: f"{number:.6f}"),
    max_size=3,
)


@pytest.mark.parametrize("name", FUNCTIONS)
@given(arguments=_ARGUMENTS)
def test_functions_give_a_real_number_or_a_message(name: str, arguments: list[str]) -> None:
    try:
        value = evaluate(f"{name}({', '.join(arguments)})")
    except ToolError:
        return
    assert isinstance(value, int | float)


def test_no_name_is_both_function_and_constant() -> None:
    assert not set(FUNCTIONS) & set(CONSTANTS)
