"""Shell commands and files behind a code interpreter's walls, by cells that say one exact line each.

The functions at the end run inside: their source is sent, so they use nothing of this module.
"""

import base64
import errno
import inspect
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from qwact.tools.errors import UserError
from qwact.tools.interpreter import CellResult, CodeInterpreter

CHUNK_BYTES = 3 << 20
# Room for one chunk in base64, and the numbers beside it.
OUTPUT_CHARS = CHUNK_BYTES * 4 // 3 + 1000
STOPPED = 124


class ShellFailed(Exception):
    """The cell gave no answer: a limit ended it, or Python ended by itself. The message says which."""


class CommandResult(NamedTuple):
    """What a command gave.

    Attributes:
        output: Standard output and error in their order, from the beginning.
        exit_code: 124 when it was stopped, minus the signal's number when a signal ended it.
        is_stopped: Whether it took too long, or was interrupted.
        is_cut: Whether there was more output.
    """

    output: bytes
    exit_code: int
    is_stopped: bool
    is_cut: bool


class WalledShell:
    """Runs commands and moves files inside. Keeps nothing but the interpreter; several threads may call it.

    Args:
        interpreter: Where commands run. What one of them shows is limited by its `output_chars`; the default
            of a code interpreter is meant for a model, `OUTPUT_CHARS` shows `CHUNK_BYTES`.
    """

    def __init__(self, interpreter: CodeInterpreter) -> None:
        self._interpreter = interpreter

    def run(self, command: str, seconds: float | None) -> CommandResult:
        """Run a command by `sh`, without input, in a process group of its own.

        Args:
            command: The command line.
            seconds: When it is stopped. Without it, and above it, the interpreter's `cell_seconds` count.

        Raises:
            ShellFailed: There is no answer.
        """
        numbers, output, is_cut = self._ask(_run_command, 3, command, seconds, CHUNK_BYTES)
        code, is_stopped, had_more = numbers
        return CommandResult(output, code, bool(is_stopped), is_cut or bool(had_more))

    def write(self, files: Sequence[tuple[str, bytes]]) -> list[OSError | UserError | None]:
        """Write files, over those that are there, and make the folders above them. Gives one error for each.

        Raises:
            ShellFailed: There is no answer.
        """
        errors: list[OSError | UserError | None] = [None] * len(files)
        given: list[tuple[str, str]] = []
        places: list[int] = []
        with tempfile.TemporaryDirectory(prefix="qwact-given-") as folder:
            for place, (path, content) in enumerate(files):
                # Hidden, so that the interpreter does not hand it back as a file that the code made.
                source = Path(folder) / f".given-{secrets.token_hex(8)}"
                source.write_bytes(content)
                try:
                    given.append((self._interpreter.add_file(source), path))
                    places.append(place)
                except UserError as error:
                    errors[place] = error
                source.unlink()
        numbers, _, _ = self._ask(_place_files, len(given), given) if given else ([], b"", False)
        for place, number in zip(places, numbers, strict=True):
            errors[place] = _error(number)
        return errors

    def read(self, path: str, most: int) -> bytes:
        """The content of a file.

        Raises:
            OSError: It cannot be read, or is larger than `most` bytes.
            ShellFailed: There is no answer.
        """
        content = b""
        while True:
            (number,), data, is_cut = self._ask(_read_file, 1, path, len(content), CHUNK_BYTES)
            if error := _error(number):
                raise error
            content += data
            if len(content) > most:
                raise OSError(errno.EFBIG, f"larger than {most} bytes")
            if is_cut and not data:
                raise ShellFailed("The interpreter's output_chars is too small to show a file.")
            if not is_cut and len(data) < CHUNK_BYTES:
                return content

    def _ask(
        self, function: Callable[..., tuple[list[int], bytes]], count: int, *arguments: object
    ) -> tuple[list[int], bytes, bool]:
        """Run a function inside. Gives its numbers, its data, and whether there was more than is shown."""
        mark = secrets.token_hex(16)
        result = self._interpreter.run(_cell(function, mark, arguments))
        found = re.search(rf"{mark}((?: -?\d{{1,9}})*):([A-Za-z0-9+/=]*)(:{mark})?", result.text)
        if not found:
            raise ShellFailed(_why(result))
        numbers = [int(number) for number in found[1].split()]
        if len(numbers) != count:
            raise ShellFailed("The answer is not well-formed.")
        text = found[2] if found[3] else found[2][: len(found[2]) // 4 * 4]
        try:
            return numbers, base64.b64decode(text, validate=True), not found[3]
        except ValueError:
            raise ShellFailed("The answer is not well-formed.") from None


def _cell(function: Callable[..., object], mark: str, arguments: tuple[object, ...]) -> str:
    """The function in a namespace of its own, whatever other cells have defined."""
    source = f"{inspect.getsource(function)}\nimport base64\n"
    source += f"numbers, data = {function.__name__}(*{arguments!r})\n"
    source += f"head = ' '.join([{mark!r}, *map(str, numbers)])\n"
    source += f"print(':'.join([head, base64.b64encode(data).decode(), {mark!r}]))\n"
    return f"__import__('builtins').exec({source!r}, {{}})"


def _why(result: CellResult) -> str:
    return result.error or "The interpreter's output_chars is too small for any answer."


def _error(number: int) -> OSError | None:
    return OSError(number, os.strerror(number)) if number else None


def _run_command(command: str, seconds: float | None, most: int) -> tuple[list[int], bytes]:
    import os
    import signal
    import subprocess
    import tempfile

    # The kernel asks for colours, for people who look at a notebook.
    colours = ("CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR")
    environment = {name: value for name, value in os.environ.items() if name not in colours}
    environment["TERM"] = "dumb"
    # A file, not a pipe: a process left in the background would hold a pipe open.
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            ["/bin/sh", "-c", command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
        try:
            numbers = [process.wait(seconds), 0]
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            numbers = [124, 1]
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        data = os.pread(output.fileno(), most + 1, 0)
    return [*numbers, int(len(data) > most)], data[:most]


def _place_files(files: list[tuple[str, str]]) -> tuple[list[int], bytes]:
    import os
    import shutil

    numbers = []
    for name, path in files:
        given = os.path.join(os.path.expanduser("~"), name)
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            # A pipe that nobody reads is an error, not a wait.
            target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NONBLOCK, 0o666)
            with open(target, "wb") as target_file, open(given, "rb") as source_file:
                shutil.copyfileobj(source_file, target_file, 1 << 20)
            numbers.append(0)
        except OSError as error:
            numbers.append(error.errno or 5)
        finally:
            os.unlink(given)
    return numbers, b""


def _read_file(path: str, start: int, most: int) -> tuple[list[int], bytes]:
    import errno
    import os
    import stat

    try:
        source = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        return [error.errno or 5], b""
    try:
        mode = os.fstat(source).st_mode
        if not stat.S_ISREG(mode):
            return [errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL], b""
        return [0], os.pread(source, most, start)
    except OSError as error:
        return [error.errno or 5], b""
    finally:
        os.close(source)
