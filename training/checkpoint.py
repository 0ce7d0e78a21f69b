"""Writes the checkpoint folder that is shipped, and the state from which training can go on."""

import json
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import Qwen3ForCausalLM

SHARD = "14MB"
"""Every file stays below 15 MB."""


def save(model: Qwen3ForCausalLM, tokenizer_file: Path, folder: Path, about: dict[str, Any]) -> None:
    """Write config.json, tokenizer.json, the weights in bfloat16 (sharded) and training.json."""
    folder.mkdir(parents=True, exist_ok=True)
    copy = Qwen3ForCausalLM(model.config)
    copy.load_state_dict({name: value.detach().float().cpu() for name, value in model.state_dict().items()})
    copy.to(torch.bfloat16).save_pretrained(folder, max_shard_size=SHARD)
    (folder / "generation_config.json").unlink(missing_ok=True)  # how to generate is the caller's choice
    Tokenizer.from_file(str(tokenizer_file)).save(str(folder / "tokenizer.json"))
    (folder / "training.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


def save_state(path: Path, state: dict[str, Any]) -> None:
    """Write what `--resume` reads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(state, path)


def load_state(path: Path) -> dict[str, Any]:
    """Read what `save_state` wrote."""
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state
