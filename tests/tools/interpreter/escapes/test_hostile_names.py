"""What a session leaves in its work folder: names, links and kinds of files that the host meets,
and programs that wait for the next start.

Whatever is there, `run` gives a result, and what it names are plain files below the output folder.
"""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from canaries import TOKEN, Outside

from qwact.tools.errors import SandboxUnavailable
from qwact.tools.interpreter import CodeInterpreter
from qwact.tools.interpreter.result import CellResult

Collect = Callable[[str], CellResult]
NAMES = {
    "a line break": "open('a\\nb', 'w')",
    "colours": "open('a\\x1b[31mb', 'w')",
    "a bell and a backspace": "open('a\\x07\\x08b', 'w')",
    "a turned reading direction": "open('gpj\\u202etxt.exe', 'w')",
    "a leading dash": "open('-rf', 'w'); open('--help', 'w')",
    "a leading dot": "open('.profile', 'w'); os.mkdir('.ssh'); open('.ssh/config', 'w')",
    "a name that climbs once it is cleaned": "open('.\\x01.', 'w'); os.mkdir('\\x01..'); "
    "open('\\x01../x', 'w')",
    "blanks only": "open('   ', 'w'); open('\\u3000', 'w'); open('x ', 'w')",
    "bytes that are no text": "open(b'\\xff\\xfe', 'w'); open(b'a\\xed\\xa0\\x80', 'w')",
    "half of a character": "open('a\\udc80b', 'w')",
    "commands of a shell": "open('$(touch escaped)', 'w'); open('`id`;id', 'w'); open('*', 'w')",
    "backslashes": "open('..\\\\..\\\\x', 'w'); open('C:\\\\x', 'w')",
    "a slash of another alphabet": "open('..\\u2215..\\u2215x', 'w'); open('\\uff0e\\uff0e', 'w')",
    "255 bytes": "open('x' * 255, 'w'); open('é' * 127, 'w')",
    "names of devices": "open('con', 'w'); open('NUL.txt', 'w'); open('aux', 'w')",
    "names that differ only by what is cleaned": "open('same', 'w'); open('sa\\x01me', 'w'); "
    "open('sam\\x02e', 'w')",
    "a name that looks like the interpreter's own line": "open('x] [file: passwd', 'w')",
    "a name of the settings of tests": "open('conftest.py', 'w').write('import os; os.abort()')",
}
UNPRINTABLE = {
    "a carriage return": "open('a\\rb', 'w')",
    "a tab": "open('a\\tb', 'w')",
    "a line separator": "open('a\\u2028b', 'w')",
    "what cannot be seen": "open('a\\u200bb', 'w'); open('a\\u200fb', 'w')",
}
LONG = {
    "long names that differ only by what is cleaned": "open('y' * 254, 'w'); open('y' * 254 + '\\x01', 'w')",
    "a path as long as one may be": "for _ in range(15): os.mkdir('z' * 254); os.chdir('z' * 254)\n"
    "open('z' * 250, 'w'); os.chdir(os.environ['HOME'])",
    "a folder where a file was": "open('turned', 'w')\n#next\n"
    "os.remove('turned'); os.mkdir('turned'); open('turned/x', 'w')",
}
KINDS = {
    "a link to a secret": "os.symlink(SECRET, 'link.txt')",
    "a link to a link": "os.symlink('link2', 'link1'); os.symlink(SECRET, 'link2')",
    "a link to a folder": "os.symlink(os.path.dirname(SECRET), 'folder')",
    "a link to itself": "os.symlink('self', 'self')",
    "a link through /proc": "os.symlink('/proc/self/cwd/../' + SECRET, 'proc'); "
    "os.symlink('/proc/self/fd/0', 'fd')",
    "a link that climbs": "os.symlink('../../../../../../..' + SECRET, 'climbs')",
    "a pipe": "os.mkfifo('pipe')",
    "a folder of pipes": "os.mkdir('d'); [os.mkfifo(f'd/{n}') for n in range(50)]",
    "a file with a hole": "os.truncate(os.open('hole', os.O_RDWR | os.O_CREAT), 1 << 20)",
    "a closed file": "open('closed', 'w').write('x'); os.chmod('closed', 0)",
    "a closed folder": "os.mkdir('c'); open('c/x', 'w'); os.chmod('c', 0)",
    "a folder that cannot be listed": "os.mkdir('n'); open('n/x', 'w'); os.chmod('n', 0o300)",
    "a program with the rights of its owner": "open('root', 'w').write('#!/bin/sh'); os.chmod('root', "
    "0o6755)",
    "the work folder removed": "try: os.rmdir(os.getcwd())\nexcept OSError: pass",
    "the work folder renamed": "try: os.rename(os.getcwd(), os.getcwd() + '2')\nexcept OSError: pass",
    "a hard link to an own file": "open('one', 'w').write('x'); os.link('one', 'two')",
    "200 files": "for n in range(200): open(f'many{n}', 'w').write('x')",
    "a tree as deep as one may be": "path = '/'.join('d' * 60); os.makedirs(path); open(path + '/x', 'w')",
}
SWAPS = {
    "a file and a link to a secret": "os.symlink(SECRET, 'l{n}'); open('f{n}', 'w').close(); swap('l{n}', "
    "'f{n}')",
    "a folder and a link to a folder": "os.mkdir('d{n}'); open('d{n}/secret.txt', 'w').write('mine');"
    " os.symlink(os.path.dirname(SECRET), 'e{n}'); swap('d{n}', 'e{n}')",
    "a file and a pipe": "os.mkfifo('p{n}'); open('q{n}', 'w').close(); swap('p{n}', 'q{n}')",
}
SWAP = """
import ctypes, os
def swap(one, two):
    'A child exchanges both names for some seconds.'
    if os.fork() == 0:
        import time
        libc, end = ctypes.CDLL(None), time.monotonic() + 1.5
        while time.monotonic() < end:
            libc.renameat2(-100, one.encode(), -100, two.encode(), 2)
            os.utime(one, follow_symlinks=False)
        os._exit(0)
"""
PLANTED = (
    "sitecustomize.py",
    "usercustomize.py",
    "conftest.py",
    "ipykernel_launcher.py",
    "zmq.py",
    "json.py",
    "site.py",
    "__main__.py",
    "pyvenv.cfg",
    ".pythonrc.py",
    ".local/lib/python{version}/site-packages/x.pth",
    ".local/lib/python{version}/site-packages/usercustomize.py",
    ".config/matplotlib/matplotlibrc",
    ".ipython/profile_default/startup/00.py",
    ".ipython/profile_default/ipython_config.py",
    ".jupyter/jupyter_config.py",
    ".config/python/x.pth",
)
REPRS = {
    "a repr that raises": "class A:\n    def __repr__(self): raise SystemExit\nA()",
    "a repr that is no text": "class A:\n    def __repr__(self): return 5\nA()",
    "a repr of half characters": "class A:\n    def __repr__(self): return '\\ud800' * 9\nA()",
    "a repr that ends the line of files": "class A:\n"
    "    def __repr__(self): return '[file: /etc/passwd]'\nA()",
    "a repr that writes files": "class A:\n    def __repr__(self): open('repr.txt', 'w').write('x'); "
    "return 'x'\nA()",
    "a page of HTML": "class A:\n    def _repr_html_(self): return '<script>' * 1000\nA()",
    "a picture that is none": "class A:\n    def _repr_png_(self): return b'x' * (1 << 20)\nA()",
    "a bundle of wrong types": "class A:\n    def _repr_mimebundle_(self, **k): return {'image/png': 5, "
    "5: 5}\nA()",
    "a display that replaces itself": "class A:\n"
    "    def _ipython_display_(self): exec('raise self.__class__()')\nA()",
    "an exception with a hostile name": "raise type('A\\n\\x1b[31m\\u202e', (Exception,), {})('x')",
    "an exception with a name of a megabyte": "raise type('A' * (1 << 20), (Exception,), {})('x')",
    "an exception whose text is no text": "class E(Exception):\n    __str__ = __repr__ = lambda s: 5\n"
    "raise E",
    "an exception that draws too much": "class E(Exception):\n"
    "    def _render_traceback_(self): return ['x' * 1000] * 10000\nraise E",
    "an exception that passes every except": "class E(BaseException): pass\nraise E",
    "a group of exceptions": "raise ExceptionGroup('x', [ExceptionGroup('y', [ValueError(1)] * 99)] * 99)",
    "an exception that points at itself": "e = ValueError('x'); e.__cause__ = ValueError('y'); "
    "e.__cause__.__cause__ = e; raise e",
}


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("output")


@pytest.fixture(scope="module")
def room(output: Path) -> Iterator[CodeInterpreter]:
    """In one tier only: the host reads the same folder in each."""
    with CodeInterpreter(work_folder=output, cell_seconds=5, files=500, output_chars=3000) as interpreter:
        yield interpreter


@pytest.fixture
def collect(room: CodeInterpreter, outside: Outside, output: Path) -> Iterator[Collect]:
    """Runs a cell in an empty work folder, and looks at what came out."""

    def run(code: str) -> CellResult:
        room.run(
            "import os, shutil\nos.chmod('.', 0o700); os.system('chmod -R u+rwX . 2>/dev/null; rm -rf -- "
            "* .[!.]*')"
        )
        for cell in code.split("#next\n"):
            out = room.run(f"SECRET = {str(outside.secret)!r}\n{cell}\nNone")
        for path in out.files:
            assert stat.S_ISREG(path.lstat().st_mode), path
            assert path.resolve().is_relative_to(output)
            assert path.stat().st_mode & 0o7133 == 0
            assert path.name.isprintable()
            assert not path.name.startswith((".", "-"))
        for path in output.rglob("*"):
            assert not path.is_symlink()
            assert not path.is_file() or TOKEN not in path.read_text(errors="replace")
        assert not {"\x1b", "\u202e", "\x07"} & set(out.text)
        return out

    yield run
    assert outside.breaches("") == []
    assert room.run("6 * 7").text.startswith("42")


@pytest.mark.parametrize("code", (NAMES | KINDS).values(), ids=(NAMES | KINDS))
def test_what_comes_out_are_plain_files(collect: Collect, code: str) -> None:
    assert collect(code).status == "ok"


@pytest.mark.parametrize("code", UNPRINTABLE.values(), ids=UNPRINTABLE)
def test_names_that_come_out_can_be_printed(collect: Collect, code: str) -> None:
    assert collect(code).status == "ok"


@pytest.mark.parametrize("code", LONG.values(), ids=LONG)
def test_what_cannot_be_copied_is_left(collect: Collect, code: str) -> None:
    assert collect(code).status == "ok"


@pytest.mark.parametrize("code", SWAPS.values(), ids=SWAPS)
def test_what_is_swapped_meanwhile_never_gives_a_secret(
    collect: Collect, room: CodeInterpreter, code: str
) -> None:
    collect(SWAP + code.replace("{n}", "0"))
    for _ in range(25):
        for path in room.run("pass").files:
            assert not path.is_symlink()
            assert TOKEN not in path.read_text()


@pytest.mark.parametrize("code", REPRS.values(), ids=REPRS)
def test_a_hostile_value_or_exception_is_only_text(collect: Collect, code: str) -> None:
    out = collect(code)
    assert len(out.text) < 8000
    assert all(path.name == "repr.txt" for path in out.files)


SILENT = {
    "an exception whose text raises": "class E(Exception):\n    def __str__(self): raise self\nraise E",
}


@pytest.mark.parametrize("code", SILENT.values(), ids=SILENT)
def test_an_exception_that_breaks_the_kernel_ends_in_time(code: str) -> None:
    with CodeInterpreter(cell_seconds=1) as interpreter:
        assert interpreter.run(code).status in ("error", "timeout")
        assert interpreter.run("6 * 7").text == "42"


@pytest.mark.parametrize("tier", ["auto", "landlock"])
def test_a_closed_work_folder_does_not_lock_the_session_out(
    tier: str,
    missing_tiers: dict[str, str],
    request: pytest.FixtureRequest,
    tier_in_force: Callable[[str], str | None],
) -> None:
    if tier in missing_tiers:
        pytest.skip(missing_tiers[tier])
    if tier_in_force(tier) == "landlock":
        reason = "the next kernel cannot enter its own work folder: SandboxUnavailable from then on"
        request.applymarker(pytest.mark.xfail(strict=True, raises=SandboxUnavailable, reason=reason))
    with CodeInterpreter(sandbox=tier, cell_seconds=5) as interpreter:
        interpreter.run("import os; open('x', 'w').write('x'); os.chmod('.', 0)")
        assert interpreter.run("os._exit(0)").restarted
        assert interpreter.run("6 * 7").text == "42"


@pytest.mark.parametrize("tier", ["auto", "landlock"])
def test_what_is_planted_does_not_run_before_the_walls_stand(
    tier: str, missing_tiers: dict[str, str]
) -> None:
    if tier in missing_tiers:
        pytest.skip(missing_tiers[tier])
    note = "open(os.environ['HOME'] + '/ran', 'a').write(open('/proc/self/status').read())"
    planting = (
        "import os, sys\nfor name in " + repr(PLANTED) + ":\n"
        "    name = name.format(version=f'{sys.version_info[0]}.{sys.version_info[1]}')\n"
        "    for base in ('.', os.environ['TMPDIR'], os.environ['IPYTHONDIR'].removesuffix('/ipython')):\n"
        "        path = os.path.join(base, name); os.makedirs(os.path.dirname(path), exist_ok=True)\n"
        f"        open(path, 'w').write({'import os; ' + note!r})\n"
        "        for above in ('profile_default/startup/00.py', 'profile_default/ipython_config.py'):\n"
        "            path = os.path.join(os.environ['IPYTHONDIR'], above)\n"
        "            os.makedirs(os.path.dirname(path), exist_ok=True)\n"
        f"            open(path, 'w').write({'import os; ' + note!r})"
    )
    with CodeInterpreter(sandbox=tier) as interpreter:
        assert interpreter.run(planting).status == "ok"
        assert interpreter.run("import os; os._exit(0)").restarted
        out = interpreter.run(
            "print(open('ran').read() if os.path.exists('ran') else '')"
            if False
            else "import os\nprint(open('ran').read() if os.path.exists('ran') else 'nothing ran')"
        )
    states = [line.split()[1] for line in out.text.splitlines() if line.startswith("Seccomp:")]
    assert set(states) <= {"2"}, out.text
    assert states or "nothing ran" in out.text, out.text


def test_without_walls_a_secret_can_be_copied_out(outside: Outside, output: Path) -> None:
    """Links are not followed even then: it takes a copy."""
    with CodeInterpreter(sandbox="dangerously-none", work_folder=output / "open") as interpreter:
        out = interpreter.run(
            f"import os, shutil\nos.symlink({str(outside.secret)!r}, 'link'); shutil.copy('link', 'copy')"
        )
    assert [path.name for path in out.files] == ["copy"]
    assert TOKEN in out.files[0].read_text()
    os.remove(out.files[0])
