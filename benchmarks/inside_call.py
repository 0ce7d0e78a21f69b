"""One call of a tool from inside a cell: what it costs over the tool's own time.

    python benchmarks/inside_call.py [calls a round]

Prints medians in microseconds, of rounds that take the variants in turn: the same tool called by the host's
own toolbox, and from code in each kind of walls that comes up here; with the usual time limit, and with none,
where one thread less takes part.
"""

import contextlib
import io
import statistics
import sys
import time
from collections import defaultdict

from qwact.tools.decorator import tool
from qwact.tools.interpreter import CodeInterpreter, sandbox_status
from qwact.tools.interpreter.sandbox import NO_WALLS, TIERS
from qwact.tools.toolbox import Toolbox

ROUNDS = 5
CELL = """
import time
times = []
for _ in range({calls}):
    began = time.perf_counter()
    {name}("bees")
    times.append((time.perf_counter() - began) * 1e6)
print(*times)
"""


@tool
def limited(text: str) -> str:
    """Give the text back."""
    return text


@tool(seconds=None)
def unlimited(text: str) -> str:
    """Give the text back."""
    return text


def on_the_host(name: str, calls: int) -> list[float]:
    """Microseconds of each call through a toolbox."""
    times = []
    with Toolbox([limited, unlimited]) as toolbox:
        for _ in range(calls):
            began = time.perf_counter()
            toolbox.call(name, {"text": "bees"})
            times.append((time.perf_counter() - began) * 1e6)
    return times


def main() -> None:
    """Print the table."""
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    missing = sandbox_status().missing
    choices = [choice for choice in (*TIERS, NO_WALLS) if choice not in missing]
    times: dict[str, list[float]] = defaultdict(list)
    with contextlib.ExitStack() as stack, contextlib.redirect_stderr(io.StringIO()):
        opened = {
            choice: stack.enter_context(
                CodeInterpreter(sandbox=choice, tools=[limited, unlimited], output_chars=100_000)
            )
            for choice in choices
        }
        for _ in range(ROUNDS):
            for name in ("limited", "unlimited"):
                times[f"host: {name}"] += on_the_host(name, calls)
                for choice, py in opened.items():
                    result = py.run(CELL.format(calls=calls, name=name))
                    times[f"{choice}: {name}"] += map(float, result.text.split())
    for variant, each in times.items():
        print(f"{variant:32}{statistics.median(each):8.0f}")


if __name__ == "__main__":
    main()
