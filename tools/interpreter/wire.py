"""Jupyter's messages as signed frames of JSON, written for us and read as from an enemy.

https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol
"""

import hashlib
import hmac
import json
import time
from typing import Any

from qwact.tools.interpreter.json_bounds import DEEPEST, count_values, is_deeper

_DELIMITER = b"<IDS|MSG>"
_DIGEST_CHARACTERS = 64
# Two bytes of JSON can become a list of sixty: so many values, or such characters in texts, no message needs.
_MOST_VALUES = 1_000_000


def header(kind: str, message: str, session: str) -> dict[str, str]:
    """The header of one request; arguments as `pack` takes them."""
    return {
        "msg_id": message,
        "msg_type": kind,
        "session": session,
        "username": "qwact",
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "version": "5.3",
    }


def execution(code: str, *, silent: bool = False) -> dict[str, Any]:
    """The content of an execute_request. A silent one leaves no trace in the history."""
    return {
        "code": code,
        "silent": silent,
        "store_history": not silent,
        "user_expressions": {},
        "allow_stdin": False,
        "stop_on_error": False,
    }


def pack(key: bytes, kind: str, content: dict[str, Any], message: str, session: str) -> list[bytes]:
    """The frames of one request.

    Args:
        key: Signs it.
        kind: Such as "execute_request".
        content: The request itself.
        message: Its id.
        session: Id of the whole conversation.
    """
    parts = [json.dumps(part).encode() for part in (header(kind, message, session), {}, {}, content)]
    return [_DELIMITER, _sign(key, parts), *parts]


def unpack(key: bytes, frames: list[bytes], request: str) -> tuple[object, object] | None:
    """Type and content of a message about one request; None for another's, a forged or a broken one."""
    try:
        signature, *parts = frames[frames.index(_DELIMITER) + 1 :][:5]
        if len(parts) < 4 or len(signature) != _DIGEST_CHARACTERS:
            return None
        # Cheap, and most of what does not concern this request ends here.
        if request.encode() not in parts[1] or not hmac.compare_digest(signature, _sign(key, parts)):
            return None
        if any(count_values(part) > _MOST_VALUES or is_deeper(part, DEEPEST) for part in parts):
            return None
        if json.loads(parts[1]).get("msg_id") != request:
            return None
        return json.loads(parts[0]).get("msg_type"), json.loads(parts[3])
    except (ValueError, AttributeError, RecursionError):
        return None


def _sign(key: bytes, parts: list[bytes]) -> bytes:
    digest = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        digest.update(part)
    return digest.hexdigest().encode()
