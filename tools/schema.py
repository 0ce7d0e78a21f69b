"""A typed function as a JSON Schema, and the JSON arguments back as what the function takes.

Hints may be whatever pydantic knows: `Literal`, `Enum`, `Annotated`, unions, containers, dataclasses,
typed dictionaries, pydantic models, dates. Three choices are ours:

- An argument without a hint takes any JSON value.
- `x: T | None = None` is offered as an optional `T`; an explicit null means the same as leaving it out.
- The function's arguments are all there are: others are refused though the schema does not spend words on it.
"""

import inspect
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, NotRequired

from pydantic import PydanticSchemaGenerationError, PydanticUserError, TypeAdapter
from pydantic.errors import PydanticInvalidForJsonSchema
from pydantic.fields import FieldInfo
from pydantic_core import PydanticSerializationError, PydanticUndefined, to_jsonable_python
from typing_extensions import TypedDict  # typing's own does not serve pydantic before Python 3.12

from qwact.tools.docstring import read_docstring
from qwact.tools.errors import InvalidTool
from qwact.tools.schema_tidy import tidy

_BY_NAME = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


@dataclass(frozen=True, slots=True)
class Signature:
    """What was read from a typed function.

    Attributes:
        parameters: The arguments as a JSON Schema object.
        nullable: Arguments whose default is None: null stands for leaving them out.
    """

    parameters: Mapping[str, Any]
    nullable: frozenset[str]
    _adapter: TypeAdapter[dict[str, Any]]

    def convert(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """JSON values as what the function takes: an `Enum` member, a date, a dataclass, a model.

        Raises:
            pydantic.ValidationError: A value breaks a rule that the schema does not express.
        """
        return self._adapter.validate_python(arguments)


@dataclass(frozen=True, slots=True)
class _Argument:
    """One argument.

    Attributes:
        name: Its name.
        hint: Its type, as pydantic takes it.
        default: Its default, `PydanticUndefined` if it must be given, `...` if it is made anew for each call.
        description: What `Annotated` or `Field` say of it.
    """

    name: str
    hint: Any
    default: Any
    description: str | None


def read_signature(function: Callable[..., Any], name: str) -> Signature:
    """Read the hints, defaults and docstring of a function.

    Args:
        function: The function, sync or async.
        name: The tool's name, for the errors.

    Raises:
        InvalidTool: A model could not call the function by named arguments, or a hint has no JSON Schema.
    """
    arguments = list(_arguments(function, name))
    adapter = _adapter(arguments, name)
    try:
        schema = tidy(adapter.json_schema())
    except PydanticInvalidForJsonSchema as error:
        raise InvalidTool(f"Tool {name!r}: a type has no JSON Schema ({error.message}).") from error
    properties = schema["properties"]
    descriptions = read_docstring(function.__doc__).arguments
    for argument in arguments:
        properties[argument.name] = _property(properties[argument.name], argument, descriptions)
    if not properties:
        schema["additionalProperties"] = (
            False  # an object that names nothing would pass for one of any content
        )
    nullable = frozenset(argument.name for argument in arguments if argument.default is None)
    return Signature(schema, nullable, adapter)


def _arguments(function: Callable[..., Any], name: str) -> Iterator[_Argument]:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError) as error:
        raise InvalidTool(f"Tool {name!r}: its arguments cannot be read; use Tool.from_schema.") from error
    hints = _hints(function, name)
    for parameter in signature.parameters.values():
        if parameter.kind not in _BY_NAME:
            raise InvalidTool(
                f"Tool {name!r} takes {parameter}, which a model cannot give by name: name each argument."
            )
        if parameter.name == "self" and "self" not in hints:
            raise InvalidTool(f"Tool {name!r} is a method without its object: use tool(object.{name}).")
        yield _argument(parameter, hints.get(parameter.name, Any))


def _argument(parameter: inspect.Parameter, hint: Any) -> _Argument:
    default = PydanticUndefined if parameter.default is parameter.empty else parameter.default
    if isinstance(default, FieldInfo):  # `city: str = Field(description=...)`
        hint, default = Annotated[hint, default], PydanticUndefined
    extras = typing.get_args(hint)[1:] if typing.get_origin(hint) is Annotated else ()
    description = next((extra for extra in extras if isinstance(extra, str)), None)
    for extra in extras:
        if isinstance(extra, FieldInfo):
            description = description or extra.description
            if default is PydanticUndefined:
                default = extra.default if extra.default_factory is None else ...
    return _Argument(parameter.name, hint, default, description)


def _hints(function: Callable[..., Any], name: str) -> dict[str, Any]:
    target: Any = inspect.unwrap(function)
    while isinstance(target, partial):
        target = target.func
    if not inspect.isroutine(target):
        target = type(target).__call__
    annotations = dict(getattr(target, "__annotations__", {}))
    annotations.pop("return", None)  # not needed, and often importable only for type checkers
    holder = types.SimpleNamespace(__annotations__=annotations)
    try:
        return typing.get_type_hints(holder, globalns=getattr(target, "__globals__", {}), include_extras=True)
    except NameError as error:
        raise InvalidTool(
            f"Tool {name!r}: the type hint {error.name!r} is not known where the function is defined; "
            "import or define it at the top of the module."
        ) from error


def _adapter(arguments: list[_Argument], name: str) -> TypeAdapter[dict[str, Any]]:
    """One pydantic validator for all arguments. A typed dictionary, as its keys may have any name."""
    fields = {
        argument.name: argument.hint if argument.default is PydanticUndefined else NotRequired[argument.hint]
        for argument in arguments
    }
    try:
        return TypeAdapter(TypedDict("Arguments", fields))  # type: ignore[operator]
    except PydanticSchemaGenerationError as error:
        raise InvalidTool(
            f"Tool {name!r}: {error.message.splitlines()[0].rstrip('.')}; "
            "use JSON types, dataclasses or pydantic models."
        ) from error
    except PydanticUserError as error:
        raise InvalidTool(f"Tool {name!r}: {error.message.splitlines()[0]}") from error


def _property(schema: dict[str, Any], argument: _Argument, descriptions: Mapping[str, str]) -> dict[str, Any]:
    """The schema of one argument as the model reads it: type first, its meaning last."""
    if argument.default is None:
        schema = _without_null(schema)
    elif argument.default is not PydanticUndefined and argument.default is not ...:
        try:
            schema["default"] = to_jsonable_python(argument.default)
        except PydanticSerializationError:
            schema.pop("default", None)  # it cannot be said in JSON; the function still has it
    of_type = schema.pop("description", None)  # the docstring of a dataclass or model
    description = argument.description or descriptions.get(argument.name) or of_type
    if description:
        schema["description"] = description
    return schema


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    schema.pop("default", None)
    variants = [variant for variant in schema.get("anyOf", ()) if variant != {"type": "null"}]
    if not variants:
        return schema
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    return {**variants[0], **rest} if len(variants) == 1 else {"anyOf": variants, **rest}
