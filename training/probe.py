"""Where first calls go wrong: by the source of the function, the number of tools, the kind of value.

    python -m training.probe pocket --n 50 --records outputs/probe.jsonl

Each cell is a source of functions, asked one request at a time. `users`, `requests` and `second` are the
hand-written cases of probe_cases.yaml, probe_requests.yaml and probe_second.yaml (the last two by writers who
did not know the generator); the generator reads none of them. `--free` leaves the grammar away.
"""

import argparse
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from qwact.agent.models.load import load_model
from qwact.agent.models.protocol import Model, TextDelta
from qwact.prompts.format import Call
from qwact.prompts.react import ReActFormat
from qwact.tools.errors import FormatError
from qwact.tools.spec import ToolSpec
from training import domain_files
from training.functions import Function
from training.mixed_functions import mixed_function
from training.natural_functions import natural_function
from training.quick_eval import SEED
from training.random_functions import random_function
from training.scene import Scene

_MAX_TOKENS = 300
_CASES = {
    "users": "probe_cases.yaml",
    "requests": "probe_requests.yaml",
    "second": "probe_second.yaml",
}

Record = dict[str, Any]


@cache
def _written(held_out: bool, *, new_phrasings: bool = False) -> tuple[Function, ...]:
    return tuple(
        function
        for function in domain_files.functions()
        if function.held_out == held_out and (function.held_out_asks or not new_phrasings)
    )


def _seen(rng: random.Random, held_out: bool) -> Function:
    """A function of training in a phrasing of training; its values come from the side of the split."""
    function = rng.choice(_written(False))
    return replace(function, asks=function.training_asks)


SOURCES: dict[str, tuple[Callable[[random.Random, bool], Function], bool]] = {
    "random": (random_function, True),
    "mixed": (mixed_function, True),
    "natural": (natural_function, True),
    "written, unseen function": (lambda rng, _: rng.choice(_written(True)), True),
    "written, unseen phrasing": (lambda rng, _: rng.choice(_written(False, new_phrasings=True)), True),
    "written, unseen values": (_seen, True),
    "training: random": (random_function, False),
    "training: mixed": (mixed_function, False),
    "training: natural": (natural_function, False),
    "training: written": (_seen, False),
}
"""By cell: draws the function asked for, and whether all else is from the held-out side."""


def drawn_cases(cell: str, count: int, seed: int) -> Iterator[Record]:
    """Single requests for functions of one source."""
    make, held_out = SOURCES[cell]
    rng = random.Random(f"{seed} {cell}")
    for _ in range(count):
        scene = Scene(rng, held_out)
        (dressed,) = scene.dress([make(rng, held_out)])
        call = scene.call(dressed.function)
        step, _ = scene.step(dressed, call)
        question = scene.ask(call.question().replace(dressed.function.name, dressed.spec.name))
        kinds = {
            dressed.rename.get(path, path.rpartition(".")[2]): leaf.kind or "enum"
            for path, (leaf, _) in dressed.function.leaves.items()
        }
        tools = scene.offer([dressed])
        yield _record(cell, tools, question, step.name, step.arguments, kinds)


def written_cases(cell: str) -> Iterator[Record]:
    """All cases of one of the hand-written files; a call of null is one that must not be made."""
    file = Path(__file__).parent / _CASES[cell]
    for group in yaml.safe_load(file.read_text(encoding="utf-8")):
        tools = [ToolSpec(**tool) for tool in group["tools"]]
        offered = "one tool" if len(tools) == 1 else f"{len(tools)} tools"
        for question, wanted in group["cases"].items():
            name, arguments = next(iter(wanted.items())) if wanted else (None, {})
            kind = offered if wanted else "no call"
            yield _record(f"{cell}, {kind}", tools, question, name, arguments, {})


def _record(
    cell: str,
    tools: list[ToolSpec],
    question: str,
    name: str | None,
    arguments: dict[str, Any],
    kinds: Mapping[str, str],
) -> Record:
    wanted = {"name": name, "arguments": arguments, "kinds": kinds}
    return {"cell": cell, "tools": tools, "question": question, **wanted}


def first_call(model: Model, record: Record, *, free: bool) -> Call | None:
    """The model's first call, or None for an answer or nothing well-formed."""
    wording, tools = ReActFormat(), record["tools"]
    parser = wording.parser(resumed=False, tools=tools)
    conversation = model.conversation()
    segments = wording.first_turn(None, tools, record["question"])
    grammar = None if free else wording.grammar(tools, resumed=False)
    try:
        for item in conversation.generate(
            segments, grammar=grammar, stop=wording.stop, max_tokens=_MAX_TOKENS
        ):
            if isinstance(item, TextDelta):
                list(parser.feed(item.text))
        done = parser.finish()[1]
    except FormatError:
        return None
    finally:
        conversation.close()
    return done if isinstance(done, Call) else None


def errors(wanted: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with each argument that is not as wanted."""
    found: dict[str, str] = {}
    for name in wanted.keys() | given.keys():
        if name not in given:
            found[name] = "left out"
        elif name not in wanted:
            found[name] = "invented"
        elif wanted[name] != given[name]:
            others = [value for key, value in wanted.items() if key != name]
            found[name] = "swapped" if given[name] in others else _unequal(wanted[name], given[name])
    return found


def _unequal(wanted: Any, given: Any) -> str:
    if not isinstance(wanted, str) or not isinstance(given, str):
        return "other " + type(wanted).__name__
    if wanted.lower().strip(".!?'\" ") == given.lower().strip(".!?'\" "):
        return "letter case, punctuation"
    if wanted in given or given in wanted:
        return "too much or too little"
    return "copied badly" if SequenceMatcher(None, wanted, given).ratio() > 0.5 else "other str"


def judged(model: Model, record: Record, *, free: bool) -> Record:
    """The record with what the model did."""
    call = first_call(model, record, free=free)
    name, given = (call.name, dict(call.arguments)) if call else (None, {})
    wrong = errors(record["arguments"], given) if name and name == record["name"] else {}
    if record["name"] is None or name is None:
        verdict = "exact" if name == record["name"] else "missed" if name is None else "false call"
    else:
        verdict = "wrong tool" if name != record["name"] else "arguments" if wrong else "exact"
    tools = [tool.name for tool in record["tools"]]
    return {**record, "tools": tools, "verdict": verdict, "errors": wrong, "got": [name, given]}


def show(records: list[Record]) -> None:
    """The tables."""
    by_cell = defaultdict(list)
    for record in records:
        by_cell[record["cell"]].append(record)
        by_cell[f"{min(len(record['tools']), 6)} tools"].append(record)
    for cell, rows in by_cell.items():
        verdicts = Counter(row["verdict"] for row in rows)
        kinds = Counter(kind for row in rows for kind in row["errors"].values())
        right = (verdicts["exact"] + verdicts["arguments"]) / len(rows)
        exact = verdicts["exact"] / len(rows)
        print(
            f"{cell:26} n {len(rows):3}  tool {right:4.0%}  exact {exact:4.0%}"
            f"  {dict(verdicts)}  {dict(kinds.most_common())}"
        )
    _show_kinds(records)


def _show_kinds(records: list[Record]) -> None:
    wrong: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for row in records:
        if row["verdict"] in ("exact", "arguments"):
            for name in row["arguments"]:
                kind = row["kinds"].get(name, "user's").split()[0]
                total[kind] += 1
                wrong[kind] += name in row["errors"]
    worst = sorted(total, key=lambda kind: -wrong[kind])
    print(
        "wrong by kind: " + ", ".join(f"{kind} {wrong[kind]}/{total[kind]}" for kind in worst if wrong[kind])
    )


def main() -> None:
    """Measure a checkpoint and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", help="checkpoint folder, or `pocket`")
    parser.add_argument("--n", type=int, default=50, help="requests for each source")
    parser.add_argument("--cells", nargs="*", default=[*SOURCES, *_CASES])
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--free", action="store_true", help="without the grammar")
    parser.add_argument("--records", type=Path, help="write what happened as JSON lines")
    options = parser.parse_args()
    model = load_model(options.folder)
    records = []
    for cell in options.cells:
        cases = written_cases(cell) if cell in _CASES else drawn_cases(cell, options.n, options.seed)
        records += [judged(model, record, free=options.free) for record in cases]
    show(records)
    if options.records:
        lines = (json.dumps(record, ensure_ascii=False) for record in records)
        options.records.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
