"""The code inside can send anything: reading it raises nothing and gives well-formed events."""

import base64
import string
import struct

from hypothesis import given
from hypothesis import strategies as st

from qwact.tools.interpreter.messages import (
    Begun,
    Figure,
    Idle,
    Markup,
    Reply,
    Text,
    clean,
    read_broadcast,
    read_reply,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
keys = st.sampled_from(
    [
        "text",
        "data",
        "status",
        "execution_state",
        "ename",
        "evalue",
        "traceback",
        "image/png",
        "text/html",
        "text/plain",
    ]
)
contents = json_values | st.dictionaries(keys, json_values | st.dictionaries(keys, json_values))
kinds = (
    st.sampled_from(["stream", "execute_result", "display_data", "status", "error", "comm_open"])
    | json_values
)


@given(kinds, contents)
def test_any_broadcast_is_read_without_an_error(kind: object, content: object) -> None:
    for event in read_broadcast(kind, content):
        assert isinstance(event, Text | Figure | Markup | Begun | Idle)
        if isinstance(event, Text):
            assert event.text == clean(event.text)


@given(contents)
def test_any_reply_is_read_without_an_error(content: object) -> None:
    reply = read_reply(content)
    well = isinstance(content, dict) and content.get("status") == "ok"
    assert (reply.error is None) is well
    assert isinstance(reply, Reply)


@given(st.text())
def test_clean_text_can_be_printed_and_encoded(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert "\x1b" not in cleaned
    assert not any("\u202a" <= character <= "\u202e" for character in cleaned)


@given(st.text(alphabet=string.ascii_letters + " \n\täé你"))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


def _png(width: int, height: int) -> str:
    header = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height)
    return base64.b64encode(header + bytes(20)).decode()


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_a_picture_of_absurd_size_is_dropped(width: int, height: int) -> None:
    events = read_broadcast("display_data", {"data": {"image/png": _png(width, height)}})
    assert bool(events) is (0 < width * height <= 50_000_000)


def test_only_png_plain_text_and_markup_are_taken() -> None:
    others = {"application/javascript": "x", "text/latex": "x", "text/markdown": "x", "image/jpeg": "x"}
    assert read_broadcast("display_data", {"data": others}) == []
    assert read_broadcast("display_data", {"data": {"text/html": "<script>", "image/svg+xml": 5}}) == [
        Markup("text/html", "<script>")
    ]
    assert read_broadcast("display_data", {"data": {"image/png": "bm90IGEgcG5n", "text/plain": "x"}}) == [
        Text("x", True)
    ]
