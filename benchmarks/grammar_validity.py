"""Counts the calls under the grammar that are not valid.

    python benchmarks/grammar_validity.py --calls 10000
    python benchmarks/grammar_validity.py --calls 10000 --format hermes

Each call is part of a random walk through the grammar of tools with random schemas; in the Hermes format a
walk may hold several. It must satisfy its tool's schema by `jsonschema`, and the parser must read back the
same call. Needs no GPU and no network.
"""

import argparse
import random
import re
import sys
import time
from dataclasses import dataclass
from typing import Any

from grammar_walks import VOCABULARY, Walker, tool_names, written_arguments, written_calls
from jsonschema import Draft202012Validator
from random_schemas import random_schema

from qwact.prompts import get_format
from qwact.prompts.format import Answer
from qwact.tools.errors import FormatError
from qwact.tools.spec import ToolSpec

_TOOLS_AT_ONCE = 3
_CALLS_EACH = 20
_TOKENS = 3000
_STARTS: dict[str, list[dict[str, str]]] = {
    "react": [{"start": "Action: "}, {"start": "Thought:", "then": "\nAction: "}],
    "hermes": [{"start": "<tool_call>\n"}, {"start": "Hm", "then": "\n<tool_call>\n"}],
}


@dataclass
class Tally:
    """What came of the calls so far."""

    finished: int = 0
    unfinished: int = 0
    invalid: int = 0
    misread: int = 0
    schemas: int = 0
    fallbacks: int = 0
    fallback_calls: int = 0

    @property
    def calls(self) -> int:
        """Finished calls and those whose budget ended."""
        return self.finished + self.unfinished


def check_tools(rng: random.Random, tally: Tally, walks: int, format: str) -> None:
    """Make random tools, and count what comes of so many walks through their grammar."""
    names = tool_names(_TOOLS_AT_ONCE)
    tools = [ToolSpec(name, "", random_schema(rng)) for name in names]
    grammar = get_format(format).grammar(tools, resumed=False)
    tally.schemas += len(tools)
    tally.fallbacks += len(grammar.unchecked)
    tagged = bool(grammar.tags) and rng.random() < 0.5
    walker = Walker(grammar.lark_for(VOCABULARY.control_ids) if tagged else grammar.lark, tagged=tagged)
    for _ in range(walks):
        walk = walker.walk(rng, _TOKENS, **rng.choice(_STARTS[format]))
        if walk.finished:
            check_step(walk.text, tools, tally, format, unchecked=set(grammar.unchecked))
        else:
            tally.unfinished += 1


def check_step(text: str, tools: list[ToolSpec], tally: Tally, format: str, *, unchecked: set[str]) -> None:
    """Hold the calls of one finished step to their schemas and to the parser."""
    expected = _written(text, format)
    tally.finished += len(expected)
    parser = get_format(format).parser(resumed=False, tools=tools)
    for _ in parser.feed(text):
        pass
    try:
        _, step = parser.finish()
    except FormatError as error:
        step = error
    read = () if isinstance(step, Answer | FormatError) else step.calls
    if [(call.name, call.arguments) for call in read] != expected:
        tally.misread += 1
        print(f"misread as {step}: {text!r}", file=sys.stderr)
        return
    for name, arguments in expected:
        if name in unchecked:
            tally.fallback_calls += 1
            continue
        schema = next(tool.parameters for tool in tools if tool.name == name)
        problem = next(Draft202012Validator(schema).iter_errors(arguments), None)
        if problem is not None:
            tally.invalid += 1
            print(f"invalid: {problem.message}\n  schema {schema}\n  text {text!r}", file=sys.stderr)


def _written(text: str, format: str) -> list[tuple[str, Any]]:
    """The calls of a step, read by other means than the parser."""
    if format == "hermes":
        return written_calls(text)
    (name,) = re.findall(r"^Action: (.*)\nAction Input: ", text, re.MULTILINE)
    return [(name, written_arguments(text))]


def main() -> int:
    """Run the count and print it; exits 1 if any call was invalid or misread."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--calls", type=int, default=10_000, help="how many calls to make")
    options.add_argument("--format", choices=sorted(_STARTS), default="react", help="wire format")
    options.add_argument("--seed", type=int, default=0, help="makes the run repeatable")
    chosen = options.parse_args()
    rng, tally, started = random.Random(chosen.seed), Tally(), time.monotonic()
    while tally.calls < chosen.calls:
        check_tools(rng, tally, min(_CALLS_EACH, chosen.calls - tally.calls), chosen.format)
    print(f"calls {tally.calls}: finished {tally.finished}, out of budget {tally.unfinished}")
    print(f"failed jsonschema {tally.invalid}, misread by the parser {tally.misread}")
    print(
        f"schemas {tally.schemas}: beyond the grammar {tally.fallbacks} "
        f"({tally.fallback_calls} calls to them, held to a JSON object only)"
    )
    print(f"seconds {time.monotonic() - started:.0f}")
    return 1 if tally.invalid or tally.misread else 0


if __name__ == "__main__":
    sys.exit(main())
