"""The random walks of the benchmarks are used here too: `import grammar_walks`."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
