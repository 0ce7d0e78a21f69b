"""Wall time of loading qwact's public names in a fresh process, beside `import json` in the same run.

python benchmarks/import_time.py
"""

import statistics
import subprocess
import sys
import time


def milliseconds(module: str, repeats: int = 11) -> float:
    """Median wall time of `import module`, interpreter start left out."""
    code = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    command = [sys.executable, "-c", code]
    outputs = [subprocess.run(command, capture_output=True, check=True).stdout for _ in range(repeats)]
    return statistics.median(map(float, outputs)) * 1e3


def main() -> None:
    """Print the table."""
    started = time.perf_counter()
    for module in ("qwact.agent", "pydantic", "json"):
        print(f"import {module:12} {milliseconds(module):6.0f} ms")
    print(f"measured in {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
