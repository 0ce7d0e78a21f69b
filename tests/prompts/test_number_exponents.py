import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwact.prompts.number_exponents import exponent_pattern

BOUNDS = (
    st.none() | st.integers(-(10**18), 10**18) | st.floats(-1e18, 1e18) | st.sampled_from([0, 1, 0.001, -10])
)


@given(BOUNDS, BOUNDS, st.data())
def test_whatever_matches_lies_between_the_bounds(
    low: float | None, high: float | None, data: st.DataObject
) -> None:
    bounds = {name: value for name, value in (("low", low), ("high", high)) if value is not None}
    pattern = exponent_pattern(**bounds)
    if pattern:
        number = float(data.draw(st.from_regex(pattern, fullmatch=True)))
        assert number != 0
        assert bounds.get("low", float("-inf")) < number < bounds.get("high", float("inf"))


@pytest.mark.parametrize(
    ("bounds", "matched", "refused"),
    [
        (
            {},
            "1e-9 6.02e23 -1.5E+03 1e-09 125e3 9.9999999999e299 1e0",
            "1e300 0e5 1e 1e1234 1.e5 1234e5 01e5 +1e5",
        ),
        ({"low": 0}, "1e-9 6.02e23", "-1e-9"),
        ({"low": 0, "high": 1}, "5e-2 1e-299 12.5e-3", "5e0 1e3 -1e-3"),
        ({"low": 1000}, "1e4 25e3", "1e2 -1e4"),
        ({"high": -1}, "-1e1 -2e5", "-1e-1 1e1"),
        ({"low": 2, "high": 3}, "", "2e0 1e0 2.5e0"),
    ],
)
def test_patterns_by_example(bounds: dict[str, float], matched: str, refused: str) -> None:
    pattern = re.compile(exponent_pattern(**bounds))
    assert all(map(pattern.fullmatch, matched.split()))
    assert not any(bool(pattern.pattern) and pattern.fullmatch(text) for text in refused.split())
