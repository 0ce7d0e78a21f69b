import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwact.prompts.arguments import read_arguments
from qwact.tools.errors import FormatError
from qwact.tools.spec import ToolSpec

PYTHON = ToolSpec("python", "", {"type": "object", "properties": {"code": {"type": "string"}}})
TWO = ToolSpec(
    "two", "", {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}
)


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ('{"a": 1}', {"a": 1}),
        ("", {}),
        ("None", {}),
        ("{'a': 'it', 'b': None, \"c\": True}", {"a": "it", "b": None, "c": True}),
        ('{"a": [1, 2,], "b": {"c": 1,},}', {"a": [1, 2], "b": {"c": 1}}),
        ('{"a": "line\nbreak\ttab"}', {"a": "line\nbreak\ttab"}),
        ('{"a": """x = "1"\ny"""}', {"a": 'x = "1"\ny'}),
        ('{a: 1, b_2: "x"}', {"a": 1, "b_2": "x"}),
        (r'{"a": "\d+\.\w"}', {"a": r"\d+\.\w"}),
        (r"{'a': 'it\'s'}", {"a": "it's"}),
        ('{"a": .5, "b": +1, "c": 5.}', {"a": 0.5, "b": 1, "c": 5.0}),
        ('{"a": 1}}', {"a": 1}),
        ('{"a": 1}, now I wait', {"a": 1}),
        ('{"a": {"b": [1, 2', {"a": {"b": [1, 2]}}),
        ('```json\n{"a": 1}\n```\nand so on', {"a": 1}),
        ('```\n{"a": "```"}\n```', {"a": "```"}),
        ('{"a": "\\ud83d\\ude00"}', {"a": "😀"}),
        ("{'a': '\\ud83d\\ude00'}", {"a": "😀"}),
    ],
)
def test_repairs_what_can_be_read_in_one_way(text: str, arguments: object) -> None:
    assert read_arguments(text, None, cut=False) == arguments


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": "say "hi""}', 'expected "," or "}" at character 13'),
        ("{'a': 'it's'}", 'expected "," or "}"'),
        ('{"a": 1 "b": 2}', 'expected "," or "}" at character 9, near'),
        ('{"a": }', "expected a JSON value"),
        ('{"a" 1}', 'expected ":" after a key'),
        ('{"a": "open', "expected the end of a string"),
        ('{"a": 1,', "expected a key"),
        ('{"a": red}', "expected a JSON value"),
        ('{"a": 1.2.3}', "expected a JSON value"),
        ('{"a": NaN}', "expected a JSON value"),
        ('{"a": 1e999}', "a number is too large"),
        ('{"a": "\\ud83d"}', "half a character"),
        ('{"a": 1}{"a": 2}', "more than one JSON object"),
        ('{"a": 1}\n{"a": 2}', "more than one JSON object"),
        ("[1, 2]", "must be a JSON object, but it is"),
        ('"x"', "must be a JSON object"),
        ("{" * 5000, "expected"),
        ('{"a": ' + "[" * 5000, "levels of brackets"),
        ('{"a": ' + "1" * 6000 + "}", "expected a JSON value"),
    ],
)
def test_refuses_to_guess(text: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_arguments(text, None, cut=False)
    assert message in str(caught.value)
    assert "JSON object" in str(caught.value)
    assert not caught.value.cut


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("```py\nprint(1)\n```", "print(1)"),
        ("```python\nx = {1}\n\nprint(x)\n```\nThis prints it.", "x = {1}\n\nprint(x)"),
        ("```print(1)```", "print(1)"),
        ("```\nprint(1)", "print(1)"),
        ("`1 + 1`", "1 + 1"),
        ("1 + 1", "1 + 1"),
        ('"1 + 1"', "1 + 1"),
        ("```python\n{1: 2}\n```", "{1: 2}"),
        ('{"code": "1"}', "1"),
    ],
)
def test_one_string_may_stand_alone(text: str, code: str) -> None:
    assert read_arguments(text, PYTHON, cut=False) == {"code": code}


def test_a_bare_string_is_refused_where_it_could_be_either_of_two() -> None:
    with pytest.raises(FormatError, match="must be a JSON object"):
        read_arguments("1 + 1", TWO, cut=False)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(), VALUES, min_size=1, max_size=4)


@given(OBJECTS)
def test_a_python_dict_is_read_as_python_reads_it(value: dict[str, object]) -> None:
    assert read_arguments(repr(value), None, cut=False) == value


@given(OBJECTS, st.sampled_from(["}", " then", "\n```", "}}", "."]))
def test_what_follows_the_object_does_not_count(value: dict[str, object], after: str) -> None:
    assert read_arguments(json.dumps(value, ensure_ascii=False) + after, None, cut=False) == value


@given(OBJECTS, st.data())
def test_a_cut_object_is_never_a_call(value: dict[str, object], data: st.DataObject) -> None:
    text = json.dumps(value, ensure_ascii=False)
    kept = data.draw(st.integers(0, len(text) - 1))
    with pytest.raises(FormatError, match="token limit"):
        read_arguments(text[:kept], None, cut=True)


@given(st.text(alphabet="{}[]\"',:\\ \n`ab1.-eTrue", max_size=30), st.booleans())
def test_any_text_is_an_object_or_an_error_for_the_model(text: str, cut: bool) -> None:
    with contextlib.suppress(FormatError):
        assert isinstance(read_arguments(text, PYTHON, cut=cut), dict)
