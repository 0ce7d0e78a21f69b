"""One call of a tool as the code inside writes it, read as from an enemy: JSON within bounds, nothing else.

{"id": 7, "tool": "search", "arguments": {"query": "bees"}}
"""

import json
import math
import re
from typing import Any, NamedTuple

from qwact.tools.interpreter.json_bounds import DEEPEST, count_values, is_deeper, without_strings

MOST_CALL_BYTES = 1_000_000
MOST_CALLS = 1_000
# What a schema is checked against by Python, which may take a square of it.
_MOST_VALUES = 20_000
_LARGEST_NUMBER, _LONGEST_NAME = 1 << 53, 1000
_NUMBER = re.compile(rb'\{"id": ?(\d{1,15})[,}]')


class BadCall(Exception):
    """What came is no call. The message says why, to the code; `number` is the call's, where it begins so."""

    def __init__(self, message: str, line: bytes) -> None:
        super().__init__(message)
        found = _NUMBER.match(line)
        self.number = int(found[1]) if found else None


class ToolCall(NamedTuple):
    """One call, not yet checked against any schema.

    Attributes:
        number: The code's own number for it; comes back with the answer.
        tool: Name of the tool.
        arguments: JSON values.
    """

    number: int
    tool: str
    arguments: dict[str, Any]


def read_call(line: bytes) -> ToolCall:
    """The call that a line holds.

    Raises:
        BadCall: It holds none, or one above the bounds.
    """
    if excess := _excess(line):
        raise BadCall(excess, line)
    try:
        found = json.loads(line.decode(), parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise BadCall("This is no call of a tool: it is not JSON.", line) from error
    if not isinstance(found, dict) or found.keys() != {"id", "tool", "arguments"}:
        raise BadCall('This is no call of a tool: wanted an object of "id", "tool" and "arguments".', line)
    number, tool, arguments = found["id"], found["tool"], found["arguments"]
    if type(number) is not int or not 0 <= number < _LARGEST_NUMBER:
        raise BadCall("This is no call of a tool: its id must be a whole number.", line)
    if not isinstance(tool, str) or len(tool) > _LONGEST_NAME or not isinstance(arguments, dict):
        raise BadCall("This is no call of a tool: tool must be a name and arguments an object.", line)
    return ToolCall(number, tool, arguments)


def write_answer(number: int | None, ok: bool, text: str) -> bytes:
    """The line that answers a call; without a number, the one that answers what was none."""
    return json.dumps({"id": number, "ok": ok, "text": text}).encode() + b"\n"


def _excess(line: bytes) -> str | None:
    """The bound that a line is above, before it is parsed."""
    if len(line) > MOST_CALL_BYTES:
        return f"A call may have {MOST_CALL_BYTES} bytes of JSON at most."
    if count_values(without_strings(line)) > _MOST_VALUES:
        return f"The arguments of a call may hold {_MOST_VALUES} values at most."
    if is_deeper(line, DEEPEST):
        return f"The arguments of a call may be nested {DEEPEST} deep at most."
    return None


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError("a number too large")
    return value


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
