"""The command line: `qwact run`, `chat`, `tools`, `doctor`."""

import sys

from qwact.tools.errors import UserError


def main() -> None:
    """Entry point. A user's mistake is one sentence on standard error and exit code 2."""
    from qwact.agent.cli.commands import app

    try:
        app()
    except UserError as error:
        print(f"qwact: {error}", file=sys.stderr)
        sys.exit(2)


__all__ = ["main"]
