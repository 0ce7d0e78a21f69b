"""Generation held to a grammar."""

import json
from collections.abc import Sequence
from typing import Any

import jsonschema
import pytest

from qwact.agent.models.constraint import GrammarEngine
from qwact.agent.models.ledger import Origin
from qwact.agent.models.local import LocalConversation, LocalModel
from qwact.agent.models.protocol import EndReason, Generated, Sampling, TextDelta
from qwact.prompts.format import Grammar
from qwact.prompts.segments import Segment, Text
from qwact.tools.errors import ModelError

SCHEMA = {
    "x-guidance": {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "},
    "type": "object",
    "properties": {
        "city": {"type": "string", "maxLength": 12},
        "unit": {"enum": ["celsius", "fahrenheit"]},
        "days": {"type": "integer", "minimum": 1, "maximum": 14},
    },
    "required": ["city", "unit", "days"],
    "additionalProperties": False,
}
STEP = Grammar(
    'start: "Thought:" THOUGHT "\\nAction: get_weather\\nAction Input: " %json '
    + json.dumps(SCHEMA)
    + "\nTHOUGHT: /[ a-z]{0,20}/",
    {},
)
ANSWER = Grammar('start: "Final Answer:" TEXT\nTEXT: /(.|\\n)*/', {})
PROMPT: list[Segment] = [Text("how warm is it in Oslo?\n")]


def write(
    conversation: LocalConversation, segments: Sequence[Segment] = PROMPT, **options: Any
) -> tuple[str, Generated]:
    *pieces, end = conversation.generate(segments, **options)
    assert isinstance(end, Generated)
    return "".join(piece.text for piece in pieces if isinstance(piece, TextDelta)), end


@pytest.mark.parametrize("seed", range(12))
def test_a_random_model_writes_only_valid_steps(qwen3: LocalModel, seed: int) -> None:
    sampling = Sampling(temperature=20.0, seed=seed)
    text, end = write(qwen3.conversation(), grammar=STEP, sampling=sampling)
    assert end.reason is EndReason.GRAMMAR
    head, arguments = text.split("\nAction: get_weather\nAction Input: ")
    assert head.startswith("Thought:")
    jsonschema.validate(json.loads(arguments), SCHEMA)


def test_forced_tokens_take_no_pass_each(qwen3: LocalModel) -> None:
    conversation = qwen3.conversation()
    _, end = write(conversation, grammar=STEP)
    assert end.forced_tokens > 5
    assert conversation.forward_passes == end.sampled_tokens
    assert conversation.ledger.origins.count(Origin.FORCED) == end.forced_tokens
    assert conversation.ledger.origins.count(Origin.SAMPLED) == end.sampled_tokens
    assert len(conversation.ledger) == end.prompt_tokens + end.forced_tokens + end.sampled_tokens


def test_a_wholly_forced_text_takes_no_pass_at_all(qwen3: LocalModel) -> None:
    conversation = qwen3.conversation()
    text, end = write(conversation, grammar=Grammar('start: "Action: get_weather"', {}))
    assert (text, end.reason) == ("Action: get_weather", EndReason.GRAMMAR)
    assert (end.sampled_tokens, conversation.forward_passes) == (0, 0)
    # The next step computes all that is new in one pass.
    _, end = write(conversation, max_tokens=1)
    assert (conversation.forward_passes, conversation.computed_tokens) == (1, end.prompt_tokens)


def test_forced_tokens_count_against_the_limit(qwen3: LocalModel) -> None:
    conversation = qwen3.conversation()
    _, end = write(conversation, grammar=STEP, max_tokens=1)
    assert end.reason is EndReason.LENGTH
    assert end.forced_tokens == 1


def test_the_end_token_ends_a_complete_grammar(qwen3: LocalModel) -> None:
    for seed in range(40):
        sampling = Sampling(temperature=50.0, seed=seed)
        conversation = qwen3.conversation()
        text, end = write(conversation, grammar=ANSWER, sampling=sampling, max_tokens=400)
        assert text.startswith("Final Answer:")
        if end.reason is EndReason.END:
            break
    assert end.reason is EndReason.END


def test_no_end_token_before_the_grammar_is_complete(qwen3: LocalModel) -> None:
    constraint = GrammarEngine(qwen3.tokenizer).begin(STEP.lark)
    while not constraint.finished:
        if forced := constraint.forced():
            constraint.consume(forced)
            continue
        allowed = constraint.allowed()
        assert not allowed[sorted(qwen3.tokenizer.end_ids)].any()
        assert not allowed[sorted(qwen3.tokenizer.unsampled_ids)].any()
        constraint.consume([int(allowed.argmax())])


def test_control_tokens_do_not_match_text_in_a_grammar(qwen3: LocalModel) -> None:
    constraint = GrammarEngine(qwen3.tokenizer).begin(ANSWER.lark)
    constraint.consume(qwen3.tokenizer.encode("Final Answer:"))
    allowed = constraint.allowed()
    control = set(qwen3.tokenizer.control_ids.values())
    assert {token for token in control if allowed[token]} == qwen3.tokenizer.end_ids
    assert allowed[qwen3.tokenizer.encode("<")].all()


def test_a_grammar_may_name_a_control_token(qwen3: LocalModel) -> None:
    text, _ = write(qwen3.conversation(), grammar=Grammar('start: <think> "x" </think>', {}))
    assert text == "<think>x</think>"


def test_the_same_grammar_again_gives_the_same(qwen3: LocalModel) -> None:
    first, _ = write(qwen3.conversation(), grammar=STEP)
    second, _ = write(qwen3.conversation(), grammar=STEP)
    assert first == second


def test_two_generations_under_one_grammar_side_by_side(qwen3: LocalModel) -> None:
    alone, _ = write(qwen3.conversation(), grammar=STEP)
    one, two = (qwen3.conversation().generate(PROMPT, grammar=STEP) for _ in range(2))
    texts = ["", ""]
    for first, second in zip(one, two, strict=True):
        for index, item in enumerate((first, second)):
            texts[index] += item.text if isinstance(item, TextDelta) else ""
    assert texts == [alone, alone]


def test_a_grammar_that_does_not_compile_is_an_error_with_the_reason(qwen3: LocalModel) -> None:
    conversation = qwen3.conversation()
    for lark, reason in (
        ('start: "a" nowhere', "nowhere"),
        ('start: %json {"type": "array", "uniqueItems": true}', "uniqueItems"),
    ):
        with pytest.raises(ModelError, match=f"does not compile: .*{reason}"):
            write(conversation, grammar=Grammar(lark, {}))
    assert len(conversation.ledger) == 0


def test_a_token_outside_the_grammar_is_an_error(qwen3: LocalModel) -> None:
    constraint = GrammarEngine(qwen3.tokenizer).begin('start: "yes"')
    with pytest.raises(ModelError, match="grammar could not go on"):
        constraint.consume(qwen3.tokenizer.encode("no"))
