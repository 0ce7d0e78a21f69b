import json
from typing import Any

import pytest
from llguidance import LLMatcher, LLTokenizer, TokenizerWrapper

from qwact.prompts.json_schema_grammar import json_rule


class Bytes:
    """A vocabulary of the 256 bytes."""

    bos_token_id = None
    eos_token_id = 256
    tokens = (*(bytes([byte]) for byte in range(256)), b"<end>")
    special_token_ids = (256,)

    def __call__(self, data: bytes | str) -> list[int]:
        return list(data if isinstance(data, bytes) else data.encode())


TOKENIZER = LLTokenizer(TokenizerWrapper(Bytes()))


def accepts(schema: dict[str, Any], value: Any) -> bool:
    rule, reason = json_rule(schema)
    assert reason is None
    matcher = LLMatcher(
        TOKENIZER, LLMatcher.grammar_from_lark(f"%llguidance {{}}\nstart: %json {rule}"), log_level=0
    )
    ids = list((value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).encode())
    return matcher.try_consume_tokens(ids) == len(ids) and matcher.is_accepting()


def of(property_schema: Any, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": property_schema}, **more}


def test_only_declared_properties_unless_the_schema_says_otherwise() -> None:
    assert not accepts(of({"type": "integer"}), {"a": 1, "b": 2})
    assert accepts(of({"type": "integer"}, additionalProperties=True), {"a": 1, "b": {"c": [2]}})
    assert accepts(of({"type": "integer"}, additionalProperties={"type": "integer"}), {"a": 1, "b": 2})
    assert not accepts(of({"type": "integer"}, additionalProperties={"type": "integer"}), {"a": 1, "b": "2"})
    assert not accepts(of(of({"type": "integer"})), {"a": {"a": 1, "b": 2}})


def test_an_object_without_properties_is_free_and_bounded() -> None:
    assert accepts({"type": "object"}, {"x": [1, {"y": None}], "z": "w"})
    assert accepts({}, {"x": 1})
    assert not accepts({"type": "object"}, {"k" * 65: 1})
    assert not accepts({"type": "object"}, {str(key): 1 for key in range(33)})
    assert not accepts({"type": "object", "additionalProperties": {"type": "string"}}, {"x": 1})
    assert not accepts({"type": "object", "properties": {}}, "[1]")


def test_free_text_lists_and_numbers_are_bounded() -> None:
    assert accepts(of({"type": "string"}), {"a": "x" * 4000})
    assert not accepts(of({"type": "string"}), {"a": "x" * 4001})
    assert accepts({"type": "object", "properties": {"code": {"type": "string"}}}, {"code": "x" * 16000})
    assert accepts(of({"type": "string", "minLength": 5000}), {"a": "x" * 5000})
    assert not accepts(of({"type": "array", "items": {"type": "null"}}), {"a": [None] * 257})
    assert not accepts(of({"type": "integer"}), '{"a": ' + "1" * 20 + "}")
    assert accepts(of({"type": "number"}), {"a": -0.1234567891})
    assert not accepts(of({"type": "number"}), '{"a": 0.33333333333}')
    assert not accepts(of({"type": "number"}), '{"a": 1e999}')
    deep: Any = 1
    for _ in range(6):
        deep = [deep]
    assert not accepts(of({}), {"a": deep})


def test_own_limits_of_a_schema_are_kept() -> None:
    assert accepts(of({"type": "string", "maxLength": 9000}), {"a": "x" * 9000})
    assert not accepts(of({"type": "string", "maxLength": 2}), {"a": "xxx"})
    assert accepts(of({"type": "integer", "minimum": 3}), {"a": 3})
    assert not accepts(of({"type": "integer", "exclusiveMinimum": 3}), {"a": 3})
    assert not accepts(of({"type": "number", "exclusiveMaximum": 0.5, "minimum": 0}), {"a": 0.5})
    assert accepts(of({"type": "number", "exclusiveMaximum": 0.5, "minimum": 0}), {"a": 0.4999})
    assert not accepts(of({"type": "integer", "multipleOf": 5}), {"a": 12})


@pytest.mark.parametrize(
    "note",
    [
        {"default": None},
        {"examples": [3]},
        {"format": "int64"},
        {"title": "A"},
        {"x-order": 1},
        {"deprecated": True},
    ],
)
def test_annotations_change_nothing(note: dict[str, Any]) -> None:
    schema = of({"type": "integer", **note})
    assert accepts(schema, {"a": 1})
    assert not accepts(schema, {"a": "1"})


def test_references_and_intersections() -> None:
    person = {"type": "object", "properties": {"name": {"type": "string"}, "friends": {"type": "array"}}}
    person["properties"]["friends"] = {"type": "array", "items": {"$ref": "#/$defs/P"}}  # type: ignore[index]
    nested = of({"$ref": "#/$defs/P", "description": "who"}, **{"$defs": {"P": person}})
    assert accepts(nested, {"a": {"name": "Ann", "friends": [{"name": "Bob"}]}})
    assert not accepts(nested, {"a": {"name": "Ann", "age": 3}})
    both = {
        "allOf": [of({"type": "integer"}), {"properties": {"b": {"type": "integer"}}, "required": ["b"]}],
    }
    assert accepts(both, {"a": 1, "b": 2})
    assert not accepts(both, {"a": 1})
    either = {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
    }
    assert accepts(either, {"b": 2})
    assert not accepts(either, {})


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        (of({"type": "array", "uniqueItems": True}), "uniqueItems"),
        (of({"not": {"type": "string"}}), "not"),
        (of({"type": "string", "pattern": "^(?=a)b"}), "look-around"),
        (of({"type": "string", "pattern": "("}), "no regular expression"),
        (of({"oneOf": [{"type": "string"}, {"type": "string", "minLength": 2}]}), "oneOf"),
        (of({"type": "integer"}, dependentRequired={"a": ["b"]}), "dependentRequired"),
        (of({"type": "number", "multipleOf": 0.1}), "binary"),
        (of({"type": "number", "minimum": 1e20}), "beyond"),
        (of({"type": "array", "items": [{"type": "string"}]}), "prefixItems"),
        (of({"$ref": "http://localhost/other.json"}), "other.json"),
        ({"type": "object", "minProperties": 2}, "minProperties"),
    ],
)
def test_what_cannot_be_expressed_is_said(schema: dict[str, Any], reason: str) -> None:
    rule, said = json_rule(schema)
    assert said is not None
    assert reason in said
    assert "\n" not in said
    assert rule == json_rule({"type": "object", "properties": {"q": {"not": {}}}})[0]


def test_uniqueness_that_is_not_asked_for_is_no_obstacle() -> None:
    assert accepts(of({"type": "array", "items": {"type": "integer"}, "uniqueItems": False}), {"a": [1, 1]})
