import http.server
import json
import logging
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from qwact.tools.errors import UserError
from qwact.tools.interpreter import CodeInterpreter
from qwact.tools.interpreter.gateway import GatewayInterpreter
from qwact.tools.interpreter.kernelspec import NAME, install_kernelspec
from qwact.tools.toolbox import Toolbox

pytest.importorskip("kernel_gateway", reason="jupyter_kernel_gateway is not installed")
pytest.importorskip("websockets", reason="websockets is not installed")

TOKEN = "a-token-that-nobody-may-see"
Open = Callable[..., GatewayInterpreter]


def _free_port() -> int:
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real gateway on loopback that has the plain kernel and the sandboxed one."""
    prefix = tmp_path_factory.mktemp("prefix")
    install_kernelspec(prefix)
    port = _free_port()
    command = [sys.executable, "-m", "kernel_gateway", "--KernelGatewayApp.ip=127.0.0.1"]
    command += [f"--KernelGatewayApp.port={port}", "--KernelGatewayApp.port_retries=0"]
    environment = {**os.environ, "JUPYTER_PATH": str(prefix / "share" / "jupyter"), "KG_AUTH_TOKEN": TOKEN}
    # Kernels that had to be killed leave their folder; and root's sandboxed user must get through it.
    with tempfile.TemporaryDirectory() as temporary, (prefix / "log").open("wb") as log:
        Path(temporary).chmod(0o711)
        environment["TMPDIR"] = temporary
        gateway = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _await_listening(port, gateway, prefix / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            gateway.terminate()
            gateway.wait(30)


def _await_listening(port: int, gateway: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and gateway.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the gateway did not start: {log.read_text()}")


@pytest.fixture
def open_gateway(url: str) -> Iterator[Open]:
    opened: list[GatewayInterpreter] = []

    def build(**settings: object) -> GatewayInterpreter:
        opened.append(GatewayInterpreter(url, TOKEN, **{"cell_seconds": 20, **settings}))  # type: ignore[arg-type]
        return opened[-1]

    yield build
    for interpreter in opened:
        interpreter.close()


@pytest.fixture(scope="module", params=["python3", NAME])
def remote(request: pytest.FixtureRequest, url: str) -> Iterator[GatewayInterpreter]:
    """One interpreter for cells that do no harm, on each kernel."""
    with GatewayInterpreter(
        url, TOKEN, kernel=request.param, cell_seconds=20, output_chars=4000
    ) as interpreter:
        yield interpreter


def test_the_model_sees_the_same_tool() -> None:
    local, there = CodeInterpreter(), GatewayInterpreter("http://127.0.0.1:1")
    assert there.spec == local.spec


def test_values_come_back_and_variables_stay(remote: GatewayInterpreter) -> None:
    out = remote.run("kept = 6 * 7\nprint('one')\nkept")
    assert (out.text, out.status, out.error, out.restarted) == ("one\n42", "ok", None, False)
    assert remote.run("```python\nkept + 1\n```").text == "43"
    assert remote.run("silent = 1").text == "Finished with no output."


def test_our_own_names_are_not_among_the_variables(remote: GatewayInterpreter) -> None:
    out = remote.run("[name for name in dir() if name in ('module', 'folder', 'look', 'take', 'give')]")
    assert out.text == "[]"


def test_an_error_is_plain_text(remote: GatewayInterpreter) -> None:
    out = remote.run("def half(x):\n    return x / 0\nprint('before')\nhalf(1)")
    assert (out.status, out.error) == ("error", "ZeroDivisionError: division by zero")
    assert out.text.startswith("before\n")
    assert "return x / 0" in out.text
    assert "\x1b" not in out.text


def test_long_output_is_cut(remote: GatewayInterpreter) -> None:
    out = remote.run("for i in range(300):\n    print('x' * 99)")
    assert out.text.endswith("[only the first 4000 characters of the output are shown]")
    assert len(out.text) < 4100


def test_input_is_answered_with_an_error_at_once(remote: GatewayInterpreter) -> None:
    began = time.monotonic()
    assert remote.run("input('name? ')").status == "error"
    assert time.monotonic() - began < 5


def test_a_plot_comes_back_as_png(remote: GatewayInterpreter) -> None:
    pytest.importorskip("matplotlib")
    out = remote.run("import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.show()")
    assert out.status == "ok", out.text
    (figure,) = out.files
    assert figure.read_bytes().startswith(b"\x89PNG")
    assert out.text.splitlines()[-1] == f"[figure: {figure.name}]"


def test_files_go_there_and_come_back(remote: GatewayInterpreter, tmp_path: Path) -> None:
    given = tmp_path / "näme 'quoted'.bin"
    given.write_bytes(os.urandom(5 << 20))  # more than one message carries
    assert remote.add_file(given) == given.name
    code = f"data = open({given.name!r}, 'rb').read()\nimport os\nos.makedirs('below', exist_ok=True)\n"
    out = remote.run(code + "open('below/back.bin', 'wb').write(data[::-1])\nlen(data)")
    assert out.text == f"{5 << 20}\n[file: below/back.bin]"
    assert out.files[0].read_bytes() == given.read_bytes()[::-1]
    assert remote.run("1").files == ()
    assert remote.run("open('below/back.bin', 'w').write('changed')").files[0].read_text() == "changed"


def test_links_hidden_files_and_large_ones_do_not_come_back(open_gateway: Open) -> None:
    interpreter = open_gateway(file_mb=1)
    code = "import os\nos.symlink('/etc/passwd', 'link')\nos.mkfifo('pipe')\nopen('.hidden', 'w').close()\n"
    out = interpreter.run(code + "open('large', 'wb').write(bytes(1 << 21))\nopen('small', 'w').write('1')")
    assert [path.name for path in out.files] == ["small"]
    assert "[1 files were not taken" in out.text


def test_names_that_climb_are_not_taken(open_gateway: Open, tmp_path: Path) -> None:
    """The code inside answers our questions about its files itself."""
    interpreter = open_gateway(work_folder=tmp_path / "out")
    forged = [
        ["../climbed", 1, 1],
        ["/tmp/absolute", 1, 1],
        ["a/../../b", 1, 1],
        ["-rf", 1, 1],
        ["nul\0", 1, 1],
    ]
    out = interpreter.run(
        "import sys\ninside = sys.modules['_qwact_files']\n"
        f"inside.look = lambda most: inside.text(inside.json.dumps({forged!r}).encode())\n"
        "inside.take = lambda *where: inside.text(b'1')"
    )
    assert out.files == ()
    assert "[5 files were not taken" in out.text
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_lies_about_files_are_no_files(open_gateway: Open) -> None:
    interpreter = open_gateway()
    lies = ("b'{'", "b'[' * 100000", "b'[[1, [], 2]]'", "b'[[\"a\", 1e400, 1]]'", "b'null'", "b'\\xff'")
    for lie in lies:
        code = f"import sys\ni = sys.modules['_qwact_files']\ni.look = lambda most: i.text({lie})\n7"
        out = interpreter.run(code)
        assert (out.text, out.files) == ("7", ()), lie
    assert interpreter.run("8").text == "8"


def test_files_that_are_too_large_to_give_are_refused(open_gateway: Open, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(bytes((1 << 20) + 1))
    with pytest.raises(UserError, match="at most 1 MB"):
        open_gateway(file_mb=1).add_file(tmp_path / "large")
    with pytest.raises(UserError, match="cannot be given"):
        open_gateway(file_mb=1).add_file(tmp_path / "missing")


@pytest.mark.parametrize("kernel", ["python3", NAME])
def test_a_cell_that_runs_too_long_is_interrupted_and_variables_stay(open_gateway: Open, kernel: str) -> None:
    interpreter = open_gateway(cell_seconds=1, kernel=kernel)
    out = interpreter.run("kept = 1\nimport time\ntime.sleep(60)")
    assert (out.status, out.restarted) == ("timeout", False)
    assert out.text == "The cell ran longer than 1 seconds and was interrupted. Variables are kept."
    assert interpreter.run("kept").text == "1"


@pytest.mark.parametrize("kernel", ["python3", NAME])
def test_a_cell_that_ignores_the_interrupt_gets_a_new_kernel(
    open_gateway: Open, kernel: str, tmp_path: Path
) -> None:
    interpreter = open_gateway(cell_seconds=1, kernel=kernel)
    (tmp_path / "given.txt").write_text("given")
    interpreter.add_file(tmp_path / "given.txt")
    out = interpreter.run(
        "lost = 1\nimport signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\ntime.sleep(60)"
    )
    assert (out.status, out.restarted) == ("timeout", True)
    assert out.text.endswith("all variables and the files that the code wrote are lost.")
    assert interpreter.run("lost").error == "NameError: name 'lost' is not defined"
    assert interpreter.run("open('given.txt').read()").text == "'given'"


def test_a_kernel_that_ends_is_told_and_replaced(open_gateway: Open) -> None:
    interpreter = open_gateway()
    out = interpreter.run("print('said before', flush=True)\nimport os, time; time.sleep(0.5); os._exit(1)")
    assert (out.status, out.restarted) == ("dead", True)
    assert out.text.startswith("said before\n")
    assert "Python was restarted" in out.text
    assert interpreter.run("1 + 1").text == "2"


def test_a_running_cell_can_be_interrupted_from_another_thread(open_gateway: Open) -> None:
    interpreter = open_gateway()
    interpreter.start()
    timer = threading.Timer(0.5, interpreter.interrupt)
    timer.start()
    began = time.monotonic()
    out = interpreter.run("kept = 1\nimport time\ntime.sleep(15)")
    timer.join()
    assert time.monotonic() - began < 8
    assert (out.status, out.restarted) == ("error", False)
    assert interpreter.run("kept").text == "1"


@pytest.mark.parametrize(
    "flood", ["while True:\n    print('x' * 100_000)", "display({'text/plain': 'x' * (40 << 20)}, raw=True)"]
)
def test_a_flood_ends_the_cell_not_the_tool(open_gateway: Open, flood: str) -> None:
    interpreter = open_gateway(cell_seconds=3, output_chars=1000)
    out = interpreter.run(flood)
    assert out.status in ("timeout", "limit")
    assert len(out.text) < 1500
    assert interpreter.run("1 + 1").text == "2"


def test_two_sessions_see_nothing_of_each_other(open_gateway: Open) -> None:
    one, other = open_gateway(), open_gateway()
    one.run("mine = 1\nopen('mine.txt', 'w').close()")
    assert other.run("import os; ('mine' in dir(), os.listdir())").text == "(False, [])"


def test_html_is_handed_on_as_a_file_and_a_table_is_text(open_gateway: Open) -> None:
    interpreter = open_gateway()
    out = interpreter.run("from IPython.display import HTML\nHTML('<b>x</b>')")
    assert [(file.mime_type, file.path.read_text()) for file in out.markup] == [("text/html", "<b>x</b>")]
    assert "<b>" not in out.text
    pytest.importorskip("pandas")
    assert interpreter.run("import pandas as pd\npd.DataFrame({'a': [1]})").markup == ()


def test_forged_messages_end_nothing_and_bring_nothing(open_gateway: Open) -> None:
    """The code inside holds the kernel's key: it may send anything, to its own reader alone."""
    interpreter = open_gateway()
    out = interpreter.run(
        "kernel = get_ipython().kernel\n"
        "send = lambda kind, content, parent={}: kernel.session.send(\n"
        "    kernel.iopub_socket, kind, content=content, parent=parent)\n"
        "mine = kernel.get_parent()\n"
        "send('stream', {'name': 'stdout', 'text': 'of another request'}, {'header': {'msg_id': 'x'}})\n"
        "send('stream', {'name': 'stdout', 'text': 5}, mine)\n"
        "send('stream', {}, mine)\n"
        "send('display_data', {'data': {'image/png': 'AAAA', 'text/html': 7}}, mine)\n"
        "send('display_data', {'data': 7}, mine)\n"
        "print('the end')"
    )
    assert (out.text, out.status, out.files) == ("the end", "ok", ())
    # Who says too early that it is done may lose its own output, and spoils no other cell's.
    early = interpreter.run("send('status', {'execution_state': 'idle'}, kernel.get_parent())\nprint('late')")
    assert early.status == "ok"
    assert interpreter.run("6 * 7").text == "42"


def test_the_sandboxed_kernel_has_its_walls_there_too(open_gateway: Open, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    attempts = ("import socket; socket.socket()", f"open({str(tmp_path / 'secret')!r})")
    walled, plain = open_gateway(kernel=NAME), open_gateway()
    for attempt in attempts:
        assert walled.run(attempt).status == "error"
        assert plain.run(attempt).status == "ok"


def test_in_a_toolbox(url: str) -> None:
    with Toolbox([GatewayInterpreter(url, TOKEN)]) as toolbox:
        observation = toolbox.call("code_interpreter", {"code": "print('hello')"})
        assert (observation.ok, observation.text) == (True, "hello")


def test_closing_ends_the_kernel_on_the_gateway(open_gateway: Open) -> None:
    interpreter = open_gateway()
    process = int(interpreter.run("import os; os.getpid()").text)
    folder = Path(interpreter.run("os.getcwd()").text.strip("'"))
    assert folder.is_dir()
    interpreter.close()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{process}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{process}").exists()
    assert not folder.exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"token": "wrong-but-also-secret"}, "refuses the token"),
        ({"token": ""}, "refuses the token"),
        ({"kernel": "no-such-kernel"}, "no-such-kernel.*check kernel="),
        ({"path": "/below"}, "HTTP 404.*check url="),
    ],
)
def test_a_gateway_that_refuses_is_one_sentence_without_the_token(
    url: str, change: dict[str, str], said: str
) -> None:
    settings = {"token": TOKEN, "kernel": "python3", "path": "", **change}
    interpreter = GatewayInterpreter(url + settings["path"], settings["token"], kernel=settings["kernel"])
    with pytest.raises(UserError, match=said) as caught:
        interpreter.run("1")
    _has_no_token(caught.value, settings["token"])


def test_a_gateway_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    for url in (f"http://127.0.0.1:{_free_port()}", "http://no-such-host.invalid"):
        with pytest.raises(UserError, match=r"cannot be reached.*check url=") as caught:
            GatewayInterpreter(url, TOKEN).run("1")
        _has_no_token(caught.value, TOKEN)


def test_another_server_is_not_trusted() -> None:
    for status, body in (
        (201, b"<html>"),
        (201, b"[" * 200_000),
        (201, b'{"id": "../../api/kernels/x"}'),
        (201, b'{"id": 5}'),
        (201, b"{}"),
        (302, b""),
    ):
        with (
            _other_server(status, body) as (address, asked),
            pytest.raises(UserError, match="check url=") as error,
        ):
            GatewayInterpreter(address, TOKEN).run("1")
        _has_no_token(error.value, TOKEN)
        assert asked == ["/api/kernels"]  # no redirect was followed


@contextmanager
def _other_server(status: int, body: bytes) -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    "settings",
    [
        {"url": "ftp://host"},
        {"url": "host:8888"},
        {"url": f"http://host/?token={TOKEN}"},
        {"url": f"http://user:{TOKEN}@host"},
        {"url": "http://host:port"},
        {"url": "http://host", "token": f"{TOKEN}\r\nX: y"},
        {"url": "http://host", "token": f"{TOKEN} "},
        {"url": "http://host", "cell_seconds": 0},
        {"url": "http://host", "file_mb": 0},
        {"url": "http://host", "work_folder": "/"},
    ],
)
def test_settings_that_cannot_be_had_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(UserError) as caught:
        GatewayInterpreter(**settings)  # type: ignore[arg-type]
    _has_no_token(caught.value, TOKEN)


def test_the_token_is_in_no_log(open_gateway: Open, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    interpreter = open_gateway()
    interpreter.run("1")
    assert TOKEN not in caplog.text
    assert TOKEN not in json.dumps([repr(interpreter), repr(interpreter.spec)])


@pytest.mark.parametrize(
    ("url", "warns"),
    [
        ("http://gateway.example:8888", True),
        ("https://gateway.example", False),
        ("http://127.0.0.1:1", False),
    ],
)
def test_a_token_in_the_clear_is_warned_of(url: str, warns: bool, caplog: pytest.LogCaptureFixture) -> None:
    GatewayInterpreter(url, TOKEN)
    assert ("use https" in caplog.text) == warns
    assert TOKEN not in caplog.text


def test_a_program_that_closes_nothing_leaves_no_kernel(url: str) -> None:
    program = (
        "import os; from qwact.tools.interpreter.gateway import GatewayInterpreter as G\n"
        f"py = G({url!r}, os.environ['TOKEN']); print(py.run('import os; os.getpid()').text)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "TOKEN": TOKEN}, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert not Path(f"/proc/{int(done.stdout)}").exists()


def _has_no_token(error: BaseException | None, token: str) -> None:
    """Neither the sentence nor what led to it; and it is one sentence."""
    assert error is not None
    assert "\n" not in str(error)
    assert "Traceback" not in str(error)
    while error is not None:
        assert not token or token not in str(error)
        error = error.__cause__ or error.__context__
