"""Gives a schema that refers to itself an end: each level of nesting becomes a definition of its own.

A definition that leads back to itself lets a model open brackets for ever. Here it is written out level by
level, and the deepest level has no way further down: what is accepted is what the schema accepts, less what
is nested more deeply.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

NESTING = 8
"""Levels of definitions that lead back to themselves."""

_NAMED = frozenset({"properties", "patternProperties", "$defs", "definitions"})
_VALUES = frozenset({"enum", "const"})


def unrolled(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema without a reference that leads back to itself, `NESTING` levels deep."""
    recursive = _recursive(schema)
    if not recursive:
        return schema
    levels: dict[str, Any] = {}
    deeper: dict[str, Any] = dict.fromkeys(recursive, False)
    for level in range(NESTING):
        below, deeper = deeper, {}
        for number, pointer in enumerate(recursive):
            definition = _redirected(recursive[pointer], below)
            if _impossible(definition):  # llguidance refuses to refer to what cannot be
                deeper[pointer] = False
                continue
            name = f"qwact_level_{level}_{number}"
            levels[name] = definition
            deeper[pointer] = {"$ref": f"#/$defs/{name}"}
    ended = _redirected(schema, deeper)
    if ended is False:
        return {"not": {}}  # the whole of it goes on for ever
    return {**ended, "$defs": {**ended.get("$defs", {}), **levels}}


def _recursive(schema: dict[str, Any]) -> dict[str, Any]:
    """What leads back to itself, by the reference to it."""
    targets = {pointer: _target(schema, pointer) for pointer in _pointers(schema)}

    def reached(pointer: str) -> set[str]:
        found: set[str] = set()
        waiting = [pointer]
        while waiting:
            new = _pointers(targets.get(waiting.pop())) - found
            found |= new
            waiting += new
        return found

    return {pointer: targets[pointer] for pointer in sorted(targets) if pointer in reached(pointer)}


def _pointers(schema: Any) -> set[str]:
    return {part["$ref"] for part in _parts(schema) if isinstance(part.get("$ref"), str)}


def _parts(schema: Any, *, named: bool = False) -> Iterator[Mapping[str, Any]]:
    """All schemas in a schema, itself included. `named`: they stand in it by name."""
    if isinstance(schema, list):
        for item in schema:
            yield from _parts(item)
    elif isinstance(schema, dict):
        if not named:
            yield schema
        for key, value in schema.items():
            if named or key not in _VALUES:
                yield from _parts(value, named=not named and key in _NAMED)


def _target(schema: dict[str, Any], pointer: str) -> Any:
    """What a reference refers to; `None` where that is not in the schema."""
    if pointer == "#":
        return {key: value for key, value in schema.items() if key not in ("$defs", "definitions")}
    if not pointer.startswith("#/"):
        return None
    found: Any = schema
    for piece in pointer[2:].split("/"):
        key = unquote(piece).replace("~1", "/").replace("~0", "~")
        if isinstance(found, list) and key.isdecimal() and int(key) < len(found):
            found = found[int(key)]
        else:
            found = found.get(key) if isinstance(found, dict) else None
    return found


def _redirected(schema: Any, to: Mapping[str, Any], *, named: bool = False) -> Any:
    """The schema with its references in `to` replaced."""
    if isinstance(schema, list):
        return [_redirected(item, to) for item in schema]
    if not isinstance(schema, dict):
        return schema
    target = None if named else to.get(str(schema.get("$ref")))
    if target is False:
        return False
    copied = dict(schema)
    for key in schema if named else schema.keys() - _VALUES:
        copied[key] = _redirected(schema[key], to, named=not named and key in _NAMED)
    return copied if target is None else {**copied, **target}


def _impossible(schema: Any) -> bool:
    """Whether nothing satisfies the schema because it goes on for ever."""
    if not isinstance(schema, dict):
        return schema is False
    properties = schema.get("properties", {})
    needed = [properties[name] for name in schema.get("required", ()) if name in properties]
    return (
        any(map(_impossible, [*needed, *schema.get("allOf", ())]))
        or any(all(map(_impossible, schema[key])) for key in ("anyOf", "oneOf") if schema.get(key))
        or (schema.get("minItems", 0) > 0 and _impossible(schema.get("items")))
    )
