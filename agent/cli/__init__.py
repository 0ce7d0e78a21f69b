"""The command line: `qwact run`, `chat`, `tools`, `doctor`."""

import os
import signal
import sys
from contextlib import suppress
from typing import NoReturn


def main() -> NoReturn:
    """Run the command. A user's mistake is one sentence on standard error and exit code 2."""
    # Read when torch loads: threads that wait sleep instead of spinning, and leave the cores to others.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from qwact.agent.cli.commands import app
    from qwact.agent.cli.interrupt import leave
    from qwact.agent.cli.usage import UsageError, sentence
    from qwact.tools.errors import UserError

    code: object = 0
    try:
        signal.signal(signal.SIGINT, leave)
        code = app(prog_name="qwact", standalone_mode=False)
    except UsageError as error:
        print(f"qwact: {sentence(error)}" if sys.argv[1:] else error, file=sys.stderr)  # without: the help
        code = 2
    except UserError as error:
        print(f"qwact: {error}", file=sys.stderr)
        code = 2
    except SystemExit as left:
        code = left.code
    _end(code if isinstance(code, int) else 0)


def _end(code: int) -> NoReturn:
    """End at once: all is closed, and taking torch apart would take the interpreter a second."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # closed early, or never there
            stream.flush()
    os._exit(code)


__all__ = ["main"]
