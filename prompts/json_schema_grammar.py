"""Turns a tool's JSON Schema into one that llguidance compiles and that makes a call end.

llguidance refuses what it cannot express (`not`, `uniqueItems`, look-around, ...), and its strings, numbers
and lists may go on for ever. What is made here accepts only text that satisfies the given schema, and:

- strings, lists and keys have a greatest length, numbers a range and a number of decimal places, values of
  any type and definitions that lead back to themselves a depth;
- llguidance's numbers within a range have no exponent; `arguments_grammar` adds those;
- an object with properties takes no others unless its schema says so: models invent keys;
- patterns mean the same to Rust's `regex` and to Python's `re`.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from qwact.prompts.number_exponents import exponent_pattern
from qwact.prompts.pattern_syntax import PatternError, portable_pattern
from qwact.prompts.recursive_schema import unrolled

STRING_CHARACTERS = 4_000
LONG_STRING_CHARACTERS = 16_000
LONG_STRINGS = frozenset(
    {"code", "content", "script", "source", "source_code", "text", "body", "html", "markdown"}
)
"""Properties of these names hold programs and documents."""
ARRAY_ITEMS = 256
OBJECT_KEYS = 32
KEY_PATTERN = "^.{1,64}$"
LARGEST_NUMBER = 10**18
DECIMAL_PLACES = 10
ANY_DEPTH = 3

_FORMATS = frozenset(
    {"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid", "uri"}
)
_ANNOTATIONS = frozenset(
    {
        "title",
        "description",
        "default",
        "example",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly",
        "$comment",
        "$schema",
        "$id",
        "contentMediaType",
        "contentEncoding",
        "contentSchema",
        "discriminator",
        "nullable",
    }
)
_TYPE_OF_KEYWORD = {
    **dict.fromkeys(("properties", "required", "additionalProperties", "patternProperties"), "object"),
    **dict.fromkeys(("minProperties", "maxProperties"), "object"),
    **dict.fromkeys(("items", "prefixItems", "minItems", "maxItems"), "array"),
    **dict.fromkeys(("minLength", "maxLength", "pattern", "format"), "string"),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), "number"),
}
_CHOICES = ("anyOf", "oneOf", "allOf", "$ref")
_CONSTRAINTS = frozenset({*_TYPE_OF_KEYWORD, *_CHOICES, "type", "enum", "const", "not"})
_RANGE = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
_ANY_NAME = "qwact_any_"
EXPONENTS = "x-qwact-exponents"
"""Keyword of a bounded number: the regular expression of what it may be with an exponent."""
_GUIDANCE = {
    "whitespace_flexible": False,
    "item_separator": ", ",
    "key_separator": ": ",
    # No \uXXXX: it can hold half a character, and json.dumps(ensure_ascii=False) does not write it.
    "json_allowed_escapes": 'nrbtf\\"',
}


class _Inexpressible(ValueError):
    """The schema asks for something that no grammar of ours can hold a text to."""


def bounded_schema(schema: Mapping[str, Any]) -> tuple[dict[str, Any], str | None]:
    """The schema of a tool's arguments as `rule_text` takes it. Numbers tell under `EXPONENTS` what else they
    may look like.

    Returns:
        The schema, and `None`, or the reason why it is one for any object: the given one cannot be expressed.
    """
    try:
        bounded = unrolled(_Bounds(closes_objects=not _has_intersection(schema)).apply(schema))
        if _minimum_counts_extra_keys(bounded):
            raise _Inexpressible("minProperties cannot be held where keys may be repeated")
    except (_Inexpressible, PatternError) as error:
        return _any_object(), str(error)
    bounded = {"type": "object", **bounded}
    reason = refusal(f"start: %json {rule_text(bounded)}")
    return (bounded, None) if reason is None else (_any_object(), reason)


def rule_text(schema: Mapping[str, Any]) -> str:
    """What stands after `%json` in a Lark grammar for a bounded schema."""
    text = json.dumps(schema, ensure_ascii=False)
    added = {}
    if _ANY_NAME in text:
        added = {f"{_ANY_NAME}{depth}": _any_definition(depth) for depth in range(ANY_DEPTH + 1)}
    definitions = {"$defs": {**schema.get("$defs", {}), **added}} if added else {}
    text = json.dumps({"x-guidance": _GUIDANCE, **schema, **definitions})
    return json.dumps(json.loads(text, object_hook=_without_exponents), ensure_ascii=False)


def _without_exponents(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != EXPONENTS}


def refusal(rules: str) -> str | None:
    """Why llguidance does not take the rules; `None` when it does. Takes about a millisecond."""
    from llguidance import LLMatcher  # imported here: it takes 70 ms

    refused, messages = LLMatcher.validate_grammar_with_warnings(f"%llguidance {{}}\n{rules}")
    if not refused:
        return None
    text = messages[0].split("failed to compile JSON schema: ")[-1]
    return " ".join(line.strip() for line in text.splitlines() if not re.match(r"\s*(\d+ \||\^)", line))[:300]


def _has_intersection(schema: Any) -> bool:
    """Whether an object may have to satisfy two schemas at once, so that neither may forbid other keys."""
    if isinstance(schema, list):
        return any(_has_intersection(item) for item in schema)
    if not isinstance(schema, dict):
        return False
    choices = [key for key in _CHOICES if key in schema]
    beside = [key for key in schema if key in _CONSTRAINTS]
    all_of = schema.get("allOf")
    if choices and (len(beside) > 1 or (isinstance(all_of, list) and len(all_of) > 1)):
        return True
    return any(_has_intersection(value) for key, value in schema.items() if key not in ("enum", "const"))


def _minimum_counts_extra_keys(schema: Any) -> bool:
    if isinstance(schema, list):
        return any(_minimum_counts_extra_keys(item) for item in schema)
    if not isinstance(schema, dict):
        return False
    open_keys = schema.get("additionalProperties", True) is not False or "patternProperties" in schema
    if isinstance(schema.get("minProperties"), int) and schema["minProperties"] > 1 and open_keys:
        return True
    return any(_minimum_counts_extra_keys(value) for value in schema.values())


class _Bounds:
    """Adds bounds to a schema. `closes_objects`: objects take only the properties that they declare."""

    def __init__(self, *, closes_objects: bool) -> None:
        self.closes_objects = closes_objects

    def apply(self, schema: Any, name: str = "") -> Any:
        """The bounded schema of the property `name`."""
        if not isinstance(schema, dict):
            return _any_value(ANY_DEPTH) if schema is True else schema
        bounded = {key: value for key, value in schema.items() if key not in (*_ANNOTATIONS, EXPONENTS)}
        if bounded.get("format") not in _FORMATS:
            bounded.pop("format", None)
        if bounded.get("uniqueItems") is False:
            del bounded["uniqueItems"]
        if "enum" in bounded or "const" in bounded:
            return bounded
        types = self._types(bounded)
        if not types and not any(key in bounded for key in _CHOICES):
            return {**bounded, **_any_value(ANY_DEPTH)}
        self._bound_parts(bounded, name)
        for kind in types:
            self._bound_type(bounded, kind, name)
        return bounded

    def _types(self, schema: dict[str, Any]) -> list[str]:
        """The types that the schema allows, or the one that its keywords imply."""
        if "type" in schema:
            types = schema["type"]
            return list(types) if isinstance(types, list) else [types]
        if any(key in schema for key in _CHOICES):
            return []
        implied = {_TYPE_OF_KEYWORD[key] for key in schema if key in _TYPE_OF_KEYWORD}
        if len(implied) != 1:
            return []
        schema["type"] = implied.pop()
        return [schema["type"]]

    def _bound_parts(self, schema: dict[str, Any], name: str) -> None:
        for key in ("properties", "patternProperties", "$defs", "definitions"):
            if isinstance(schema.get(key), dict):
                schema[key] = {part: self.apply(value, part) for part, value in schema[key].items()}
        for key in ("items", "additionalProperties"):
            if isinstance(schema.get(key), dict):
                schema[key] = self.apply(schema[key], name)
        for key in ("anyOf", "oneOf", "allOf", "prefixItems"):
            if isinstance(schema.get(key), list):
                schema[key] = [self.apply(value, name) for value in schema[key]]

    def _bound_type(self, schema: dict[str, Any], kind: str, name: str) -> None:
        if kind == "string":
            self._bound_string(schema, name)
        elif kind in ("integer", "number"):
            _bound_number(schema, kind)
        elif kind == "array":
            self._bound_array(schema)
        elif kind == "object":
            self._bound_object(schema)

    def _bound_string(self, schema: dict[str, Any], name: str) -> None:
        if "pattern" in schema:
            schema["pattern"] = portable_pattern(schema["pattern"])
        limit = LONG_STRING_CHARACTERS if name.lower() in LONG_STRINGS else STRING_CHARACTERS
        schema.setdefault("maxLength", max(limit, schema.get("minLength", 0)))

    def _bound_array(self, schema: dict[str, Any]) -> None:
        if isinstance(schema.get("items"), list) or "additionalItems" in schema:
            raise _Inexpressible("a list of items by position is called prefixItems")
        schema.setdefault("maxItems", max(ARRAY_ITEMS, schema.get("minItems", 0)))
        if schema.get("items", True) is True:
            schema["items"] = _any_value(ANY_DEPTH - 1)

    def _bound_object(self, schema: dict[str, Any]) -> None:
        declared = schema.get("properties")
        if "patternProperties" in schema:
            return
        if not self.closes_objects:
            if schema.get("additionalProperties", True) is True:
                schema["additionalProperties"] = _any_value(ANY_DEPTH)
        elif declared:
            if set(schema.get("required", ())) <= set(declared):
                schema.setdefault("additionalProperties", False)
            if schema.get("additionalProperties") is True:
                schema["additionalProperties"] = _any_value(ANY_DEPTH - 1)
        elif not schema.get("required") and schema.get("additionalProperties") is not False:
            value = schema.get("additionalProperties", True)
            value = _any_value(ANY_DEPTH - 1) if value is True else value
            schema.update(patternProperties={KEY_PATTERN: value}, additionalProperties=False)
            schema.setdefault("maxProperties", max(OBJECT_KEYS, schema.get("minProperties", 0)))


def _bound_number(schema: dict[str, Any], kind: str) -> None:
    """Adds a range, and for fractions a number of decimal places small enough for a float to tell apart."""
    bounds = [schema[key] for key in _RANGE if key in schema]
    if any(isinstance(bound, bool) for bound in bounds):
        raise _Inexpressible("exclusiveMinimum and exclusiveMaximum must be numbers")
    if any(abs(bound) > LARGEST_NUMBER for bound in bounds):
        raise _Inexpressible(f"a bound of a number is beyond {LARGEST_NUMBER}")
    if float(schema.get("multipleOf", 1)) % 1:
        raise _Inexpressible("multipleOf a fraction is not exact in binary arithmetic")
    if kind == "number" and "multipleOf" not in schema and not any(key in schema for key in _CHOICES):
        low = max((schema[key] for key in _RANGE[:2] if key in schema), default=-math.inf)
        high = min((schema[key] for key in _RANGE[2:] if key in schema), default=math.inf)
        if pattern := exponent_pattern(low, high):
            schema[EXPONENTS] = pattern
    if not bounds or all(key not in schema for key in _RANGE[:2]):
        schema["minimum"] = -LARGEST_NUMBER
    if not bounds or all(key not in schema for key in _RANGE[2:]):
        schema["maximum"] = LARGEST_NUMBER
    if kind == "number" and "multipleOf" not in schema:
        before_point = max((len(str(int(abs(bound)))) for bound in bounds), default=1)
        places = min(DECIMAL_PLACES, 15 - before_point)
        schema["multipleOf"] = float(f"1e-{places}") if places > 0 else 1


def _any_object() -> dict[str, Any]:
    return _Bounds(closes_objects=True).apply({"type": "object"})  # type: ignore[no-any-return]


def _any_value(depth: int) -> dict[str, str]:
    """Any JSON value with at most so many levels of brackets; `_rule_text` adds what is referred to."""
    return {"$ref": f"#/$defs/{_ANY_NAME}{depth}"}


def _any_definition(depth: int) -> dict[str, Any]:
    bounds = _Bounds(closes_objects=True)
    choices = [bounds.apply({"type": kind}) for kind in ("string", "number", "boolean", "null")]
    if depth > 0:
        inner = _any_value(depth - 1)
        keys = {"patternProperties": {KEY_PATTERN: inner}, "additionalProperties": False}
        choices.append({"type": "array", "items": inner, "maxItems": ARRAY_ITEMS})
        choices.append({"type": "object", **keys, "maxProperties": OBJECT_KEYS})
    return {"anyOf": choices}
