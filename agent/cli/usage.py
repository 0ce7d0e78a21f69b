"""What is wrong with a command, in one sentence instead of typer's four lines."""

import re
from typing import Any

import typer

UsageError: Any = typer.BadParameter.__mro__[1]
"""Its base class: click's, or that of the click inside typer, which has no public name."""

EXAMPLE = 'qwact run "What is 37 * 489 + 12?"'


def sentence(error: Any) -> str:
    """What is wrong and how to mend it.

    Args:
        error: A `UsageError`.
    """
    if getattr(getattr(error, "param", None), "param_type_name", None) == "argument":  # there is no other
        return f"the question is missing: write it in quotes, as in {EXAMPLE}"
    what = re.sub(r"\.? Did you", ", did you", error.format_message().rstrip(".?"))
    what = what[:1].lower() + what[1:]
    command = error.ctx.command_path if error.ctx else "qwact"
    if "unexpected extra argument" in what and command.endswith(("run", "chat")):
        return f"{what}: write the question in quotes, as in {EXAMPLE}"
    return f"{what}; see `{command} --help`"
