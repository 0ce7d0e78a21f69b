"""JSON Schemas as a model reads them best: no titles, no references that can be written out."""

from collections.abc import Iterator
from typing import Any

_NOISE = ("title", "discriminator")
_ONE = ("items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else")
_LIST = ("anyOf", "oneOf", "allOf", "prefixItems")
_NAMED = ("properties", "patternProperties", "dependentSchemas")
_PREFIX = "#/$defs/"


def tidy(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema that pydantic made, without what a model does not need.

    Titles go. `$ref` is replaced by what it refers to, unless that contains itself; only then `$defs` stay.
    Keys stand in a fixed order: `type` first, `description` last.
    """
    definitions: dict[str, Any] = schema.get("$defs", {})
    recursive = {name for name in definitions if name in _reachable(definitions[name], definitions)}
    result: dict[str, Any] = _tidied(
        {key: value for key, value in schema.items() if key != "$defs"}, definitions, recursive
    )
    if recursive:
        result["$defs"] = {
            name: _tidied(definitions[name], definitions, recursive) for name in sorted(recursive)
        }
    return result


def _tidied(schema: Any, definitions: dict[str, Any], recursive: set[str]) -> Any:
    if not isinstance(schema, dict):
        return schema  # true, false

    def again(part: Any) -> Any:
        return _tidied(part, definitions, recursive)

    name = schema.get("$ref", "").removeprefix(_PREFIX)
    if name and name not in recursive:
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return again({**definitions[name], **beside})
    result: dict[str, Any] = {}
    for key in sorted(schema, key=_rank):
        value = schema[key]
        if key in _NOISE:
            continue
        if key in _ONE:
            value = again(value)
        elif key in _LIST:
            value = [again(part) for part in value]
        elif key in _NAMED:
            value = {name: again(part) for name, part in value.items()}
        result[key] = value
    return result


def _rank(key: str) -> int:
    return {"type": 0, "properties": 1, "default": 3, "description": 4}.get(key, 2)


def _reachable(schema: Any, definitions: dict[str, Any]) -> set[str]:
    """Names of all definitions that a schema leads to."""
    found: set[str] = set()
    waiting = list(_references(schema))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _references(definitions[name])
    return found


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        reference = part.get("$ref")
        if isinstance(reference, str):
            yield reference.removeprefix(_PREFIX)
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)
