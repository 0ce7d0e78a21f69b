"""Shows a run in the terminal as it happens; plain lines when piped."""

import io
import json
import sys
from typing import Any

from rich.console import Console
from rich.text import Text

from qwact.agent import events
from qwact.agent.result import RunResult, StopReason

_WIDTH = 13  # of the labels' column
_SHOWN_LINES = 20  # of an observation; the model reads all of it


class LiveView:
    """Thought, call, observation and answer, each under its label."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)
        self._open: str | None = None  # the label whose text is being streamed

    def show(self, event: events.Event) -> None:
        """Show one event."""
        match event:
            case events.ThoughtDelta(text):
                self._stream("Thought", text, "dim")
            case events.AnswerDelta(text):
                self._stream("Answer", text, "bold green")
            case events.ToolCall(_, name, arguments):
                self._block("Action", name, "bold cyan")
                self._block("", _readable(arguments), "cyan")
            case events.ToolResult(_, _, text, ok, files, _):
                self._block("Observation", _shortened(text), "" if ok else "yellow")
                for file in files:
                    self._block("File", str(file), "magenta")
            case events.StepRejected(_, message):
                self._block("Rejected", message, "yellow")
            case events.RunFinished(result):
                self._finish(result)

    def _stream(self, label: str, text: str, style: str) -> None:
        if self._open != label:
            self._end_line()
            text = text.lstrip()
            if not text:
                return
            self._console.print(Text(label.ljust(_WIDTH), "bold"), end="")
            self._open = label
        self._write(text, style, end="")

    def _block(self, label: str, text: str, style: str) -> None:
        self._end_line()
        self._console.print(Text(label.ljust(_WIDTH), "bold"), end="")
        self._write(text, style, end="\n")

    def _write(self, text: str, style: str, end: str) -> None:
        self._console.print(Text(text.replace("\n", "\n" + " " * _WIDTH), style), end=end)

    def _end_line(self) -> None:
        if self._open is not None:
            self._console.print()
            self._open = None

    def _finish(self, result: RunResult) -> None:
        self._end_line()
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

    def show(self, event: events.Event) -> None:
        """Write one event."""
        print(json.dumps(events.to_json(event), ensure_ascii=False, default=str), flush=True)


def printable() -> None:
    """Make standard output take any character, also where the locale cannot."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _readable(arguments: Any) -> str:
    """Code as code, everything else as JSON."""
    if len(arguments) == 1:
        (value,) = arguments.values()
        if isinstance(value, str):
            return value
    return json.dumps(arguments, ensure_ascii=False)


def _shortened(text: str) -> str:
    lines = text.splitlines()
    if len(lines) <= _SHOWN_LINES:
        return text
    return "\n".join([*lines[:_SHOWN_LINES], f"... {len(lines) - _SHOWN_LINES} more lines"])
