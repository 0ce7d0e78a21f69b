"""Counts the calls under the grammar that are not valid.

    python benchmarks/grammar_validity.py --calls 10000

Each call is a random walk through the grammar of tools with random schemas. It must satisfy its tool's schema
by `jsonschema`, and the parser must read back the same call. Needs no GPU and no network.
"""

import argparse
import random
import sys
import time
from dataclasses import dataclass

from grammar_walks import Walker, random_schema, tool_names, written_arguments
from jsonschema import Draft202012Validator

from qwact.prompts import ReActFormat
from qwact.prompts.format import Call
from qwact.tools.errors import FormatError
from qwact.tools.spec import ToolSpec

_TOOLS_AT_ONCE = 3
_CALLS_EACH = 20
_TOKENS = 3000


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


def check_tools(rng: random.Random, tally: Tally, calls: int) -> None:
    """Make random tools, and count what comes of so many calls to them."""
    names = tool_names(_TOOLS_AT_ONCE)
    tools = [ToolSpec(name, "", random_schema(rng)) for name in names]
    grammar = ReActFormat().grammar(tools, resumed=False)
    tally.schemas += len(tools)
    tally.fallbacks += len(grammar.unchecked)
    walker = Walker(grammar.lark)
    for _ in range(calls):
        starts = {"start": "Action: "} if rng.random() < 0.5 else {"start": "Thought:", "then": "\nAction: "}
        walk = walker.walk(rng, _TOKENS, **starts)
        if walk.finished:
            check_call(walk.text, tools, tally, unchecked=set(grammar.unchecked))
        else:
            tally.unfinished += 1


def check_call(text: str, tools: list[ToolSpec], tally: Tally, *, unchecked: set[str]) -> None:
    """Hold one finished call to its schema and to the parser."""
    tally.finished += 1
    parser = ReActFormat().parser(resumed=False, tools=tools)
    for _ in parser.feed(text):
        pass
    arguments = written_arguments(text)
    try:
        _, step = parser.finish()
    except FormatError as error:
        step = error
    if not isinstance(step, Call) or step.arguments != arguments or f"Action: {step.name}\n" not in text:
        tally.misread += 1
        print(f"misread as {step}: {text!r}", file=sys.stderr)
        return
    if step.name in unchecked:
        tally.fallback_calls += 1
        return
    schema = next(tool.parameters for tool in tools if tool.name == step.name)
    problem = next(Draft202012Validator(schema).iter_errors(arguments), None)
    if problem is not None:
        tally.invalid += 1
        print(f"invalid: {problem.message}\n  schema {schema}\n  text {text!r}", file=sys.stderr)


def main() -> int:
    """Run the count and print it; exits 1 if any call was invalid or misread."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--calls", type=int, default=10_000, help="how many calls to make")
    options.add_argument("--seed", type=int, default=0, help="makes the run repeatable")
    chosen = options.parse_args()
    rng, tally, started = random.Random(chosen.seed), Tally(), time.monotonic()
    while tally.calls < chosen.calls:
        check_tools(rng, tally, min(_CALLS_EACH, chosen.calls - tally.calls))
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
