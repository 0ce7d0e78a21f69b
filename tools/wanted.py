"""What a JSON Schema asks for, in a few words for the model."""

import json
from collections.abc import Mapping
from typing import Any

_TYPES = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
_RULES = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "minLength": "of at least {} characters",
    "maxLength": "of at most {} characters",
    "minItems": "of at least {} items",
    "maxItems": "of at most {} items",
    "pattern": "matching {}",
    "format": "in the format {}",
}
_MOST_CHOICES = 20


def wanted(schema: Any) -> str:
    """What a schema asks for: `a whole number, at least 1`, `one of "celsius", "fahrenheit"`."""
    if not isinstance(schema, Mapping):
        return "any value" if schema else "nothing"
    if "const" in schema:
        return _json(schema["const"])
    if "enum" in schema:
        return _choices(schema["enum"])
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return " or ".join(dict.fromkeys(wanted(part) for part in schema[key]))
    words = [_type(schema), *(rule.format(schema[key]) for key, rule in _RULES.items() if key in schema)]
    if schema.get("uniqueItems"):
        words.append("no item twice")
    return ", ".join(words)


def _type(schema: Mapping[str, Any]) -> str:
    kinds = schema.get("type", ())
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if list(kinds) == ["array"] and isinstance(schema.get("items"), Mapping) and schema["items"]:
        return f"a list, each item {wanted(schema['items'])}"
    if list(kinds) == ["object"] and schema.get("required"):
        return f"an object with {', '.join(schema['required'])}"
    return " or ".join(_TYPES.get(kind, kind) for kind in kinds) or "any value"


def _choices(values: list[Any]) -> str:
    text = ", ".join(_json(value) for value in values[:_MOST_CHOICES])
    more = len(values) - _MOST_CHOICES
    return f"one of {text}" + (f" and {more} more" if more > 0 else "")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
