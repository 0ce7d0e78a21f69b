"""Other words for the same thing."""

import random

from training.synonyms import exchanged, single_words


def test_words_are_exchanged_within_their_group_alone() -> None:
    rng = random.Random(1)
    seen = {exchanged("Calculate the fare.", 1.0, rng) for _ in range(60)}
    assert "Compute the ticket price." in seen
    assert all(text.endswith(("ticket price.",)) and text[0].isupper() for text in seen)


def test_nothing_changes_without_a_share_or_a_known_word() -> None:
    rng = random.Random(1)
    assert exchanged("Calculate the fare.", 0.0, rng) == "Calculate the fare."
    assert exchanged("zzyx 'calculate'", 1.0, rng) == "zzyx 'calculate'"  # what is quoted stays


def test_a_word_with_other_meanings_is_never_taken_out() -> None:
    rng = random.Random(1)
    assert all(exchanged("book", 1.0, rng) == "book" for _ in range(20))
    assert any(exchanged("reserve", 1.0, rng) == "book" for _ in range(20))


def test_nouns_stand_for_their_plurals() -> None:
    rng = random.Random(2)
    assert {exchanged("two companies", 1.0, rng) for _ in range(60)} == {"two firms", "two businesses"}


def test_names_take_single_words() -> None:
    assert set(single_words("employee")) == {"worker"}
    assert single_words("zzyx") == ()
