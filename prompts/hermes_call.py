"""Reads what a model wrote between `<tool_call>` and `</tool_call>`.

    {"name": "get_weather", "arguments": {"city": "Oslo"}}

Accepted beside that is only what can be read in one way: what `relaxed_json` reads, a code fence around the
object, `parameters` for `arguments`, arguments as a string that holds the object, none at all.
"""

import json
import re
from typing import Any

from qwact.prompts import hermes_messages as messages
from qwact.prompts.format import Call, CallArguments, CallName, ParsedDelta
from qwact.prompts.hermes_tags import CALL, CALL_END, RESPONSE, THINK_END
from qwact.prompts.json_object import JsonObjectError, has_half_character, read_json_object
from qwact.tools.errors import FormatError

_ENDS = (CALL_END, CALL, RESPONSE, THINK_END)
_SIGNS = re.compile(r'["\\{}<]')
_STRING_SIGNS = re.compile(r'["\\<]')
_HEAD = re.compile(r'\s*\{\s*"name"\s*:\s*("(?:[^"\\]|\\.)*")\s*,\s*"arguments"\s*:\s*(?=\{)')
_HEAD_CHARACTERS = 400
_FENCE = re.compile(r"```(?:json5?)?\s*(?=\{)")


class CallReader:
    """Reads one call as it arrives.

    A tag inside a JSON string is text, except a `</tool_call>` that begins a line: no raw line break can
    stand in a string.
    """

    def __init__(self) -> None:
        self.deltas: list[ParsedDelta] = []
        self._text = ""
        self._in_string = False
        self._depth = 0
        self._arguments_end: int | None = None  # where the first inner object ends
        self._head_end: int | None = None
        self._given = 0

    def take(self, text: str, start: int, *, final: bool) -> tuple[int, str | None]:
        """Go on through `text` from `start`.

        Returns:
            How far it got, and the tag that ends the call and stands there; `None`: it has not ended yet.
        """
        position, tag = self._scan(text, start, final)
        self._text += text[start:position]
        self._stream()
        return position, tag

    def _scan(self, text: str, start: int, final: bool) -> tuple[int, str | None]:
        position = start
        while found := (_STRING_SIGNS if self._in_string else _SIGNS).search(text, position):
            position, sign = found.start(), found[0]
            if sign == "\\":
                if position + 1 == len(text) and not final:
                    return position, None
                position += 2 if self._in_string else 1
                continue
            if sign == "<":
                tag = next((tag for tag in _ENDS if text.startswith(tag, position)), None)
                if tag and self._ends(tag, text[start:position]):
                    return position, tag
                if not final and any(end.startswith(text[position:]) for end in _ENDS):
                    return position, None
            else:
                self._count(sign, len(self._text) + position - start)
            position += 1
        return len(text), None

    def _ends(self, tag: str, before: str) -> bool:
        """Whether a tag is one, not part of a string; `before` is what comes before it in this text."""
        if not self._in_string:
            return True
        return tag == CALL_END and (self._text[-20:] + before).rstrip(" \t").endswith("\n")

    def _count(self, sign: str, position: int) -> None:
        if sign == '"':
            self._in_string = not self._in_string
        elif sign == "{":
            self._depth += 1
        else:
            self._depth -= 1
            if self._depth == 1 and self._arguments_end is None:
                self._arguments_end = position + 1

    def _stream(self) -> None:
        """Give the name, and the arguments as far as they are known, of a call that is written as usual."""
        if self._head_end is None:
            head = _HEAD.match(self._text[:_HEAD_CHARACTERS])
            if head is None:
                return
            self._head_end = self._given = head.end()
            self.deltas.append(CallName(_unquoted(head[1])))
        end = len(self._text) if self._arguments_end is None else self._arguments_end
        if end > self._given:
            self.deltas.append(CallArguments(self._text[self._given : end]))
            self._given = end

    def read(self, thought: str, *, cut: bool) -> Call:
        """The call, once no more of it comes.

        Args:
            thought: What the model said before it.
            cut: The text ended because a token limit was reached, inside the call.

        Raises:
            FormatError: It is none, or cannot be repaired without guessing.
        """
        name, arguments = _read(self._text, cut)
        if self._head_end is None:
            self.deltas += [CallName(name), CallArguments(json.dumps(arguments, ensure_ascii=False))]
        return Call(thought, name, arguments)


def _unquoted(written: str) -> str:
    try:
        return str(json.loads(written, strict=False))
    except ValueError:
        return written[1:-1]


def _read(text: str, cut: bool) -> tuple[str, dict[str, Any]]:
    """Name and arguments."""
    text = text.strip()
    if fence := _FENCE.match(text):
        text = text[fence.end() :]
    if not text.startswith("{"):
        raise FormatError(messages.CUT if cut else messages.NO_OBJECT, cut=cut)
    call = _read_object(text, cut)
    name = call.get("name")
    if not isinstance(name, str) or not name.strip():
        raise FormatError(messages.NO_NAME)
    arguments = call.get("arguments", call.get("parameters"))
    if isinstance(arguments, str) and arguments.strip().startswith("{"):
        arguments = _read_object(arguments.strip(), cut=False)
    if arguments is None or arguments == "":
        arguments = {}
    if not isinstance(arguments, dict):
        raise FormatError(messages.no_arguments(name))
    return name.strip(), arguments


def _read_object(text: str, cut: bool) -> dict[str, Any]:
    try:
        value, end = read_json_object(text, complete=not cut)
    except JsonObjectError as error:
        if error.unfinished and cut:
            raise FormatError(messages.CUT, cut=True) from error
        raise FormatError(messages.not_json(error)) from error
    if text[end:].lstrip("}] \t\r\n,").startswith("{"):
        raise FormatError(messages.TWO_OBJECTS)
    if "\\u" in text and has_half_character(value):
        raise FormatError(messages.HALF_CHARACTER)
    return value
