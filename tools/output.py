"""The length limit of a tool's output: the model reads its beginning and end, a file keeps the whole."""

import re
import shutil
import sys
import tempfile
import threading
import weakref
from pathlib import Path

from qwact.tools.errors import ToolError
from qwact.tools.tool import Tool

READ_OUTPUT = "read_output"

_MOST_KEPT_BYTES = 64 * 1024 * 1024  # of all outputs together; the oldest go first
_HEAD_SHARE = 0.75  # what comes first matters more than what comes last
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def clean(text: str) -> str:
    """Text without terminal colours, control characters and half characters; `\\n` and `\\t` stay."""
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")  # a lone one is a progress bar's
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", _ANSI.sub("", text)))


class OutputStore:
    """Cuts outputs that are too long, and keeps the whole of each in a private temporary folder."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._kept: dict[str, tuple[int, int]] = {}  # name: (bytes, limit of the tool in characters)
        self._count = 0
        self._lock = threading.Lock()

    @property
    def names(self) -> tuple[str, ...]:
        """Outputs that can be read on, the oldest first."""
        return tuple(self._kept)

    def fit(self, text: str, limit: int) -> str:
        """The text; if longer than `limit` characters, its beginning and end, and how to read on."""
        if len(text) <= limit:
            return text
        with self._lock:
            name = self._keep(text, limit)
        head = int(limit * _HEAD_SHARE)
        note = _note(name, len(text), head)
        tail = max(limit - head - len(note), 0)
        head = min(head, max(limit - len(note), 0))
        note = _note(name, len(text) - head - tail, head)
        return text[:head] + note + (text[-tail:] if tail else "")

    def read(self, name: str, start: int) -> str:
        """Characters of a kept output from `start` on, as many as its tool may give at once.

        Raises:
            ToolError: There is no such output, or it has no such place.
        """
        with self._lock:
            if self._folder is None or name not in self._kept:
                raise ToolError(f"There is no output {name!r}. There are: {', '.join(self._kept) or 'none'}.")
            text = (self._folder / name).read_bytes().decode()  # as it was, line ends too
            limit = self._kept[name][1]
        if start >= len(text):
            raise ToolError(f"{name} has {len(text)} characters, so it cannot be read from {start}.")
        end = min(start + limit, len(text))
        more = end < len(text)
        rest = f'read on with {{"output": "{name}", "start": {end}}}' if more else "this is the end"
        return f"{text[start:end]}\n[characters {start} to {end} of {len(text)} of {name}; {rest}]"

    def close(self) -> None:
        """Delete what was kept."""
        with self._lock:
            self._kept.clear()
            if self._folder is not None:
                self._delete()
                self._folder = None

    def _keep(self, text: str, limit: int) -> str:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="qwact-output-"))  # readable by this user alone
            self._delete = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._count += 1
        name = f"output-{self._count}"
        size = (self._folder / name).write_bytes(text.encode())
        self._kept[name] = (size, limit)
        while len(self._kept) > 1 and sum(kept for kept, _ in self._kept.values()) > _MOST_KEPT_BYTES:
            oldest = next(iter(self._kept))
            del self._kept[oldest]
            (self._folder / oldest).unlink()
        return name


def _note(name: str, left_out: int, start: int) -> str:
    return (
        f"\n... [{left_out} characters left out; to read on call {READ_OUTPUT} "
        f'with {{"output": "{name}", "start": {start}}}] ...\n'
    )


class ReadOutput(Tool):
    """Reads on in an output that was too long to be shown whole."""

    name = READ_OUTPUT
    seconds = None
    output_chars = sys.maxsize  # it keeps to the limit of the tool whose output it reads

    def __init__(self, store: OutputStore) -> None:
        self._store = store

    def run(self, output: str, start: int = 0) -> str:
        """Read on.

        Args:
            output: Name of the output, such as output-1.
            start: Number of the first character to read.
        """
        if start < 0:
            raise ToolError("start must not be negative.")
        return self._store.read(output, start)
