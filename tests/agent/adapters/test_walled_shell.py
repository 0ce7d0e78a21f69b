"""Commands and files through a real sandbox: what comes back is exact, and the host out of reach."""

import base64
import errno
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qwact.agent.adapters.walled_shell import OUTPUT_CHARS, STOPPED, ShellFailed, WalledShell
from qwact.tools.interpreter import CodeInterpreter


@pytest.fixture(scope="module")
def interpreter() -> Iterator[CodeInterpreter]:
    with CodeInterpreter(
        cell_seconds=20, memory_mb=768, file_mb=16, output_chars=OUTPUT_CHARS
    ) as interpreter:
        yield interpreter


@pytest.fixture(scope="module")
def shell(interpreter: CodeInterpreter) -> WalledShell:
    return WalledShell(interpreter)


@pytest.fixture(scope="module")
def inside(shell: WalledShell) -> str:
    """The folder where commands start."""
    return shell.run("pwd", None).output.decode().strip()


def test_output_and_exit_code_are_exact(shell: WalledShell) -> None:
    result = shell.run(r"printf 'out\r\n\033[1m\000'; printf '\377' >&2; exit 7", None)
    assert result.output == b"out\r\n\x1b[1m\x00\xff"
    assert result.exit_code == 7
    assert not result.is_stopped
    assert not result.is_cut


def test_a_command_reads_no_input_and_asks_for_no_colours(shell: WalledShell) -> None:
    assert shell.run("cat; env | grep COLOR", None).output == b"NO_COLOR=1\n"


def test_a_command_that_a_signal_ends(shell: WalledShell) -> None:
    assert shell.run("kill -TERM $$", None).exit_code == -15


def test_a_slow_command_is_stopped_with_its_children_and_keeps_what_it_said(shell: WalledShell) -> None:
    result = shell.run("echo begun; sleep 4321 & sleep 4321", 0.5)
    assert result == (b"begun\n", STOPPED, True, False)
    assert shell.run("ps -ef 2>/dev/null | grep -c '[s]leep 4321'", None).output == b"0\n"


def test_the_interpreters_own_time_limit_stops_a_command() -> None:
    with CodeInterpreter(cell_seconds=1) as interpreter:
        shell = WalledShell(interpreter)
        interpreter.run("kept = 1")
        assert shell.run("echo begun; sleep 60", None) == (b"begun\n", STOPPED, True, False)
        assert interpreter.run("kept").text == "1"


def test_a_process_in_the_background_does_not_hold_the_command(shell: WalledShell) -> None:
    assert shell.run("sleep 15 & echo started", 5) == (b"started\n", 0, False, False)


def test_output_above_the_limit_is_cut(shell: WalledShell) -> None:
    result = shell.run("head -c 5000000 /dev/zero | tr '\\0' x", None)
    assert result.is_cut
    assert len(result.output) == 3 << 20
    assert result.exit_code == 0


def test_a_small_interpreter_shows_the_beginning_and_reads_whole_files() -> None:
    with CodeInterpreter(output_chars=1000) as interpreter:
        shell = WalledShell(interpreter)
        result = shell.run("seq 10000; exit 3", None)
        assert result.is_cut
        assert result.exit_code == 3
        assert result.output.startswith(b"1\n2\n3\n")
        content = bytes(range(256)) * 20
        assert shell.write([("/tmp/file", content)]) == [None]
        assert shell.read("/tmp/file", 1 << 20) == content


def test_an_interpreter_too_small_for_an_answer_says_so() -> None:
    with CodeInterpreter(output_chars=10) as interpreter, pytest.raises(ShellFailed, match="output_chars"):
        WalledShell(interpreter).run("echo", None)


def test_a_command_that_ends_python_is_told_and_the_next_one_runs(shell: WalledShell) -> None:
    with pytest.raises(ShellFailed, match="Python ended by itself"):
        shell.run("kill -9 $PPID", None)
    assert shell.run("echo again", None).output == b"again\n"


def test_other_cells_may_define_what_they_like(shell: WalledShell, interpreter: CodeInterpreter) -> None:
    interpreter.run("exec = print = base64 = None\nimport os\nos.chdir('/')")
    assert shell.run("echo fine", None).output == b"fine\n"
    assert shell.write([("/tmp/elsewhere", b"1")]) == [None]
    interpreter.run("del exec, print, base64\nos.chdir(os.path.expanduser('~'))")


@settings(max_examples=25, deadline=None)
@given(content=st.binary(max_size=3000))
@example(content=base64.b64decode("1234"))  # looks like a number on its way
def test_files_come_back_as_they_went(shell: WalledShell, content: bytes) -> None:
    assert shell.write([("/tmp/a/b c/文件", content)]) == [None]
    assert shell.read("/tmp/a/b c/文件", 1 << 20) == content


def test_large_files_in_several_pieces(shell: WalledShell) -> None:
    content = bytes(range(256)) * (7 << 12)
    assert shell.write([("/tmp/large", content)]) == [None]
    assert shell.read("/tmp/large", len(content)) == content
    with pytest.raises(OSError, match="larger") as raised:
        shell.read("/tmp/large", len(content) - 1)
    assert raised.value.errno == errno.EFBIG


def test_each_file_has_its_own_error(shell: WalledShell) -> None:
    shell.run("mkdir -p /tmp/folder; mkfifo /tmp/pipe; echo > /tmp/plain", None)
    paths = ["/tmp/good", "/tmp/folder", "/tmp/pipe", "/tmp/plain/x", "/usr/x", "/tmp/huge", "/tmp/last"]
    contents = [b"1", b"1", b"1", b"1", b"1", bytes(17 << 20), b"2"]
    errors = shell.write(list(zip(paths, contents, strict=True)))
    numbers = [error.errno if isinstance(error, OSError) else error and str(error) for error in errors]
    assert numbers[:4] == [None, errno.EISDIR, errno.ENXIO, errno.EEXIST]
    assert numbers[4] in (errno.EACCES, errno.EROFS)
    assert "at most 16 MB" in str(numbers[5])
    assert numbers[6] is None
    assert shell.read("/tmp/last", 10) == b"2"
    assert shell.run("find . -name '.given*'", None).output == b""


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("/tmp/none", errno.ENOENT),
        ("/tmp", errno.EISDIR),
        ("/dev/zero", errno.EINVAL),
        ("/a\nb", errno.ENOENT),
    ],
)
def test_what_cannot_be_read(shell: WalledShell, path: str, number: int) -> None:
    with pytest.raises(OSError) as raised:  # noqa: PT011  # the number is what counts
        shell.read(path, 100)
    assert raised.value.errno == number


def test_nothing_of_the_host_is_in_reach(shell: WalledShell, tmp_path: Path, inside: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    secret.chmod(0o644)
    assert shell.run(f"cat {secret}", None).exit_code != 0
    with pytest.raises(FileNotFoundError):
        shell.read(str(secret), 100)
    shell.run(f"ln -s {secret} {inside}/link", None)
    with pytest.raises(FileNotFoundError):
        shell.read(f"{inside}/link", 100)
    # It may make a folder of that name, inside.
    shell.write([(str(secret), b"changed")])
    assert secret.read_text() == "secret"


def test_a_forged_answer_is_no_answer(shell: WalledShell, interpreter: CodeInterpreter) -> None:
    interpreter.run("import base64\nreal = base64.b64encode\nbase64.b64encode = lambda data: b'=A=='")
    try:
        with pytest.raises(ShellFailed, match="not well-formed"):
            shell.run("echo", None)
    finally:
        interpreter.run("base64.b64encode = real")
