"""Trains the shipped model from nothing.

    python -m training.train --out outputs/pocket --minutes 9

Needs torch, transformers, tokenizers, numpy and pyyaml. README.md tells the rest.
"""

import argparse
import json
import os
import time
from pathlib import Path

import torch
from tokenizers import Tokenizer

from training import checkpoint, model, quick_eval
from training.batches import BUCKETS, Batch, BatchSource
from training.optimizer import Optimizer, rate_factor
from training.tokenizer import VOCABULARY, episode_texts, train_tokenizer

STATE = "state.pt"
WARMUP_STEPS = 200


def options_from(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint")
    parser.add_argument("--minutes", type=float, default=9, help="wall time for training, compiling included")
    parser.add_argument("--steps", type=int, help="stop after so many steps instead")
    parser.add_argument(
        "--schedule", type=float, nargs=2, default=(0.0, 1.0), help="part of the rate's schedule"
    )
    parser.add_argument("--resume", type=Path, help="folder with state.pt and tokenizer.json to go on from")
    parser.add_argument("--weights", type=Path, help="checkpoint folder whose weights to begin with")
    parser.add_argument("--state", type=Path, help="folder for state.pt; none is kept without it")
    parser.add_argument("--tokenizer", type=Path, help="tokenizer.json; trained first when it is not given")
    parser.add_argument("--tokenizer-episodes", type=int, default=20_000)
    parser.add_argument("--optimizer", choices=("muon", "adamw"), default="muon")
    parser.add_argument("--rate", type=float, default=4e-3, help="of the hidden matrices; the rest take half")
    parser.add_argument("--dropout", type=float, default=0.0, help="of what each branch of a layer adds")
    parser.add_argument("--batch-tokens", type=int, default=98_304)
    parser.add_argument("--workers", type=int, default=max(1, (os.cpu_count() or 2) - 2))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--evaluate", type=int, default=600, help="held-out episodes of the quick evaluation")
    parser.add_argument("--no-compile", action="store_true")
    parser.add_argument("--smoke", action="store_true", help="a tiny model, a few steps, on the CPU")
    options = parser.parse_args(arguments)
    if options.smoke:
        options.steps = options.steps or 40
        options.batch_tokens, options.workers, options.evaluate = 2560, 1, 0
        options.no_compile, options.tokenizer_episodes = True, 300
    return options


def prepare_tokenizer(options: argparse.Namespace) -> Path:
    """The tokenizer.json to use, in the output folder; trained if there is none yet."""
    options.out.mkdir(parents=True, exist_ok=True)
    target: Path = options.out / "tokenizer.json"
    before = options.resume or options.weights
    given = options.tokenizer or (before / "tokenizer.json" if before else None)
    if given:
        target.write_text(given.read_text(encoding="utf-8"), encoding="utf-8")
        return target
    size = 1024 if options.smoke else VOCABULARY
    began = time.monotonic()
    train_tokenizer(episode_texts(options.seed, options.tokenizer_episodes), size).save(str(target))
    print(f"tokenizer trained in {time.monotonic() - began:.0f} s", flush=True)
    return target


class Log:
    """Loss and speed, a line every ten seconds; the losses are kept for the end."""

    def __init__(self) -> None:
        self.lines: list[dict[str, float]] = []
        self._since = time.monotonic()
        self._losses: list[torch.Tensor] = []
        self._tokens = 0

    def add(self, loss: torch.Tensor, tokens: int) -> None:
        """One step; the loss stays on the device until a line is due."""
        self._losses.append(loss)
        self._tokens += tokens

    def line(self, step: int, *, every: float = 10, **more: float) -> None:
        """Print a line if one is due."""
        seconds = time.monotonic() - self._since
        if seconds < every or not self._losses:
            return
        loss = torch.stack(self._losses).mean().item()
        entry = {
            "step": step,
            "loss": round(loss, 4),
            "tokens_per_second": round(self._tokens / seconds),
            **more,
        }
        print("  ".join(f"{name} {value}" for name, value in entry.items()), flush=True)
        self.lines.append(entry)
        self._losses, self._tokens, self._since = [], 0, time.monotonic()


def train(options: argparse.Namespace) -> list[dict[str, float]]:
    """Train, save, evaluate; gives the log's lines."""
    began = time.monotonic()
    device = "cuda" if torch.cuda.is_available() and not options.smoke else "cpu"
    torch.set_float32_matmul_precision("high")
    if options.smoke:
        torch.set_num_threads(1)
    tokenizer_file = prepare_tokenizer(options)
    seed = options.seed + 17 * round(options.schedule[0] * 100)  # later sittings see other episodes
    longest = BUCKETS[2] if options.smoke else BUCKETS[-1]
    source = BatchSource(tokenizer_file, seed, options.batch_tokens, options.workers, longest)
    vocabulary = Tokenizer.from_file(str(tokenizer_file)).get_vocab_size()
    network = model.new_model(vocabulary, options.seed, smoke=options.smoke)
    if options.weights:
        network.load_state_dict(model.load_weights(options.weights))
    network.to(device)
    if device == "cuda":
        network.to(torch.bfloat16)
    print(f"{sum(p.numel() for p in network.parameters()):,} parameters on {device}", flush=True)
    trainee = model.Trainee(network, compiled=not options.no_compile, dropout=options.dropout)
    optimizer = Optimizer(network, options.optimizer, options.rate)
    if options.resume:
        optimizer.load(checkpoint.load_state(options.resume / STATE))
    try:
        log = _loop(options, source, trainee, optimizer, device, began)
    finally:
        source.close()
    about = {"options": {name: str(value) for name, value in vars(options).items()}, "log": log.lines}
    checkpoint.save(network, tokenizer_file, options.out, about)
    if options.state:
        checkpoint.save_state(options.state / STATE, optimizer.state())
        (options.state / "tokenizer.json").write_text(
            tokenizer_file.read_text(encoding="utf-8"), encoding="utf-8"
        )
    if options.evaluate:
        report = quick_eval.evaluate(network, tokenizer_file, options.evaluate)
        (options.out / "quick_eval.json").write_text(
            json.dumps(report, indent=1, ensure_ascii=False), encoding="utf-8"
        )
        quick_eval.show(report)
    return log.lines


def _loop(
    options: argparse.Namespace,
    source: BatchSource,
    trainee: model.Trainee,
    optimizer: Optimizer,
    device: str,
    began: float,
) -> Log:
    """Steps until the time or the number of steps is spent; the rate follows the share that is spent."""
    log = Log()
    step, spent = 0, 0.0
    first, last = options.schedule
    warmup = max(1, options.steps // 10) if options.steps else WARMUP_STEPS
    while spent < 1:
        batch = source.next()
        ids, targets = _to_device(batch, device)
        loss = trainee.loss(ids, targets)
        loss.backward()
        optimizer.step(rate_factor(first + (last - first) * spent, step, warmup))
        step += 1
        log.add(loss.detach(), batch.tokens)
        elapsed = time.monotonic() - began
        spent = step / options.steps if options.steps else elapsed / (60 * options.minutes)
        log.line(
            step,
            every=0 if options.smoke else 10,
            minutes=round(elapsed / 60, 2),
            shown_again=source.shown_again,
        )
    log.line(step, every=0, minutes=round((time.monotonic() - began) / 60, 2), shown_again=source.shown_again)
    return log


def _to_device(batch: Batch, device: str) -> tuple[torch.Tensor, torch.Tensor]:
    ids = torch.from_numpy(batch.ids.astype("int64"))
    targets = torch.from_numpy(batch.targets)
    if device == "cuda":
        return ids.pin_memory().to(device, non_blocking=True), targets.pin_memory().to(
            device, non_blocking=True
        )
    return ids, targets


def main() -> None:
    """Run from the command line."""
    train(options_from())


if __name__ == "__main__":
    main()
