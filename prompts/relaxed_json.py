"""A reader of JSON objects as models write them, for text that the strict reader refuses.

Accepted beside JSON is only what can be read in one way: single and triple quotes, keys without quotes, a
comma after the last item, True, False, None, raw line breaks and tabs in strings, a backslash before a
character that needs none (it is kept), numbers such as `.5` and `+1`, and brackets left open at the end of a
finished text.
"""

import re
from typing import Any, NoReturn

_MAX_DEPTH = 100
_SPACE = re.compile(r"\s*")
_KEY = re.compile(r"[^\W\d]\w*")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])")
_WORD = re.compile(r"(?:true|True|false|False|null|None)\b")
_WORD_AT_END = re.compile(r"[\w.+-]*\Z")
_WORDS = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"} | {sign: sign for sign in "\"'\\/"}
_QUOTES = ('"""', "'''", '"', "'")


class RelaxedJsonError(ValueError):
    """The text cannot be read in just one way.

    Attributes:
        wanted: What was expected.
        position: Where, in characters.
        unfinished: The text ended too early, and might be right so far.
    """

    def __init__(self, wanted: str, position: int, *, unfinished: bool) -> None:
        super().__init__(f"{wanted} at character {position + 1}")
        self.wanted = wanted
        self.position = position
        self.unfinished = unfinished


def read_object(text: str, start: int, *, complete: bool) -> tuple[dict[str, Any], int]:
    """Read the object whose `{` is at `start`.

    Args:
        text: The text.
        start: Position of the `{`.
        complete: The writer ended by itself, so brackets still open after a whole value are closed.

    Returns:
        The object and the position after it.

    Raises:
        RelaxedJsonError: The text cannot be read in just one way.
    """
    reader = _Reader(text, start, complete)
    return reader.read_object(0), reader.position


class _Reader:
    def __init__(self, text: str, position: int, complete: bool) -> None:
        self.text = text
        self.position = position
        self.complete = complete

    def fail(self, wanted: str) -> NoReturn:
        unfinished = _WORD_AT_END.match(self.text, self.position) is not None
        raise RelaxedJsonError(wanted, self.position, unfinished=unfinished)

    def skip_space(self) -> str:
        """The next character that is no white space; empty at the end."""
        match = _SPACE.match(self.text, self.position)
        self.position = match.end() if match else self.position
        return self.text[self.position : self.position + 1]

    def take(self, character: str) -> bool:
        if self.skip_space() != character:
            return False
        self.position += 1
        return True

    def ends(self, closer: str, wanted: str) -> bool:
        """After an item: true at the closing bracket, false after a comma."""
        if self.take(closer) or (self.complete and not self.skip_space()):
            return True
        if not self.take(","):
            self.fail(wanted)
        return self.take(closer)

    def read_object(self, depth: int) -> dict[str, Any]:
        self.position += 1
        result: dict[str, Any] = {}
        closed = self.take("}")
        while not closed:
            key = self.read_key()
            if not self.take(":"):
                self.fail('expected ":" after a key')
            result[key] = self.read_value(depth + 1)
            closed = self.ends("}", 'expected "," or "}"')
        return result

    def read_array(self, depth: int) -> list[Any]:
        self.position += 1
        result: list[Any] = []
        closed = self.take("]")
        while not closed:
            result.append(self.read_value(depth + 1))
            closed = self.ends("]", 'expected "," or "]"')
        return result

    def read_key(self) -> str:
        if self.skip_space() in ('"', "'"):
            return self.read_string()
        match = _KEY.match(self.text, self.position)
        if match is None:
            self.fail("expected a key in double quotes")
        self.position = match.end()
        return match[0]

    def read_value(self, depth: int) -> Any:
        if depth > _MAX_DEPTH:
            self.fail(f"expected at most {_MAX_DEPTH} levels of brackets")
        character = self.skip_space()
        if character == "{":
            return self.read_object(depth)
        if character == "[":
            return self.read_array(depth)
        if character in ('"', "'"):
            return self.read_string()
        return self.read_scalar()

    def read_scalar(self) -> Any:
        if match := _WORD.match(self.text, self.position):
            self.position = match.end()
            return _WORDS[match[0]]
        match = _NUMBER.match(self.text, self.position)
        if match is None or len(match[0]) > 1000:
            self.fail("expected a JSON value")
        self.position = match.end()
        return float(match[0]) if re.search(r"[.eE]", match[0]) else int(match[0])

    def read_string(self) -> str:
        quote = next(quote for quote in _QUOTES if self.text.startswith(quote, self.position))
        if self.text.startswith(quote * 2, self.position) and len(quote) == 1:
            self.position += 2
            return ""
        self.position += len(quote)
        pieces: list[str] = []
        while not self.text.startswith(quote, self.position):
            pieces.append(self.read_piece(quote[0]))
        self.position += len(quote)
        return _joined("".join(pieces))

    def read_piece(self, quote: str) -> str:
        """A run of plain characters, one escape, or one quotation mark inside triple quotes."""
        start = self.position
        if start >= len(self.text):
            self.fail("expected the end of a string")
        if self.text[start] == "\\":
            return self.read_escape()
        self.position += 1
        while self.position < len(self.text) and self.text[self.position] not in (quote, "\\"):
            self.position += 1
        return self.text[start : self.position]

    def read_escape(self) -> str:
        match = _ESCAPE.match(self.text, self.position)
        if match is None:
            self.position = len(self.text)
            self.fail("expected the end of a string")
        self.position = match.end()
        escaped = match[0][1:]
        if len(escaped) > 1:
            return chr(int(escaped[1:], 16))
        return _ESCAPES.get(escaped, match[0])


def _joined(text: str) -> str:
    """Joins the two halves of a character written as two escapes."""
    if not any("\ud800" <= character <= "\udfff" for character in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
