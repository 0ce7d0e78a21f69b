import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwact.prompts.pattern_syntax import PatternError, portable_pattern


@pytest.mark.parametrize(
    ("pattern", "portable"),
    [
        (r"^\d{2}$", "^[0-9]{2}$"),
        (r"[\w.]+", "[0-9A-Za-z_.]+"),
        (r"[^\d]", r"[^\d]"),
        (r"\D\\d", r"\D\\d"),
        ("[a[&~]", r"[a\[\&\~]"),
        ("[]a]", r"[\]a]"),
        ("^(a|b)$", "^(a|b)$"),
    ],
)
def test_says_the_same_to_rust(pattern: str, portable: str) -> None:
    assert portable_pattern(pattern) == portable


@pytest.mark.parametrize("pattern", ["(", "[a", "[+--]", "*"])
def test_refuses_what_the_two_cannot_share(pattern: str) -> None:
    with pytest.raises(PatternError):
        portable_pattern(pattern)


@given(st.text(alphabet=r"ab1 [^]\dwsD.+(|)-", max_size=12), st.text(alphabet="ab1 _-]é", max_size=6))
def test_never_matches_what_python_would_not(pattern: str, text: str) -> None:
    try:
        portable = portable_pattern(pattern)
    except PatternError:
        return
    if re.search(portable, text, re.ASCII):
        assert re.search(pattern, text)
