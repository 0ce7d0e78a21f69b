import os
import subprocess
import sys
from pathlib import Path

from qwact.tools.interpreter.watchdog import FolderUse, descendants, memory


def test_bytes_and_entries_of_folders_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/file").write_bytes(bytes([1]) * 100_000)
    (tmp_path / "link").symlink_to("/usr")
    size, entries = FolderUse((str(tmp_path),)).measure(100)
    assert 100_000 <= size < 120_000
    assert entries == 4


def test_more_folders_than_descriptors_are_counted(tmp_path: Path) -> None:
    for number in range(1500):
        (tmp_path / str(number)).mkdir()
    assert FolderUse((str(tmp_path),)).measure(5000) == (0, 1500)
    assert FolderUse((str(tmp_path),)).measure(1000)[1] > 1000


def test_what_is_nested_too_deep_counts_as_too_much(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * 80)
    deep.mkdir(parents=True)
    assert FolderUse((str(tmp_path),)).measure(1000)[1] > 1000


def test_a_closed_folder_hides_nothing(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "file").write_bytes(bytes([1]) * 100_000)
    closed.chmod(0)
    assert FolderUse((str(tmp_path),)).measure(100)[0] >= 100_000


def test_memory_of_a_tree_of_processes() -> None:
    inner = "import subprocess, sys; x = b'1' * (80 << 20); print(1, flush=True); input()"
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-S', '-c', {inner!r}])"
    command = [sys.executable, "-S", "-c", outer]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        inside = descendants(os.getpid())
        assert process.pid in inside
        assert len(inside) >= 2
        assert memory(inside, 0) > 80 << 20
        process.communicate(b"\n")
