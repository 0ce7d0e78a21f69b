"""The shipped model's shape, and a forward pass made for training."""

import copy
from pathlib import Path
from typing import Any

import torch
from torch.func import functional_call
from torch.nn import functional
from transformers import Qwen3Config, Qwen3ForCausalLM

CONTEXT = 4096
COMPILED_UP_TO = 1536
"""Longer buckets are rare: compiling them would cost more than it saves."""


def configuration(vocabulary: int, *, smoke: bool = False) -> Qwen3Config:
    """15.7 million parameters with the vocabulary of 4096; a tiny model for the smoke test."""
    return Qwen3Config(
        vocab_size=vocabulary,
        hidden_size=64 if smoke else 384,
        num_hidden_layers=2 if smoke else 9,
        num_attention_heads=2 if smoke else 6,
        num_key_value_heads=1 if smoke else 2,
        head_dim=32 if smoke else 64,
        intermediate_size=160 if smoke else 1024,
        max_position_embeddings=CONTEXT,
        rope_parameters={"rope_type": "default", "rope_theta": 100_000.0},
        tie_word_embeddings=True,
        use_cache=True,
        bos_token_id=None,
        eos_token_id=2,  # <|im_end|>
        pad_token_id=0,  # <|endoftext|>
    )


def new_model(vocabulary: int, seed: int, *, smoke: bool = False) -> Qwen3ForCausalLM:
    """A freshly initialised model."""
    torch.manual_seed(seed)
    model = Qwen3ForCausalLM._from_config(configuration(vocabulary, smoke=smoke), attn_implementation="sdpa")
    depth = len(model.model.layers)
    with torch.no_grad():
        for layer in model.model.layers:  # residual branches start small
            layer.self_attn.o_proj.weight.mul_((2 * depth) ** -0.5)
            layer.mlp.down_proj.weight.mul_((2 * depth) ** -0.5)
    return model


def load_weights(folder: Path) -> dict[str, torch.Tensor]:
    """The weights of an earlier checkpoint, to begin with."""
    return Qwen3ForCausalLM.from_pretrained(folder, dtype=torch.float32).state_dict()


class Trainee:
    """Computes the loss; one compiled block serves all layers, since the weights are its inputs."""

    def __init__(self, model: Qwen3ForCausalLM, *, compiled: bool, dropout: float = 0.0) -> None:
        self.model = model
        # A copy: were it a layer itself, that layer would be compiled anew.
        self._template = copy.deepcopy(model.model.layers[0])
        if dropout:  # of what each branch adds, while it trains
            for branch in (self._template.self_attn.o_proj, self._template.mlp.down_proj):
                branch.register_forward_hook(lambda *call: functional.dropout(call[-1], dropout))
        self._weights = [dict(layer.named_parameters()) for layer in model.model.layers]
        torch._dynamo.config.recompile_limit = 64  # one version for each length of batch
        self._compiled = torch.compile(self._block, dynamic=False) if compiled else self._block

    def _block(self, weights: dict[str, torch.Tensor], hidden: Any, cosine: Any, sine: Any) -> torch.Tensor:
        # No mask: rows are padded on the right, and causal attention never looks there.
        result = functional_call(
            self._template,
            weights,
            (hidden,),
            {"attention_mask": None, "position_embeddings": (cosine, sine)},
        )
        return result[0] if isinstance(result, tuple) else result

    def loss(self, ids: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Mean cross-entropy of the trained tokens.

        Args:
            ids: Token ids, one row an episode.
            targets: Flat positions in `ids` of the trained tokens.
        """
        body = self.model.model
        hidden = body.embed_tokens(ids)
        positions = torch.arange(ids.shape[1], device=ids.device)[None]
        cosine, sine = body.rotary_emb(hidden, positions)
        block = self._compiled if ids.shape[1] <= COMPILED_UP_TO else self._block
        for weights in self._weights:
            hidden = block(weights, hidden, cosine, sine)
        before = body.norm(hidden.flatten(0, 1).index_select(0, targets - 1))
        logits = functional.linear(before, body.embed_tokens.weight)
        return functional.cross_entropy(logits.float(), ids.flatten().index_select(0, targets))
