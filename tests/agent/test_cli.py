import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import psutil
import pytest

from qwact.tools.interpreter import sandbox_status

COMMAND = [sys.executable, "-m", "qwact"]
SUM = "What is 37 * 489 + 12?"
ENDLESS = "List the primes below 2000000000"
CTRL_C_AT_IMPORT = """
import signal, sys

class AtImport:
    def find_spec(self, name, path=None, target=None):
        if name == "{loaded}":
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, AtImport())
"""


def qwact(
    *arguments: str, folder: Path, typed: str | None = "", env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        input=typed,
        env={**os.environ, **(env or {})},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run"], 'the question is missing: write it in quotes, as in qwact run "What is'),
        (["run", "What", "is", "2"], '(is 2): write the question in quotes, as in qwact run "What is'),
        (["run", "--modle", "pocket", "Hi"], "no such option: --modle"),
        (["run", "--steps", "many", "Hi"], "'--steps'"),
        (["rum"], "'rum', did you mean 'run'; see `qwact --help`"),
        (["run", "  "], "the question is empty"),
        (["run", "--steps", "0", "Hi"], "--steps"),
        (["run", "--seconds", "nan", "Hi"], "--seconds"),
        (["run", "--file", "none.csv", "Hi"], "--file none.csv: no such file"),
        (["run", "--folder", "none", "Hi"], "none: no such folder"),
        (["run", "--tool", "calculater", "Hi"], "did you mean 'calculator'?"),
        (["run", "--tool", "files", "Hi"], "add --folder"),
        (["run", "--model", "./none", "Hi"], "there is no model './none'"),
        (["run", "--output", "taken", "Hi"], "--output taken: nothing can be written there"),
        (["chat", "--file", "none.csv"], "--file none.csv: no such file"),
    ],
)
def test_a_mistake_is_told_in_words_with_exit_code_2(
    arguments: list[str], sentence: str, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file")
    ended = qwact(*arguments, folder=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert sentence in ended.stderr
    assert ended.stderr.startswith("qwact: ")
    assert ended.stderr.count("\n") == 1
    assert os.listdir(tmp_path) == ["taken"]


def test_help_is_given_when_asked_for_and_when_nothing_is(tmp_path: Path) -> None:
    asked, silent = qwact("--help", folder=tmp_path), qwact(folder=tmp_path)
    assert asked.stdout.startswith("Usage: qwact [OPTIONS] COMMAND [ARGS]...\n")
    assert (asked.returncode, asked.stderr) == (0, "")
    assert (silent.returncode, silent.stdout, silent.stderr.strip()) == (2, "", asked.stdout.strip())


@pytest.mark.parametrize(
    "loaded", ["qwact.agent", "pydantic", "qwact.agent.cli", "qwact.agent.cli.commands", "torch"]
)
def test_ctrl_c_while_it_loads_ends_it_without_a_word(loaded: str, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(CTRL_C_AT_IMPORT.format(loaded=loaded))
    ended = qwact("run", SUM, folder=tmp_path, env={"PYTHONPATH": str(tmp_path)})
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")


def test_a_piped_run_is_plain_lines_also_without_a_locale_and_input(tmp_path: Path) -> None:
    ended = qwact("run", SUM + " 谢谢", folder=tmp_path, typed=None, env={"LANG": "C", "LC_ALL": "C"})
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "\x1b" not in ended.stdout
    lines = ended.stdout.splitlines()
    assert "Action       calculator" in lines
    assert "Observation  18105" in lines
    assert any(line.startswith("Answer       ") and "18105" in line for line in lines)


def test_json_events_and_exit_code_3_at_a_limit(tmp_path: Path) -> None:
    # An encoding that cannot write the question.
    ended = qwact(
        "run", "--json", "--steps", "1", f"{SUM} é中", folder=tmp_path, env={"PYTHONIOENCODING": "ascii"}
    )
    assert ended.returncode == 3
    found = [json.loads(line) for line in ended.stdout.splitlines()]
    assert found[0] == {"type": "RunStarted", "question": f"{SUM} é中"}
    assert found[-1]["type"] == "RunFinished"
    assert found[-1]["result"]["stop_reason"] == "step_limit"


def test_a_plot_is_saved_and_its_path_shown(tmp_path: Path) -> None:
    ended = qwact("run", "--output", "plots", "Plot sin(x) from 0 to 10", folder=tmp_path)
    assert ended.returncode == 0
    (plot,) = (tmp_path / "plots").iterdir()
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert f"File         plots/{plot.name}" in ended.stdout.splitlines()


def test_chat_takes_turns_and_ends_with_its_input(tmp_path: Path) -> None:
    ended = qwact("chat", folder=tmp_path, typed=f"{SUM}\nWhat is 2 + 40?\n")
    assert (ended.returncode, ended.stderr) == (0, "")
    answers = [line for line in ended.stdout.splitlines() if line.startswith("Answer")]
    assert ["18105" in answers[0], "42" in answers[1]] == [True, True]
    assert not any(line.startswith(">") for line in ended.stdout.splitlines())


def test_tools_and_doctor_say_what_there_is(tmp_path: Path) -> None:
    listed = qwact("tools", folder=tmp_path)
    assert listed.returncode == 0
    for call in ("calculator(expression)", "code_interpreter(code)", "read_file(path, start, lines)"):
        assert call in listed.stdout
    examined = qwact("doctor", folder=tmp_path)
    lines = examined.stdout.splitlines()
    assert examined.returncode == int(any(line.startswith("MISS") for line in lines))
    names = [line[5:].split("  ")[0].strip() for line in lines]
    for name in ("qwact", "libraries", "device", "pocket model", "sandbox", "packages"):
        assert name in names


def test_doctor_names_each_wall_and_why_a_tier_fell_out(tmp_path: Path) -> None:
    lines = qwact("doctor", folder=tmp_path).stdout.splitlines()
    status = sandbox_status()
    assert any(line.startswith(f"ok   sandbox        {status.tier} is in force") for line in lines)
    walls = [line.removeprefix("ok   wall           ") for line in lines if line[5:].startswith("wall ")]
    assert [wall[: len(layer)] for wall, layer in zip(walls, status.layers, strict=True)] == [*status.layers]
    assert {"seccomp", "resource limits", "watchdog"} <= set(status.layers)
    assert all(": " in wall for wall in walls)
    for tier, reason in status.missing.items():
        (line,) = [line for line in lines if line[5:].startswith(f"{tier} ")]
        assert line.startswith("note ")
        assert f"fell out: {reason}; to have it, " in line


@pytest.mark.skipif(
    os.getuid() != 0 or not shutil.which("setpriv"), reason="needs root, and setpriv to stop being"
)
def test_doctor_says_what_is_missing_where_no_wall_stands(tmp_path: Path) -> None:
    rights = "-chown,-setuid,-setgid"
    command = ["setpriv", "--bounding-set", rights, "--inh-caps", rights, *COMMAND, "doctor"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    missing = [line[5:].split()[0] for line in ended.stdout.splitlines() if line.startswith("MISS")]
    assert (ended.returncode, missing) == (1, ["sandbox", "bubblewrap", "namespaces", "landlock"])
    assert ended.stdout.count("fell out: root has no right here") == 3
    assert "to have it" not in ended.stdout


@pytest.mark.parametrize("awaited", [b'"RunStarted"', b'"ToolCall"'])
def test_ctrl_c_stops_at_once_and_leaves_no_process(awaited: bytes, tmp_path: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "run", "--json", ENDLESS],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as host:
        assert host.stdout is not None
        assert host.stderr is not None
        assert any(awaited in line for line in iter(host.stdout.readline, b""))
        time.sleep(0.2)
        inside = psutil.Process(host.pid).children(recursive=True)
        os.killpg(host.pid, signal.SIGINT)  # as a terminal does
        asked = time.monotonic()
        lines = host.stdout.read().splitlines()
        assert host.wait(20) == 1
        assert time.monotonic() - asked < 10  # 2 on a machine of its own
        assert host.stderr.read() == b""
    assert json.loads(lines[-1])["result"]["stop_reason"] == "cancelled"
    _assert_all_end(inside)


@pytest.mark.parametrize("end", ["terminate", "close the pipe"])
def test_an_early_end_leaves_no_process_and_no_traceback(end: str, tmp_path: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "run", "--seconds", "10", ENDLESS],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as host:
        assert host.stdout is not None
        assert host.stderr is not None
        assert any(b"Action" in line for line in iter(host.stdout.readline, b""))
        time.sleep(0.5)
        inside = psutil.Process(host.pid).children(recursive=True)
        if end == "terminate":
            host.terminate()
        else:
            host.stdout.close()
        assert host.wait(60) != 0
        assert b"Traceback" not in host.stderr.read()
    _assert_all_end(inside)


def _assert_all_end(processes: list[psutil.Process]) -> None:
    deadline = time.monotonic() + 10
    while any(process.is_running() for process in processes) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(process.is_running() for process in processes)
