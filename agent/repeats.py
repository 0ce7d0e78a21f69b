"""Notices that the same call was made again with the same result."""

import json
from collections import Counter

from qwact.prompts.format import Call

NOTICE = "You already made this exact call and got the same result. Use it, or do something else."


class RepeatedCalls:
    """Counts how often one call has given one result."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[str, str, str]] = Counter()

    def count(self, call: Call, result: str) -> int:
        """How often `call` has given `result`, this time included. The order of arguments does not matter."""
        key = (call.name, json.dumps(call.arguments, sort_keys=True, default=str), result)
        self._seen[key] += 1
        return self._seen[key]
