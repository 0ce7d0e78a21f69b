import enum
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, Literal, NotRequired

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from qwact.tools.errors import InvalidTool
from qwact.tools.schema import Signature, read_signature


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Point:
    """A place on the map."""

    x: float
    y: float = 0.0
    labels: list[str] = field(default_factory=list)


class Person(BaseModel):
    name: str = Field(description="Full name.", min_length=1)
    home: Point


class Node(BaseModel):
    value: int
    children: list["Node"] = []


class Options(TypedDict):
    depth: int
    title: NotRequired[str]


def properties(function: Callable[..., Any]) -> Any:
    return read_signature(function, "f").parameters["properties"]


def test_a_plain_function() -> None:
    def get_weather(city: str, unit: Literal["celsius", "fahrenheit"] = "celsius", days: int = 1) -> dict:
        """Weather.

        Args:
            city: Name of the city.
            unit: Temperature unit.
        """
        return {}

    assert read_signature(get_weather, "get_weather").parameters == {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "Name of the city."},
            "unit": {
                "type": "string",
                "enum": ["celsius", "fahrenheit"],
                "default": "celsius",
                "description": "Temperature unit.",
            },
            "days": {"type": "integer", "default": 1},
        },
        "required": ["city"],
    }


def test_keys_stand_in_the_order_in_which_a_model_reads_them() -> None:
    def f(city: Annotated[str, Field(description="City.", max_length=9)] = "Oslo") -> None: ...

    assert list(properties(f)["city"]) == ["type", "maxLength", "default", "description"]


def test_annotated_text_and_field_describe_an_argument_before_the_docstring_does() -> None:
    def f(a: Annotated[int, "Count."], b: Annotated[int, Field(description="Size.", ge=1)], c: int) -> None:
        """Do.

        Args:
            a: Not this.
            b: Not this.
            c: This.
        """

    found = properties(f)
    assert found["a"] == {"type": "integer", "description": "Count."}
    assert found["b"] == {"type": "integer", "minimum": 1, "description": "Size."}
    assert found["c"] == {"type": "integer", "description": "This."}


def test_the_docstring_describes_an_argument_before_its_class_does() -> None:
    def f(here: Point, there: Point) -> None:
        """Go.

        Args:
            here: Where from.
        """

    assert properties(f)["here"]["description"] == "Where from."
    assert properties(f)["there"]["description"] == "A place on the map."


def test_models_are_written_out_without_titles_and_references() -> None:
    def f(person: Person, title: str, color: Color) -> None: ...

    text = json.dumps(read_signature(f, "f").parameters)
    assert "$ref" not in text
    assert "$defs" not in text
    assert '"title": "' not in text
    assert properties(f)["title"] == {"type": "string"}
    assert properties(f)["color"] == {"type": "string", "enum": ["red", "blue"]}
    assert properties(f)["person"]["properties"]["home"]["required"] == ["x"]


def test_a_recursive_model_keeps_its_reference() -> None:
    def f(tree: Node, person: Person) -> None: ...

    schema = read_signature(f, "f").parameters
    assert schema["properties"]["tree"] == {"$ref": "#/$defs/Node"}
    assert list(schema["$defs"]) == ["Node"]
    check = jsonschema.Draft202012Validator(schema)
    person = {"name": "A", "home": {"x": 1}}
    assert check.is_valid({"tree": {"value": 1, "children": [{"value": 2}]}, "person": person})
    assert not check.is_valid({"tree": {"value": 1, "children": [{"value": "2"}]}, "person": person})


def test_optional_with_default_none_is_offered_as_the_type_itself() -> None:
    def f(a: int | None = None, b: int | str | None = None, c: int | None = 3, *, d: int | None) -> None: ...

    signature = read_signature(f, "f")
    found = signature.parameters["properties"]
    assert found["a"] == {"type": "integer"}
    assert found["b"] == {"anyOf": [{"type": "integer"}, {"type": "string"}]}
    assert found["c"] == {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": 3}
    assert found["d"] == {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    assert signature.parameters["required"] == ["d"]
    assert signature.nullable == {"a", "b"}


def test_an_argument_without_a_hint_takes_anything() -> None:
    def f(a, b=2) -> None:  # type: ignore[no-untyped-def]
        """Do.

        Args:
            a: Something.
        """

    assert properties(f) == {"a": {"description": "Something."}, "b": {"default": 2}}


NOWHERE, HERE, LEAP_DAY = object(), Point(1), date(2024, 2, 29)


def test_defaults_that_json_cannot_say_are_left_out() -> None:
    def f(a: Any = NOWHERE, b: Point = HERE, c: Color = Color.BLUE, d: date = LEAP_DAY) -> None: ...

    found = properties(f)
    assert "default" not in found["a"]
    assert found["b"]["default"] == {"x": 1, "y": 0.0, "labels": []}
    assert found["c"]["default"] == "blue"
    assert found["d"]["default"] == "2024-02-29"


def test_a_field_may_stand_as_the_default() -> None:
    def f(a: int = Field(5, description="Five."), b: str = Field(description="Text.")) -> None: ...

    signature = read_signature(f, "f")
    assert signature.parameters["properties"]["a"] == {
        "type": "integer",
        "default": 5,
        "description": "Five.",
    }
    assert signature.parameters["required"] == ["b"]
    assert signature.convert({"b": "x"}) == {"a": 5, "b": "x"}


def test_a_function_without_arguments_takes_none() -> None:
    def f() -> None: ...

    assert read_signature(f, "f").parameters == {
        "type": "object",
        "properties": {},
        "additionalProperties": False,
    }


def test_arguments_may_be_named_like_the_members_of_a_model() -> None:
    def f(schema: int, model_config: int, json: int, _private: int, copy: int) -> None: ...

    assert list(properties(f)) == ["schema", "model_config", "json", "_private", "copy"]


def test_methods_partials_and_callable_objects() -> None:
    class Adder:
        def add(self, a: int, b: int) -> int:
            return a + b

        def __call__(self, a: int) -> int:
            return a

    assert list(properties(Adder().add)) == ["a", "b"]
    assert list(properties(Adder())) == ["a"]
    assert properties(partial(Adder().add, b=2))["b"] == {"type": "integer", "default": 2}


def test_a_return_hint_known_only_to_type_checkers_does_no_harm() -> None:
    def f(a: int) -> "NowhereDefined": ...  # type: ignore[name-defined]  # noqa: F821

    assert properties(f) == {"a": {"type": "integer"}}


def _positional(a: int, /) -> None: ...
def _star(*numbers: int) -> None: ...
def _stars(**options: int) -> None: ...
def _self(self, a: int) -> None: ...  # type: ignore[no-untyped-def]
def _unknown(a: "NowhereDefined") -> None: ...  # type: ignore[name-defined]  # noqa: F821
def _callback(a: Callable[[int], int]) -> None: ...
def _foreign(a: jsonschema.Draft202012Validator) -> None: ...


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (_positional, "cannot give by name"),
        (_star, "cannot give by name"),
        (_stars, "cannot give by name"),
        (_self, "method without its object"),
        (_unknown, "'NowhereDefined' is not known"),
        (_callback, "JSON Schema"),
        (_foreign, "use JSON types"),
        (min, "Tool.from_schema"),
    ],
)
def test_what_a_model_cannot_call_is_refused_in_one_sentence(function: Callable[..., Any], says: str) -> None:
    with pytest.raises(InvalidTool, match=says) as caught:
        read_signature(function, "f")
    assert str(caught.value).startswith("Tool 'f'")
    assert "\n" not in str(caught.value)


def everything(
    text: str,
    count: int,
    share: float,
    flag: bool,
    color: Color,
    day: date,
    moment: datetime,
    place: Point,
    options: Options,
    names: list[str],
    pair: tuple[int, str],
    unique: set[int],
    table: dict[str, float],
    either: int | str,
    tree: Node | None = None,
) -> None: ...


SIGNATURE: Signature = read_signature(everything, "everything")
_TREES = st.recursive(
    st.fixed_dictionaries({"value": st.integers()}),
    lambda trees: st.fixed_dictionaries({"value": st.integers(), "children": st.lists(trees, max_size=2)}),
    max_leaves=4,
)
ARGUMENTS = st.fixed_dictionaries(
    {
        "text": st.text(),
        "count": st.integers(),
        "share": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**9), 10**9),
        "flag": st.booleans(),
        "color": st.sampled_from(["red", "blue"]),
        "day": st.dates().map(date.isoformat),
        "moment": st.datetimes().map(datetime.isoformat),
        "place": st.fixed_dictionaries({"x": st.integers(-9, 9)}, optional={"labels": st.lists(st.text())}),
        "options": st.fixed_dictionaries({"depth": st.integers()}, optional={"title": st.text()}),
        "names": st.lists(st.text()),
        "pair": st.tuples(st.integers(), st.text()).map(list),
        "unique": st.lists(st.integers(), unique=True),
        "table": st.dictionaries(st.text(), st.floats(-9, 9)),
        "either": st.integers() | st.text(),
    },
    optional={"tree": _TREES},
)


@given(ARGUMENTS)
def test_what_the_schema_allows_converts_to_what_the_function_takes(arguments: dict[str, Any]) -> None:
    jsonschema.validate(arguments, SIGNATURE.parameters)
    values = SIGNATURE.convert(arguments)
    assert values["color"] is Color(arguments["color"])
    assert values["day"].isoformat() == arguments["day"]
    assert values["moment"].isoformat() == arguments["moment"]
    assert values["place"] == Point(arguments["place"]["x"], 0.0, arguments["place"].get("labels", []))
    assert values["pair"] == tuple(arguments["pair"])
    assert values["unique"] == set(arguments["unique"])
    assert isinstance(values["share"], float)
    assert isinstance(values.get("tree"), Node) == ("tree" in arguments)
    for name in ("text", "count", "flag", "options", "names", "table", "either"):
        assert values[name] == arguments[name]
        assert type(values[name]) is type(arguments[name])
