"""Tiny random checkpoints in the layout of real ones."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import (
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
    Qwen3NextConfig,
    Qwen3NextForCausalLM,
)
from transformers.utils import logging

from qwact.agent.models.checkpoint import check_checkpoint
from qwact.agent.models.local import LocalModel
from qwact.agent.models.tokenizer import QWEN_SPLIT

SENTENCES = [
    'Thought: I need the weather of a city.\nAction: get_weather\nAction Input: {"city": "Oslo"}',
    "\nObservation: 12 degrees\nThought: I now know the final answer.\nFinal Answer: It is 12 degrees.",
    "Question: how warm is it in Oslo today? 今天的天气怎么样？ 你好，世界。",
]
SHAPE: dict[str, Any] = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    # Ten times the usual, so that the next token depends clearly on what came before.
    "initializer_range": 0.2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "max_position_embeddings": 1024,
    "tie_word_embeddings": True,
}
ROWS = 704  # more than the vocabulary has tokens, as in the real checkpoints


def _write_tokenizer(folder: Path) -> None:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(QWEN_SPLIT), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(SENTENCES * 3, trainer)
    tokenizer.add_special_tokens(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    tokenizer.add_tokens([AddedToken(name, special=False) for name in ("<think>", "</think>", "<tool_call>")])
    tokenizer.save(str(folder / "tokenizer.json"))


def _write_checkpoint(folder: Path, network_class: Any, config: Any) -> Path:
    torch.manual_seed(7)
    bars = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    network_class(config).to(torch.bfloat16).save_pretrained(folder)
    if bars:
        logging.enable_progress_bar()
    _write_tokenizer(folder)
    return folder


@pytest.fixture(scope="session")
def qwen3_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Qwen3."""
    config = Qwen3Config(vocab_size=ROWS, **SHAPE)
    return _write_checkpoint(tmp_path_factory.mktemp("qwen3"), Qwen3ForCausalLM, config)


@pytest.fixture(scope="session")
def qwen2_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Qwen2."""
    shape = {name: value for name, value in SHAPE.items() if name != "head_dim"}
    config = Qwen2Config(vocab_size=ROWS, **shape)
    return _write_checkpoint(tmp_path_factory.mktemp("qwen2"), Qwen2ForCausalLM, config)


@pytest.fixture(scope="session")
def hybrid_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Qwen3-Next: one recurrent layer, one of attention."""
    config = Qwen3NextConfig(
        vocab_size=ROWS,
        layer_types=["linear_attention", "full_attention"],
        linear_num_key_heads=2,
        linear_num_value_heads=2,
        linear_key_head_dim=16,
        linear_value_head_dim=16,
        num_experts=2,
        num_experts_per_tok=1,
        moe_intermediate_size=32,
        shared_expert_intermediate_size=32,
        **SHAPE,
    )
    return _write_checkpoint(tmp_path_factory.mktemp("hybrid"), Qwen3NextForCausalLM, config)


@pytest.fixture(scope="session")
def qwen3(qwen3_folder: Path) -> LocalModel:
    """The tiny Qwen3, loaded."""
    return LocalModel(check_checkpoint(qwen3_folder, "tiny"), device="cpu")


@pytest.fixture(scope="session")
def qwen2(qwen2_folder: Path) -> LocalModel:
    """The tiny Qwen2, loaded."""
    return LocalModel(check_checkpoint(qwen2_folder, "tiny"), device="cpu")


@pytest.fixture(scope="session")
def hybrid(hybrid_folder: Path) -> LocalModel:
    """The tiny Qwen3-Next, loaded."""
    return LocalModel(check_checkpoint(hybrid_folder, "tiny"), device="cpu")


@pytest.fixture
def copied(qwen3_folder: Path, tmp_path: Path) -> Callable[..., Path]:
    """Copies the tiny Qwen3, some files left out and some keys of its config changed."""

    def copy(*, without: tuple[str, ...] = (), **config: Any) -> Path:
        for file in qwen3_folder.iterdir():
            if file.name not in without:
                (tmp_path / file.name).write_bytes(file.read_bytes())
        if config:
            file = tmp_path / "config.json"
            file.write_text(json.dumps(json.loads(file.read_text()) | config))
        return tmp_path

    return copy


@pytest.fixture(scope="session")
def qwen_tiktoken() -> Path:
    """The vocabulary of the first Qwen."""
    file = Path(__file__).parents[3].parent / "shared" / "data" / "qwen.tiktoken"
    if not file.is_file():
        pytest.skip("the vocabulary qwen.tiktoken is not beside this checkout")
    return file


@pytest.fixture(scope="session")
def load() -> Callable[..., LocalModel]:
    """Loads a folder onto the CPU."""

    def load(folder: Path, **options: Any) -> LocalModel:
        return LocalModel(check_checkpoint(folder, "tiny"), device="cpu", **options)

    return load
