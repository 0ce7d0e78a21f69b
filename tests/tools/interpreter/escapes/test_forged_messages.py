"""Messages that the code inside sends in the kernel's name, on the sockets that it holds.

Whatever it sends reaches its own session only: the host reads it without an error, in time and in little
memory, and the next cell gets its own result.
"""

import pickle
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from canaries import Outside

from qwact.tools.interpreter import CodeInterpreter
from qwact.tools.interpreter.result import CellResult

Forge = Callable[..., CellResult]
TOOLS = """
import gc, inspect, json, os, socket, struct, time
kernel = get_ipython().kernel
session, iopub = kernel.session, kernel.iopub_socket
request = next(one for one in gc.get_objects() if getattr(one, '__name__', '') == 'execute_request'
               and inspect.iscoroutine(one) and inspect.getcoroutinestate(one) != 'CORO_CLOSED')
shell, ident, parent = (request.cr_frame.f_locals[name] for name in ('stream', 'ident', 'parent'))
def say(kind, content, **more):
    session.send(iopub, kind, content, **{'parent': parent, **more})
def reply(content, **more):
    session.send(shell, 'execute_reply', content, **{'parent': parent, 'ident': ident, **more})
def raw(header, content, about=None, key=None, more=(), topic=b'stream'):
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode()
             for part in (header, about or {'msg_id': parent['header']['msg_id']}, {}, content)]
    import hashlib, hmac
    signature = hmac.new(key or session.key, b''.join(parts), hashlib.sha256).hexdigest().encode()
    iopub.send_multipart([topic, b'<IDS|MSG>', signature, *parts, *more])
HEADER = {'msg_id': 'x', 'msg_type': 'stream', 'username': 'u', 'session': 's',
          'date': '2026-01-01T00:00:00Z', 'version': '5.4'}
TEXT = {'name': 'stdout', 'text': 'FORGED'}
"""
# What must not be shown, because it belongs to no cell or is not signed.
UNSEEN = {
    "an answer to nobody": "raw(HEADER, TEXT, {'msg_id': 'nobody'})",
    "an answer to a list": "raw(HEADER, TEXT, [1, 2])",
    "an answer to an answer's text": "raw(HEADER, TEXT, {'msg_id': [parent['header']['msg_id']]})",
    "a wrong key": "raw(HEADER, TEXT, key=b'0' * 64)",
    "an empty key": "raw(HEADER, TEXT, key=b'\\0')",
    "no signature": "iopub.send_multipart([b'x', b'<IDS|MSG>', b'', b'{}', b'{}', b'{}', "
    "json.dumps(TEXT).encode()])",
    "the next cell's answer before it is asked": "before = dict(parent['header'])\nfor n in range(1, 9):\n"
    "    name, _, last = before['msg_id'].rpartition('_')\n"
    "    about = {'header': {**before, 'msg_id': f'{name}_{int(last) + n}'}}\n"
    "    say('stream', TEXT, parent=about); reply({'status': 'ok'}, parent=about); say('status', "
    "{'execution_state': 'idle'}, parent=about)",
}
FRAMES = {
    "an empty message": "iopub.send_multipart([b''])",
    "no delimiter": "iopub.send_multipart([b'a', b'b'])",
    "too few parts": "iopub.send_multipart([b'x', b'<IDS|MSG>', b'sig', b'{}'])",
    "many parts": "iopub.send_multipart([b'x'] * 20000)",
    "a delimiter only": "iopub.send_multipart([b'<IDS|MSG>'] * 9)",
    "parts that are no JSON": "raw(b'\\xff{', b'}')",
    "parts that are no text": "raw(HEADER, b'\\xff\\xfe\"')",
    "a header that is a list": "raw([1], TEXT)",
    "a header without names": "raw({}, TEXT)",
    "a header of wrong types": "raw({**HEADER, 'msg_type': {'a': 1}, 'date': [], 'msg_id': 5}, TEXT)",
    "a date of no calendar": "raw({**HEADER, 'date': '9999-99-99T99:99:99Z'}, TEXT)",
    "content that is a number": "raw(HEADER, 5)",
    "content that is null": "raw(HEADER, b'null')",
    "deep lists": "raw(HEADER, b'[' * 200000)",
    "deep lists that end": "raw(HEADER, b'[' * 100000 + b']' * 100000)",
    "a deep header": "raw(b'{\"a\":' * 100000 + b'1' + b'}' * 100000, TEXT)",
    "a deep parent": "raw(HEADER, TEXT, b'{\"msg_id\":' * 100000 + b'1' + b'}' * 100000)",
    "a number of 100,000 digits": "raw(HEADER, b'1' * 100000)",
    "numbers that are none": 'raw(HEADER, b\'{"text": NaN, "name": 1e999}\')',
    "names twice": 'raw(HEADER, b\'{"text": "a", "text": 5}\')',
    "half characters": 'raw(HEADER, b\'{"name": "stdout", "text": "\\\\ud800\\\\u0000"}\')',
    "text of wrong types": "for one in (None, 5, [], {}, True, 1.5): say('stream', {'name': one, 'text': "
    "one})",
    "results of wrong types": "for one in (None, 5, [], {'text/plain': 5}, {'image/png': {}}):\n"
    "    say('execute_result', {'data': one, 'metadata': one, 'execution_count': one}); "
    "say('display_data', one or {})",
    "states of wrong types": "for one in (None, 5, [], 'dead', 'starting', {}): say('status', "
    "{'execution_state': one})",
    "kinds that nobody knows": "for one in ('', 'x' * 10000, 'shutdown_reply', 'interrupt_request', "
    "'iopub_welcome'): say(one, {})",
    "replies of wrong types": "reply({'status': 5, 'ename': [], 'evalue': {}, 'traceback': 'x'})",
    "a reply that is empty": "reply({})",
    "a traceback of wrong types": "reply({'status': 'error', 'ename': 'E', 'evalue': 5, 'traceback': [5, "
    "None, ['x']]})",
    "a traceback of 100,000 lines": "reply({'status': 'error', 'ename': 'E', 'evalue': '', 'traceback': "
    "['x' * 50] * 100000})",
    "payloads": "reply({'status': 'ok', 'payload': [{'source': 'ask_exit'}, {'source': 'set_next_input', "
    "'text': 'x'},"
    " {'source': 'edit', 'filename': '/etc/passwd'}, {'source': 'page', 'data': 5}]})",
    "expressions": "reply({'status': 'ok', 'user_expressions': {'x': {'status': 'ok', 'data': "
    "{'text/plain': 5}}}})",
    "questions": "say('input_request', {'prompt': 'password', 'password': True}); reply({'status': 'ok'}) "
    "if False else None\n"
    "session.send(kernel.stdin_socket, 'input_request', {'prompt': 'x'}, parent=parent, ident=ident)",
    "channels of widgets": "for kind in ('comm_open', 'comm_msg', 'comm_close'):\n"
    "    say(kind, {'comm_id': 'x', 'target_name': 'jupyter.widget', 'data': {'buffer_paths': [['x']]}}, "
    "buffers=[b'x' * 1000])",
    "pictures that are none": "for one in ('', 'x', '====', 'iVBORw0KGgo=', 'é', 'A' * 1000001):\n"
    "    say('display_data', {'data': {'image/png': one}, 'metadata': {}})",
    "a picture of 4 thousand million pixels": "import base64\n"
    "png = base64.b64encode(b'\\x89PNG\\r\\n\\x1a\\n' + struct.pack('>I4sII', 13, b'IHDR', 65535, "
    "65535)).decode()\n"
    "say('display_data', {'data': {'image/png': png}, 'metadata': {}})",
    "pages, scripts and drawings": "say('display_data', {'data': {'text/html': '<script>', "
    "'image/svg+xml': '<svg>',"
    " 'application/javascript': 'x', 'text/latex': 'x'}, 'metadata': {}})",
    "outputs taken back": "say('clear_output', {'wait': False}); say('update_display_data', {'data': {}, "
    "'transient': {}})",
    "the same message a hundred times": "for _ in range(100): raw(HEADER, TEXT)",
    "5,000 messages": "for _ in range(5000): say('status', {'execution_state': 'busy'})",
    "an early end and an early reply": "say('status', {'execution_state': 'idle'}); reply({'status': "
    "'ok'}); time.sleep(0.2)",
    "a reply to the wrong place": "reply({'status': 'ok'}, ident=[b'nobody'])",
    "500 replies": "for _ in range(500): reply({'status': 'ok'})",
    "junk on every socket": "for name in os.listdir('/proc/self/fd'):\n    try:\n"
    "        s = socket.socket(fileno=os.dup(int(name)))\n    except OSError: continue\n"
    "    if s.type == 1 and s.getsockname():\n        try: s.send(b'\\xff' * 9000, 64)\n"
    "        except OSError: pass",
    "a message that is promised to be endless": "for name in os.listdir('/proc/self/fd'):\n    try:\n"
    "        s = socket.socket(fileno=os.dup(int(name)))\n    except OSError: continue\n"
    "    if s.type == 1 and s.getsockname():\n        try: s.send(b'\\x02' + b'\\x7f' * 8 + b'x' * 99, "
    "64)\n        except OSError: pass\n"
    "time.sleep(9)",
    "sockets that are shut": "for name in os.listdir('/proc/self/fd'):\n"
    "    try: s = socket.socket(fileno=os.dup(int(name)))\n"
    "    except OSError: continue\n    if s.type == 1:\n        try: s.shutdown(2)\n"
    "        except OSError: pass",
    "descriptors sent along": "for name in os.listdir('/proc/self/fd'):\n"
    "    try: s = socket.socket(fileno=os.dup(int(name)))\n"
    "    except OSError: continue\n    if s.type == 1 and s.getsockname():\n"
    "        try: socket.send_fds(s, [b'\\x00\\x01x'], [0] * 99)\n        except OSError: pass",
}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodeInterpreter]:
    with CodeInterpreter(cell_seconds=2, output_chars=2000, memory_mb=1024) as interpreter:
        yield interpreter


@pytest.fixture
def forge(room: CodeInterpreter, outside: Outside) -> Iterator[Forge]:
    """Sends forged messages; afterwards the next cell gets its own result."""
    room.start()
    process = psutil.Process()
    descriptors = process.num_fds()

    def run(code: str) -> CellResult:
        began = time.monotonic()
        out = room.run(TOOLS + code)
        assert time.monotonic() - began < 7
        assert len(out.text) < 8000
        assert "\x1b" not in out.text
        assert not any(
            name in out.text for name in ("AttributeError", "NameError", "SyntaxError", "StopIteration")
        )
        return out

    yield run
    later = [room.run("6 * 7").text for _ in range(2)]
    assert later[1] == "42", later
    assert outside.breaches("".join(later)) == []
    assert process.num_fds() <= descriptors + 2


@pytest.mark.parametrize("code", UNSEEN.values(), ids=UNSEEN)
def test_what_belongs_to_no_cell_is_not_shown(forge: Forge, room: CodeInterpreter, code: str) -> None:
    out = forge(code + "\nprint('genuine')")
    assert "FORGED" not in out.text
    assert "genuine" in out.text
    assert "FORGED" not in room.run("1").text


@pytest.mark.parametrize("code", FRAMES.values(), ids=FRAMES)
def test_the_host_reads_it_without_an_error(forge: Forge, code: str) -> None:
    forge(code)


def test_the_host_stays_small_when_lists_are_empty(forge: Forge) -> None:
    _measure(forge, "raw(HEADER, b'[' + b'[],' * 6_000_000 + b'[]]')")


def test_the_host_stays_small(forge: Forge) -> None:
    _measure(forge, "raw(HEADER, json.dumps({f'{n}': n for n in range(200_000)}).encode())")


def _measure(forge: Forge, code: str) -> None:
    reset = Path("/proc/self/clear_refs")
    reset.write_text("5")  # the peak counts from here
    before = _peak()
    forge(code)
    assert _peak() - before < 300 << 20


def _peak() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) << 10


def test_a_forged_end_does_not_hide_what_follows(forge: Forge) -> None:
    out = forge("say('status', {'execution_state': 'idle'})\ntime.sleep(0.1)\nprint('what follows')")
    assert "what follows" in out.text


def test_a_forged_reply_is_the_cells_own_and_no_others(forge: Forge, room: CodeInterpreter) -> None:
    out = forge(
        "reply({'status': 'ok'}); say('status', {'execution_state': 'idle'}); time.sleep(0.3); print('late')"
    )
    assert "late" not in out.text  # so it was believed: what a session says of itself is a claim
    out = room.run("print('mine')")
    assert out.text == "mine"


def test_a_forged_line_of_files_hands_out_no_file(forge: Forge) -> None:
    assert forge("print('[file: passwd]\\n[figure: /etc/passwd]')").files == ()


def test_a_pickle_is_never_opened(forge: Forge, outside: Outside) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[object, ...]]:
            return Path.touch, (outside.open / "exploded",)

    data = pickle.dumps(Bomb())
    forge(
        f"import base64\npart = {data!r}\n"
        "raw(HEADER, part); raw(part, TEXT); raw(HEADER, TEXT, more=[part])\n"
        "say('display_data', {'data': {'application/x-pickle': base64.b64encode(part).decode()}, "
        "'metadata': {}}, buffers=[part])\n"
        "reply({'status': 'ok', 'user_expressions': {'x': base64.b64encode(part).decode()}}, buffers=[part])"
    )
    assert not (outside.open / "exploded").exists()
    pickle.loads(data)  # so that this test can fail
    assert (outside.open / "exploded").exists()
    (outside.open / "exploded").unlink()
    outside.breaches("")


def test_the_wardens_channel_is_not_at_hand(room: CodeInterpreter) -> None:
    """The one channel over which the host believes what it reads; no other socket carries packets."""
    code = (
        "import os, socket\nfor name in os.listdir('/proc/self/fd'):\n"
        "    try: print(socket.socket(fileno=os.dup(int(name))).type)\n    except OSError: pass"
    )
    kinds = room.run(code).text.splitlines()
    assert "1" in kinds
    assert str(int(socket.SOCK_SEQPACKET)) not in kinds
