"""Arguments with numbers that have exponents; the rest of what a schema allows is as without them."""

import json
import random
from typing import Any

import grammar_walks as walks
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from llguidance import LLMatcher
from random_schemas import random_schema

from qwact.prompts.arguments_grammar import arguments_rules
from qwact.prompts.json_schema_grammar import bounded_schema, rule_text

NUMBER = {"type": "number"}


def of(property_schema: Any, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": property_schema}, **more}


def lark(schema: dict[str, Any]) -> str:
    rules, reason = arguments_rules("arguments", schema)
    assert reason is None
    return "\n".join(["%llguidance {}", "start: arguments", *rules])


def accepts(grammar: str, text: str) -> bool:
    matcher: LLMatcher = walks.Walker(grammar).pristine.deep_copy()
    ids = list(text.encode())
    return matcher.try_consume_tokens(ids) == len(ids) and matcher.is_accepting()


@pytest.mark.parametrize(
    ("schema", "before", "behind"),
    [
        (of(NUMBER), '{"a": ', "}"),
        (of({"type": ["number", "null"]}), '{"a": ', "}"),
        (of({"anyOf": [NUMBER, {"type": "null"}], "default": None}), '{"a": ', "}"),
        (of({"type": "array", "items": NUMBER}), '{"a": [1, ', "]}"),
        (of({"type": "array", "items": of(NUMBER), "minItems": 2}), '{"a": [{"a": ', '}, {"a": 1e-9}]}'),
        (of(of(NUMBER, required=["a"])), '{"a": {"a": ', "}}"),
        (of({"$ref": "#/$defs/P"}, **{"$defs": {"P": of(NUMBER)}}), '{"a": {"a": ', "}}"),
        (
            {"type": "object", "properties": {"é": {"enum": ["x"]}, "a": NUMBER, "b": {"type": "string"}}},
            '{"é": "x", "a": ',
            ', "b": "y"}',
        ),
    ],
)
def test_a_number_may_have_an_exponent(schema: dict[str, Any], before: str, behind: str) -> None:
    grammar = lark(schema)
    for number in ("1e-9", "6.02e23", "-1.25E+03", "1e-09", "1", "-0.5", "12.25"):
        assert accepts(grammar, before + number + behind), number
        Draft202012Validator(schema).validate(json.loads(before + number + behind))
    for number in ("1e999", "1e-999", "1e", "e5", "0e5", "01", "1.e5", "0.33333333333", "NaN"):
        assert not accepts(grammar, before + number + behind), number


@pytest.mark.parametrize(
    ("schema", "accepted", "refused"),
    [
        ({"type": "integer"}, "100000", "1e5"),
        ({**NUMBER, "minimum": 0, "maximum": 1}, "1e-5", "1e5"),
        ({**NUMBER, "exclusiveMinimum": 0}, "1e-5", "-1e-5"),
        ({**NUMBER, "minimum": -(10**18), "maximum": 10**18}, "1e17", "1e18"),
        ({**NUMBER, "multipleOf": 25}, "50", "5e1"),
        ({**NUMBER, "enum": [1, 2.5]}, "2.5", "1e0"),
        ({**NUMBER, "anyOf": [{"maximum": 5}]}, "4", "1e1"),
        ({"allOf": [NUMBER, {"maximum": 5}]}, "4", "1e1"),
        ({"type": "array", "items": NUMBER, "maxItems": 1}, "[1e5]", "[1e5, 1e5]"),
        ({"type": "array", "items": NUMBER, "minItems": 1}, "[1e5]", "[]"),
        ({"type": "array", "items": NUMBER, "maxItems": 0}, "[]", "[1e5]"),
    ],
)
def test_what_a_schema_asks_of_a_number_is_kept(schema: dict[str, Any], accepted: str, refused: str) -> None:
    assert accepts(lark(of(schema)), f'{{"a": {accepted}}}')
    assert not accepts(lark(of(schema)), f'{{"a": {refused}}}')


def test_members_may_be_left_out_as_the_schema_says_and_keep_their_order() -> None:
    properties = {"a": NUMBER, "b": NUMBER, "c": NUMBER, "d": NUMBER}
    grammar = lark({"type": "object", "properties": properties, "required": ["b", "c"]})
    for text in ('{"b": 1, "c": 1}', '{"a": 1, "b": 1, "c": 1, "d": 1}', '{"b": 1, "c": 1, "d": 1e9}'):
        assert accepts(grammar, text)
    for text in ("{}", '{"a": 1, "c": 1}', '{"b": 1, "a": 1, "c": 1}', '{, "b": 1, "c": 1}', '{"b": 1}'):
        assert not accepts(grammar, text)
    grammar = lark({"type": "object", "properties": properties})
    for text in ("{}", '{"a": 1}', '{"d": 1e9}', '{"b": 1, "d": 1}'):
        assert accepts(grammar, text)


def test_a_member_that_nothing_satisfies_is_left_out() -> None:
    impossible = {"type": "string", "minLength": 5, "maxLength": 2}
    grammar = lark({"type": "object", "properties": {"a": NUMBER, "b": impossible, "c": False}})
    assert accepts(grammar, '{"a": 1.5}')


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False), st.integers(0, 2**32))
def test_without_exponents_it_is_the_grammar_of_the_schema(schemas: random.Random, seed: int) -> None:
    schema = random_schema(schemas, beyond=0)
    bounded, reason = bounded_schema(schema)
    if reason is not None:
        return
    plain, ours = f"%llguidance {{}}\nstart: %json {rule_text(bounded)}", lark(schema)
    rng = random.Random(seed)
    for first, second in ((plain, ours), (ours, plain)):
        for _ in range(3):
            walk = walks.Walker(first).walk(rng, 400)
            if walk.finished and not has_exponent(walk.text):
                assert accepts(second, walk.text)


def has_exponent(text: str) -> bool:
    fractions: list[str] = []
    json.loads(text, parse_float=fractions.append)
    return any("e" in number.lower() for number in fractions)
