"""The cells of the soak: what each does, and what its result must say. Used by `interpreter_soak.py`.

Every cell holds a token of its own and prints it; a plain cell's whole result is known beforehand. A fault
has its own status and sentence, which no other one may stand in for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qwact.tools.interpreter import CellResult

TOKEN = re.compile(r"cell-\d+-[0-9a-f]{12}")
CELL_SECONDS, OUTPUT_CHARS, MEMORY_MB = 6, 8000, 320
SETTINGS = {
    "cell_seconds": CELL_SECONDS,
    "memory_mb": MEMORY_MB,
    "processes": 40,
    "file_mb": 8,
    "disk_mb": 24,
    "files": 100,
    "output_chars": OUTPUT_CHARS,
}
_LOST = "Python was restarted: all variables"
_LINES = 150
_READ_BYTES = 1 << 16

Action = Literal["kill kernel", "kill its parent", "kill warden", "stop kernel", "interrupt", "close"]


@dataclass(frozen=True)
class Cell:
    """One kind of cell.

    Attributes:
        group: What the report counts it under; "" for a cell without a fault.
        code: TOKEN stands for the cell's own.
        statuses: One of these it must have.
        says: What the text must hold, besides the token.
        or_says: What will do instead.
        restarted: Whether the result must say that the variables are lost; None: either.
        text: The whole text, where it is known; STATE stands for the token of the last cell that set it.
        action: What is done from outside once the cell has begun.
        moment: Seconds within which the action comes at any moment, begun or not.
        needs_tools: Whether it calls tools.
        takes: Whether what it took is freed afterwards, or else Python restarted.
        leaves: Whether processes of it may go on: the kernel is ended afterwards.
        sets_state: Whether it puts its token into the variable that the next plain cell shows.
        may_be_lost: Whether it may have been stopped before it printed its token.
    """

    group: str
    code: str
    statuses: tuple[str, ...] = ("ok",)
    says: str = ""
    restarted: bool | None = False
    text: str = ""
    action: Action | None = None
    moment: float = 0
    or_says: str = ""
    needs_tools: bool = False
    takes: bool = False
    leaves: bool = False
    sets_state: bool = False
    may_be_lost: bool = False


PLAIN = {
    "value": Cell(
        "",
        "before, state = globals().get('state'), 'TOKEN'\nprint('TOKEN')\nprint(before)",
        text="TOKEN\nSTATE",
        sets_state=True,
    ),
    "file": Cell(
        "",
        "open('TOKEN.txt', 'w').write('TOKEN')\nprint(globals().get('state'))",
        text="STATE\n[file: TOKEN.txt]",
    ),
    "lines": Cell(
        "",
        f"for n in range({_LINES}): print('TOKEN', n)\nprint(globals().get('state'))",
        text="\n".join(f"TOKEN {n}" for n in range(_LINES)) + "\nSTATE",
    ),
    "html": Cell("", "from IPython.display import HTML, display\ndisplay(HTML('<b>TOKEN</b>'))\n'TOKEN'"),
    "tool": Cell("", "print(echo('TOKEN'))", text="heard TOKEN", needs_tools=True),
}
# Without a state: several threads run them in one session.
SHARED = {
    "value": Cell("", "mine = 'TOKEN'\nprint(mine)\nmine", text="TOKEN\n'TOKEN'"),
    "lines": Cell(
        "",
        f"for n in range({_LINES}): print('TOKEN', n)",
        text="\n".join(f"TOKEN {n}" for n in range(_LINES)),
    ),
    "exception": Cell("exception", "raise KeyError('TOKEN')", ("error",), "KeyError: 'TOKEN'"),
}
_WAIT = "import time\ntime.sleep(60)"
_KILLED = ("killed from outside", _WAIT, ("dead",), f"Python ended by itself during the cell. {_LOST}", True)
_INTERRUPTED = "The cell was interrupted. Variables are kept."
_MEMORY, _DISK = f"The memory limit of {MEMORY_MB} MB was reached.", "The disk limit of 24 MB was reached."
_OUTPUT = f"The cell printed far more than the {OUTPUT_CHARS} characters that can be shown."
_TIMEOUT = f"The cell ran longer than {CELL_SECONDS} seconds and"
FAULTS = {
    "kernel killed": Cell(*_KILLED, action="kill kernel"),
    "process 1 killed": Cell(*_KILLED, action="kill its parent"),
    "warden killed": Cell(*_KILLED, action="kill warden"),
    "kernel stopped": Cell(
        "killed from outside",
        _WAIT,
        ("timeout",),
        f"{_TIMEOUT} could not be interrupted. {_LOST}",
        True,
        action="stop kernel",
    ),
    "disk full": Cell(
        "disk",
        "for n in range(20):\n    open(f'{n}.bin', 'wb').write(b'1' * (4 << 20)); time.sleep(0.05)\n" + _WAIT,
        ("limit",),
        f"{_DISK} {_LOST} and the files that the code wrote are lost.",
        True,
    ),
    "too many files": Cell(
        "disk",
        "for n in range(200): open(f'{n}.txt', 'w').close()\n" + _WAIT,
        ("limit",),
        "The limit of 100 files was reached. Python was restarted: all variables and the files",
        True,
    ),
    "one file too large": Cell(
        "disk",
        "import os\ntry:\n    open('large.bin', 'wb').write(b'1' * (9 << 20))\n"
        "finally:\n    os.unlink('large.bin')",
        ("limit",),
        "The limit of 8 MB for one file was reached. The cell ended there. Variables are kept.",
    ),
    "endless print": Cell(
        "output flood",
        "while True: print('flood')",
        ("limit",),
        f"{_OUTPUT} The cell ended there. Variables are kept.",
    ),
    "endless stderr": Cell(
        "output flood",
        "import sys\nwhile True: sys.stderr.write('flood' * 100)",
        ("limit",),
        f"{_OUTPUT} The cell ended there. Variables are kept.",
    ),
    "one message of 40 MB": Cell(
        "output flood",
        "kernel = get_ipython().kernel\n"
        "kernel.session.send(kernel.iopub_socket, 'stream', {}, buffers=[bytes(40 << 20)])\n" + _WAIT,
        ("limit",),
        f"{_OUTPUT} {_LOST}",
        True,
    ),
    "one large array": Cell(
        "memory",
        "taken = bytearray(1 << 30)",
        ("limit",),
        f"{_MEMORY} The cell ended there. Variables are kept.",
        takes=True,
    ),
    "many small objects": Cell(
        "memory",
        "taken = []\nwhile True: taken.append(bytearray(1000))",
        ("limit", "dead"),  # a library of the kernel's may end it when there is no memory
        _MEMORY,
        or_says=_KILLED[3],
        restarted=None,
        takes=True,
    ),
    "shared memory": Cell(
        "memory",
        "import mmap\nm = mmap.mmap(-1, 640 << 20)\nfor _ in range(640): m.write(bytes(1 << 20))\n" + _WAIT,
        ("limit",),
        f"{_MEMORY} {_LOST}",
        True,
    ),
    "fork bomb": Cell(
        "processes",
        "import os\nwhile True: os.fork()",
        ("limit", "timeout", "dead"),
        restarted=None,
        leaves=True,
    ),
    "threads": Cell(
        "processes",
        "import threading\nfor _ in range(200): threading.Thread(target=time.sleep, args=(1,)).start()",
        ("limit",),
        "The limit of 40 processes and threads was reached. The cell ended there.",
        leaves=True,
    ),
    "endless loop": Cell(
        "time", "while True: pass", ("timeout",), f"{_TIMEOUT} was interrupted. Variables are kept."
    ),
    "interrupt ignored": Cell(
        "time",
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
        ("timeout",),
        f"{_TIMEOUT} could not be interrupted. {_LOST}",
        True,
    ),
    "time up in a tool": Cell(
        "time",
        "hold('TOKEN')",
        ("timeout",),
        f"{_TIMEOUT} was interrupted. Variables are kept.",
        needs_tools=True,
    ),
    "exception": Cell("exception", "raise ValueError('TOKEN')", ("error",), "ValueError: TOKEN"),
    "syntax error": Cell("exception", "exec('TOKEN =')", ("error",), "SyntaxError"),
    "no end of recursion": Cell(
        "exception", "def f(): f()\nf()", ("error",), "RecursionError: maximum recursion depth exceeded"
    ),
    "exit": Cell("exception", "import sys\nsys.exit('TOKEN')", ("error",), "SystemExit: TOKEN"),
    "interrupted": Cell("interrupted", _WAIT, ("error",), _INTERRUPTED, action="interrupt"),
    "interrupted in a tool": Cell(
        "interrupted", "hold('TOKEN')", ("error",), _INTERRUPTED, action="interrupt", needs_tools=True
    ),
    "interrupted at any moment": Cell(
        "interrupted",
        "for _ in range(300_000): pass",
        ("ok", "error"),
        action="interrupt",
        moment=0.08,
        may_be_lost=True,
    ),
    "closed while it runs": Cell("interrupted", _WAIT, ("error",), _INTERRUPTED, action="close"),
    "ends itself": Cell("restart", "import os\nos._exit(3)", *_KILLED[2:]),
    "crash": Cell("restart", "import ctypes\nctypes.string_at(0)", *_KILLED[2:]),
    "tool raises": Cell("tools", "refuse('TOKEN')", ("error",), "ToolError: refused TOKEN", needs_tools=True),
    "tool misused": Cell("tools", "echo(token=5)", ("error",), "ToolError", needs_tools=True),
    "too many calls": Cell(
        "tools",
        "while True:\n    try: echo('TOKEN')\n    except ToolError: pass",
        ("limit",),
        "The limit of 1000 calls of tools a cell was passed. The cell was interrupted. Variables are kept.",
        needs_tools=True,
    ),
}
# Told first, with time to reach the host before anything ends; then the name that shows it from outside.
_FIRST = "import time\nprint('TOKEN', flush=True)\ntime.sleep(0.2)\n"
_MARK = "import ctypes\nctypes.CDLL(None).prctl(15, b'{mark}')\n"


def written(cell: Cell, token: str, mark: str) -> str:
    """The cell's code. The kernel's main thread takes the name `mark` where something waits for it."""
    waits = cell.action is not None and not cell.moment
    first = "" if not cell.group or cell.moment else _FIRST + (_MARK.format(mark=mark) if waits else "")
    if cell.moment:
        first = "print('TOKEN')\n"
    return (first + cell.code).replace("TOKEN", token)


def faults_of(cell: Cell, result: CellResult, token: str, state: str | None) -> Iterator[str]:
    """What is wrong with a cell's result; nothing, when all is well.

    Args:
        cell: The kind.
        result: What the interpreter gave for it.
        token: The cell's own.
        state: The token that its session's variable holds; None when there is no variable.
    """
    foreign = set(_tokens_in(result)) - {token, state}
    if foreign:
        yield f"holds what another cell said: {', '.join(sorted(foreign))}"
    if result.status not in cell.statuses:
        yield f"status {result.status!r} instead of {' or '.join(cell.statuses)}"
    if cell.restarted is not None and result.restarted != cell.restarted:
        yield f"restarted is {result.restarted}"
    if (result.status == "ok") != (result.error is None):
        yield f"status {result.status!r} with the error {result.error!r}"
    said = {cell.says.replace("TOKEN", token)} | ({cell.or_says} if cell.or_says else set())
    if cell.moment and result.status == "error":
        said = {_INTERRUPTED, "The cell was interrupted before it began. Variables are kept."}
    if not any(sentence in result.text for sentence in said):
        yield f"does not say {' or '.join(said)!r}"
    whole = cell.text.replace("TOKEN", token).replace("STATE", str(state))
    if whole and result.text != whole:
        yield f"is not {whole[:200]!r}"
    if token not in _tokens_in(result) and not (cell.may_be_lost and result.status == "error"):
        yield "does not hold its token"


def _tokens_in(result: CellResult) -> list[str]:
    parts = [result.text, result.error or "", *(_told_by(path) for path in result.files)]
    return TOKEN.findall("\n".join(parts))


def _told_by(path: Path) -> str:
    with path.open("rb") as file:
        return f"{path.name}\n{file.read(_READ_BYTES).decode(errors='replace')}"
