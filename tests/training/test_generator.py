"""The stream of episodes: repeatable, well-formed, and split."""

from itertools import islice

import pytest
from jsonschema import Draft202012Validator

from training.domain_files import functions
from training.episode import Episode, Step, Turn, check
from training.generator import generate
from training.pools import is_held_out, split_pool


def test_the_same_seed_gives_the_same_episodes() -> None:
    assert list(islice(generate(3), 60)) == list(islice(generate(3), 60))
    assert list(islice(generate(3), 60)) != list(islice(generate(4), 60))


@pytest.mark.parametrize("held_out", [False, True])
def test_every_call_satisfies_the_schema_it_is_offered_with(held_out: bool) -> None:
    for episode in islice(generate(11, held_out), 300):
        schemas = {tool.name: tool.parameters for tool in episode.tools}
        for turn in episode.turns:
            assert turn.question.strip()
            assert turn.answer.strip()
            for step in turn.steps:
                Draft202012Validator(schemas[step.name]).validate(step.arguments)


def test_most_episodes_offer_several_tools_and_some_need_none() -> None:
    episodes = list(islice(generate(5), 400))
    assert sum(len(episode.tools) > 1 for episode in episodes) > 200
    without = [episode for episode in episodes if not any(turn.steps for turn in episode.turns)]
    assert 20 < len(without) < 160


def test_arguments_out_of_the_schemas_order_are_refused() -> None:
    episode = next(e for e in generate(1) if e.kind == "single" and len(e.turns[0].steps[0].arguments) > 1)
    step = episode.turns[0].steps[0]
    turned = dict(reversed(step.arguments.items()))
    turn = Turn("q", [Step("t", step.name, turned, "o")], "t", "a")
    with pytest.raises(ValueError, match="not in the schema's order"):
        check(Episode(episode.tools, [turn]))


def test_a_call_to_a_tool_that_is_not_offered_is_refused() -> None:
    with pytest.raises(ValueError, match="not offered"):
        check(Episode([], [Turn("q", [Step("t", "nothing", {}, "o")], "t", "a")]))


def test_held_out_functions_phrasings_and_words_are_apart_from_training() -> None:
    everything = functions()
    assert everything
    held = [function for function in everything if function.held_out]
    assert 0.03 < len(held) / len(everything) < 0.2
    for function in everything:
        if not function.held_out:
            assert not set(function.training_asks) & set(function.held_out_asks)
    for name in ("words", "first_names", "cities", "companies"):
        assert not set(split_pool(name, True)) & set(split_pool(name, False))


def test_training_episodes_never_show_a_held_out_phrasing() -> None:
    held = {ask.text for function in functions() for ask in function.held_out_asks}
    fixed = {text for text in held if "{" not in text}
    training = {turn.question for episode in islice(generate(8), 500) for turn in episode.turns}
    assert not fixed & training


def test_the_split_is_stable() -> None:
    held = [word for word in ("river", "mountain", "valley", "forest", "castle") if is_held_out(word, 50)]
    assert held == ["river", "mountain", "valley", "castle"]
