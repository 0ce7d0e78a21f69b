"""Sessions opened, used and closed one after the other: what they leave behind.

    python benchmarks/interpreter_leaks.py [sessions]

Prints processes, descriptors, temporary files and memory of this process at the beginning and at the end.
"""

import gc
import os
import sys
import tempfile
import time

import psutil

from qwact.tools.interpreter import CodeInterpreter


def counts() -> dict[str, int]:
    """What there is now."""
    gc.collect()
    me = psutil.Process()
    return {
        "processes": len(me.children(recursive=True)),
        "threads": me.num_threads(),
        "descriptors": me.num_fds(),
        "files": sum(len(folders) + len(files) for _, folders, files in os.walk(tempfile.gettempdir())),
        "memory_kb": me.memory_info().rss >> 10,
    }


def use_session(number: int) -> None:
    """One session with one cell that prints, makes a file, and leaves a process behind."""
    with CodeInterpreter() as py:
        out = py.run(
            "import subprocess; p = subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
            f"open('made.txt', 'w').write('x' * 1000)\nprint({number})"
        )
        assert out.text.startswith(str(number)), out
        assert len(out.files) == 1, out


def main() -> None:
    """Print the counts."""
    sessions = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o711)  # the code inside may be another user's
        tempfile.tempdir = folder  # nothing of other programs is counted
        use_session(0)
        before, started = counts(), time.perf_counter()
        for number in range(sessions):
            use_session(number)
        after = counts()
        print(f"{sessions} sessions in {time.perf_counter() - started:.0f} s")
        for name, count in before.items():
            print(f"{name:12} before {count:7}  after {after[name]:7}")


if __name__ == "__main__":
    main()
