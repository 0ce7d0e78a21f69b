"""The packages of the extra `interpreter` behind the walls, each with something of its own to do."""

from importlib.util import find_spec

import pytest

from qwact.tools.interpreter import CodeInterpreter

CELLS = {
    "numpy": ("import numpy as np\nround(float(np.linalg.det([[2.0, 1.0], [1.0, 3.0]])), 6)", "5.0"),
    "pandas": (
        "import pandas as pd\ntable = pd.DataFrame({'k': ['a', 'b', 'a'], 'v': [1, 2, 3]})\n"
        "table.groupby('k').v.sum().tolist()",
        "[4, 2]",
    ),
    "matplotlib": (
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.savefig('line.pdf'); plt.close()\n"
        "open('line.pdf', 'rb').read(5)",
        "b'%PDF-'",
    ),
    "scipy": (
        "import numpy as np\nfrom scipy import integrate, optimize, signal, sparse, spatial, stats\n"
        "import scipy.sparse.linalg as solvers\n"
        "x = solvers.spsolve(sparse.eye(500, format='csc') * 2, np.ones(500))\n"
        "(float(x.sum()), round(optimize.brentq(np.cos, 0, 3), 6), round(stats.norm.cdf(1.96), 3))",
        "(250.0, 1.570796, np.float64(0.975))",
    ),
    "sympy": (
        "import sympy\nx = sympy.Symbol('x')\n"
        "sympy.solve(x**2 - 5 * x + 6), sympy.integrate(x**2, (x, 0, 3))",
        "([2, 3], 9)",
    ),
    "seaborn": (
        "import pandas as pd, seaborn as sns, matplotlib.pyplot as plt\n"
        "sns.set_theme()\nsns.lmplot(pd.DataFrame({'x': range(30), 'y': range(30)}), x='x', y='y')\n"
        "plt.savefig('fit.png'); plt.close('all')\nopen('fit.png', 'rb').read(4)",
        "b'\\x89PNG'",
    ),
    "openpyxl": (
        "import pandas as pd\npd.DataFrame({'a': [1, 2]}).to_excel('t.xlsx', index=False)\n"
        "pd.read_excel('t.xlsx').a.sum()",
        "np.int64(3)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("package", CELLS)
def test_it_works_behind_the_walls_within_768_mb(package: str, py: CodeInterpreter) -> None:
    if find_spec(package) is None:
        pytest.skip(f"{package} is not installed: pip install 'qwact[interpreter]'")
    code, value = CELLS[package]
    out = py.run(code)
    assert (out.status, out.text.splitlines()[0]) == ("ok", value), out.text


def test_linear_algebra_with_threads_fits_the_limit_of_processes(py: CodeInterpreter) -> None:
    pytest.importorskip("scipy")
    out = py.run(
        "import numpy as np, scipy.linalg\na = np.eye(600) * 2\nround(float(scipy.linalg.inv(a @ a).sum()))"
    )
    assert (out.status, out.text) == ("ok", "150")
