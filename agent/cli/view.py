"""Shows a run in the terminal as it happens; plain lines when piped."""

import io
import json
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from qwact.agent import events
from qwact.agent.cli.column import INDENT, Column
from qwact.agent.result import RunResult, StopReason

_SHOWN_LINES = 20  # of an observation; the model reads all of it


class LiveView:
    """Thought, call, observation and answer, each under its label."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)
        self._column = Column(self._put, self._console.width if self._console.is_terminal else None)
        self._style = ""
        self._open: str | None = None  # the label whose text is being streamed
        self._named = False  # the call under way is on the screen already

    def show(self, event: events.Event) -> None:
        """Show one event."""
        match event:
            case events.ThoughtDelta(text):
                self._stream("Thought", text, "dim")
            case events.AnswerDelta(text):
                self._stream("Answer", text, "bold green")
            case events.ToolNamed(name) if not self._named:  # of several at once, the others when they run
                self._block("Action", name, "bold cyan")
                self._named = True
            case events.ToolCall(_, name, arguments):
                if not self._named:
                    self._block("Action", name, "bold cyan")
                self._block("", _readable(arguments), "cyan")
                self._named = False
            case events.ToolResult(_, _, text, ok, files, _):
                self._block("Observation", _shortened(text), "" if ok else "yellow")
                for file in files:
                    self._block("File", _near(file), "magenta")
            case events.StepRejected(_, message):
                self._block("Rejected", message, "yellow")
                self._named = False
            case events.RunFinished(result):
                self._finish(result)

    def end(self) -> None:
        """End the line that is being written, when no more events come."""
        if self._open is not None:
            self._column.end()
            self._open = None

    def _stream(self, label: str, text: str, style: str) -> None:
        if self._open != label:
            text = text.lstrip()
            if not text:
                return
            self._begin(label, style)
            self._open = label
        self._column.write(text)

    def _block(self, label: str, text: str, style: str) -> None:
        self._begin(label, style)
        self._column.write(text.rstrip("\n"))
        self._column.end()

    def _begin(self, label: str, style: str) -> None:
        self.end()
        self._console.print(Text(label.ljust(INDENT), "bold"), end="")
        self._style = style

    def _put(self, text: str) -> None:
        if text:
            self._console.print(Text(text, self._style), end="")

    def _finish(self, result: RunResult) -> None:
        self.end()
        usage = result.usage
        if result.stop_reason is not StopReason.ANSWERED:
            self._block("Stopped", result.stop_reason.sentence, "yellow")
        steps = "1 step" if usage.model_calls == 1 else f"{usage.model_calls} steps"
        self._console.print(
            Text(
                f"{steps} in {usage.seconds:.1f} s: {usage.sampled_tokens} tokens sampled, "
                f"{usage.forced_tokens} forced by the grammar, "
                f"{usage.prompt_tokens - usage.reused_tokens} read.",
                "dim",
            )
        )


class JsonView:
    """One event a line, as JSON."""

    def __init__(self) -> None:
        # Where the locale cannot write a character, JSON's own escapes can.
        self._ascii = (sys.stdout.encoding or "").lower() != "utf-8"

    def show(self, event: events.Event) -> None:
        """Write one event."""
        line = json.dumps(events.to_json(event), ensure_ascii=self._ascii, default=str)
        print(line, flush=True)

    def end(self) -> None:
        """Every line is complete."""


def printable() -> None:
    """Make the standard streams take any character, also where the locale cannot."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _readable(arguments: Any) -> str:
    """Code as code, everything else as JSON."""
    if len(arguments) == 1:
        (value,) = arguments.values()
        if isinstance(value, str):
            return value
    return json.dumps(arguments, ensure_ascii=False)


def _shortened(text: str) -> str:
    lines = text.split("\n")
    if len(lines) <= _SHOWN_LINES:
        return text
    return "\n".join([*lines[:_SHOWN_LINES], f"... {len(lines) - _SHOWN_LINES} more lines"])


def _near(file: Path) -> str:
    """The path as the person would type it here."""
    here = Path.cwd()
    return str(file.relative_to(here) if file.is_relative_to(here) else file)
