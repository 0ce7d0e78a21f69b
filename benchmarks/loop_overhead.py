"""CPU time of the framework for one step, with a model and a tool that answer at once.

    python benchmarks/loop_overhead.py

Prints microseconds of CPU a step for episodes of 5, 50 and 500 steps, and their ratio to the shortest. The
scripted model stands in for a real one here because only the framework around it is measured.
"""

import statistics
import time

from qwact import Agent, Limits, tool
from qwact.testing import ScriptedModel


@tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


def script(steps: int) -> list[str]:
    """Raw outputs of an episode: `steps` calls, then an answer."""
    calls = [f' Next.\nAction: add\nAction Input: {{"a": {n}, "b": 2}}' for n in range(steps)]
    return ["Thought:" + calls[0], *calls[1:], " Done.\nFinal Answer: done"]


def microseconds_a_step(steps: int, repeats: int) -> float:
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
    microseconds_a_step(50, 3)  # imports, caches
    shortest = None
    print("steps   microseconds a step   ratio")
    for steps, repeats in ((5, 60), (50, 20), (500, 5)):
        value = microseconds_a_step(steps, repeats)
        shortest = shortest or value
        print(f"{steps:5}   {value:19.0f}   {value / shortest:5.2f}")


if __name__ == "__main__":
    main()
