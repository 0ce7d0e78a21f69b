"""Checks a call's arguments against the tool's schema, and tells the model what is wrong with them."""

import copy
import difflib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from qwact.tools.errors import InvalidArguments, InvalidTool
from qwact.tools.tool import Tool
from qwact.tools.wanted import wanted

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

_MOST_PROBLEMS = 5
_LONGEST_VALUE = 60


def check_schema(name: str, schema: object) -> dict[str, Any]:
    """Hold a schema that somebody wrote to what a tool's parameters must be.

    Args:
        name: The tool's name, for the errors.
        schema: A JSON Schema object, of any draft that jsonschema knows.

    Returns:
        A copy of the schema, with its `properties` even where they are empty.

    Raises:
        InvalidTool: It is no JSON Schema, or not that of an object, or refers to something outside itself.
    """
    from jsonschema.exceptions import SchemaError

    if not isinstance(schema, Mapping) or schema.get("type") != "object":
        raise InvalidTool(
            f"Tool {name!r}: parameters must be a JSON Schema of an object, such as "
            '{"type": "object", "properties": {}}.'
        )
    try:
        whole: dict[str, Any] = json.loads(json.dumps({"properties": {}, **schema}))
    except (TypeError, ValueError) as error:
        raise InvalidTool(f"Tool {name!r}: parameters cannot be written as JSON: {error}.") from error
    validator = _validator(whole)
    try:
        validator.check_schema(whole)
    except SchemaError as error:
        raise InvalidTool(f"Tool {name!r}: parameters are no JSON Schema: {error.message}.") from error
    _check_references(name, whole, validator)
    return {"type": "object", **whole}


def _check_references(name: str, schema: dict[str, Any], validator: "Validator") -> None:
    from referencing import Registry
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT202012

    resolver = Registry().with_resource("", DRAFT202012.create_resource(schema)).resolver()
    for reference in _references(schema):
        try:
            resolver.lookup(reference)
        except Unresolvable as error:
            raise InvalidTool(
                f"Tool {name!r}: parameters refer to {reference!r}, which is not in them; put it under $defs."
            ) from error


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def _validator(schema: Mapping[str, Any]) -> "Validator":
    import jsonschema
    from referencing import Registry

    kind = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
    # An empty registry of its own: nothing is ever fetched from the network.
    return kind(schema, registry=Registry(), format_checker=kind.FORMAT_CHECKER)


class ArgumentCheck:
    """Checks the arguments of one tool. Its validator is made once, at the first call."""

    def __init__(self, tool: Tool) -> None:
        self._tool = tool
        self._properties: Mapping[str, Any] = tool.parameters.get("properties", {})

    @cached_property
    def _compiled(self) -> "Validator":
        return _validator(self._tool.parameters)

    def prepare(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments as the tool's `run` takes them. Nothing in them is shared with `arguments`.

        Raises:
            InvalidArguments: They break the schema. The text names each problem, for the model.
        """
        if not isinstance(arguments, Mapping):
            raise InvalidArguments(
                f"The arguments of {self._tool.name} must be a JSON object, not {_short(arguments)}."
            )
        values = dict(arguments)
        if any(isinstance(value, dict | list) for value in values.values()):
            values = copy.deepcopy(values)
        signature = self._tool.signature
        if signature is None:
            if not self._compiled.is_valid(values):
                self._refuse(self._problems(values))
            return values
        for name in signature.nullable:
            if values.get(name, self) is None:
                del values[name]
        if not (values.keys() <= self._properties.keys() and self._compiled.is_valid(values)):
            self._refuse(self._problems(values))
        return self._convert(values)

    def _convert(self, values: dict[str, Any]) -> dict[str, Any]:
        from pydantic import ValidationError

        assert self._tool.signature is not None
        try:
            return self._tool.signature.convert(values)
        except ValidationError as error:
            self._refuse(
                f"{_path(each['loc'])}: {each['msg']}, not {_short(each['input'])}" for each in error.errors()
            )

    def _refuse(self, problems: Iterable[str]) -> NoReturn:
        found = list(dict.fromkeys(problems))
        lines = [f"- {problem}" for problem in found[:_MOST_PROBLEMS]]
        if len(found) > _MOST_PROBLEMS:
            lines.append(f"- and {len(found) - _MOST_PROBLEMS} more")
        raise InvalidArguments(f"The arguments of {self._tool.name} are wrong:\n" + "\n".join(lines))

    def _problems(self, values: Mapping[str, Any]) -> Iterator[str]:
        """What is wrong, one line each: names first, then values in the schema's order."""
        parameters, signature = self._tool.parameters, self._tool.signature
        closed = signature is not None or parameters.get("additionalProperties") is False
        if closed:
            missing = [name for name in self._properties if name not in values]
            for name in values:
                if name not in self._properties:
                    yield self._unknown(name, missing)
        for error in sorted(self._compiled.iter_errors(values), key=self._place):
            if not (error.validator == "additionalProperties" and not error.absolute_path and closed):
                yield _problem(error)

    def _place(self, error: "ValidationError") -> tuple[int, str]:
        names = list(self._properties)
        first = error.absolute_path[0] if error.absolute_path else None
        return (names.index(first) if first in names else -1), _path(error.absolute_path)

    def _unknown(self, name: str, missing: Sequence[str]) -> str:
        near = difflib.get_close_matches(name, missing or list(self._properties), n=1, cutoff=0.5)
        if near:
            return f"{name}: no such argument; did you mean {near[0]}?"
        known = ", ".join(self._properties) or "none"
        return f"{name}: no such argument; the arguments are: {known}"


def _problem(error: "ValidationError") -> str:
    value: Any = error.instance
    schema: Any = error.schema
    if error.validator == "required":
        # jsonschema gives one error for each missing name, but the name only in its message.
        name = error.message.removesuffix(" is a required property").strip("'\"")
        of = schema.get("properties", {}).get(name, {})
        return f"{_path([*error.absolute_path, name])}: missing; wanted {wanted(of)}"
    if error.validator == "additionalProperties" and schema.get("additionalProperties") is False:
        known = schema.get("properties", {})
        extra = ", ".join(_path([*error.absolute_path, name]) for name in value if name not in known)
        return f"{extra}: no such argument; there may be: {', '.join(known) or 'none'}"
    return f"{_path(error.absolute_path)}: wanted {wanted(schema)}, got {_short(value)}"


def _path(parts: Iterable[Any]) -> str:
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or "arguments"


def _short(value: object) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 3] + "..."
