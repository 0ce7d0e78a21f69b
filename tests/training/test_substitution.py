"""Hand-written functions under other words."""

import random

from training.domain_files import functions
from training.substitution import substituted


def test_the_exchanged_word_is_gone_from_name_and_phrasings_alike() -> None:
    changed = 0
    for function in functions():
        other = substituted(function, random.Random(function.name))
        if other is function:
            continue
        changed += 1
        assert other.name != function.name
        assert other.asks
        assert {ask.names for ask in other.asks} <= {ask.names for ask in function.training_asks}
        assert [parameter.name for parameter in other.parameters] == [
            parameter.name for parameter in function.parameters
        ]
    assert changed > 0.3 * len(functions())


def test_only_phrasings_that_name_the_new_thing_are_kept() -> None:
    function = next(function for function in functions() if function.name == "get_current_weather")
    for seed in range(20):
        other = substituted(function, random.Random(seed))
        if other is not function:
            new = set(other.name.split("_")) - set(function.name.split("_"))
            assert all(any(word in ask.text.lower() for word in new) for ask in other.asks)
