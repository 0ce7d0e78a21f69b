import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwact.tools.interpreter.json_bounds import count_values, is_deeper, without_strings

texts = st.text() | st.text(alphabet='[]{}",\\')
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=20,
)


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0


def _count(value: Any) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + sum(map(_count, value)) if isinstance(value, list) else 1


@given(values, st.integers(0, 6), st.booleans())
def test_depth_is_that_of_the_value(value: Any, most: int, is_ascii: bool) -> None:
    data = json.dumps(value, ensure_ascii=is_ascii).encode()
    assert is_deeper(data, most) == (_depth(value) > most)


@given(values)
def test_no_more_values_than_are_counted(value: Any) -> None:
    data = without_strings(json.dumps(value).encode())
    assert _count(value) <= count_values(data) + 1


@pytest.mark.parametrize(
    "data", [b"[" * 101, b'{"a":' * 101, b"[{" * 51, b'["', b"[" * 101 + b'"' + b"]" * 101]
)
def test_what_is_not_whole_is_measured_too(data: bytes) -> None:
    assert is_deeper(data, 100) == (data != b'["')
