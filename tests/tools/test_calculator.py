import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwact.tools import Calculator, Toolbox
from qwact.tools.calculator import written


def test_the_tool() -> None:
    with Toolbox([Calculator()]) as toolbox:
        assert [spec.name for spec in toolbox.specs] == ["calculator"]
        assert list(toolbox.specs[0].parameters["properties"]) == ["expression"]
        assert toolbox.call("calculator", {"expression": "37 * 489 + 12"}).text == "18105"
        failed = toolbox.call("calculator", {"expression": "1/0"})
        assert (failed.text, failed.ok) == ("Division by zero.", False)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (2.0, "2"),
        (-0.0, "0"),
        (1 / 3, "0.333333333333"),
        (2 / 3, "0.666666666667"),
        (math.sqrt(2), "1.41421356237"),
        (1e-5, "0.00001"),
        (1.5e-12, "1.5e-12"),
        (1234567890123.45, "1234567890123.45"),
        (1e14, "100000000000000"),
        (1e300, "1e+300"),
        (10**40, "1" + "0" * 40),
        (-7, "-7"),
    ],
)
def test_numbers_as_people_write_them(value: float, text: str) -> None:
    assert written(value) == text


@given(st.floats(-1e300, 1e300))
def test_twelve_digits_are_right(value: float) -> None:
    assert float(written(value)) == pytest.approx(value, rel=1e-11, abs=0)


@given(st.decimals(-(10**6), 10**6, places=4))
def test_decimals_are_written_as_they_were(value: object) -> None:
    assert float(written(float(str(value)))) == float(str(value))
