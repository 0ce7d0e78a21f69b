"""Reads `training/domains/*.yaml`: functions written by hand. README.md describes the format."""

import random
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from training.functions import Function, Parameter, Template
from training.values import Source, UnknownKind, Value, source

_FOLDER = Path(__file__).parent / "domains"
_TYPES = {"string", "integer", "number", "boolean", "array", "object"}


class DomainError(ValueError):
    """A domain file that breaks the format; names file and function."""


@cache
def functions() -> tuple[Function, ...]:
    """All functions of all domain files.

    Raises:
        DomainError: A file breaks the format.
    """
    found: list[Function] = []
    for path in sorted(_FOLDER.glob("*.yaml")):
        found += load_file(path)
    return tuple(found)


def load_file(path: Path) -> list[Function]:
    """The functions of one file.

    Raises:
        DomainError: The file breaks the format.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        entries = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    except yaml.YAMLError as error:
        raise DomainError(f"{path.name}: {error}") from error
    result = []
    for entry in entries or []:
        try:
            result.append(_function(entry, path.stem))
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            name = entry.get("name") if isinstance(entry, dict) else entry
            raise DomainError(f"{path.name}, function {name}: {type(error).__name__}: {error}") from error
    return result


def _function(entry: Mapping[str, Any], domain: str) -> Function:
    parameters = tuple(_parameter(name, given) for name, given in (entry.get("parameters") or {}).items())
    function = Function(
        name=str(entry["name"]),
        description=str(entry.get("description", "")),
        parameters=parameters,
        asks=tuple(Template(str(ask)) for ask in entry["ask"]),
        result=_result(entry.get("result") or {}),
        answers=tuple(Template(str(answer)) for answer in entry.get("answer") or []),
        domain=domain,
    )
    known = set(function.leaves)
    must = {path for path, (_, required) in function.leaves.items() if required}
    for ask in function.asks:
        if ask.names - known:
            raise ValueError(f"{ask.text!r} names {sorted(ask.names - known)}; there are {sorted(known)}")
        if must - ask.certain:
            raise ValueError(f"{ask.text!r} does not name the required {sorted(must - ask.certain)}")
    fields = known | set(function.result)
    for answer in function.answers:
        if answer.names - fields:
            raise ValueError(
                f"{answer.text!r} names {sorted(answer.names - fields)}; there are {sorted(fields)}"
            )
    return function


def _parameter(name: str, given: Mapping[str, Any]) -> Parameter:
    if not isinstance(name, str):
        raise ValueError(f"the name {name!r} must be text; YAML reads on, off, yes and no as something else")
    if given["type"] not in _TYPES:
        raise ValueError(f"{name}: type {given['type']!r} is not one of {sorted(_TYPES)}")
    schema: dict[str, Any] = {"type": given["type"]}
    children: tuple[Parameter, ...] = ()
    drawn: Source | None = None
    if given["type"] == "object":
        children = tuple(_parameter(inner, value) for inner, value in given["properties"].items())
    else:
        drawn = _source(name, given, schema)
    if given["type"] == "array":
        items = given.get("items", "string")
        schema["items"] = dict(items) if isinstance(items, Mapping) else {"type": items}
    return Parameter(
        name=str(name),
        schema=schema,
        description=str(given.get("description", "")),
        required=not given.get("optional", False),
        source=drawn,
        kind=str(given.get("kind", "enum" if "enum" in given else given["type"])),
        default=given.get("default"),
        children=children,
    )


def _source(name: str, given: Mapping[str, Any], schema: dict[str, Any]) -> Source:
    if "enum" in given:
        enum = given["enum"]
        says = enum if isinstance(enum, Mapping) else {value: [str(value)] for value in enum}
        schema["enum"] = list(says)
        return _said(says)
    if "says" in given:
        return _said(given["says"])
    if "kind" not in given:
        raise ValueError(f"{name}: needs kind, enum, says or (for an object) properties")
    drawn = source(str(given["kind"]))
    if isinstance(given.get("items"), Mapping) and "enum" in given["items"]:
        return _as_picked(drawn)
    if given["type"] in ("integer", "number"):
        return _as_number(drawn, given["type"])
    if given["type"] == "array" and given.get("items") in ("integer", "number"):
        return _as_numbers(drawn, given["items"])
    return drawn


def _as_picked(drawn: Source) -> Source:
    """Never another word in place of a picked one: the schema allows those alone."""
    return lambda rng, held_out: drawn(rng, True)


def _as_number(drawn: Source, wanted: str) -> Source:
    def number(rng: random.Random, held_out: bool) -> Value:
        value = drawn(rng, held_out)
        if not isinstance(value.json, str):
            return value if wanted == "number" or isinstance(value.json, int) else _whole(value)
        try:
            whole = wanted == "integer" or value.json.lstrip("+-").isdigit()  # 3 is said, so 3 is given
            return Value(int(value.json) if whole else float(value.json), value.said)
        except ValueError as error:
            raise UnknownKind(f"{value.json!r} is no {wanted}") from error

    return number


def _as_numbers(drawn: Source, wanted: str) -> Source:
    """Lists drawn from picks hold text."""

    def cast(text: str) -> float:
        return int(text) if wanted == "integer" or text.lstrip("+-").isdigit() else float(text)

    def numbers(rng: random.Random, held_out: bool) -> Value:
        value = drawn(rng, held_out)
        return Value([cast(item) if isinstance(item, str) else item for item in value.json], value.said)

    return numbers


def _whole(value: Value) -> Value:
    return Value(int(value.json), str(int(value.json)))


def _said(says: Mapping[Any, Any]) -> Source:
    options = [(key, said if isinstance(said, list) else [said]) for key, said in says.items()]

    def choose(rng: random.Random, held_out: bool) -> Value:
        key, said = rng.choice(options)
        return Value(key, str(rng.choice(said)))

    return choose


def _result(fields: Any) -> Any:
    """Fields become sources and templates; anything else stays as it is."""
    if isinstance(fields, Mapping):
        if wrong := [name for name in fields if not isinstance(name, str)]:
            raise ValueError(
                f"result: {wrong} must be text; YAML reads on, off, yes and no as something else"
            )
        return {name: _result(field) for name, field in fields.items()}
    if isinstance(fields, list):
        return [_result(field) for field in fields]
    if not isinstance(fields, str):
        return fields
    if "{" in fields:
        return Template(fields)
    try:
        return source(fields)
    except UnknownKind:
        return fields
