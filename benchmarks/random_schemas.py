"""Random schemas of tools' parameters."""

import random
from typing import Any

Schema = dict[str, Any]

_NAMES = [
    "q",
    "city",
    "code",
    "名前",
    "größe",
    "a b",
    'quo"te',
    "back\\slash",
    "x.y",
    "$ref-like",
    "π",
    "_",
    "text",
]
WORDS = [
    "a",
    "celsius",
    "北京",
    'say "hi"',
    "line\nbreak",
    "tab\t",
    "back\\slash",
    "😀",
    "",
    "Observation:",
    "é",
]
_PATTERNS = [
    "^[a-z]{2,5}$",
    r"^\d{4}-\d{2}$",
    "ab",
    r"^\w+@\w+$",
    "^(red|green)$",
    "[a[&]x",
    "^[^a-z]*$",
    r"\s",
    "x$",
]
_FORMATS = ["date", "date-time", "time", "email", "uuid", "ipv4", "hostname", "int64", "password"]
_BEYOND: list[Schema] = [
    {"type": "array", "items": {"type": "integer"}, "uniqueItems": True},
    {"not": {"type": "string"}},
    {"type": "string", "pattern": "^(?=a)b"},
    {"type": "number", "multipleOf": 0.1},
    {"oneOf": [{"type": "string"}, {"type": "string", "minLength": 2}]},
    {"type": "object", "dependentRequired": {"a": ["b"]}},
    {"type": "object", "minProperties": 2},
]


def random_schema(rng: random.Random, beyond: float = 0.03) -> Schema:
    """The parameters of a tool.

    Args:
        rng: Where chance comes from.
        beyond: How often a property asks for what no grammar of ours can express.
    """
    schema = _object(rng, 3, beyond)
    if rng.random() < 0.2:
        schema["$defs"] = {"Shared": _value(rng, 1, beyond)}
        schema["properties"] = {**schema.get("properties", {}), "shared": {"$ref": "#/$defs/Shared"}}
    elif rng.random() < 0.1:
        schema["$defs"] = {"Tree": _tree(rng, beyond)}
        schema["properties"] = {**schema.get("properties", {}), "tree": {"$ref": "#/$defs/Tree"}}
    return schema


def _tree(rng: random.Random, beyond: float) -> Schema:
    """A value that may hold others of its kind."""
    again: Schema = {"$ref": "#/$defs/Tree"}
    makers = [again, {"anyOf": [again, {"type": "null"}]}, {"type": "array", "items": again, "maxItems": 2}]
    properties = {"value": _value(rng, 1, beyond), "next": rng.choice(makers)}
    return {
        "type": "object",
        "properties": properties,
        "required": rng.sample(["value", "next"], rng.randrange(3)),
    }


def _object(rng: random.Random, depth: int, beyond: float) -> Schema:
    names = rng.sample(_NAMES, rng.choice([0, 1, 1, 2, 3, 4]))
    schema: Schema = {"type": "object"}
    if names or rng.random() < 0.5:
        schema["properties"] = {name: _value(rng, depth - 1, beyond) for name in names}
        schema["required"] = [name for name in names if rng.random() < 0.6]
    if rng.random() < 0.3:
        others: list[Any] = [False, True, {"type": "integer"}, {"type": "string", "maxLength": 3}]
        schema["additionalProperties"] = rng.choice(others)
    return schema


def _value(rng: random.Random, depth: int, beyond: float) -> Schema:
    if rng.random() < beyond:
        return dict(rng.choice(_BEYOND))
    makers = [_string, _string, _number, _number, _choice, _simple]
    if depth > 0:
        makers += [_array, _nested, _union]
    schema = rng.choice(makers)(rng, depth)
    notes: Schema = {
        "title": "T",
        "description": 'what "it" is',
        "default": None,
        "examples": [1],
        "x-note": {},
    }
    return {**schema, **{key: note for key, note in notes.items() if rng.random() < 0.1}}


def _string(rng: random.Random, depth: int) -> Schema:
    kind = rng.randrange(4)
    if kind == 0:
        return {"type": "string", "pattern": rng.choice(_PATTERNS)}
    if kind == 1:
        return {"type": "string", "format": rng.choice(_FORMATS)}
    shortest = rng.randrange(4)
    limits = {"minLength": shortest, "maxLength": shortest + rng.randrange(20)}
    return {"type": "string", **{key: value for key, value in limits.items() if rng.random() < 0.5}}


def _number(rng: random.Random, depth: int) -> Schema:
    kind = rng.choice(["integer", "number"])
    low = rng.randrange(-1000, 1000) if kind == "integer" else round(rng.uniform(-1000, 1000), 3)
    schema: Schema = {"type": kind}
    if rng.random() < 0.5:
        schema[rng.choice(["minimum", "exclusiveMinimum"])] = low
    if rng.random() < 0.5:
        schema[rng.choice(["maximum", "exclusiveMaximum"])] = low + rng.choice([3, 17.5, 100, 10**6])
    if rng.random() < 0.1:
        return {"type": kind, "multipleOf": rng.choice([1, 3, 25])}
    return schema


def _choice(rng: random.Random, depth: int) -> Schema:
    if rng.random() < 0.2:
        return {"const": rng.choice([*WORDS, 3, 2.5, None, True])}
    if rng.random() < 0.2:
        return {"enum": [1, "1", True, None, 2.5, -7]}
    return {"type": "string", "enum": rng.sample(WORDS, rng.randrange(1, 5))}


def _simple(rng: random.Random, depth: int) -> Schema:
    return dict(rng.choice([{"type": "boolean"}, {"type": "null"}, {}, {"type": ["string", "null"]}]))


def _array(rng: random.Random, depth: int) -> Schema:
    if rng.random() < 0.1:
        return {"type": "array", "prefixItems": [_value(rng, 0, 0), _value(rng, 0, 0)], "items": False}
    fewest = rng.randrange(3)
    limits = {"minItems": fewest, "maxItems": fewest + rng.randrange(4)}
    schema: Schema = {"type": "array", "items": _value(rng, depth - 1, 0)}
    return {**schema, **{key: value for key, value in limits.items() if rng.random() < 0.5}}


def _nested(rng: random.Random, depth: int) -> Schema:
    return _object(rng, depth, 0)


def _union(rng: random.Random, depth: int) -> Schema:
    if rng.random() < 0.3:
        return {"oneOf": [{"type": "boolean"}, _number(rng, 0)]}
    return {"anyOf": [_value(rng, depth - 1, 0), rng.choice([{"type": "null"}, _value(rng, depth - 1, 0)])]}
