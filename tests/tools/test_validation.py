from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator

from qwact.tools import Tool, tool
from qwact.tools.errors import InvalidArguments
from qwact.tools.tool import FunctionTool
from qwact.tools.validation import ArgumentCheck


@dataclass
class Point:
    x: float
    y: float


@tool
def draw(
    name: str,
    at: list[Point],
    unit: Literal["cm", "inch"] = "cm",
    size: int | None = None,
    day: date = date(2024, 1, 1),
) -> None:
    """Draw."""


def refused(arguments: Any, checked: Tool = draw) -> str:
    with pytest.raises(InvalidArguments) as caught:
        ArgumentCheck(checked).prepare(arguments)
    return str(caught.value)


def test_every_problem_is_told_at_once() -> None:
    assert refused({"nam": "a", "at": [{"x": "1", "y": 2}, {"x": 1}], "unit": "mm", "day": "2024-02-30"}) == (
        "The arguments of draw are wrong:\n"
        "- nam: no such argument; did you mean name?\n"
        "- name: missing; wanted a string\n"
        '- at[0].x: wanted a number, got "1"\n'
        "- at[1].y: missing; wanted a number\n"
        '- unit: wanted one of "cm", "inch", got "mm"\n'
        "- and 1 more"
    )


def test_an_unknown_argument_with_no_near_name_gets_the_list() -> None:
    assert refused({"name": "a", "at": [], "zzz": 1}) == (
        "The arguments of draw are wrong:\n"
        "- zzz: no such argument; the arguments are: name, at, unit, size, day"
    )


@pytest.mark.parametrize("arguments", [[1], "a", None, 3])
def test_arguments_that_are_no_object(arguments: object) -> None:
    assert "must be a JSON object" in refused(arguments)


def test_a_long_value_is_shown_in_short() -> None:
    text = refused({"name": ["x" * 1000], "at": []})
    assert "..." in text
    assert len(text) < 200


def test_null_stands_for_leaving_out_only_where_the_default_is_none() -> None:
    assert ArgumentCheck(draw).prepare({"name": "a", "at": [], "size": None}) == {"name": "a", "at": []}
    assert 'unit: wanted one of "cm", "inch", got null' in refused({"name": "a", "at": [], "unit": None})


def test_values_arrive_as_what_the_function_takes() -> None:
    given = {"name": "a", "at": [{"x": 1, "y": 2}], "day": "2024-02-29"}
    values = ArgumentCheck(draw).prepare(given)
    assert values == {"name": "a", "at": [Point(1, 2)], "day": date(2024, 2, 29)}


def _even(number: int) -> int:
    if number % 2:
        raise ValueError("must be even")
    return number


def test_rules_that_no_schema_expresses_are_told_as_well() -> None:
    @tool
    def halve(number: Annotated[int, AfterValidator(_even)]) -> int:
        """Halve."""
        return number // 2

    assert ArgumentCheck(halve).prepare({"number": 4}) == {"number": 4}
    assert refused({"number": 3}, halve).endswith("- number: Value error, must be even, not 3")


def from_schema(properties: dict[str, Any], **rest: Any) -> FunctionTool[..., Any]:
    schema = {"type": "object", "properties": properties, **rest}
    return Tool.from_schema(name="t", description="", parameters=schema, run=dict)


@pytest.mark.parametrize(
    ("schema", "value", "says"),
    [
        (
            {"type": "integer", "minimum": 1, "maximum": 5},
            9,
            "wanted a whole number, at least 1, at most 5, got 9",
        ),
        ({"type": "integer"}, True, "wanted a whole number, got true"),
        ({"type": "integer"}, "7", 'wanted a whole number, got "7"'),
        ({"const": 3}, 4, "wanted 3, got 4"),
        ({"type": ["string", "null"]}, 1, "wanted a string or null, got 1"),
        ({"anyOf": [{"type": "string"}, {"type": "boolean"}]}, 1, "wanted a string or true or false, got 1"),
        ({"type": "string", "pattern": "^a+$"}, "b", 'wanted a string, matching ^a+$, got "b"'),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, [1], "of at least 2 items, got [1]"),
        ({"type": "array", "uniqueItems": True}, [1, 1], "wanted a list, no item twice, got [1, 1]"),
        ({"type": "object", "required": ["b"]}, {}, "v.b: missing; wanted any value"),
        (
            {"type": "object", "properties": {"b": {}}, "additionalProperties": False},
            {"c": 1},
            "v.c: no such argument; there may be: b",
        ),
        ({"not": {"type": "string"}}, "s", 'got "s"'),
        (False, 1, "wanted nothing, got 1"),
    ],
)
def test_what_was_wanted_is_said_in_words(schema: Any, value: object, says: str) -> None:
    assert refused({"v": value}, from_schema({"v": schema})).endswith(says)


def test_a_schema_that_allows_other_names_gets_them() -> None:
    assert ArgumentCheck(from_schema({})).prepare({"b": 1}) == {"b": 1}
    closed = from_schema({"a": {}}, additionalProperties=False)
    assert refused({"b": 1}, closed).endswith("- b: no such argument; the arguments are: a")


def test_the_tool_cannot_change_what_the_model_said() -> None:
    said = {"a": {"list": [1]}}
    values = ArgumentCheck(from_schema({"a": {}})).prepare(said)
    values["a"]["list"].append(2)
    assert said == {"a": {"list": [1]}}
