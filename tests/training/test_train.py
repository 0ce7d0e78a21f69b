"""Training on the CPU: a tiny model learns, and the checkpoint loads."""

import json
from pathlib import Path

import pytest
import torch
from transformers import Qwen3ForCausalLM

from training.model import Trainee, new_model
from training.optimizer import Optimizer, rate_factor
from training.quick_eval import parse
from training.train import options_from, train


def test_the_loss_falls_and_the_checkpoint_loads(tmp_path: Path) -> None:
    log = train(options_from(["--smoke", "--out", str(tmp_path / "out"), "--state", str(tmp_path / "state")]))
    losses = [entry["loss"] for entry in log]
    assert sum(losses[-8:]) / 8 < 0.85 * sum(losses[:3]) / 3
    model = Qwen3ForCausalLM.from_pretrained(tmp_path / "out")
    assert model.dtype == torch.bfloat16
    assert (tmp_path / "out" / "tokenizer.json").is_file()
    assert json.loads((tmp_path / "out" / "training.json").read_text())["log"]
    arguments = ["--smoke", "--steps", "2", "--schedule", "0.9", "1", "--out", str(tmp_path / "more")]
    resumed = train(options_from([*arguments, "--resume", str(tmp_path / "state")]))
    assert resumed[0]["loss"] < losses[0] * 0.9


def test_the_training_pass_equals_the_stock_model() -> None:
    model = new_model(300, 1, smoke=True)
    ids = torch.randint(0, 300, (2, 24), generator=torch.Generator().manual_seed(1))
    targets = torch.tensor([5, 6, 7, 30, 31])
    logits = model(ids).logits.flatten(0, 1)[targets - 1]
    expected = torch.nn.functional.cross_entropy(logits, ids.flatten()[targets])
    assert torch.allclose(Trainee(model, compiled=False).loss(ids, targets), expected, atol=1e-5)


@pytest.mark.parametrize("kind", ["muon", "adamw"])
def test_an_optimizer_goes_on_from_its_state(kind: str) -> None:
    def run(optimizer: Optimizer, trainee: Trainee) -> float:
        loss = trainee.loss(torch.arange(40).reshape(2, 20), torch.tensor([3, 4, 25]))
        loss.backward()
        optimizer.step(1.0)
        return loss.item()

    first = new_model(100, 1, smoke=True)
    optimizer = Optimizer(first, kind, 1e-2)
    run(optimizer, Trainee(first, compiled=False))
    second = new_model(100, 2, smoke=True)
    again = Optimizer(second, kind, 1e-2)
    again.load(optimizer.state())
    assert run(again, Trainee(second, compiled=False)) == pytest.approx(
        run(optimizer, Trainee(first, compiled=False)), rel=1e-4
    )


def test_the_rate_rises_and_falls_to_nothing() -> None:
    rates = [rate_factor(step / 100, step, 10) for step in range(101)]
    assert max(rates) == pytest.approx(1, abs=0.03)
    assert rates[0] == pytest.approx(0.1)
    assert rates[-1] == pytest.approx(0, abs=1e-6)


def test_calls_are_read_from_text() -> None:
    assert parse('Thought: x\nAction: f\nAction Input: {"a": 1}\nObservation: 3') == ("f", {"a": 1})
    assert parse("Thought: x\nFinal Answer: no Action: f") == (None, None)
    assert parse("Thought: x\nAction: f\nAction Input: {oops") == ("f", None)
