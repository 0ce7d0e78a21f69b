"""A word has the same tokens wherever it stands, and the fixed words of a prompt are one token each."""

from collections.abc import Iterator
from itertools import islice

import pytest
from tokenizers import Tokenizer

from training.tokenizer import episode_texts, train_tokenizer


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train_tokenizer(episode_texts(1, 300), 2048)


def _pieces(tokenizer: Tokenizer, text: str) -> list[str]:
    return list(tokenizer.encode(text, add_special_tokens=False).tokens)


def _within(pieces: list[str], part: list[str]) -> bool:
    return any(pieces[start : start + len(part)] == part for start in range(len(pieces)))


def _places(word: str) -> Iterator[str]:
    yield f"Brew an {word} please"
    yield f'{{"kind": "{word}"}}'
    yield f"the '{word}'"
    yield f"brew_{word}"
    yield f"({word})"
    yield word


@pytest.mark.parametrize("word", ["oolong", "lobby", "sorrow", "darjeeling", "mitten", "reef"])
def test_a_word_has_the_same_tokens_wherever_it_stands(tokenizer: Tokenizer, word: str) -> None:
    alone = _pieces(tokenizer, word)
    for text in _places(word):
        assert _within(_pieces(tokenizer, text), alone), text


def test_parts_of_camel_case_are_words(tokenizer: Tokenizer) -> None:
    assert _within(_pieces(tokenizer, "brewTea"), _pieces(tokenizer, "Tea"))


def test_the_fixed_wording_of_a_prompt_takes_few_tokens(tokenizer: Tokenizer) -> None:
    text = next(text for text in islice(episode_texts(5, 20), 200) if "Use the following format:" in text)
    fixed = text[text.index("Use the following format:") : text.index("Action: the action to take")]
    assert len(_pieces(tokenizer, fixed)) < 10


def test_any_text_comes_back(tokenizer: Tokenizer) -> None:
    for text in (*islice(episode_texts(9, 5), 20), "ünïcödé 世界 🎉\n\tx", '": {"type": "string"'):
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        assert tokenizer.decode(ids, skip_special_tokens=False) == text
