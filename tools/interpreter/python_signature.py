"""A tool as a function of Python: its name and its signature."""

import builtins
import keyword
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from qwact.tools.errors import UserError

_HINTS = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
    "object": "dict",
    "array": "list",
}
_TAKEN = {"ToolError", "In", "Out", "get_ipython", "display"}
_MOST_CHOICES, _LONGEST_DEFAULT = 12, 40


def python_name(tool: str) -> str:
    """The function's name: the tool's, with `_` for `-` and `.`.

    Raises:
        UserError: It would be none, or hide something that Python or the kernel has.
    """
    name = unicodedata.normalize("NFKC", re.sub("[-.]", "_", tool))  # as Python reads names
    is_usable = name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_")
    if not is_usable or name in _TAKEN or hasattr(builtins, name):
        raise UserError(
            f"tools: {tool!r} cannot be the name of a function in code: give the tool another name."
        )
    return name


def python_signature(name: str, parameters: Mapping[str, Any]) -> str:
    """Such as `search(query: str, limit: int = 10) -> str`.

    Args:
        name: The function's name.
        parameters: JSON Schema of its arguments.
    """
    required = parameters.get("required", ())
    plain, others = [], []
    for argument, schema in parameters.get("properties", {}).items():
        if argument.isidentifier() and not keyword.iskeyword(argument):
            plain.append(_parameter(argument, schema, argument in required))
        else:  # `from`, `max-age`: only in a dictionary
            others.append(f"{argument!r}: {_hint(schema)}")
    if others:
        plain.append(f"**{{{', '.join(others)}}}")
    return f"{name}({', '.join(plain)}) -> str"


def _parameter(name: str, schema: Any, is_required: bool) -> str:
    text = f"{name}: {_hint(schema)}"
    if is_required:
        return text
    default = repr(schema["default"]) if isinstance(schema, Mapping) and "default" in schema else "..."
    return f"{text} = {default if len(default) <= _LONGEST_DEFAULT else '...'}"


def _hint(schema: Any) -> str:
    if not isinstance(schema, Mapping):
        return "Any"
    choices = [schema["const"]] if "const" in schema else schema.get("enum", [])
    if 0 < len(choices) <= _MOST_CHOICES:
        return f"Literal[{', '.join(map(repr, choices))}]"
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return " | ".join(dict.fromkeys(map(_hint, schema[key])))
    kinds = schema.get("type", ())
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if list(kinds) == ["array"] and isinstance(schema.get("items"), Mapping):
        return f"list[{_hint(schema['items'])}]"
    return " | ".join(_HINTS[kind] for kind in kinds) or "Any"
