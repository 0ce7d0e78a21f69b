"""Stop texts in a stream."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwact.agent.models.stop import StopMatcher
from qwact.agent.models.text_stream import TextStream

STOPS = ["Observation:", "<|im_end|>"]


def read(data: bytes, stop: list[str], cuts: list[int] | None = None) -> tuple[bytes, bool]:
    """What passes, the bytes being fed in pieces."""
    matcher = StopMatcher(stop)
    places = sorted({0, len(data), *(cut for cut in cuts or [] if cut < len(data))})
    passed = b"".join(matcher.feed(data[start:end]) for start, end in pairwise(places))
    return passed + matcher.finish(), matcher.matched


def one_by_one(data: bytes, stop: list[str]) -> tuple[bytes, bool]:
    return read(data, stop, list(range(len(data))))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('{"a": 1}\nObservation: 7', '{"a": 1}\n'),
        ("x\nObservation 1: 7", "x\n"),
        ("x\nObservation12: 7", "x\n"),
        ("x\nObservation：7", "x\n"),
        ("x\nObservation 2：7", "x\n"),
        ("Observation:", ""),
        ("a<|im_end|>b", "a"),
        ("<think>Observation: no</think>yes Observation: b", "<think>Observation: no</think>yes "),
        ("ObservObservation:", "Observ"),
    ],
)
def test_text_is_kept_up_to_the_stop_text(text: str, kept: str) -> None:
    assert read(text.encode(), STOPS) == (kept.encode(), True)
    assert one_by_one(text.encode(), STOPS) == (kept.encode(), True)


@pytest.mark.parametrize(
    "text",
    [
        "Observation",
        "an observation: x",
        "Observations: 3",
        "Observ",
        "<think>Observation:",
        "Observation 1234:",
        "",
    ],
)
def test_what_is_no_stop_text_passes(text: str) -> None:
    assert read(text.encode(), STOPS) == (text.encode(), False)
    assert one_by_one(text.encode(), STOPS) == (text.encode(), False)


def test_what_may_become_a_stop_text_is_held_back() -> None:
    matcher = StopMatcher(STOPS)
    assert matcher.feed(b"so\nObserv") == b"so\n"
    assert matcher.feed(b"ation 1") == b""
    assert matcher.feed(b"0 and") == b"Observation 10 and"


def test_of_two_stop_texts_the_one_that_begins_earlier_counts() -> None:
    assert read(b"abcde", ["abcde", "cd"]) == one_by_one(b"abcde", ["abcde", "cd"]) == (b"", True)
    assert read(b"abcdx", ["abcde", "cd"]) == one_by_one(b"abcdx", ["abcde", "cd"]) == (b"ab", True)
    assert read(b"abcd", ["abcde", "cd"]) == one_by_one(b"abcd", ["abcde", "cd"]) == (b"ab", True)


def test_a_conversation_that_goes_on_inside_a_thought() -> None:
    matcher = StopMatcher(STOPS, thinking=True)
    text = b"Observation: no</think>"
    assert matcher.feed(text) == text
    assert matcher.feed(b"Observation:") == b""
    assert matcher.matched


def test_an_empty_stop_text_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        StopMatcher([""])


alphabet = st.sampled_from(["a", "b", "aab", ":", "1", " ", "：", "é", "<think>", "</think>", "<th"])


@given(
    st.lists(alphabet, max_size=12).map("".join),
    st.lists(st.sampled_from(["ab", "aab:", "abab", "b a", "é：", "a:"]), min_size=1, max_size=3),
    st.lists(st.integers(0, 60), max_size=8),
)
def test_any_split_gives_the_same(text: str, stop: list[str], cuts: list[int]) -> None:
    data = text.encode()
    whole = read(data, stop)
    assert read(data, stop, cuts) == whole
    assert one_by_one(data, stop) == whole
    assert data.startswith(whole[0])
    assert whole[1] or whole[0] == data


@given(st.text(max_size=20), st.lists(st.integers(0, 60), max_size=8))
def test_text_never_holds_half_a_character(text: str, cuts: list[int]) -> None:
    data, stream = text.encode(), TextStream()
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    shown = ""
    for start, end in pairwise(places):
        shown += stream.feed(data[start:end])
        assert text.startswith(shown)
        assert data[: stream.kept].decode() == shown
    assert shown + stream.finish() == text


def test_half_a_character_at_the_end_is_left_out() -> None:
    stream = TextStream()
    assert stream.feed("a天".encode()[:3]) == "a"
    assert stream.finish() == ""
    assert stream.kept == 1
