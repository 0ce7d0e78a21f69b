"""Functions as people write them: repeatable, asked for in words, split, offered beside others like them."""

import random

from jsonschema import Draft202012Validator

from training.functions import Template
from training.natural_functions import NaturalFunction, companion, natural_function
from training.pools import split_pool
from training.scene import Scene


def _asked(seed: int, held_out: bool = False) -> tuple[str, str, dict[str, object]]:
    rng = random.Random(seed)
    scene = Scene(rng, held_out)
    (dressed,) = scene.dress([natural_function(rng, held_out)])
    call = scene.call(dressed.function)
    step, _ = scene.step(dressed, call)
    Draft202012Validator(dressed.spec.parameters).validate(step.arguments)
    return call.question(), step.name, step.arguments


def test_calls_satisfy_their_schemas_and_repeat_by_seed() -> None:
    for seed in range(400):
        assert _asked(seed, seed % 2 == 1) == _asked(seed, seed % 2 == 1)


def test_text_values_stand_in_the_question_letter_for_letter() -> None:
    found = total = 0
    for seed in range(400):
        question, _, arguments = _asked(seed)
        texts = [value for value in arguments.values() if isinstance(value, str)]
        total += len(texts)
        found += sum(text in question for text in texts)
    assert found > 0.9 * total > 100  # dates are said in other forms


def test_a_question_leaves_no_placeholder_and_begins_with_no_space() -> None:
    for seed in range(400):
        question = _asked(seed)[0]
        assert "{" not in question
        assert "  " not in question
        assert question == question.strip()


def test_verbs_and_nouns_are_split() -> None:
    for held_out in (False, True):
        for seed in range(100):
            function = natural_function(random.Random(seed), held_out)
            assert function.verb in split_pool("actions", held_out)
            assert function.noun in split_pool("things", held_out)
    assert len(split_pool("actions", False)) > 250
    assert len(split_pool("things", False)) > 500


def test_a_near_companion_differs_in_what_the_request_says() -> None:
    shared = 0
    for seed in range(400):
        rng = random.Random(seed)
        wanted = natural_function(rng, held_out=False)
        other = companion(rng, held_out=False, wanted=wanted)
        assert isinstance(other, NaturalFunction)
        said = " ".join(Template(wanted.asks[0].text).pieces[::2]).lower()
        if other.noun == wanted.noun and other.verb != wanted.verb:
            shared += 1
            assert any(word in said for word in wanted.verb.split("|"))
            assert not set(other.verb.split("|")) & set(wanted.verb.split("|"))
    assert shared > 10
