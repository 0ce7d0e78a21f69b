"""Reads the JSON object that a model wrote: strictly first, then as models write it."""

import json
import math
from typing import Any, NoReturn

from qwact.prompts.relaxed_json import RelaxedJsonError, read_object


class JsonObjectError(ValueError):
    """The text cannot be read in just one way; the message says what was expected, and where.

    Attributes:
        unfinished: The text ended too early, and might be right so far.
    """

    def __init__(self, message: str, *, unfinished: bool = False) -> None:
        super().__init__(message)
        self.unfinished = unfinished


def read_json_object(text: str, *, complete: bool) -> tuple[dict[str, Any], int]:
    """The object at the beginning of the text, and where it ends. All its numbers are finite.

    Args:
        text: It begins with `{`.
        complete: The writer ended by itself, so brackets still open after a whole value are closed.

    Raises:
        JsonObjectError: The text cannot be read in just one way.
    """
    try:
        value, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        value, end = _read_relaxed(text, complete)
    return dict(value), end


def _read_relaxed(text: str, complete: bool) -> tuple[dict[str, Any], int]:
    try:
        value, end = read_object(text, 0, complete=complete)
        _refuse_infinite(value)
    except RelaxedJsonError as error:
        near = text[max(0, error.position - 20) : error.position + 20]
        raise JsonObjectError(f"{error}, near {near!r}", unfinished=error.unfinished) from error
    except ValueError as error:
        raise JsonObjectError(str(error)) from error
    return value, end


def has_half_character(value: Any) -> bool:
    """Whether a lone `\\ud83d` is in it: valid JSON but no text, nothing could print or store it."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return True
        return False
    if isinstance(value, dict):
        return any(has_half_character(key) or has_half_character(item) for key, item in value.items())
    return isinstance(value, list) and any(map(has_half_character, value))


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"the number {digits[:40]} is too large")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


_DECODER = json.JSONDecoder(strict=False, parse_float=_finite, parse_constant=_refuse_constant)


def _refuse_infinite(value: Any) -> None:
    if isinstance(value, float) and math.isinf(value):
        raise ValueError("a number is too large")
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _refuse_infinite(item)
