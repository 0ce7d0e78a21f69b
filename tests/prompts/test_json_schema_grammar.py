import json
from typing import Any

import pytest
from llguidance import LLMatcher, LLTokenizer, TokenizerWrapper

from qwact.prompts.arguments_grammar import arguments_rules


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
    rules, reason = arguments_rules("arguments", schema)
    assert reason is None
    lark = "\n".join(["%llguidance {}", "start: arguments", *rules])
    matcher = LLMatcher(TOKENIZER, LLMatcher.grammar_from_lark(lark), log_level=0)
    assert not matcher.is_error(), matcher.get_error()
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


LINK = {"type": "object", "properties": {"name": {"type": "string"}, "next": {"$ref": "#/$defs/Link"}}}
LIST: dict[str, Any] = {**LINK, "required": ["name", "next"]}
LIST["properties"] = {**LIST["properties"], "next": {"anyOf": [{"$ref": "#/$defs/Link"}, {"type": "null"}]}}
MUTUAL = {"A": of({"$ref": "#/$defs/B"}), "B": of({"$ref": "#/$defs/A"})}
TREE = {"type": "array", "items": {"$ref": "#/definitions/a~1b%20"}}


def linked(length: int, end: Any) -> Any:
    return {"name": "n", "next": linked(length - 1, end)} if length else end


def within(depth: int, inner: Any) -> Any:
    return {"a": within(depth - 1, inner)} if depth else inner


def brackets(depth: int) -> Any:
    return [[]] if depth == 2 else [[], brackets(depth - 1)]


@pytest.mark.parametrize(
    ("schema", "deepest", "too_deep"),
    [
        (of({"$ref": "#/$defs/Link"}, **{"$defs": {"Link": LINK}}), linked(7, {}), linked(8, {})),
        (of({"$ref": "#/$defs/Link"}, **{"$defs": {"Link": LIST}}), linked(8, None), linked(9, None)),
        (of(TREE, definitions={"a/b ": TREE}), brackets(9), brackets(10)),
        (of({"$ref": "#"}), within(7, {}), within(8, {})),
        (of({"$ref": "#/$defs/A"}, **{"$defs": MUTUAL}), within(7, {}), within(8, {})),
    ],
)
def test_what_leads_back_to_itself_has_a_greatest_depth(
    schema: dict[str, Any], deepest: Any, too_deep: Any
) -> None:
    assert accepts(schema, {"a": deepest})
    assert not accepts(schema, {"a": too_deep})


def test_what_goes_on_for_ever_is_left_out_or_said() -> None:
    endless = {"E": of({"$ref": "#/$defs/E"}, required=["a"])}
    assert accepts({"type": "object", "properties": {"e": {"$ref": "#/$defs/E"}}, "$defs": endless}, {})
    for schema in ({"$ref": "#/$defs/E"}, of({"$ref": "#/$defs/E"}, required=["a"])):
        assert arguments_rules("arguments", {**schema, "$defs": endless})[1] is not None


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
    rules, said = arguments_rules("arguments", schema)
    assert said is not None
    assert reason in said
    assert "\n" not in said
    assert rules == arguments_rules("arguments", {"type": "object", "properties": {"q": {"not": {}}}})[0]


def test_uniqueness_that_is_not_asked_for_is_no_obstacle() -> None:
    assert accepts(of({"type": "array", "items": {"type": "integer"}, "uniqueItems": False}), {"a": [1, 1]})
