"""CPU time of the framework for one step, with a model and a tool that answer at once.

    python benchmarks/loop_overhead.py

Prints microseconds of CPU a step for episodes of 5, 50 and 500 steps, with a tool that runs in the caller's
thread (`seconds=None`) and with one that has a time limit, which is handed to another thread. The scripted
model stands in for a real one here because only the framework around it is measured.
"""

import statistics
import time

from qwact import Agent, Limits, Tool, tool
from qwact.testing import ScriptedModel


@tool(name="add", seconds=None)
def add_inline(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@tool(name="add", seconds=60)
def add_limited(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


def script(steps: int) -> list[str]:
    """Raw outputs of an episode: `steps` calls, then an answer."""
    calls = [f' Next.\nAction: add\nAction Input: {{"a": {n}, "b": 2}}' for n in range(steps)]
    return ["Thought:" + calls[0], *calls[1:], " Done.\nFinal Answer: done"]


def microseconds_a_step(add: Tool, steps: int, repeats: int) -> float:
    """Median over `repeats` episodes of process CPU time divided by steps."""
    outputs = script(steps)
    limits = Limits(steps=steps + 1, tool_calls=steps + 1, tokens=10**9, seconds=3600)
    times = []
    for _ in range(repeats):
        with Agent([add], model=ScriptedModel(outputs), format="react", limits=limits) as agent:
            agent.toolbox.call("add", {"a": 1, "b": 2})  # threads and validators are made once
            started = time.process_time()
            result = agent.run("Add.")
            times.append((time.process_time() - started) / (steps + 1))
            assert len(result.steps) == steps, result
    return statistics.median(times) * 1e6


def main() -> None:
    """Print the table."""
    microseconds_a_step(add_limited, 50, 3)  # imports, caches
    print("steps   in the caller's thread   with a time limit   (microseconds a step)")
    for steps, repeats in ((5, 60), (50, 20), (500, 5)):
        inline, limited = (microseconds_a_step(add, steps, repeats) for add in (add_inline, add_limited))
        print(f"{steps:5}   {inline:22.0f}   {limited:17.0f}")


if __name__ == "__main__":
    main()
