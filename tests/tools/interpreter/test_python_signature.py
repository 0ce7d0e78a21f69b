from typing import Any

import pytest

from qwact.tools.errors import UserError
from qwact.tools.interpreter.python_signature import python_name, python_signature


@pytest.mark.parametrize(
    ("properties", "required", "expected"),
    [
        ({}, [], "f() -> str"),
        ({"a": {"type": "string"}}, ["a"], "f(a: str) -> str"),
        ({"a": {"type": "integer", "default": 3}}, [], "f(a: int = 3) -> str"),
        ({"a": {"type": "number"}}, [], "f(a: float = ...) -> str"),
        ({"a": {"type": "boolean", "default": True}}, [], "f(a: bool = True) -> str"),
        ({"a": {"type": ["string", "null"], "default": None}}, [], "f(a: str | None = None) -> str"),
        ({"a": {"type": "array", "items": {"type": "object"}}}, ["a"], "f(a: list[dict]) -> str"),
        ({"a": {"type": "array"}}, ["a"], "f(a: list) -> str"),
        ({"a": {"enum": ["x", 1]}}, ["a"], "f(a: Literal['x', 1]) -> str"),
        ({"a": {"const": "x"}}, ["a"], "f(a: Literal['x']) -> str"),
        ({"a": {"enum": list("abcdefghijklmnop"), "type": "string"}}, ["a"], "f(a: str) -> str"),
        ({"a": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, ["a"], "f(a: str | None) -> str"),
        ({"a": True}, ["a"], "f(a: Any) -> str"),
        ({"a": {"$ref": "#/$defs/x"}}, ["a"], "f(a: Any) -> str"),
        ({"a": {"type": "string", "default": "x" * 99}}, [], "f(a: str = ...) -> str"),
        ({"from": {"type": "string"}, "b": {}}, ["from", "b"], "f(b: Any, **{'from': str}) -> str"),
    ],
)
def test_a_schema_is_shown_as_python(properties: dict[str, Any], required: list[str], expected: str) -> None:
    parameters = {"type": "object", "properties": properties, "required": required}
    assert python_signature("f", parameters) == expected


@pytest.mark.parametrize(
    ("tool", "name"),
    [("search", "search"), ("web-search", "web_search"), ("fs.read", "fs_read"), ("查询", "查询")],
)
def test_a_tools_name_is_the_functions(tool: str, name: str) -> None:
    assert python_name(tool) == name


@pytest.mark.parametrize(
    "tool", ["print", "len", "class", "None", "1st", "-x", "_1", "__import__", "In", "display"]
)
def test_a_name_that_hides_or_is_none_is_refused(tool: str) -> None:
    with pytest.raises(UserError, match="cannot be the name of a function in code"):
        python_name(tool)
