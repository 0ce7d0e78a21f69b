"""Reads a step of the ReAct format as it arrives, with what local models do wrong.

Rules, in short:

- Labels count at the beginning of a line, or right after another label (see `labels`).
- Text before the first label is the thought. Without any label, it is the answer.
- The first action or final answer wins; what follows it is not read. A final answer ends at a line that
  begins with `Observation:`, `Thought:` or an Action with its Action Input.
- An `Observation:` is never the model's: it and all that follows are dropped, a half-written one too.
- Inside `<think>...</think>` nothing is a label; that text is part of the thought.
- `Action: None` (or "no tool") is no call.

Each character is looked at a bounded number of times, however the text is split.
"""

from collections.abc import Iterator, Sequence
from enum import Enum, auto

from qwact.prompts import react_messages as messages
from qwact.prompts.action_line import read_action_line
from qwact.prompts.arguments import read_arguments
from qwact.prompts.format import Answer, AnswerPiece, Call, CallArguments, CallName, ParsedDelta, Thought
from qwact.prompts.labels import STEP_LABELS, UNDECIDED, Found, Label, LabelScanner, is_half_observation
from qwact.prompts.step_field import StepField
from qwact.tools.errors import FormatError
from qwact.tools.spec import ToolSpec

_ANY = LabelScanner(*STEP_LABELS)
_INPUT = LabelScanner(*STEP_LABELS, Label.BRACE)
_EMPTY_ANSWER = LabelScanner(Label.FINAL_ANSWER, Label.OBSERVATION)
_ANSWER_END = LabelScanner(Label.OBSERVATION, Label.THOUGHT, Label.CALL)


class _State(Enum):
    START = auto()  # no label yet: this may be a thought or an answer
    THOUGHT = auto()
    THINK = auto()  # inside <think>
    NAME = auto()  # after "Action:"
    INPUT_LABEL = auto()  # a name was read, "Action Input:" must follow
    ARGUMENTS = auto()
    NO_TOOL = auto()  # after "Action: None"
    ANSWER = auto()
    PLAIN_ANSWER = auto()  # no tools were offered, and no label is used
    DONE = auto()


_MISSING = {
    _State.THINK: messages.UNCLOSED_THINK,
    _State.NAME: messages.NAME_MISSING,
    _State.NO_TOOL: messages.NO_TOOL_NO_ANSWER,
    _State.ANSWER: messages.EMPTY_ANSWER,
}


class ReActParser:
    """Incremental parser of one ReAct step; see the module for its rules.

    Args:
        resumed: The text begins after a `Thought:` that the prompt ended with.
        tools: The tools that were offered; `None` where they are not known.
    """

    def __init__(self, *, resumed: bool, tools: Sequence[ToolSpec] | None = None) -> None:
        self._tools = None if tools is None else {tool.name: tool for tool in tools}
        self._state = _State.THOUGHT if resumed else _State.START
        self._fresh = True  # at the beginning of a line, or right after a label
        self._pending = ""
        self._unlabelled: list[str] = []
        self._line: list[str] = []
        self._name = ""
        self._has_input = False
        self._thought = StepField(Thought)
        self._arguments = StepField(CallArguments)
        self._answer = StepField(AnswerPiece)
        self._deltas: list[ParsedDelta] = []
        self._problem = ""

    def feed(self, text: str) -> Iterator[ParsedDelta]:
        """Take more of the model's text; give what is certain by now."""
        self._advance(self._pending + text, final=False)
        return iter(self._taken_deltas())

    def finish(self, *, cut: bool = False) -> tuple[Sequence[ParsedDelta], Call | Answer]:
        """End of the text: the deltas still held back, and the step.

        An answer that was cut is given as far as it goes: the caller knows that it was cut.

        Args:
            cut: The text ended because a token limit was reached.

        Raises:
            FormatError: The text is no step, or cannot be repaired without guessing.
        """
        rest, self._pending = self._pending, ""
        if not (self._fresh and is_half_observation(rest)):
            self._advance(rest, final=True)
        cut = cut and self._state is not _State.DONE
        step = self._step(cut)
        return self._taken_deltas(), step

    def _taken_deltas(self) -> list[ParsedDelta]:
        deltas, self._deltas = self._deltas, []
        return deltas

    def _advance(self, text: str, *, final: bool) -> None:
        position = 0
        while position < len(text) and self._state is not _State.DONE:
            before = position, self._fresh, self._state
            if self._fresh:
                position = self._read_label(text, position, final)
            if not self._fresh and position < len(text):
                position = self._read_line(text, position, final)
            if (position, self._fresh, self._state) == before:
                break
        self._pending = "" if self._state is _State.DONE else text[position:]

    def _read_label(self, text: str, position: int, final: bool) -> int:
        """At the beginning of a line: pass a label, wait for more text, or go on in the line."""
        scanner = self._scanner()
        found = scanner.scan(text, position, final=final) if scanner else None
        if found is UNDECIDED:
            return position
        if isinstance(found, Found):
            self._enter(found.label)
            return found.end
        self._fresh = False
        return position

    def _scanner(self) -> LabelScanner | None:
        match self._state:
            case _State.THINK | _State.PLAIN_ANSWER:
                return None
            case _State.ANSWER:
                return _ANSWER_END if self._answer.pieces else _EMPTY_ANSWER
            case _State.INPUT_LABEL:
                return _INPUT
        return _ANY

    def _read_line(self, text: str, position: int, final: bool) -> int:
        """Take the text up to the end of the line, a `<think>` tag or the end."""
        end = text.find("\n", position) + 1 or len(text)
        if self._state in (_State.START, _State.THOUGHT, _State.THINK):
            tag = text.find("<", position, end)
            if tag == position:
                return self._read_tag(text, position, final)
            end = end if tag < 0 else tag
        self._fresh = text[end - 1] == "\n"
        self._write(text[position:end])
        return end

    def _read_tag(self, text: str, position: int, final: bool) -> int:
        opens = self._state is not _State.THINK
        for tag in ("<think>", "</think>") if opens else ("</think>",):
            if text.startswith(tag, position):
                self._thought_of_unlabelled()
                self._thought.new_line()
                self._state = _State.THINK if tag == "<think>" else _State.START
                self._fresh = True
                return position + len(tag)
            if not final and len(text) - position < len(tag) and tag.startswith(text[position:]):
                return position
        self._write("<")
        return position + 1

    def _write(self, text: str) -> None:
        """Text that is no label, up to and with the end of its line where that is known."""
        match self._state:
            case _State.THOUGHT | _State.THINK:
                self._thought.write(text, self._deltas)
            case _State.ANSWER | _State.PLAIN_ANSWER:
                self._answer.write(text, self._deltas)
            case _State.ARGUMENTS:
                self._arguments.write(text, self._deltas)
            case _State.START if self._tools == {} and text.strip():
                self._state = _State.PLAIN_ANSWER
                self._answer.write(text, self._deltas)
            case _State.START:
                self._unlabelled.append(text)
            case _State.NAME:
                self._line.append(text)
                if self._fresh:
                    self._read_name()
            case _:
                pass  # between an action and its input, or after "Action: None": nothing that counts

    def _enter(self, label: Label) -> None:
        """Act on a label that the scanner of this state has found."""
        match self._state:
            case _State.ANSWER:
                if label is not Label.FINAL_ANSWER:
                    self._state = _State.DONE
            case _State.ARGUMENTS:
                if label is not Label.ACTION_INPUT or self._arguments.pieces:
                    self._state = _State.DONE
            case _State.INPUT_LABEL:
                self._enter_from_action(label)
            case _State.NAME if label not in (Label.ACTION, Label.FINAL_ANSWER, Label.THOUGHT):
                self._fail(messages.NAME_MISSING)
            case _:
                self._enter_freely(label)

    def _enter_from_action(self, label: Label) -> None:
        match label:
            case Label.ACTION_INPUT | Label.BRACE:
                self._begin_arguments()
            case Label.ACTION:
                self._state = _State.NAME
            case Label.FINAL_ANSWER:
                self._fail(messages.ACTION_AND_ANSWER)
            case _:
                self._state = _State.DONE

    def _enter_freely(self, label: Label) -> None:
        """A label in or before a thought."""
        match label:
            case Label.OBSERVATION:
                self._state = _State.DONE
                return
            case Label.ACTION_INPUT if self._state is _State.NO_TOOL:
                return
            case Label.ACTION_INPUT:
                self._fail(messages.INPUT_BEFORE_ACTION)
            case Label.THOUGHT:
                self._state = _State.THOUGHT
            case Label.ACTION:
                self._state = _State.NAME
            case _:
                self._state = _State.ANSWER
        self._thought_of_unlabelled()
        self._thought.new_line()

    def _thought_of_unlabelled(self) -> None:
        """What was written before the first label turns out to be the thought."""
        self._thought.write("".join(self._unlabelled), self._deltas)
        self._unlabelled.clear()

    def _fail(self, problem: str) -> None:
        self._problem = problem
        self._state = _State.DONE

    def _read_name(self) -> None:
        """The line after `Action:`, which may also hold the Action Input."""
        line = read_action_line("".join(self._line), self._tools or {})
        self._line.clear()
        if not line.name:
            if line.input is not None:
                self._fail(messages.NAME_MISSING)
        elif self._name and line.name != self._name:
            self._fail(messages.TWO_ACTIONS.format(first=self._name, second=line.name))
        elif not line.calls:
            self._state = _State.NO_TOOL
        else:
            if not self._name:
                self._deltas.append(CallName(line.name))
            self._name = line.name
            self._state = _State.INPUT_LABEL
            if line.input is not None:
                self._begin_arguments()
                self._advance(line.input, final=True)

    def _begin_arguments(self) -> None:
        self._state = _State.ARGUMENTS
        self._has_input = True
        self._fresh = True

    def _step(self, cut: bool) -> Call | Answer:
        if self._state is _State.NAME and self._line and not cut:
            self._read_name()
        if self._problem:
            raise FormatError(self._problem)
        if self._answer.pieces:
            return Answer(self._thought.text, self._answer.text)
        if self._name and not (cut and self._state is _State.NAME):
            return self._call(cut)
        unlabelled = "".join(self._unlabelled).strip()
        if unlabelled and not cut:
            self._answer.write(unlabelled, self._deltas)
            return Answer(self._thought.text, unlabelled)
        raise self._incomplete(cut)

    def _call(self, cut: bool) -> Call:
        tool = (self._tools or {}).get(self._name)
        takes_nothing = tool is not None and not tool.parameters.get("properties")
        if not self._has_input and (cut or not takes_nothing):
            raise self._incomplete(cut)
        return Call(self._thought.text, self._name, read_arguments(self._arguments.text, tool, cut=cut))

    def _incomplete(self, cut: bool) -> FormatError:
        """What is missing, told to the model."""
        if cut:
            return FormatError(messages.CUT, cut=True)
        if self._name:
            return FormatError(messages.INPUT_MISSING.format(name=self._name))
        if self._state in _MISSING:
            return FormatError(_MISSING[self._state])
        return FormatError(messages.NO_STEP if self._thought.pieces else messages.EMPTY)
