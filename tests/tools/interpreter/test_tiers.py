import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from qwact.tools.errors import SandboxUnavailable
from qwact.tools.interpreter import CodeInterpreter, sandbox_status

Open = Callable[..., CodeInterpreter]
TIERS = ["bubblewrap", "namespaces", "landlock"]


def test_at_least_one_tier_comes_up_here(missing_tiers: dict[str, str]) -> None:
    assert len(missing_tiers) < len(TIERS), missing_tiers


@pytest.mark.parametrize("tier", TIERS)
def test_each_tier_runs_code_and_refuses_the_network(
    tier: str, missing_tiers: dict[str, str], open_interpreter: Open
) -> None:
    if tier in missing_tiers:
        pytest.skip(f"{tier} does not come up here: {missing_tiers[tier]}")
    interpreter = open_interpreter(sandbox=tier, memory_mb=512)
    out = interpreter.run("print(1 + 1)\nimport socket\nsocket.socket()")
    assert out.text.startswith("2\n")
    assert out.error is not None
    assert out.error.startswith("PermissionError")
    assert {"resource limits", "seccomp"} <= set(interpreter.layers)
    assert interpreter.run("import os; os.getuid() * os.getgid() > 0").text == "True"
    assert interpreter.run("open('/etc/shadow')").status == "error"
    assert interpreter.run("open('kept', 'w').write('1'); open('kept').read()").text.startswith("'1'")


@pytest.mark.parametrize("tier", TIERS)
def test_a_tier_that_does_not_come_up_is_refused_and_says_why(
    tier: str, missing_tiers: dict[str, str], open_interpreter: Open
) -> None:
    if tier not in missing_tiers:
        pytest.skip(f"{tier} works here")
    with pytest.raises(SandboxUnavailable, match=r"not run.*To mend it, ") as caught:
        open_interpreter(sandbox=tier).run("1 + 1")
    assert missing_tiers[tier] in str(caught.value)


def test_the_status_names_the_tier_in_force(missing_tiers: dict[str, str], py: CodeInterpreter) -> None:
    status = sandbox_status()
    assert status.tier not in status.missing
    py.start()
    assert status.layers == py.layers


@pytest.mark.parametrize("tier", TIERS)
def test_temporary_files_may_lie_below_a_folder_that_only_its_owner_can_enter(
    tier: str, missing_tiers: dict[str, str], tmp_path: Path
) -> None:
    if tier in missing_tiers:
        pytest.skip(f"{tier} does not come up here: {missing_tiers[tier]}")
    closed = tmp_path / "closed"
    (closed / "deep").mkdir(parents=True)
    closed.chmod(0o700)
    code = (
        "import sys\nfrom qwact.tools.interpreter import CodeInterpreter\n"
        "with CodeInterpreter(sandbox=sys.argv[1]) as py:\n"
        '    print(py.run(\'import time; time.sleep(0.3); open("a", "w").write("x")\').text)\n'
        "    print(py.run('open(\"a\").read()').text)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tier],
        env={**os.environ, "TMPDIR": str(closed / "deep")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["1", "[file: a]", "'x'"]
    assert not [*(closed / "deep").iterdir()]


@pytest.mark.skipif(
    os.getuid() != 0 or not shutil.which("setpriv"), reason="needs root, and setpriv to stop being"
)
def test_root_that_cannot_become_another_user_runs_nothing(tmp_path: Path) -> None:
    code = "from qwact.tools.interpreter import CodeInterpreter; CodeInterpreter().run('1')"
    rights = "-chown,-setuid,-setgid"
    done = subprocess.run(
        ["setpriv", "--bounding-set", rights, "--inh-caps", rights, sys.executable, "-c", code],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "SandboxUnavailable: Code was not run: root has no right" in done.stderr
    assert not [*tmp_path.iterdir()]
