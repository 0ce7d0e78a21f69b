"""Reads what a model wrote after `Action Input:` into the arguments of a call.

Only what can be read in one way is repaired; everything else is a `FormatError` that tells the model what was
wrong and what to write.
"""

import json
import re
from typing import Any, NoReturn

from qwact.prompts.json_object import JsonObjectError, has_half_character, read_json_object
from qwact.tools.errors import FormatError
from qwact.tools.spec import ToolSpec

_LANGUAGE = re.compile(r"[ \t]*([\w+-]*)[ \t]*\n")
_LABELLED_JSON = re.compile(r"json\s*(?=\{)")
_FENCE_END = re.compile(r"(?:^|\n)[ \t]*```|```\s*\Z")
_NOTHING = frozenset({"", "none", "null", "n/a", "{}"})
_JSON_LANGUAGES = frozenset({"", "json", "json5", "jsonc"})
_HINT = 'Write the Action Input as one JSON object in double quotes, such as {"name": "value"}.'


def read_arguments(text: str, tool: ToolSpec | None, *, cut: bool) -> dict[str, Any]:
    """The arguments as an object of JSON values, not yet checked against the tool's schema.

    A tool with exactly one parameter, a string, may also be given that string alone, bare or in a code fence.

    Args:
        text: What stands after `Action Input:`; nothing at all is an empty object.
        tool: The tool that is called, where it is known.
        cut: The text ended because a token limit was reached.

    Raises:
        FormatError: The text is no JSON object and cannot be repaired without guessing.
    """
    text = text.strip()
    if text.lower() in _NOTHING and not cut:
        return {}
    language, body = _unfenced(text)
    if body.startswith("{") and language in _JSON_LANGUAGES:
        return _read_json(body, cut)
    parameter = _only_string_parameter(tool)
    if parameter is None:
        _refuse_bare(text, cut)
    return {parameter: _bare_string(text, body, cut)}


def _unfenced(text: str) -> tuple[str, str]:
    """The language of a code fence and all that follows it, or no language and the text itself."""
    language, body = "", text
    if text.startswith("```"):
        match = _LANGUAGE.match(text, 3)
        language, body = (match[1].lower(), text[match.end() :]) if match else ("", text[3:])
    if language in _JSON_LANGUAGES:
        match = _LABELLED_JSON.match(body.lstrip())
        body = body.lstrip()[match.end() if match else 0 :] if match or body.lstrip()[:1] == "{" else body
    return language, body


def _bare_string(text: str, body: str, cut: bool) -> str:
    """One string given without an object: in a fence, in quotation marks, in backticks or as it is."""
    if text.startswith("```"):
        end = _FENCE_END.search(body)
        if end is None and cut:
            _refuse_cut()
        return body[: end.start()] if end else body
    if cut:
        _refuse_cut()
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            return str(json.loads(text, strict=False))
        except ValueError:
            return text
    if len(text) > 2 and text[0] == text[-1] == "`" and "`" not in text[1:-1]:
        return text[1:-1]
    return text


def _only_string_parameter(tool: ToolSpec | None) -> str | None:
    properties = {} if tool is None else tool.parameters.get("properties", {})
    if len(properties) != 1:
        return None
    ((name, schema),) = properties.items()
    return name if isinstance(schema, dict) and schema.get("type") == "string" else None


def _read_json(text: str, cut: bool) -> dict[str, Any]:
    """The object at the beginning of the text; what stands after it is ignored unless it is another one."""
    try:
        value, end = read_json_object(text, complete=not cut)
    except JsonObjectError as error:
        if error.unfinished and cut:
            _refuse_cut()
        raise FormatError(f"The Action Input is not valid JSON: {error}. {_HINT}") from error
    if text[end:].lstrip("}] \t\r\n,").startswith("{"):
        raise FormatError(
            f"The Action Input holds more than one JSON object; make one call at a time. {_HINT}"
        )
    if "\\u" in text and has_half_character(value):
        raise FormatError(f"The Action Input holds half a character (\\u escape). {_HINT}")
    return value


def _refuse_bare(text: str, cut: bool) -> NoReturn:
    if cut:
        _refuse_cut()
    shown = text if len(text) <= 60 else text[:60] + "..."
    raise FormatError(f"The Action Input must be a JSON object, but it is {shown!r}. {_HINT}")


def _refuse_cut() -> NoReturn:
    raise FormatError(
        "The token limit was reached inside the Action Input, so the call was not made. "
        "Write a shorter Action Input, or split the work into several calls.",
        cut=True,
    )
