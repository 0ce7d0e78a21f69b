"""The grammar of one call's arguments, in llguidance's Lark syntax.

It is what `%json` makes of the tool's bounded schema, except that numbers may have an exponent, which those
of llguidance within a range never have. Where such numbers stand, the brackets and keys around them are
written out as rules here, and `%json` makes the rest. Values of any type, and objects that take keys of any
name, are left to `%json` whole: no exponents in them.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from qwact.prompts.json_schema_grammar import EXPONENTS, bounded_schema, refusal, rule_text

_OBJECT = frozenset({"type", "properties", "required", "additionalProperties", "$defs", "definitions"})
_ARRAY = frozenset({"type", "items", "minItems", "maxItems"})


def arguments_rules(name: str, schema: Mapping[str, Any]) -> tuple[list[str], str | None]:
    """The rule `name` for one schema, and the rules that it needs; made only once for each.

    Returns:
        The rules, and `None`, or the reason why they accept any object: the schema cannot be expressed.
    """
    return _arguments_rules(name, json.dumps(schema, ensure_ascii=False))


@lru_cache(maxsize=1024)
def _arguments_rules(name: str, schema_text: str) -> tuple[list[str], str | None]:
    schema, reason = bounded_schema(json.loads(schema_text))
    plain = [f"{name}: %json {rule_text(schema)}"]
    writer = _Writer(name, schema)
    if reason is not None or not writer.has_exponents(schema):
        return plain, reason
    rules = [f"{name}: {writer.value(schema)}", *writer.rules]
    refused = refusal("\n".join([f"start: {name}", *rules]))
    return (plain if refused else rules), None


class _Writer:
    """Writes rules for values that may hold a number with an exponent."""

    def __init__(self, name: str, schema: dict[str, Any]) -> None:
        self.rules: list[str] = []
        self._name = name
        self._kept: dict[str, Any] = {key: schema[key] for key in ("$defs", "definitions") if key in schema}
        self._referred = {
            f"#/{key}/{part}": definition for key in self._kept for part, definition in schema[key].items()
        }
        self._told: dict[str, bool] = {}
        self._rule_of: dict[str, str] = {}

    def has_exponents(self, schema: Any) -> bool:
        """Whether rules for the schema would differ from what `%json` makes of it."""
        if not isinstance(schema, dict):
            return False
        if EXPONENTS in schema:
            return True
        keys = schema.keys()
        if keys == {"$ref"}:
            return self._refers_to_exponents(schema["$ref"])
        if keys == {"anyOf"}:
            return any(map(self.has_exponents, schema["anyOf"]))
        if schema.get("type") == "array" and keys <= _ARRAY:
            return self.has_exponents(schema.get("items"))
        if schema.get("type") == "object" and keys <= _OBJECT and schema.get("additionalProperties") is False:
            return any(map(self.has_exponents, schema.get("properties", {}).values()))
        return False

    def _refers_to_exponents(self, pointer: str) -> bool:
        if pointer not in self._told:
            self._told[pointer] = self.has_exponents(self._referred.get(pointer))
        return self._told[pointer]

    def value(self, schema: dict[str, Any]) -> str:
        """An expression for the schema."""
        if not self.has_exponents(schema):
            kept = self._kept if '"$ref"' in json.dumps(schema) else {}
            return self._rule(f"%json {rule_text({**schema, **kept})}")
        if EXPONENTS in schema:
            return f"({self._rule(f'%json {rule_text(schema)}')} | /{schema[EXPONENTS]}/)"
        if "$ref" in schema:
            pointer = schema["$ref"]
            if pointer not in self._rule_of:
                self._rule_of[pointer] = self._rule(self.value(self._referred[pointer]))
            return self._rule_of[pointer]
        if "anyOf" in schema:
            return f"({' | '.join(self.value(choice) for choice in schema['anyOf'] if choice is not False)})"
        return self._array(schema) if schema["type"] == "array" else self._object(schema)

    def _array(self, schema: dict[str, Any]) -> str:
        item = self._rule(self.value(schema["items"]))
        fewest, most = schema.get("minItems", 0), schema["maxItems"]
        if most == 0:
            return '"[]"'
        more = f'(", " {item}){{{max(fewest - 1, 0)},{most - 1}}}' if most > 1 else ""
        items = f"{item} {more}"
        return f'"[" {items} "]"' if fewest else f'("[]" | "[" {items} "]")'

    def _object(self, schema: dict[str, Any]) -> str:
        """Members in the order of the schema; those that are not required may be left out."""
        required = schema.get("required", ())
        first = after = '""'
        for name, value in reversed(schema["properties"].items()):
            if value is False:
                continue
            member = self._rule(f"{quoted(json.dumps(name, ensure_ascii=False) + ': ')} {self.value(value)}")
            if name in required:
                first, after = self._rule(f"{member} {after}"), self._rule(f'", " {member} {after}')
            else:
                first = self._rule(f"{member} {after} | {first}")
                after = self._rule(f'(", " {member})? {after}')
        return f'"{{" {first} "}}"'

    def _rule(self, expression: str) -> str:
        """The name of a new rule."""
        name = f"{self._name}_{len(self.rules)}"
        self.rules.append(f"{name}: {expression}")
        return name


def quoted(text: str) -> str:
    """A string literal of Lark, which llguidance reads as JSON."""
    return json.dumps(text, ensure_ascii=False)
