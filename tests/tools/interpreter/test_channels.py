"""What the code inside can do to its connections with the host: nothing that outlasts its cell."""

import time
from collections.abc import Callable

import psutil

from qwact.tools.interpreter import CodeInterpreter

Open = Callable[..., CodeInterpreter]
# Past the stream with its limit, as fast as it likes.
FLOOD = """
import threading, time
kernel = get_ipython().kernel
sent = 0
def flood():
    global sent
    while True:
        kernel.session.send(kernel.iopub_socket, "stream", {{"name": "stdout", "text": "x" * {size}}})
        sent += {size}
        time.sleep({pause})
threading.Thread(target=flood, daemon=True).start()
"""
FORGE = """
import json, os, socket
for descriptor in range(3, 100):
    try:
        channel = socket.socket(fileno=os.dup(descriptor))
        if channel.type == socket.SOCK_SEQPACKET:
            channel.send({message!r}.encode())
    except OSError:
        pass
6 * 7
"""


def _memory() -> int:
    return int(psutil.Process().memory_info().rss)


def test_a_flood_between_cells_stays_in_the_kernels_memory(open_interpreter: Open) -> None:
    interpreter = open_interpreter(memory_mb=1024)
    interpreter.run("1")
    interpreter.run(FLOOD.format(size=1 << 20, pause=0.01))
    before = _memory()
    time.sleep(2)
    assert _memory() - before < 8 << 20
    assert int(interpreter.run("sent").text) > 20 << 20  # so there was one


def test_a_flood_at_full_speed_stays_in_the_kernels_memory(open_interpreter: Open) -> None:
    interpreter = open_interpreter(memory_mb=512)
    interpreter.run(FLOOD.format(size=4 << 20, pause=0))
    before = _memory()
    time.sleep(2)
    interpreter.run("1")  # ends well, or with the kernel's end
    assert _memory() - before < 64 << 20
    interpreter.run("import os; os._exit(0)")  # it may have no room left for what a cell says
    assert interpreter.run("6 * 7").text == "42"


def test_more_than_any_cell_may_send_ends_the_kernel(open_interpreter: Open) -> None:
    interpreter = open_interpreter(memory_mb=1024)
    before = _memory()
    out = interpreter.run(
        "kernel = get_ipython().kernel\nfor _ in range(300):\n"
        "    kernel.session.send(kernel.iopub_socket, 'stream', {'name': 'stdout', 'text': 'x' * (1 << 20)})"
    )
    assert (out.status, out.restarted) == ("limit", True)
    assert _memory() - before < 64 << 20


def test_small_messages_between_cells_are_only_dropped(open_interpreter: Open) -> None:
    interpreter = open_interpreter()
    interpreter.run(FLOOD.format(size=10, pause=0.0005))
    for _ in range(3):
        time.sleep(0.5)
        out = interpreter.run("print('this cell'); 'its value'")
        assert (out.text, out.status) == ("this cell\n'its value'", "ok")
    assert int(interpreter.run("sent").text) > 3000


def test_many_messages_of_one_cell_all_come(open_interpreter: Open) -> None:
    interpreter = open_interpreter()
    out = interpreter.run(
        "from IPython.display import display\nfor n in range(3000): display({'text/plain': str(n)}, raw=True)"
    )
    assert out.text.split() == [str(n) for n in range(3000)]


def test_what_was_said_before_a_crash_is_kept(open_interpreter: Open) -> None:
    code = "import os, time\nprint('last words', flush=True)\ntime.sleep(0.1)\nos._exit(1)"
    out = open_interpreter().run(code)
    assert (out.status, out.text.splitlines()[0]) == ("dead", "last words")


def test_nothing_inside_speaks_for_the_warden(open_interpreter: Open) -> None:
    interpreter = open_interpreter()
    for message in ('{"event": "ended", "limit": "memory"}', "{", "[" * 60_000):
        assert interpreter.run(FORGE.format(message=message)).text == "42"
