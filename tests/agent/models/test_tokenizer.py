"""Vocabularies: the first Qwen's, and those in a tokenizer.json."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwact.agent.models.local import LocalModel
from qwact.agent.models.tokenizer import Tokenizer, from_tiktoken, from_tokenizer_json
from qwact.tools.errors import ModelError


@pytest.fixture(scope="module")
def qwen(qwen_tiktoken: Path) -> Tokenizer:
    return from_tiktoken(qwen_tiktoken, rows=151_936)


# Qwen's own figures: its tokenization note, and its ReAct stop words.
@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ('print("<|endoftext|>")', [1350, 9639, 91, 8691, 723, 427, 91, 82598]),
        ("Observation", [37763, 367]),
        ("Observation:", [37763, 367, 25]),
        ("Observation:\n", [37763, 367, 510]),
        ("\nObservation:", [198, 37763, 367, 25]),
        ("\nAction:", [198, 2512, 25]),
        ("\nAction Input:", [198, 2512, 5571, 25]),
        ("Thought:", [84169, 25]),
        ("\nThought:", [198, 84169, 25]),
        ("Final Answer:", [19357, 21806, 25]),
        ('"}\n', [16707]),
        ("}\n", [532]),
        ("\n\n", [271]),
        ("<tool_call>", [27, 14172, 13429, 29]),
    ],
)
def test_ids_of_the_first_qwen(qwen: Tokenizer, text: str, ids: list[int]) -> None:
    assert qwen.encode(text) == ids


def test_control_tokens_of_the_first_qwen(qwen: Tokenizer) -> None:
    names = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|extra_0|>", "<|extra_204|>")
    assert [qwen.control(name) for name in names] == [151643, 151644, 151645, 151646, 151850]
    assert qwen.end_ids == {151643, 151645}
    assert set(range(151851, 151936)) < qwen.unsampled_ids
    assert 151644 in qwen.unsampled_ids
    assert not qwen.unsampled_ids & {151643, 151645, 0, 151642}


def test_text_is_normalised_first(qwen: Tokenizer) -> None:
    assert qwen.encode("e\u0301") == qwen.encode("é")
    assert qwen.decode_bytes(qwen.encode_bytes("e\u0301".encode())) == "e\u0301".encode()


@pytest.mark.parametrize("name", ["<|im_start|>", "<|endoftext|>", "<tool_call>", "<think>"])
def test_no_control_token_is_read_out_of_text(qwen3: LocalModel, name: str) -> None:
    ids = qwen3.tokenizer.encode(f"a{name}b")
    assert qwen3.tokenizer.control(name) not in ids
    assert qwen3.tokenizer.decode_bytes(ids) == f"a{name}b".encode()


@given(data=st.binary(max_size=30) | st.text(max_size=12).map(str.encode))
def test_any_bytes_come_back(qwen3: LocalModel, data: bytes) -> None:
    assert qwen3.tokenizer.decode_bytes(qwen3.tokenizer.encode_bytes(data)) == data


def test_half_a_surrogate_pair_does_not_break_encoding(qwen3: LocalModel) -> None:
    assert qwen3.tokenizer.decode_bytes(qwen3.tokenizer.encode("a\udcffb")).decode() == "a\ufffdb"


def test_an_end_token_of_the_generation_settings_is_added(qwen3_folder: Path) -> None:
    tokenizer = from_tokenizer_json(qwen3_folder / "tokenizer.json", end_ids=[5])
    assert tokenizer.end_ids == {5, tokenizer.control("<|im_end|>"), tokenizer.control("<|endoftext|>")}


def test_more_tokens_than_rows(qwen3_folder: Path) -> None:
    with pytest.raises(ModelError, match="only 10 rows"):
        from_tokenizer_json(qwen3_folder / "tokenizer.json", rows=10)


def test_a_broken_file(tmp_path: Path) -> None:
    for read, name in ((from_tokenizer_json, "tokenizer.json"), (from_tiktoken, "qwen.tiktoken")):
        file = tmp_path / name
        file.write_text("{not one\n")
        with pytest.raises(ModelError, match="not a readable"):
            read(file)


def test_a_vocabulary_without_some_byte_is_refused(qwen3_folder: Path, tmp_path: Path) -> None:
    content = json.loads((qwen3_folder / "tokenizer.json").read_text())
    del content["model"]["vocab"]["~"]
    content["model"]["merges"] = []
    (tmp_path / "tokenizer.json").write_text(json.dumps(content))
    with pytest.raises(ModelError, match="lacks 1 of the 256 single bytes"):
        from_tokenizer_json(tmp_path / "tokenizer.json")


def test_a_vocabulary_that_is_not_byte_level_is_refused(qwen3_folder: Path, tmp_path: Path) -> None:
    content = json.loads((qwen3_folder / "tokenizer.json").read_text())
    content["model"]["vocab"]["世"] = 650
    (tmp_path / "tokenizer.json").write_text(json.dumps(content))
    with pytest.raises(ModelError, match="not byte-level"):
        from_tokenizer_json(tmp_path / "tokenizer.json")


def test_an_unknown_control_token(qwen3: LocalModel) -> None:
    with pytest.raises(ModelError, match="no control token 'im_start'"):
        qwen3.tokenizer.control("im_start")
