"""The measure of the shipped model: held-out episodes through the product's own model, grammar and parser.

    python -m training.evaluate FOLDER --n 400

The first call of each episode is judged on its own. Then the episode is walked to its end: as long as the
model does what the episode does, it is given the episode's observations, and its answers are compared.
"""

import argparse
import json
import re
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from qwact.agent.models.load import load_model
from qwact.agent.models.protocol import Conversation, Model, TextDelta
from qwact.prompts.format import Answer, Call
from qwact.prompts.react import ReActFormat
from qwact.prompts.segments import Segment
from qwact.tools.errors import FormatError
from qwact.tools.spec import ToolSpec
from training.episode import Episode, Turn
from training.generator import generate
from training.quick_eval import SEED, Case, figures, judge, summary

STEP_TOKENS = 400
_WORD = re.compile(r"[\w.+-]*\w")


def step(
    conversation: Conversation, segments: Sequence[Segment], tools: Sequence[ToolSpec], *, resumed: bool
) -> Call | Answer | None:
    """The model's next step under the grammar; None when it is not well-formed (it ran out of tokens)."""
    wording = ReActFormat()
    parser = wording.parser(resumed=resumed, tools=tools)
    grammar = wording.grammar(tools, resumed=resumed)
    for item in conversation.generate(segments, grammar=grammar, max_tokens=STEP_TOKENS):
        if isinstance(item, TextDelta):
            list(parser.feed(item.text))
    try:
        return parser.finish()[1]
    except FormatError:
        return None


def same_facts(answer: str, turn: Turn) -> bool:
    """Whether an answer names what the episode's answer took from the last observation.

    Without a call, or with nothing taken over, any answer will do: it is judged by making no call.
    """
    if not turn.steps:
        return True
    seen = set(_WORD.findall(turn.steps[-1].observation))
    due = {word for word in _WORD.findall(turn.answer) if word in seen and any(map(str.isdigit, word))}
    return due <= set(_WORD.findall(answer))


def walk(model: Model, episode: Episode) -> tuple[str, bool]:
    """Verdict on the first step, and whether the whole episode went as it should, answers included."""
    conversation = model.conversation()
    first: str | None = None
    try:
        for number, turn in enumerate(episode.turns):
            resumed = False
            if number == 0:
                segments = ReActFormat().first_turn(episode.system, episode.tools, turn.question)
            else:
                segments = ReActFormat().next_turn(turn.question)
            for due in [*turn.steps, None]:
                done = step(conversation, segments, episode.tools, resumed=resumed)
                if first is None:
                    call = done if isinstance(done, Call) else None
                    name, given = (call.name, dict(call.arguments)) if call else (None, None)
                    first = judge(Case.of(episode), name, given) if done else "malformed"
                if due is None:
                    if not isinstance(done, Answer) or not same_facts(done.text, turn):
                        return first, False
                elif not isinstance(done, Call) or (done.name, dict(done.arguments)) != (
                    due.name,
                    due.arguments,
                ):
                    return first, False
                else:
                    segments, resumed = ReActFormat().observation(due.observation), True
    finally:
        conversation.close()
    return first or "malformed", True


def evaluate(model: Model, count: int, seed: int) -> dict[str, Any]:
    """Verdicts on `count` held-out episodes."""
    judged: list[tuple[Case, str]] = []
    whole: dict[str, list[int]] = {}
    errors = []
    for number, episode in enumerate(islice(generate(seed, held_out=True), count), 1):
        verdict, complete = walk(model, episode)
        judged.append((Case.of(episode), verdict))
        done = whole.setdefault(episode.kind, [0, 0])
        done[0] += complete
        done[1] += 1
        if verdict not in ("exact", "no call") or not complete:
            ending = "" if complete else ", not to the end"
            errors.append(f"{verdict}{ending} ({episode.kind}): {episode.turns[0].question}")
        if number % 50 == 0:
            print(f"{number} episodes", flush=True)
    finished = sum(done for done, _ in whole.values())
    ends = {kind: f"{done}/{total}" for kind, (done, total) in sorted(whole.items())}
    return {
        **summary(judged),
        "whole_episodes": finished / max(1, count),
        "whole_by_kind": ends,
        "errors": errors,
    }


def main() -> None:
    """Measure a checkpoint and print the figures of its model card."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", help="checkpoint folder, or `pocket`")
    parser.add_argument("--n", type=int, default=400)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, help="write the whole report as JSON")
    options = parser.parse_args()
    began = time.monotonic()
    report = evaluate(load_model(options.folder), options.n, options.seed)
    report["seconds"] = round(time.monotonic() - began)
    if options.out:
        options.out.write_text(json.dumps(report, indent=1, ensure_ascii=False), encoding="utf-8")
    for error in report["errors"][:40]:
        print(f"- {error}")
    for kind, counts in report["by_kind"].items():
        print(f"  {kind}: {counts}, to the end {report['whole_by_kind'][kind]}")
    print(f"{figures(report)}; whole episodes {report['whole_episodes']:.1%}; {report['seconds']} s")


if __name__ == "__main__":
    main()
