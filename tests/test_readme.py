"""Every command and every piece of Python in the README does what it says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PYTHON = re.findall(r"```python\n(.*?)```", README, re.S)
COMMANDS = [
    line[2:]
    for block in re.findall(r"```console\n(.*?)```", README, re.S)
    for line in block.splitlines()
    if line.startswith("$ ")
]
NEEDS_A_DOWNLOAD = ("Qwen/", "git clone", "cd qwact")
IS_THIS_RUN = "make test"


def run(command: list[str] | str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command,
        cwd=folder,
        shell=isinstance(command, str),
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, "PATH": path},
    )


def test_there_is_something_to_check() -> None:
    assert len(PYTHON) >= 2
    assert len(COMMANDS) >= 5


@pytest.mark.parametrize("code", PYTHON, ids=range(len(PYTHON)))
def test_python(code: str, tmp_path: Path) -> None:
    if any(mark in code for mark in NEEDS_A_DOWNLOAD):
        compile(code, "README.md", "exec")
        pytest.skip("needs a checkpoint that has to be downloaded; only its syntax is checked")
    done = run([sys.executable, "-W", "error::UserWarning", "-c", code], tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_command(command: str, tmp_path: Path) -> None:
    if command == IS_THIS_RUN:
        pytest.skip("this is that run")
    if any(mark in command for mark in NEEDS_A_DOWNLOAD):
        pytest.skip("needs a download")
    if command.startswith("make ") and Path(sys.prefix) != ROOT / ".venv":
        pytest.skip("make would install another environment")
    done = run(command, ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
