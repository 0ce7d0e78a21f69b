"""What the code inside can do to the socket over which it calls tools: call the given tools, and no more."""

import os
import threading
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from qwact.tools.interpreter import CodeInterpreter
from qwact.tools.interpreter.result import CellResult
from qwact.tools.interpreter.tool_call import MOST_CALLS

Open = Callable[..., CodeInterpreter]
# `ask` writes what it likes and reads what comes back, past all of our code inside.
RAW = """
import json, os, select, socket, struct, sys, threading, time
channel = get_ipython().kernel.tool_functions._socket
def line(id=10**6, tool='note', **arguments):
    return json.dumps({'id': id, 'tool': tool, 'arguments': arguments}).encode() + b'\\n'
def answers(count, seconds=5):
    data = b''
    while data.count(b'\\n') < count and select.select([channel], [], [], seconds)[0]:
        data += channel.recv(1 << 16)
    return [json.loads(one) for one in data.splitlines()]
def ask(data, count=1):
    channel.sendall(data)
    for answer in answers(count):
        print(answer['ok'], answer['text'][:300])
"""
# Each is refused with this text, and the next call works.
REFUSED = {
    "nothing": (rb"b'\n'", "not JSON"),
    "no JSON": (rb"b'note(1)\n'", "not JSON"),
    "no text": (rb"b'\xff\xfe\n'", "not JSON"),
    "half a line": (rb"b'{\"id\": 1, \n'", "not JSON"),
    "3 MB in a line": (rb"b'[' + b'1' * 3_000_000 + b'\n'", "1000000 bytes"),
    "a call a byte too long": (rb"line(text='x' * 1_000_000)", "1000000 bytes"),
    "NaN": (rb"line(text='@').replace(b'\"@\"', b'NaN')", "not JSON"),
    "minus infinity": (rb"line(text='@').replace(b'\"@\"', b'-Infinity')", "not JSON"),
    "a number without end": (rb"line(text='@').replace(b'\"@\"', b'1e999')", "not JSON"),
    "a number of 100,000 digits": (rb"line(text='@').replace(b'\"@\"', b'1' * 100_000)", "not JSON"),
    "deep lists": (rb"b'[' * 900_000 + b'\n'", "20000 values"),
    "deep lists that end": (rb"b'[' * 9000 + b']' * 9000 + b'\n'", "100 deep"),
    "deep arguments": (rb"line(text='@').replace(b'\"@\"', b'[' * 5000 + b']' * 5000)", "100 deep"),
    "depth behind a quote": (rb"b'{\"\\\\\":' * 500 + b'\n'", "100 deep"),
    "many values": (rb"line(text=[[]] * 30_000)", "20000 values"),
    "a list for a call": (rb"b'[1, \"note\", {}]\n'", "wanted an object"),
    "more keys": (rb"line(text='a').replace(b'}}', b'}, \"pickle\": 1}')", "wanted an object"),
    "an answer": (rb"b'{\"id\": 1, \"ok\": true, \"text\": \"forged\"}\n'", "wanted an object"),
    "a truth for an id": (rb"line(id=True)", "whole number"),
    "a huge id": (rb"line(id=1 << 60)", "whole number"),
    "a list for a name": (rb"line(tool=['note'])", "must be a name"),
    "arguments in a list": (rb"b'{\"id\": 1, \"tool\": \"note\", \"arguments\": [1]}\n'", "must be a name"),
    "no such tool": (rb"line(tool='notes')", "There is no tool named 'notes'. Did you mean note?"),
    "the interpreter": (rb"line(tool='code_interpreter', code='1')", "There is no tool named"),
    "a method": (rb"line(tool='note.__call__')", "There is no tool named"),
    "a tool's setting": (rb"line(text='a', cancellation=None, seconds=9)", "no such argument"),
    "arguments of wrong types": (rb"line(text={'a': 1})", "wanted a string"),
    "a name of 100,000 characters": (rb"line(tool='x' * 100_000)", "must be a name"),
    "an output nobody kept": (rb"line(tool='read_output', output='../../etc/passwd')", "There is no "),
}  # fmt: skip


@pytest.fixture(scope="module")
def noted() -> list[str]:
    return []


@pytest.fixture(scope="module", params=["auto", "landlock"])
def py(
    request: pytest.FixtureRequest, missing_tiers: dict[str, str], noted: list[str]
) -> Iterator[CodeInterpreter]:
    if request.param in missing_tiers:
        pytest.skip(missing_tiers[request.param])

    def note(text: str) -> str:
        noted.append(text)
        return f"noted {text[:20]}"

    def rest() -> str:
        time.sleep(0.5)
        return "rested"

    settings = {"cell_seconds": 10, "memory_mb": 768, "output_chars": 4000, "sandbox": request.param}
    with CodeInterpreter(tools=[note, rest], **settings) as opened:  # type: ignore[arg-type]
        yield opened


@pytest.fixture
def attempt(py: CodeInterpreter, noted: list[str]) -> Iterator[Callable[[str], CellResult]]:
    """Runs an attempt; afterwards the tool is called as ever, and the host has not grown."""
    noted.clear()
    py.run("1")
    before = psutil.Process().memory_info().rss
    threads = threading.active_count()

    yield lambda code: py.run(RAW + code)
    assert py.run("note('after')").text == "'noted after'"
    assert noted[-1] == "after"
    assert psutil.Process().memory_info().rss - before < 64 << 20
    assert threading.active_count() <= threads + 2  # those in which tools run


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_call_is_refused(
    attempt: Callable[[str], CellResult], noted: list[str], name: str
) -> None:
    data, expected = REFUSED[name]
    out = attempt(f"ask({data.decode()})")
    assert out.status == "ok"
    assert out.text.startswith("False ")
    assert expected in out.text
    assert noted == []


def test_a_raw_call_is_a_call(attempt: Callable[[str], CellResult], noted: list[str]) -> None:
    """So the refusals above are not those of a channel that takes nothing."""
    assert attempt("ask(line(text='raw'))").text == "True noted raw"
    assert noted == ["raw"]


def test_many_calls_at_once_are_answered_in_turn(
    attempt: Callable[[str], CellResult], noted: list[str]
) -> None:
    out = attempt("ask(b''.join(line(id=n, text=str(n)) for n in range(100)), count=100)")
    assert out.text.splitlines() == [f"True noted {n}" for n in range(100)]
    assert noted == [str(n) for n in range(100)]


def test_a_forked_child_has_no_tools(attempt: Callable[[str], CellResult], noted: list[str]) -> None:
    out = attempt(
        "if os.fork() == 0:\n    try:\n        note('child')\n    except ToolError as error:\n"
        "        os.write(1, str(error).encode())\n    os._exit(0)\nos.wait(); time.sleep(0.2)"
    )
    assert "in the process of the cell only" in out.text
    assert noted == []


def test_a_forked_child_past_our_code_is_checked_alike(attempt: Callable[[str], CellResult]) -> None:
    out = attempt(
        "if os.fork() == 0:\n    channel.sendall(line(tool='nothing') + line(text='child')[:20])\n"
        "    os._exit(0)\nos.wait()\nprint(answers(1)[0]['text'])\nchannel.sendall(b'\\n'); answers(1)\n"
        "print(note('parent'))"
    )
    assert "There is no tool named 'nothing'" in out.text
    assert out.text.endswith("noted parent")


def test_a_program_that_is_started_has_no_channel(attempt: Callable[[str], CellResult]) -> None:
    out = attempt(
        "import subprocess\nsubprocess.run([sys.executable, '-c', f'import os; "
        "os.fstat({channel.fileno()})'], close_fds=False, capture_output=True, text=True).stderr[-200:]"
    )
    assert "Bad file descriptor" in out.text


def test_a_call_after_the_cell_ended_is_refused(
    attempt: Callable[[str], CellResult], py: CodeInterpreter, noted: list[str]
) -> None:
    attempt(
        "said = []\ndef late():\n    time.sleep(0.3)\n    try:\n        note('late')\n"
        "    except ToolError as error:\n        said.append(str(error))\n"
        "thread = threading.Thread(target=late)\nthread.start()"
    )
    time.sleep(1)
    assert noted == []
    assert "has ended" in py.run("thread.join(5); said").text
    assert noted == []


def test_calls_left_in_the_channel_are_not_the_next_cells(
    attempt: Callable[[str], CellResult], py: CodeInterpreter, noted: list[str]
) -> None:
    attempt(
        "late = line(text='late')\ndef send():\n    time.sleep(0.3)\n"
        "    channel.sendall(late * 50 + late[:9])\n"
        "threading.Thread(target=send).start()"
    )
    time.sleep(1)
    out = py.run("channel.sendall(late[9:])\nlen(answers(51)), note('now')")
    assert out.text == "(51, 'noted now')"
    assert noted == ["now"]


def test_a_call_that_was_interrupted_leaves_the_next_its_own_answer(
    attempt: Callable[[str], CellResult],
) -> None:
    out = attempt(
        "import signal\nsignal.setitimer(signal.ITIMER_REAL, 0.1)\n"
        "signal.signal(signal.SIGALRM, signal.default_int_handler)\n"
        "try:\n    rest()\nexcept KeyboardInterrupt:\n    print('interrupted')\nprint(note('next'))"
    )
    assert out.text == "interrupted\nnoted next"


def test_half_a_line_before_a_call_costs_only_itself(attempt: Callable[[str], CellResult]) -> None:
    out = attempt(
        "functions = get_ipython().kernel.tool_functions\nchannel.sendall(line(text='torn')[:20])\n"
        "functions._is_torn = True\nnote('whole')"
    )
    assert out.text == "'noted whole'"


def test_calls_above_the_limit_are_refused(attempt: Callable[[str], CellResult], noted: list[str]) -> None:
    out = attempt("for n in range(2000):\n    note(str(n))")
    assert out.status == "error"
    assert out.error == (
        f"ToolError: This cell has made {MOST_CALLS} calls of tools: no more are answered before the next "
        "cell."
    )
    assert len(noted) == MOST_CALLS


@pytest.mark.parametrize(
    "flood",
    [
        "while True:\n    try:\n        note('x')\n    except ToolError:\n        pass",
        "while True:\n    channel.sendall(b'\\n' * 100)\n    answers(100)",
        "while True:\n    ask(b'1' * 999_999 + b'\\n')",
        "while True:\n    channel.sendall(b'1' * (1 << 20))",
    ],
)
def test_a_flood_of_calls_ends_the_cell(attempt: Callable[[str], CellResult], flood: str) -> None:
    out = attempt(flood)
    assert out.status == "limit"
    assert f"The limit of {MOST_CALLS} calls" in out.text
    attempt("channel.sendall(b'\\n'); answers(10**9, seconds=0.5); None")


def test_answers_that_nobody_reads_wait_in_the_kernel(open_interpreter: Open) -> None:
    def long() -> str:
        return "x" * 8000

    interpreter = open_interpreter(tools=[long], cell_seconds=2)
    interpreter.run("1")
    before, spent = psutil.Process().memory_info().rss, time.process_time()
    out = interpreter.run(RAW + "while True:\n    channel.sendall(line(tool='long'))")
    assert out.status == "timeout"
    assert psutil.Process().memory_info().rss - before < 16 << 20
    assert time.process_time() - spent < 1  # it waits, it does not ask again and again


@pytest.mark.parametrize("close", ["os.close(channel.detach())", "channel.shutdown(socket.SHUT_RDWR)"])
def test_a_closed_channel_is_the_codes_own_loss(open_interpreter: Open, close: str) -> None:
    interpreter = open_interpreter(tools=[len_of])
    assert interpreter.run("len_of('abc')").text == "'3'"
    spent = time.process_time()
    assert interpreter.run(RAW + close + "\ntime.sleep(1.5); 1").text == "1"
    assert time.process_time() - spent < 0.7
    assert interpreter.run("len_of('abc')").status == "error"
    assert interpreter.run("6 * 7").text == "42"
    interpreter.run("import os; os._exit(0)")
    assert interpreter.run("len_of('abc')").text == "'3'"


def len_of(text: str) -> int:
    return len(text)


def test_descriptors_cannot_be_pushed_into_the_host(attempt: Callable[[str], CellResult]) -> None:
    before = len(os.listdir("/proc/self/fd"))
    attempt(
        "pair = socket.socketpair()\nfor n in range(50):\n"
        "    socket.send_fds(channel, [line(text='x')], [pair[0].fileno()] * 4)\n    answers(1)"
    )
    assert len(os.listdir("/proc/self/fd")) <= before


def test_changing_our_code_inside_changes_nothing_outside(
    attempt: Callable[[str], CellResult], noted: list[str]
) -> None:
    out = attempt(
        "functions = get_ipython().kernel.tool_functions\nkept = functions._most\nfunctions._most = 10**9\n"
        "try:\n    note('x' * 2_000_000)\nfinally:\n    functions._most = kept"
    )
    assert out.error == "ToolError: A call may have 1000000 bytes of JSON at most."
    assert noted == []


def test_a_kernel_given_no_tools_is_heard_by_nobody(open_interpreter: Open) -> None:
    interpreter = open_interpreter(cell_seconds=2)
    spent = time.process_time()
    assert interpreter.run(RAW + "channel.sendall(line(tool='note'))\nanswers(1, seconds=1)").text == "[]"
    assert time.process_time() - spent < 1
    assert interpreter.run("6 * 7").text == "42"
