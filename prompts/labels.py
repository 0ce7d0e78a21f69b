"""The labels of the ReAct format at the beginning of a line, as local models really write them.

Accepted beside `Action:` are `**Action:**`, `## Action:`, `Action 1:`, `Action：` (full width) and the
Chinese words. `Action`, `Thought` and `Observation` are common words, so only `Action` and `ACTION` count,
not `action`; labels of two words may be written in any case.

All patterns are in the syntax that Python's `re` shares with Rust's `regex`, so that the grammar can forbid,
where free text is allowed, exactly what the parser would read as a label.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Label(StrEnum):
    """What a line can begin with."""

    THOUGHT = "thought"
    ACTION = "action"
    ACTION_INPUT = "action_input"
    OBSERVATION = "observation"
    FINAL_ANSWER = "final_answer"
    CALL = "call"
    """An Action line followed by an Action Input line: what ends an answer that runs on."""
    BRACE = "brace"
    """No label but the `{` of arguments whose label was left out. It is not part of the match."""


def _any_case(words: str) -> list[str]:
    return ["[ _]" if letter == " " else f"[{letter.upper()}{letter.lower()}]" for letter in words]


STEP_LABELS = (Label.THOUGHT, Label.ACTION, Label.ACTION_INPUT, Label.OBSERVATION, Label.FINAL_ANSWER)
"""The labels of one word or two that a step is made of."""

# Each spelling is a list of patterns, one a character, so that its beginnings can be spelled out too.
_SPELLINGS: dict[Label, list[list[str]]] = {
    Label.THOUGHT: [list("Thought"), list("THOUGHT"), list("思考")],
    Label.ACTION: [list("Action"), list("ACTION"), list("行动"), list("动作")],
    Label.ACTION_INPUT: [_any_case("Action Input"), list("行动输入"), list("动作输入")],
    Label.OBSERVATION: [list("Observation"), list("OBSERVATION"), list("观察"), list("观察结果")],
    Label.FINAL_ANSWER: [_any_case("Final Answer"), list("最终答案"), list("最终回答")],
}
_INDENT = r"[ \t]{0,8}(?:[#>-]{1,4}[ \t]{1,4})?"
_INDENT_SO_FAR = r"[ \t]{0,8}(?:[#>-]{1,4}[ \t]{0,4})?"
_STARS = r"\*{0,3}"
_TAIL = rf"(?: ?[0-9]{{1,3}})?[ \t]{{0,2}}{_STARS}[ \t]{{0,2}}[:：]"
_TAIL_SO_FAR = rf"(?: ?[0-9]{{0,3}})?[ \t]{{0,2}}{_STARS}[ \t]{{0,2}}"
_CALL_BETWEEN = r"[^\n]{0,100}\n{1,3}"


def words_pattern(label: Label) -> str:
    """The words of a label alone."""
    return "(?:" + "|".join("".join(spelling) for spelling in _SPELLINGS[label]) + ")"


def line_pattern(labels: Iterable[Label]) -> str:
    """A line's beginning up to and including the colon of one of the labels."""
    words = "|".join(words_pattern(label) for label in labels)
    return f"{_INDENT}{_STARS}(?:{words}){_TAIL}"


def _beginnings(spelling: list[str], at_least: int = 1) -> str:
    """Any beginning of a spelling that has at least so many characters, the whole spelling included."""
    pattern = ""
    for character in reversed(spelling[at_least:]):
        pattern = f"(?:{character}{pattern})?"
    return "".join(spelling[:at_least]) + pattern


def _so_far_pattern(labels: Iterable[Label]) -> str:
    """What may still become one of the labels, up to the end of the text."""
    spellings = [spelling for label in labels for spelling in _SPELLINGS[label]]
    whole = ["".join(spelling) + _TAIL_SO_FAR for spelling in spellings]
    beginnings = [_beginnings(spelling) for spelling in spellings]
    return f"{_INDENT_SO_FAR}{_STARS}(?:{'|'.join(whole + beginnings)})?"


_CALL = line_pattern([Label.ACTION]) + _CALL_BETWEEN + line_pattern([Label.ACTION_INPUT])
_CALL_SO_FAR = (
    line_pattern([Label.ACTION])
    + rf"[^\n]{{0,100}}(?:\n{{1,3}}(?:{_so_far_pattern([Label.ACTION_INPUT])})?)?"
)
_HALF_OBSERVATION = re.compile(rf"{_INDENT}{_STARS}{_beginnings(list('Observation'), 3)}{_TAIL_SO_FAR}\Z")


@dataclass(frozen=True, slots=True)
class Found:
    """A label, and where the text after it begins."""

    label: Label
    end: int


@dataclass(frozen=True, slots=True)
class Undecided:
    """More text is needed to tell whether this is a label."""


UNDECIDED = Undecided()


class LabelScanner:
    """Finds certain labels at the beginning of a line."""

    def __init__(self, *labels: Label) -> None:
        words = [label for label in labels if label in _SPELLINGS]
        groups = "|".join(f"(?P<{label}>{words_pattern(label)})" for label in words)
        patterns = [f"{_INDENT}({_STARS})(?:{groups}){_TAIL}"]
        so_far = [_so_far_pattern(words)]
        if Label.CALL in labels:
            patterns.append(f"(?P<call>{_CALL})")
            so_far.append(f"(?:{_so_far_pattern([Label.ACTION])}|{_CALL_SO_FAR})")
        if Label.BRACE in labels:
            patterns.append(r"(?P<brace>[ \t]{0,8})(?=\{)")
        self._pattern = re.compile("|".join(patterns))
        self._so_far = re.compile(f"(?:{'|'.join(so_far)})\\Z")

    def scan(self, text: str, start: int, *, final: bool) -> Found | Undecided | None:
        """Look for a label at `start`, a beginning of a line.

        Args:
            text: What is known of the text.
            start: Where to look.
            final: No more text will come.
        """
        found = self._pattern.match(text, start)
        if found is None or found.lastgroup is None:
            return UNDECIDED if not final and self._so_far.match(text, start) else None
        return self._after_bold(text, found, final)

    def _after_bold(self, text: str, found: re.Match[str], final: bool) -> Found | Undecided:
        """`**Action:**` closes after the colon: its closing stars belong to the label."""
        label, end = Label(found.lastgroup or ""), found.end()
        if not found[1] or "*" in text[found.end(label) : end]:
            return Found(label, end)
        closed = end
        while closed < len(text) and closed - end < 3 and text[closed] == "*":
            closed += 1
        if closed == len(text) and closed - end < 3 and not final:
            return UNDECIDED
        return Found(label, closed)


def is_half_observation(text: str) -> bool:
    """Whether a last line (`Obs`, `Observation`) is a stop text that was cut off in the middle."""
    return _HALF_OBSERVATION.match(text) is not None
