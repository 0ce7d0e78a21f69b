"""The kernel's messages, read as from an enemy: the code inside holds the key and may send anything."""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any

_PNG = b"\x89PNG\r\n\x1a\n"
MARKUP_SUFFIXES = {"image/svg+xml": ".svg", "text/html": ".html"}
_MOST_PIXELS, _MOST_PNG_BYTES = 50_000_000, 16 << 20
# Terminal sequences; then control characters and those that turn the reading direction.
_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
# pandas and polars write it. Such a table says no more than its text does.
_TABLE = re.compile(r'<table border="\d+" class="dataframe">')
_TABLE_BEGINS_BEFORE = 2000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Text:
    """Something printed, or the value of the last line."""

    text: str
    is_value: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture as PNG. Not decoded: only its header was looked at."""

    png: bytes


@dataclass(frozen=True, slots=True)
class Markup:
    """HTML or SVG that the code inside wrote. Untrusted: never parsed, rendered or shown to the model."""

    mime_type: str
    text: str


@dataclass(frozen=True, slots=True)
class Begun:
    """The kernel says that it has taken up the request: from now on it can be interrupted."""


@dataclass(frozen=True, slots=True)
class Idle:
    """The kernel says that it is done with the request."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to the request itself. `error` is the exception's name, or None."""

    error: str | None = None
    message: str = ""
    traceback: str = ""


Event = Text | Figure | Markup | Begun | Idle | Reply


def clean(text: str) -> str:
    """Text without terminal sequences, control and direction characters, and halves of surrogate pairs."""
    if text.isascii() and text.isprintable():
        return text
    return _CONTROL.sub("", _SEQUENCE.sub("", text)).replace("\r\n", "\n")


def read_broadcast(kind: object, content: object) -> list[Event]:
    """What a message on the broadcast channel says. Nothing when it is not well-formed."""
    if not isinstance(content, dict):
        return []
    if kind == "stream":
        return [Text(clean(text))] if isinstance(text := content.get("text"), str) else []
    if kind in ("execute_result", "display_data"):
        return _read_data(content.get("data"))
    if kind == "execute_input":
        return [Begun()]
    if kind == "status" and content.get("execution_state") == "idle":
        return [Idle()]
    return []


def read_reply(content: object) -> Reply:
    """What the reply to a request says. One that is not well-formed is an error of the kernel."""
    if not isinstance(content, dict):
        return Reply("BadReply", "the kernel's reply is not well-formed")
    if content.get("status") == "ok":
        return Reply()
    name, value, lines = (content.get(key) for key in ("ename", "evalue", "traceback"))
    parts = [line for line in lines if isinstance(line, str)] if isinstance(lines, list) else []
    return Reply(
        clean(name)[:200] if isinstance(name, str) else "Aborted",
        clean(value) if isinstance(value, str) else "",
        clean("\n".join(parts)),
    )


def _read_data(data: Any) -> list[Event]:
    if not isinstance(data, dict):
        return []
    markup = _read_markup(data)
    text = data.get("text/plain")
    if isinstance(picture := data.get("image/png"), str) and (png := _read_png(picture)):
        return [Figure(png), *markup]
    return [*([Text(clean(text), is_value=True)] if isinstance(text, str) else []), *markup]


def _read_markup(data: dict[str, Any]) -> list[Event]:
    found = {kind: text for kind in MARKUP_SUFFIXES if isinstance(text := data.get(kind), str) and text}
    if "text/plain" in data and _TABLE.search(found.get("text/html", ""), 0, _TABLE_BEGINS_BEFORE):
        del found["text/html"]
    return [Markup(kind, text) for kind, text in found.items()]


def _read_png(text: str) -> bytes | None:
    if len(text) > _MOST_PNG_BYTES * 4 // 3 + 100:
        return None
    try:
        png = base64.b64decode(text)
    except (binascii.Error, ValueError):
        return None
    if png[:8] != _PNG or png[12:16] != b"IHDR":
        return None
    width, height = int.from_bytes(png[16:20]), int.from_bytes(png[20:24])
    return png if 0 < width * height <= _MOST_PIXELS else None
