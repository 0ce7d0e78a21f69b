import os
from collections.abc import Callable
from pathlib import Path

import pytest

from qwact.tools.errors import UserError
from qwact.tools.interpreter import CodeInterpreter

Open = Callable[..., CodeInterpreter]


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("output")


@pytest.fixture(scope="module")
def files(output: Path):  # type: ignore[no-untyped-def]
    with CodeInterpreter(work_folder=output, file_mb=2, disk_mb=16, memory_mb=512) as interpreter:
        yield interpreter


def test_the_work_folder_is_empty_at_first(open_interpreter: Open) -> None:
    assert open_interpreter().run("import os; os.listdir()").text == "[]"


def test_a_given_file_can_be_read_and_is_not_handed_back(files: CodeInterpreter, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("a,b\n1,2\n")
    assert files.add_file(table) == "table.csv"
    out = files.run("print(open('table.csv').read())")
    assert out.text == "a,b\n1,2"
    assert out.files == ()


def test_a_written_file_comes_back_once_and_again_when_changed(files: CodeInterpreter, output: Path) -> None:
    out = files.run("open('report.txt', 'w').write('first'); None")
    assert out.files == (output / "report.txt",)
    assert out.text == "[file: report.txt]"
    assert (output / "report.txt").read_text() == "first"
    assert (output / "report.txt").stat().st_mode & 0o777 == 0o644 & ~_umask()
    assert files.run("1").files == ()
    out = files.run("open('report.txt', 'w').write('second!'); None")
    assert out.files == (output / "report.txt",)
    assert (output / "report.txt").read_text() == "second!"


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_files_in_folders_come_back_with_their_folder(files: CodeInterpreter, output: Path) -> None:
    out = files.run("import os; os.makedirs('a/b'); open('a/b/c.txt', 'w').write('deep'); None")
    assert out.files == (output / "a/b/c.txt",)


def test_what_others_put_there_is_not_overwritten(files: CodeInterpreter, output: Path) -> None:
    (output / "mine.txt").write_text("precious")
    out = files.run("open('mine.txt', 'w').write('new'); None")
    assert (output / "mine.txt").read_text() == "precious"
    assert [path.read_text() for path in out.files] == ["new"]


def test_links_pipes_and_hidden_files_are_not_followed(files: CodeInterpreter, output: Path) -> None:
    out = files.run(
        "import os\n"
        "os.symlink('/etc/passwd', 'link.txt')\n"
        "os.symlink('/etc', 'folder')\n"
        "os.mkfifo('pipe')\n"
        "open('.bashrc', 'w').write('echo owned')\n"
        "open('a\\nb', 'w').write('x')\n"
    )
    assert out.status == "ok", out.text
    assert out.files == ()
    names = {path.name for path in output.rglob("*")}
    assert not names & {"link.txt", "folder", "pipe", ".bashrc", "a\nb", "passwd"}


def test_a_link_swapped_in_place_of_a_file_is_not_followed(files: CodeInterpreter, output: Path) -> None:
    files.run("open('swap.txt', 'w').write('mine'); None")
    out = files.run("import os; os.remove('swap.txt'); os.symlink('/etc/passwd', 'swap.txt')")
    assert out.files == ()
    assert (output / "swap.txt").read_text() == "mine"


def test_a_file_that_is_given_does_not_go_through_a_planted_link(
    files: CodeInterpreter, tmp_path: Path
) -> None:
    target = tmp_path / "target.txt"
    target.write_text("untouched")
    files.run(f"import os; os.symlink({str(target)!r}, 'given.txt')")
    (tmp_path / "given.txt").write_text("given")
    files.add_file(tmp_path / "given.txt")
    assert target.read_text() == "untouched"
    assert files.run("print(open('given.txt').read())").text == "given"


def test_a_file_above_the_limit_is_refused_on_both_ways(files: CodeInterpreter, tmp_path: Path) -> None:
    big = tmp_path / "big.bin"
    big.write_bytes(bytes(3 << 20))
    with pytest.raises(UserError, match="2 MB"):
        files.add_file(big)
    out = files.run("open('big.bin', 'wb').write(bytes(3 << 20))")
    assert out.status == "limit"
    assert "2 MB for one file" in out.text


def test_a_missing_file_is_named(files: CodeInterpreter, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nothing-here"):
        files.add_file(tmp_path / "nothing-here")


def test_a_deep_and_closed_tree_is_removed(open_interpreter: Open) -> None:
    interpreter = open_interpreter(files=5000)
    code = (
        "import os\nfor _ in range(400):\n    os.mkdir('d'); os.chdir('d')\n"
        "os.chdir(os.environ['HOME'])\n"
        "os.mkdir('closed'); os.mkdir('closed/x'); os.chmod('closed', 0)"
    )
    interpreter.run(code)
    before = _session_folders()
    interpreter.close()
    assert len(_session_folders()) < len(before)


def _session_folders() -> list[str]:
    import tempfile

    return [name for name in os.listdir(tempfile.gettempdir()) if name.startswith("qwact-")]
