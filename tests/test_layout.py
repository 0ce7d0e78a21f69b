"""The shape of the house: who may import whom, what is packaged, how long a file may be."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("tools", "prompts", "agent")
MAY_IMPORT = {"tools": {"tools"}, "prompts": {"tools", "prompts"}, "agent": {"tools", "prompts", "agent"}}
SOURCES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
        elif isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
    return names


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path: Path) -> None:
    folder = path.relative_to(ROOT).parts[0]
    inside = {name.split(".")[1] for name in imported(path) if name.startswith("qwact.")}
    assert inside <= MAY_IMPORT[folder]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_stays_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300


def test_every_package_is_packaged() -> None:
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    found = {
        "qwact." + ".".join(path.parent.relative_to(ROOT).parts)
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("__init__.py")
    }
    assert listed == found | {"qwact"}


def fresh(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


def test_import_loads_nothing_heavy() -> None:
    heavy = "{'torch', 'transformers', 'jupyter_client', 'zmq', 'pandas', 'IPython'}"
    assert fresh(f"import sys; from qwact import *; print({heavy} & set(sys.modules))") == "set()\n"


def test_public_names_are_importable() -> None:
    code = "import qwact; print([name for name in qwact.__all__ if not hasattr(qwact, name)])"
    assert fresh(code) == "[]\n"
    assert fresh("import qwact; print(qwact.tools.Calculator.__name__, hasattr(qwact, 'agnet'))") == (
        "Calculator False\n"
    )
