"""The deepagents backend, by LangChain's own tests of a sandbox.

They and deepagents are not installed with the rest: `pip install deepagents langchain-tests`, then run this
file alone with `-o asyncio_mode=auto -o asyncio_default_fixture_loop_scope=function`.
"""

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import pytest

pytest.importorskip("deepagents", reason="deepagents is not installed")
langchain_tests = pytest.importorskip(
    "langchain_tests.integration_tests", reason="langchain-tests is not installed"
)

from qwact.agent.adapters.deepagents import QwactSandbox  # noqa: E402
from qwact.tools.interpreter import CodeInterpreter  # noqa: E402

# deepagents 0.7 gives absolute paths for a glob and lets `write` replace a file. The tests still ask for 0.6.
_OLD_RULES = (
    "test_glob",
    "test_glob_basic_pattern",
    "test_glob_with_directories",
    "test_glob_hidden_files_explicitly",
    "test_glob_with_character_class",
    "test_glob_with_question_mark",
    "test_write_existing_file_fails",
)
if version("deepagents").startswith("0.7."):
    for name in _OLD_RULES:
        mark = pytest.mark.xfail(reason="asks for the rules of deepagents 0.6")
        mark(getattr(langchain_tests.SandboxIntegrationTests, name))


@pytest.mark.filterwarnings("ignore:Class-scoped fixtures")
class TestStandard(langchain_tests.SandboxIntegrationTests):  # type: ignore[misc,name-defined]
    @pytest.fixture(scope="class")
    def sandbox(self) -> Iterator[QwactSandbox]:
        with QwactSandbox() as backend:
            yield backend


@pytest.fixture
def backend() -> Iterator[QwactSandbox]:
    with QwactSandbox(CodeInterpreter(cell_seconds=2, file_mb=1)) as backend:
        yield backend


def test_a_command_that_takes_too_long(backend: QwactSandbox) -> None:
    for timeout in (1, 0, None):
        response = backend.execute("echo begun; sleep 60", timeout=timeout)
        assert response.exit_code == 124
        assert response.output.startswith("begun\n")
        assert "stopped" in response.output


def test_errors_of_files_have_deepagents_names(backend: QwactSandbox) -> None:
    paths = ["/usr/x", "x", "/tmp/\0", "/tmp", "/tmp/large", "/tmp/good"]
    contents = [b"", b"", b"", b"", bytes(2 << 20), b""]
    errors: list[Any] = [r.error for r in backend.upload_files(list(zip(paths, contents, strict=True)))]
    assert errors[:4] == ["permission_denied", "invalid_path", "invalid_path", "is_directory"]
    assert "at most 1 MB" in errors[4]
    assert errors[5] is None
    found = [r.error for r in backend.download_files([*paths, "/dev/zero"])]
    assert found == [
        "file_not_found",
        *["invalid_path"] * 2,
        "is_directory",
        "file_not_found",
        None,
        "invalid_path",
    ]


def test_a_command_that_ends_python(backend: QwactSandbox) -> None:
    response = backend.execute("kill -9 $PPID")
    assert response.exit_code is None
    assert "Python ended by itself" in response.output
    assert backend.execute("echo again").output == "again\n"


def test_names_differ(backend: QwactSandbox) -> None:
    assert backend.id != QwactSandbox().id
