"""Against libzmq itself, and against peers that send what they like."""

import json
import socket
import subprocess
import sys
import tempfile
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import zmq
from hypothesis import given, settings
from hypothesis import strategies as st

from qwact.tools.interpreter import wire
from qwact.tools.interpreter.messages import read_broadcast
from qwact.tools.interpreter.zmtp import Disconnected, ZmtpSocket

MOST = 1 << 20
GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x01" + b"NULL".ljust(20, b"\0") + bytes(32)
READY = b"\x04\x06\x05READY"
frames = st.lists(st.binary(max_size=600), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as path:
        yield Path(path)


@pytest.fixture(scope="module")
def router(folder: Path) -> Iterator["zmq.Socket[bytes]"]:
    with zmq.Context() as context, context.socket(zmq.ROUTER) as router:
        router.linger = 0
        router.rcvtimeo = 5000
        router.bind(f"ipc://{folder / 'router'}")
        yield router


def _receive(client: ZmtpSocket, count: int) -> list[list[bytes]]:
    messages: list[list[bytes]] = []
    while len(messages) < count:
        messages += client.receive()
    return messages


@settings(deadline=None, max_examples=30)
@given(st.lists(frames, min_size=1, max_size=4))
def test_messages_go_both_ways(
    router: "zmq.Socket[bytes]", folder: Path, messages: list[list[bytes]]
) -> None:
    client = ZmtpSocket(str(folder / "router"), "DEALER", MOST, 5)
    for message in messages:
        client.send(message, 5)
    heard = [router.recv_multipart() for _ in messages]
    assert [parts[1:] for parts in heard] == messages
    for identity, *parts in heard:
        router.send_multipart([identity, *parts])
    assert _receive(client, len(messages)) == messages
    client.close()


def test_a_long_message_and_a_subscription(folder: Path) -> None:
    with zmq.Context() as context, context.socket(zmq.XPUB) as publisher:
        publisher.linger = 0
        publisher.rcvtimeo = 5000
        publisher.bind(f"ipc://{folder / 'publisher'}")
        client = ZmtpSocket(str(folder / "publisher"), "SUB", MOST, 5)
        assert publisher.recv() == b"\x01"
        publisher.send_multipart([b"topic", b"x" * (MOST - 1000)])
        assert _receive(client, 1) == [[b"topic", b"x" * (MOST - 1000)]]
        publisher.send(b"x" * (MOST + 1))
        with pytest.raises(Disconnected):
            _receive(client, 1)
        client.close()


@pytest.fixture(scope="module")
def connect(folder: Path) -> Iterator[Callable[[bytes], ZmtpSocket]]:
    """A client whose peer has sent the given bytes, and nothing else."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "hostile"))
        listening.listen()

        def build(data: bytes) -> ZmtpSocket:
            def send() -> None:
                peer, _ = listening.accept()
                with peer, suppress(OSError):
                    peer.sendall(data)
                    peer.shutdown(socket.SHUT_WR)
                    while peer.recv(1 << 16):
                        pass

            sender = threading.Thread(target=send, daemon=True)
            sender.start()
            return ZmtpSocket(str(folder / "hostile"), "DEALER", MOST, 5)

        yield build


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_are_messages_or_the_end(
    connect: Callable[[bytes], ZmtpSocket], data: bytes, greets: bool
) -> None:
    with suppress(Disconnected):
        client = connect(GREETING + READY + data if greets else data)
        try:
            while True:
                assert all(isinstance(part, bytes) for message in client.receive() for part in message)
        finally:
            client.close()


@pytest.mark.parametrize(
    "data",
    [
        b"\x02" + (1 << 62).to_bytes(8),  # one frame, said to be enormous
        b"\x01\x00" * 2_000_000,  # frames of a message that never ends
        (b"\x03" + (1 << 16).to_bytes(8) + bytes(1 << 16)) * 64,  # the same, with something in them
    ],
    ids=["size", "empty frames", "frames"],
)
def test_a_message_without_end_fills_no_memory(connect: Callable[[bytes], ZmtpSocket], data: bytes) -> None:
    client = connect(GREETING + READY + data)
    tracemalloc.start()
    try:
        with pytest.raises(Disconnected):
            _receive(client, 1)
        assert tracemalloc.get_traced_memory()[1] < 8 * MOST
    finally:
        tracemalloc.stop()
        client.close()


@pytest.mark.parametrize("data", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n" * 9, GREETING[:40], GREETING])
def test_a_peer_that_does_not_greet_is_refused(connect: Callable[[bytes], ZmtpSocket], data: bytes) -> None:
    with pytest.raises(Disconnected):
        connect(data)


KEY = b"k" * 64


def test_a_message_of_another_request_or_key_is_not_read() -> None:
    from jupyter_client.session import Session

    kernel = Session(key=KEY)
    request = kernel.msg("execute_request")
    reply = kernel.serialize(kernel.msg("execute_reply", {"status": "ok"}, parent=request))
    name = request["header"]["msg_id"]
    assert wire.unpack(KEY, [b"topic", *reply], name) == ("execute_reply", {"status": "ok"})
    assert wire.unpack(KEY, reply, name + "x") is None
    assert wire.unpack(b"other", reply, name) is None
    assert wire.unpack(KEY, reply[:-1], name) is None


@pytest.mark.parametrize(
    "content",
    [b"[" + b"[]," * 6_000_000 + b"0]", b'["ab"' + b',"ab"' * 6_000_000 + b"]"],
    ids=["lists", "texts"],
)
def test_small_json_that_would_become_large_is_not_read(content: bytes) -> None:
    from jupyter_client.session import Session

    body = [b"{}", b'{"msg_id": "id-1"}', b"{}", content]
    frames = [b"<IDS|MSG>", Session(key=KEY).sign(body), *body]
    tracemalloc.start()
    try:
        assert wire.unpack(KEY, frames, "id-1") is None
        assert tracemalloc.get_traced_memory()[1] < MOST
    finally:
        tracemalloc.stop()


NESTED = """
import hmac, sys
from qwact.tools.interpreter import wire
sys.setrecursionlimit(10**9)
key = b"k" * 64
body = [b"{}", b'{"msg_id": "id-1"}', b"{}", b"{}"]
opening, depth = b'{"a":' if sys.argv[1] == "objects" else b"[", int(sys.argv[3])
body[("header", "parent", "metadata", "content").index(sys.argv[2])] = opening * depth
signature = hmac.new(key, b"".join(body), "sha256").hexdigest().encode()
print(wire.unpack(key, [b"<IDS|MSG>", signature, *body], "id-1"))
"""


@pytest.mark.parametrize("part", ["header", "parent", "content"])
@pytest.mark.parametrize("kind", ["lists", "objects"])
def test_json_too_deep_for_the_stack_is_not_read_though_the_host_allows_any_recursion(
    kind: str, part: str
) -> None:
    before = 'b\'{"msg_id": "id-1"}\''
    code = NESTED if part != "parent" else NESTED.replace("opening * depth", before + " + opening * depth")
    done = subprocess.run([sys.executable, "-c", code, kind, part, "900000"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "None\n"), done.stderr


def test_brackets_in_texts_are_no_depth() -> None:
    from jupyter_client.session import Session

    content = {"text": "[{" * 5000 + '\\"[' * 500, "list": [[[]]]}
    body = [b"{}", b'{"msg_id": "id-1"}', b"{}", json.dumps(content).encode()]
    frames = [b"<IDS|MSG>", Session(key=KEY).sign(body), *body]
    assert wire.unpack(KEY, frames, "id-1") == (None, content)


def test_jupyter_reads_our_requests() -> None:
    from jupyter_client.session import Session

    session = Session(key=KEY)
    ours = wire.pack(KEY, "execute_request", {"code": "'你好'"}, "id-1", "s")
    _, parts = session.feed_identities(ours)
    message = session.deserialize(parts)
    assert (message["header"]["msg_type"], message["content"]["code"]) == ("execute_request", "'你好'")


hostile_json = st.sampled_from(
    [b"", b"null", b"[]", b"{", b'{"msg_id": []}', b"[" * 100_000, b"\xff", b"1e999"]
)


@given(st.lists(hostile_json | st.binary(max_size=20) | st.just(b"<IDS|MSG>"), max_size=8))
def test_any_frames_are_read_without_an_error(parts: list[bytes]) -> None:
    signed = [b"<IDS|MSG>", wire.pack(KEY, "x", {}, "i", "s")[1], *parts]
    for message in (parts, signed):
        assert wire.unpack(KEY, message, "id-1") is None


@given(hostile_json, hostile_json)
def test_a_forged_message_with_the_right_key_is_read_without_an_error(header: bytes, content: bytes) -> None:
    from jupyter_client.session import Session

    body = [header, b'{"msg_id": "id-1"}', b"{}", content]
    message = wire.unpack(KEY, [b"<IDS|MSG>", Session(key=KEY).sign(body), *body], "id-1")
    assert message is None or read_broadcast(*message) == []
