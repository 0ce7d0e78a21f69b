import re
import time
from collections.abc import Iterator
from pathlib import Path

import jupyter_kernel_test
import nbformat
import papermill
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from qwact.tools.errors import UserError
from qwact.tools.interpreter.kernelspec import NAME, install_kernelspec


@pytest.fixture(scope="module", autouse=True)
def _installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    prefix = tmp_path_factory.mktemp("prefix")
    install_kernelspec(prefix)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(prefix / "share" / "jupyter"))
        yield


class TestKernel(jupyter_kernel_test.KernelTests):  # type: ignore[misc]
    """What Jupyter's makers ask of a kernel."""

    kernel_name = NAME
    language_name = "python"
    file_extension = ".py"
    code_hello_world = "print('hello, world')"
    code_stderr = "import sys; print('test', file=sys.stderr)"
    code_page_something = "zip?"
    code_generate_error = "raise ValueError"
    code_clear_output = "from IPython.display import clear_output; clear_output()"
    code_execute_result = (
        {"code": "1+2+3", "result": "6"},
        {"code": "[n*n for n in range(1, 4)]", "result": "[1, 4, 9]"},
    )
    code_display_data = (
        {
            "code": "from IPython.display import HTML, display; display(HTML('<b>test</b>'))",
            "mime": "text/html",
        },
        {
            "code": "from IPython.display import Math, display; display(Math('\\frac{1}{2}'))",
            "mime": "text/latex",
        },
    )
    completion_samples = ({"text": "zi", "matches": {"zip"}},)
    complete_code_samples = ("1", "print('hello, world')", "def f(x):\n  return x*2\n\n\n")
    incomplete_code_samples = ("print('''hello", "def f(x):\n  x*2")
    invalid_code_samples = ("import = 7q",)
    code_inspect_sample = "zip"
    code_history_pattern = "1?2*"
    supported_history_operations = ("tail", "search")  # of IPython: "range" counts its own session as 0


@pytest.fixture
def manager() -> KernelManager:
    return KernelManager(kernel_name=NAME)


@pytest.fixture
def client(manager: KernelManager) -> Iterator[BlockingKernelClient]:
    """Of a kernel that is ready; shut down after the test."""
    manager.start_kernel()
    client = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=30)
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_a_notebook_runs_behind_the_walls() -> None:
    cells = (
        "import os; print(os.environ.get('HOME'))",
        "import socket\ntry:\n    socket.socket()\nexcept PermissionError as error:\n    print(error)",
        f"import os; os.path.exists({str(Path(__file__))!r})",
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=30, kernel_name=NAME).execute()
    home, denied, seen = (cell.outputs[0] for cell in notebook.cells)
    assert str(Path.home()) not in home["text"]
    assert "Permission denied" in denied["text"]
    assert seen["data"]["text/plain"] == "False"


def test_papermill_runs_a_notebook_with_parameters(tmp_path: Path) -> None:
    cell = nbformat.v4.new_code_cell("n = 1", metadata={"tags": ["parameters"]})
    notebook = nbformat.v4.new_notebook(
        cells=[cell, nbformat.v4.new_code_cell("n * 6")],
        metadata={"kernelspec": {"name": NAME, "display_name": NAME, "language": "python"}},
    )
    nbformat.write(notebook, tmp_path / "in.ipynb")
    done = papermill.execute_notebook(
        tmp_path / "in.ipynb", tmp_path / "out.ipynb", parameters={"n": 7}, progress_bar=False
    )
    assert done.cells[-1].outputs[0]["data"]["text/plain"] == "42"


def test_an_error_in_a_notebook_is_the_cells() -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")])
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        NotebookClient(notebook, timeout=30, kernel_name=NAME).execute()


def test_an_interrupted_cell_keeps_what_was_before(
    manager: KernelManager, client: BlockingKernelClient
) -> None:
    client.execute_interactive("x = 5", timeout=30)
    client.execute("import time; print('begun', flush=True); time.sleep(60)")
    _until_busy(client)
    manager.interrupt_kernel()
    assert client.get_shell_msg(timeout=30)["content"]["ename"] == "KeyboardInterrupt"
    reply = client.execute_interactive("assert x == 5", timeout=30)
    assert reply["content"]["status"] == "ok"


def test_nothing_is_left_of_a_kernel_that_was_shut_down(manager: KernelManager) -> None:
    manager.start_kernel()
    sockets = Path(manager.ip).parent
    assert sockets.is_dir()
    assert manager.is_alive()
    manager.shutdown_kernel(now=True)
    assert not sockets.parent.exists()
    assert not manager.is_alive()
    assert not Path(manager.connection_file).exists()


def test_files_outlive_a_restart_and_variables_do_not(
    manager: KernelManager, client: BlockingKernelClient
) -> None:
    client.execute_interactive("x = 1; open('kept.txt', 'w').close()", timeout=30)
    manager.restart_kernel(now=True)
    client.wait_for_ready(timeout=30)
    reply = client.execute_interactive("import os; assert os.path.exists('kept.txt'); x", timeout=30)
    assert reply["content"]["ename"] == "NameError"


def test_a_kernel_that_ends_is_seen_to_have_ended(
    manager: KernelManager, client: BlockingKernelClient
) -> None:
    client.execute("import os; os._exit(3)")
    deadline = time.monotonic() + 20
    while manager.is_alive() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not manager.is_alive()


def test_a_folder_that_cannot_be_written_is_one_sentence() -> None:
    with pytest.raises(UserError, match=re.escape("--prefix")):
        install_kernelspec(Path("/proc/none"))


def _until_busy(client: BlockingKernelClient) -> None:
    while True:
        message = client.get_iopub_msg(timeout=30)
        if message["msg_type"] == "stream":
            return
