"""What the model is taught is what the grammar of its prompt format lets it write."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from qwact.agent.models.constraint import GrammarEngine
from qwact.agent.models.tokenizer import Tokenizer, from_tokenizer_json
from qwact.prompts.react import ReActFormat
from qwact.tools.errors import ModelError
from training.episode import Episode, Turn
from training.generator import generate
from training.tokenizer import episode_texts, train_tokenizer


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    path: Path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    train_tokenizer(episode_texts(1, 100), 800).save(str(path))
    return from_tokenizer_json(path)


def written(turn: Turn) -> Iterator[tuple[str, bool]]:
    """What the assistant writes in each step, and whether the step follows an observation."""
    for number, step in enumerate(turn.steps):
        opening = " " if number else "Thought: "
        arguments = json.dumps(step.arguments, ensure_ascii=False)
        yield f"{opening}{step.thought}\nAction: {step.name}\nAction Input: {arguments}", number > 0
    opening = " " if turn.steps else "Thought: "
    yield f"{opening}{turn.thought}\nFinal Answer: {turn.answer}", bool(turn.steps)


def refusal(engine: GrammarEngine, tokenizer: Tokenizer, episode: Episode, text: str, resumed: bool) -> str:
    """Where the grammar refuses the text; nothing if it takes it."""
    grammar = ReActFormat().grammar(episode.tools, resumed=resumed)
    ids = tokenizer.encode(text)
    constraint = engine.begin(grammar.lark)
    for place, token in enumerate(ids):
        if constraint.finished or not constraint.allowed()[token]:
            return f"{episode.kind}: {text!r} stops before {tokenizer.decode_bytes(ids[place:])!r}"
        try:
            constraint.consume([token])
        except ModelError as error:
            return f"{episode.kind}: {text!r}: {error}"
    ended = constraint.finished or constraint.allowed()[sorted(tokenizer.end_ids)].any()
    return "" if ended else f"{episode.kind}: {text!r} is not complete"


def test_every_step_is_allowed_by_the_grammar(tokenizer: Tokenizer) -> None:
    engine = GrammarEngine(tokenizer)
    refused = [
        said
        for episode in islice(generate(21), 120)
        for turn in episode.turns
        for text, resumed in written(turn)
        if (said := refusal(engine, tokenizer, episode, text, resumed))
    ]
    assert not refused
