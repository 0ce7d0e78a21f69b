"""Reads a step of the Hermes format as it arrives, with what local models do wrong.

Rules, in short:

- `<think>` opens a thought where a line or the text begins; nothing up to `</think>` is a call.
- A `</think>` that closes nothing, at the beginning of a line or after a call, makes all before it the
  thought: models whose prompt opens the thought write only that tag. A call before it is never run.
- `<tool_call>` at the beginning of a line, or before a `{`, begins a call. Calls follow one another; what
  else is written after a call is not read.
- Text before the first call is part of the thought. Without a call it is the answer.
- A `<tool_response>` is never the model's: it and all that follows are dropped.

One line of text may be what the model says before a call, so it is held until more is known; a second line is
taken for an answer and given as it arrives, a call may follow it all the same.

Each character is looked at a bounded number of times, however the text is split.
"""

import re
from collections.abc import Iterator, Sequence
from enum import Enum, auto

from qwact.prompts import hermes_messages as messages
from qwact.prompts.format import Answer, AnswerPiece, Call, ParallelCalls, ParsedDelta, ParsedStep, Thought
from qwact.prompts.hermes_call import CallReader
from qwact.prompts.hermes_tags import CALL, CALL_END, RESPONSE, THINK, THINK_END
from qwact.prompts.step_field import StepField
from qwact.tools.errors import FormatError
from qwact.tools.spec import ToolSpec

_TAGS = (THINK, THINK_END, CALL, RESPONSE)
_TAG = re.compile("|".join(_TAGS))
_LINE_TAG = re.compile(rf"[ \t]{{0,8}}({'|'.join(_TAGS)})")
_INDENT = re.compile(r"[ \t]{0,8}")
_SPACE = re.compile(r"\s*")


class _State(Enum):
    TEXT = auto()
    THINK = auto()  # inside <think>
    CALL = auto()  # inside <tool_call>
    AFTER_CALL = auto()
    DONE = auto()


class HermesParser:
    """Incremental parser of one step in the Hermes format; see the module for its rules.

    Args:
        inside_thought: The prompt ended with `<think>`.
        tools: The tools that were offered; where there are none, text is an answer from its first character.
    """

    def __init__(self, *, inside_thought: bool = False, tools: Sequence[ToolSpec] | None = None) -> None:
        self._answers_at_once = tools is not None and not tools
        self._state = _State.THINK if inside_thought else _State.TEXT
        self._fresh = True  # at the beginning of a line
        self._pending = ""
        self._held = ""  # text that may be said before a call
        self._thought = StepField(Thought)
        self._answer = StepField(AnswerPiece)
        self._reader = CallReader()
        self._calls: list[Call] = []
        self._deltas: list[ParsedDelta] = []
        self._problem: FormatError | None = None

    def feed(self, text: str) -> Iterator[ParsedDelta]:
        """Take more of the model's text; give what is certain by now."""
        self._advance(self._pending + text, final=False)
        return iter(self._taken_deltas())

    def finish(self, *, cut: bool = False) -> tuple[Sequence[ParsedDelta], ParsedStep]:
        """End of the text: the deltas still held back, and the step.

        An answer that was cut is given as far as it goes: the caller knows that it was cut.

        Args:
            cut: The text ended because a token limit was reached.

        Raises:
            FormatError: The text is no step, or cannot be repaired without guessing.
        """
        self._advance(self._pending, final=True)
        if self._state is _State.CALL:
            self._end_call(cut=cut)
        if self._problem:
            raise self._problem
        if self._state is _State.THINK:
            raise FormatError(messages.CUT if cut else messages.UNCLOSED_THINK, cut=cut)
        step = self._step(cut and self._state is not _State.DONE)
        return self._taken_deltas(), step

    def _step(self, cut: bool) -> ParsedStep:
        if self._calls:
            first, *others = self._calls
            return ParallelCalls((first, *others)) if others else first
        self._answer.write(self._held, self._deltas)
        if self._answer.pieces:
            return Answer(self._thought.text, self._answer.text)
        if cut:
            raise FormatError(messages.CUT, cut=True)
        raise FormatError(messages.NO_STEP if self._thought.pieces else messages.EMPTY)

    def _taken_deltas(self) -> list[ParsedDelta]:
        deltas, self._deltas = self._deltas, []
        return deltas

    def _advance(self, text: str, *, final: bool) -> None:
        position = 0
        while position < len(text) and self._state is not _State.DONE:
            before = position, self._fresh, self._state
            position = self._read(text, position, final)
            if (position, self._fresh, self._state) == before:
                break
        self._pending = "" if self._state is _State.DONE else text[position:]

    def _read(self, text: str, position: int, final: bool) -> int:
        match self._state:
            case _State.THINK:
                return self._read_thought(text, position, final)
            case _State.CALL:
                return self._read_call(text, position, final)
            case _State.AFTER_CALL:
                return self._read_after_call(text, position, final)
        read_text = self._read_line_start if self._fresh else self._read_line
        return read_text(text, position, final)

    def _read_thought(self, text: str, position: int, final: bool) -> int:
        end = text.find(THINK_END, position)
        if end < 0:
            end = len(text) - (0 if final else _half_tag(text, position, (THINK_END,)))
            self._thought.write(text[position:end], self._deltas)
            return end
        self._thought.write(text[position:end], self._deltas)
        self._begin_text()
        return end + len(THINK_END)

    def _read_call(self, text: str, position: int, final: bool) -> int:
        position, tag = self._reader.take(text, position, final=final)
        self._deltas += self._reader.deltas
        self._reader.deltas.clear()
        if tag is None:
            return position
        if tag == CALL_END:
            self._end_call()
            return position + len(tag)
        if tag != THINK_END:
            self._end_call()
        return self._enter(tag, position)

    def _read_after_call(self, text: str, position: int, final: bool) -> int:
        if found := _TAG.search(text, position):
            return self._enter(found[0], found.start())
        return len(text) - (0 if final else _half_tag(text, position, _TAGS))

    def _read_line_start(self, text: str, position: int, final: bool) -> int:
        """Pass a tag, wait for more text, or go on in the line."""
        if found := _LINE_TAG.match(text, position):
            return self._enter(found[1], found.start(1))
        start = _end_of(_INDENT, text, position)
        if not final and any(tag.startswith(text[start:]) for tag in _TAGS):
            return position
        self._fresh = False
        return position

    def _read_line(self, text: str, position: int, final: bool) -> int:
        """Take the text up to the end of the line, a call or the end."""
        end = text.find("\n", position) + 1 or len(text)
        call = text.find(CALL, position, end)
        if call == position:
            return self._read_call_in_line(text, position, final)
        if call > 0:
            end = call
        elif end == len(text) and not final:
            end -= _half_tag(text, position, (CALL,))
        if end > position:
            self._write(text[position:end])
            self._fresh = text[end - 1] == "\n"
        return end

    def _read_call_in_line(self, text: str, position: int, final: bool) -> int:
        """In the middle of a line `<tool_call>` may be what the text speaks of."""
        after = _end_of(_SPACE, text, position + len(CALL))
        if after == len(text) and not final:
            return position
        if text[after : after + 1] == "{":
            return self._enter(CALL, position)
        self._write(CALL)
        return position + len(CALL)

    def _write(self, text: str) -> None:
        """Text outside thoughts and calls."""
        if self._answer.pieces or self._answers_at_once:
            self._answer.write(text, self._deltas)
            return
        self._held += text
        if "\n" in self._held.strip():
            self._answer.write(self._held, self._deltas)
            self._held = ""

    def _enter(self, tag: str, position: int) -> int:
        """Act on a tag outside thoughts; returns where reading goes on."""
        if tag == RESPONSE or (tag == THINK and self._calls):
            self._state = _State.DONE
        elif tag == CALL:
            self._thought_of_text()
            self._reader = CallReader()
            self._state = _State.CALL
        else:
            self._thought_of_text()
            self._thought.new_line()
            self._calls.clear()
            self._problem = None
            if tag == THINK:
                self._state = _State.THINK
            else:
                self._begin_text()
        return position + len(tag)

    def _begin_text(self) -> None:
        self._state = _State.TEXT
        self._fresh = True

    def _thought_of_text(self) -> None:
        """What was said so far turns out to come before a call or to be a thought; given on only once."""
        said, self._answer = self._answer.text, StepField(AnswerPiece)
        for text, deltas in ((self._held, self._deltas), (said, [])):
            if text.strip():
                self._thought.new_line()
                self._thought.write(text, deltas)
        self._held = ""

    def _end_call(self, *, cut: bool = False) -> None:
        """Read the call. A problem is told when the step ends: until then it may prove to be a thought."""
        self._state = _State.AFTER_CALL
        try:
            self._calls.append(self._reader.read("" if self._calls else self._thought.text, cut=cut))
        except FormatError as error:
            self._problem = self._problem or error
        self._deltas += self._reader.deltas
        self._reader.deltas.clear()


def _end_of(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Where a pattern ends that begins at `start`."""
    found = pattern.match(text, start)
    return found.end() if found else start


def _half_tag(text: str, start: int, tags: Sequence[str]) -> int:
    """How many characters at the end of `text[start:]` may be the beginning of a tag."""
    at = text.rfind("<", start)
    return len(text) - at if at >= 0 and any(tag.startswith(text[at:]) for tag in tags) else 0
