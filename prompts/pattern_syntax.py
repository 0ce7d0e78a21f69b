"""Makes a JSON Schema `pattern` mean the same to Rust's `regex` (the grammar) as to Python's (the check)."""

import re
import warnings

_ASCII_CLASSES = {"d": "0-9", "w": "0-9A-Za-z_", "s": r" \t\n\r\f\v"}


class PatternError(ValueError):
    """The pattern cannot be given to both."""


def portable_pattern(pattern: str) -> str:
    """The same pattern, or a narrower one, for Rust's `regex`.

    `\\d`, `\\w` and `\\s` become their ASCII meaning, as the two know different versions of Unicode, and
    signs that only Rust gives a meaning inside `[...]` are escaped.

    Raises:
        PatternError: The pattern is none for Python, or uses what the two understand differently.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # "possible nested set": escaped below
            re.compile(pattern)
    except re.error as error:
        raise PatternError(f"pattern {pattern!r} is no regular expression: {error}") from error
    pieces: list[str] = []
    position = 0
    while position < len(pattern):
        if pattern[position] == "[":
            end = _class_end(pattern, position)
            pieces.append(_portable_class(pattern[position:end]))
        else:
            end = position + (2 if pattern[position] == "\\" else 1)
            pieces.append(_portable_escape(pattern[position:end]))
        position = end
    return "".join(pieces)


def _portable_escape(piece: str) -> str:
    return f"[{_ASCII_CLASSES[piece[1]]}]" if piece[0] == "\\" and piece[1] in _ASCII_CLASSES else piece


def _class_end(pattern: str, start: int) -> int:
    position = start + (2 if pattern.startswith("[^", start) else 1)
    first = position
    while pattern[position] != "]" or position == first:
        position += 2 if pattern[position] == "\\" else 1
    return position + 1


def _portable_class(text: str) -> str:
    negated = text.startswith("[^")
    body = text[2 if negated else 1 : -1]
    if "--" in body:
        raise PatternError(f"pattern holds {text}, which regular expression engines read differently")
    tokens = re.findall(r"\\.|.", body, re.DOTALL)
    return ("[^" if negated else "[") + "".join(_in_class(token, negated) for token in tokens) + "]"


def _in_class(token: str, negated: bool) -> str:
    if token in ("[", "]", "&", "~"):
        return "\\" + token
    if token[0] == "\\" and token[1] in _ASCII_CLASSES and not negated:
        return _ASCII_CLASSES[token[1]]
    return token
