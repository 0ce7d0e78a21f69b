"""A quick look at held-out episodes right after training: batched, greedy, without a grammar.

The figures of the model card come from evaluate.py, which goes through the product's own code.
"""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import Qwen3ForCausalLM

from qwact.prompts.segments import Segment
from training.episode import Episode, render
from training.generator import generate
from training.tokenizer import SegmentEncoder

SEED = 424242
NEW_TOKENS = 140


@dataclass
class Case:
    """The first step of a held-out episode: the prompt and what should come."""

    kind: str
    prompt: list[Segment]
    question: str
    name: str | None
    arguments: dict[str, Any]

    @classmethod
    def of(cls, episode: Episode) -> "Case":
        """The first step of `episode`."""
        parts = render(episode)
        first = next(number for number, (_, trained) in enumerate(parts) if trained)
        turn = episode.turns[0]
        step = turn.steps[0] if turn.steps else None
        prompt = [segment for segment, _ in parts[:first]]
        return cls(
            episode.kind, prompt, turn.question, step.name if step else None, step.arguments if step else {}
        )


def cases(count: int, seed: int = SEED) -> list[Case]:
    """First steps of held-out episodes."""
    return [Case.of(episode) for episode in islice(generate(seed, held_out=True), count)]


def parse(text: str) -> tuple[str | None, Any]:
    """Name and arguments of the first call in a model's text; a None name for an answer."""
    _, found, rest = text.partition("Action: ")
    answer = text.find("Final Answer:")
    if not found or 0 <= answer < text.find("Action: "):
        return None, None
    name, _, rest = rest.partition("\nAction Input: ")
    try:
        return name, json.JSONDecoder().raw_decode(rest)[0]
    except ValueError:
        return name, None


def judge(case: Case, name: str | None, arguments: Any) -> str:
    """`exact`, `arguments` (right tool), `tool` (wrong tool), `missed`, `false call` or `no call`."""
    if case.name is None:
        return "no call" if name is None else "false call"
    if name is None:
        return "missed"
    if name != case.name:
        return "tool"
    return "exact" if arguments == case.arguments else "arguments"


def summary(judged: list[tuple[Case, str]]) -> dict[str, Any]:
    """The shares that the model card names, and the verdicts by kind of episode."""
    verdicts = Counter(verdict for _, verdict in judged)
    due = sum(case.name is not None for case, _ in judged)
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    for case, verdict in judged:
        by_kind[case.kind][verdict] += 1
    return {
        "right_tool": (verdicts["exact"] + verdicts["arguments"]) / max(1, due),
        "exact_arguments": verdicts["exact"] / max(1, due),
        "false_calls": verdicts["false call"] / max(1, len(judged) - due),
        "due": due,
        "not_due": len(judged) - due,
        "by_kind": {kind: dict(counts) for kind, counts in sorted(by_kind.items())},
    }


@torch.inference_mode()
def evaluate(network: Qwen3ForCausalLM, tokenizer_file: Path, count: int, batch: int = 200) -> dict[str, Any]:
    """Verdicts over `count` held-out episodes, with the worst errors."""
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    encoder = SegmentEncoder(tokenizer)
    items = [
        (case, [token for segment in case.prompt for token in encoder.segment(segment)])
        for case in cases(count)
    ]
    items = sorted((item for item in items if len(item[1]) <= 1800), key=lambda item: len(item[1]))
    judged: list[tuple[Case, str]] = []
    errors: list[dict[str, Any]] = []
    network.eval()
    for start in range(0, len(items), batch):
        chunk = items[start : start + batch]
        texts = _generate(network, tokenizer, [ids for _, ids in chunk])
        for (case, _), text in zip(chunk, texts, strict=True):
            name, arguments = parse(text)
            verdict = judge(case, name, arguments)
            judged.append((case, verdict))
            if verdict not in ("exact", "no call"):
                entry = {"verdict": verdict, "kind": case.kind, "question": case.question}
                errors.append({**entry, "wanted": [case.name, case.arguments], "text": text[:300]})
    return {**summary(judged), "errors": errors[:: max(1, len(errors) // 60)]}


def _generate(network: Qwen3ForCausalLM, tokenizer: Tokenizer, prompts: list[list[int]]) -> list[str]:
    width = max(len(ids) for ids in prompts)
    device = next(network.parameters()).device
    ids = torch.tensor([[0] * (width - len(row)) + row for row in prompts], device=device)
    mask = torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in prompts], device=device)
    out = network.generate(
        ids, attention_mask=mask, max_new_tokens=NEW_TOKENS, do_sample=False, eos_token_id=2, pad_token_id=0
    )
    return [tokenizer.decode(row, skip_special_tokens=True) for row in out[:, width:].tolist()]


def show(report: dict[str, Any]) -> None:
    """Print the report for people."""
    print(figures(report))
    for kind, counts in report["by_kind"].items():
        print(f"  {kind}: {counts}")
    for error in report["errors"][:40]:
        print(f"- {error['verdict']} ({error['kind']}): {error['question']}")
        print(f"    {error['wanted']}\n    {error['text']!r}")


def figures(report: dict[str, Any]) -> str:
    """The figures of the model card in one line."""
    calls = f"right tool {report['right_tool']:.1%}, exact arguments {report['exact_arguments']:.1%}"
    false = f"false calls {report['false_calls']:.1%} of {report['not_due']}"
    return f"{calls} of {report['due']} calls due; {false}"
