"""Weights in 32 bits and their optimizers, beside a model that computes in bfloat16."""

import math
from typing import Any

import torch
from torch import nn

ADAM_BETAS = (0.9, 0.95)


class Optimizer:
    """Muon for the hidden matrices and AdamW (at half the rate) for embeddings and norms, or AdamW for all.

    The model's own weights may be bfloat16: the optimizers work on 32-bit copies, copied back at each step.
    """

    def __init__(self, model: nn.Module, kind: str, rate: float, *, clip: float = 1.0) -> None:
        self._weights = [weight for weight in model.parameters() if weight.requires_grad]
        self._masters = [nn.Parameter(weight.detach().float().clone()) for weight in self._weights]
        self._clip = clip
        hidden = {
            id(weight)
            for name, weight in model.named_parameters()
            if weight.ndim == 2 and "embed" not in name
        }
        matrices = [m for m, w in zip(self._masters, self._weights, strict=True) if id(w) in hidden]
        norms = [m for m in self._masters if m.ndim < 2]
        other = [
            m
            for m, w in zip(self._masters, self._weights, strict=True)
            if m.ndim == 2 and id(w) not in hidden
        ]
        fused = self._masters[0].is_cuda
        groups: list[dict[str, Any]] = [
            {"params": other, "weight_decay": 0.0},
            {"params": norms, "weight_decay": 0.0},
        ]
        self._optimizers: list[torch.optim.Optimizer] = []
        if kind == "muon":
            self._optimizers.append(
                torch.optim.Muon(matrices, lr=rate, weight_decay=0.05, adjust_lr_fn="match_rms_adamw")
            )
        else:
            groups.append({"params": matrices, "weight_decay": 0.05})
        self._optimizers.append(
            torch.optim.AdamW(groups, lr=rate / 2, betas=ADAM_BETAS, eps=1e-10, fused=fused)
        )
        self._rates = [[group["lr"] for group in one.param_groups] for one in self._optimizers]

    def step(self, factor: float) -> None:
        """Apply the gradients that the model holds, with the rates times `factor`, and clear them."""
        for master, weight in zip(self._masters, self._weights, strict=True):
            master.grad = None if weight.grad is None else weight.grad.float()
            weight.grad = None
        nn.utils.clip_grad_norm_(self._masters, self._clip, foreach=True)
        for optimizer, rates in zip(self._optimizers, self._rates, strict=True):
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * factor
            optimizer.step()
        with torch.no_grad():
            torch._foreach_copy_(self._weights, self._masters)

    def state(self) -> dict[str, Any]:
        """All that a later run needs to go on."""
        return {
            "masters": [m.detach() for m in self._masters],
            "optimizers": [o.state_dict() for o in self._optimizers],
        }

    def load(self, state: dict[str, Any]) -> None:
        """Go on from `state`."""
        with torch.no_grad():
            torch._foreach_copy_(self._masters, [m.to(self._masters[0].device) for m in state["masters"]])
            torch._foreach_copy_(self._weights, self._masters)
        for optimizer, kept in zip(self._optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(kept)


def rate_factor(progress: float, step: int, warmup: int) -> float:
    """Share of the full rate: a rise over `warmup` steps, and half a cosine of `progress` (0 to 1)."""
    return min(1.0, (step + 1) / warmup) * 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))
