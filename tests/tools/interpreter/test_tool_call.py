"""Calls as lines: whatever comes is a call or is refused, in little time, and lines keep their borders."""

import json
import math
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qwact.tools.interpreter.line_channel import LineChannel
from qwact.tools.interpreter.tool_call import MOST_CALL_BYTES, BadCall, ToolCall, read_call, write_answer

MOST = 100
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
numbers = st.integers(0, (1 << 53) - 1)


def line(number: object, tool: object, arguments: object) -> bytes:
    return json.dumps({"id": number, "tool": tool, "arguments": arguments}).encode()


@settings(max_examples=50, deadline=None)
@given(numbers, st.text(max_size=1000), st.dictionaries(st.text(), values))
def test_a_call_is_read_as_it_was_written(number: int, tool: str, arguments: dict[str, object]) -> None:
    assert read_call(line(number, tool, arguments)) == ToolCall(number, tool, arguments)


@given(
    st.binary()
    | values.map(lambda value: json.dumps(value).encode())
    | st.text('[]{}",:\\1e').map(str.encode)
)
def test_whatever_comes_is_refused_if_it_is_no_call(data: bytes) -> None:
    with pytest.raises(BadCall):
        read_call(data)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text(), values), st.data())
def test_a_call_with_a_part_cut_out_is_a_call_or_refused(
    arguments: dict[str, object], data: st.DataObject
) -> None:
    whole = line(1, "tool", arguments)
    begin, end = sorted(data.draw(st.integers(0, len(whole))) for _ in range(2))
    with suppress(BadCall):
        assert isinstance(read_call(whole[:begin] + whole[end:]), ToolCall)


@given(st.text('[]{}"\\', max_size=300))
def test_no_text_is_taken_for_depth(text: str) -> None:
    assert read_call(line(1, "tool", {"text": text})).arguments == {"text": text}


@pytest.mark.parametrize(("depth", "fits"), [(97, True), (99, False), (400_000, False)])
def test_depth_has_a_bound_whatever_recursion_the_host_allows(depth: int, fits: bool) -> None:
    data = line(1, "tool", {"text": "@"}).replace(b'"@"', b"[" * depth + b"]" * depth)
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000_000)
    try:
        if fits:
            read_call(data)
        else:
            with pytest.raises(BadCall, match="at most"):
                read_call(data)
    finally:
        sys.setrecursionlimit(before)


@pytest.mark.parametrize(
    "unit", [b'"', b'\\"', b"\\", b'"\\', b"[]", b"{}", b"[", b'["', b",", b"0", b'"":', b"\xff", b"\0"]
)
def test_no_line_takes_long(unit: bytes) -> None:
    data = (unit * MOST_CALL_BYTES)[:MOST_CALL_BYTES]
    began = time.process_time()
    with pytest.raises(BadCall):
        read_call(data)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    ("data", "number"),
    [
        (b'{"id": 12, "tool": ', 12),
        (b'{"id": 12}', 12),
        (b'{"id": -1, "tool": "a", "arguments": {}}', None),
        (b'{"tool": "a", "id": 12}', None),
        (b'{"id": 1' + b"0" * 5000, None),
    ],
)
def test_a_refusal_knows_whose_it_is_where_the_line_says_so(data: bytes, number: int | None) -> None:
    with pytest.raises(BadCall) as refused:
        read_call(data)
    assert refused.value.number == number


@given(numbers | st.none(), st.booleans(), st.text())
def test_an_answer_is_one_line_of_json(number: int | None, ok: bool, text: str) -> None:
    data = write_answer(number, ok, text)
    assert data.index(b"\n") == len(data) - 1
    assert data.isascii()
    assert json.loads(data) == {"id": number, "ok": ok, "text": text}


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, LineChannel]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.settimeout(5)
        yield theirs, LineChannel(ours, MOST)


@given(
    st.lists(st.binary(max_size=3 * MOST).map(lambda data: data.replace(b"\n", b"")), max_size=9), st.data()
)
def test_lines_keep_their_borders_however_they_come(lines: list[bytes], data: st.DataObject) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        channel, taken = LineChannel(ours, MOST), []
        rest = b"".join(one + b"\n" for one in lines)
        while rest:
            size = data.draw(st.integers(1, len(rest)))
            theirs.sendall(rest[:size])
            rest = rest[size:]
            while (found := channel.take()) is not None:
                taken.append(found.data)
        assert [one[: MOST + 1] for one in taken] == [one[: MOST + 1] for one in lines]


def test_a_line_without_end_takes_no_memory(ends: tuple[socket.socket, LineChannel]) -> None:
    theirs, channel = ends
    for _ in range(300):
        theirs.sendall(b"x" * 10_000)
        assert channel.take() is None
        assert not channel.has_line
    theirs.sendall(b"\nnext\n")
    assert channel.take() == (b"x" * (MOST + 1), False)
    assert channel.take() == (b"next", False)
    assert channel.received == 3_000_006


def test_what_was_begun_before_is_stale(ends: tuple[socket.socket, LineChannel]) -> None:
    theirs, channel = ends
    theirs.sendall(b"old\nhalf")
    channel.mark_stale()
    theirs.sendall(b" old\nnew\n")
    assert [channel.take() for _ in range(4)] == [(b"old", True), (b"half old", True), (b"new", False), None]


def test_sending_never_waits(ends: tuple[socket.socket, LineChannel]) -> None:
    theirs, channel = ends
    channel.send(b"x" * 5_000_000)
    assert channel.is_sending
    got = 0
    while not channel.flush():
        got += len(theirs.recv(1 << 20))
    while got < 5_000_000:
        got += len(theirs.recv(1 << 20))
    assert got == 5_000_000


def test_a_closed_end_is_seen(ends: tuple[socket.socket, LineChannel]) -> None:
    theirs, channel = ends
    theirs.sendall(b"last\n")
    theirs.close()
    assert channel.take() == (b"last", False)
    assert channel.take() is None
    assert channel.is_broken
    channel.send(b"to nobody\n")
    assert not channel.is_sending


def test_infinity_is_no_number() -> None:
    with pytest.raises(BadCall):
        read_call(b'{"id": 1, "tool": "a", "arguments": {"x": 1e999}}')
    assert math.isfinite(read_call(b'{"id": 1, "tool": "a", "arguments": {"x": 1e308}}').arguments["x"])
