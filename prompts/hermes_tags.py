"""The tags of the Hermes format.

Qwen2.5 has a token for `<tool_call>` and its end, Qwen3 for all six. Where there is one, only that token is
the tag: the same characters in a question, a tool's answer or an argument are plain text. Where there is none
(`<tool_response>` of Qwen2.5) the model sees no difference.
"""

import re

from qwact.prompts.segments import Control

CALL = "<tool_call>"
CALL_END = "</tool_call>"
RESPONSE = "<tool_response>"
RESPONSE_END = "</tool_response>"
THINK = "<think>"
THINK_END = "</think>"

_CALL_TAGS = re.compile(f"({CALL}|{CALL_END})")


def tag(name: str) -> Control:
    """The tag as a segment."""
    return Control(name, or_text=True)


def with_call_tags(text: str) -> list[str | Control]:
    """A text of our own in which `<tool_call>` and `</tool_call>` are the tags."""
    return [tag(part) if part in (CALL, CALL_END) else part for part in _CALL_TAGS.split(text)]
