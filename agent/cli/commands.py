"""The commands and their options."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from qwact.agent import Agent, Chat, Limits, StopReason
from qwact.agent.cli import toolset
from qwact.agent.cli.interrupt import cancelled_by_ctrl_c
from qwact.agent.cli.usage import EXAMPLE
from qwact.agent.cli.view import JsonView, LiveView, printable
from qwact.agent.result import RunResult
from qwact.tools import plugins
from qwact.tools.cancellation import Cancellation
from qwact.tools.errors import UserError
from qwact.tools.toolbox import Toolbox

app = typer.Typer(
    help="Agents that use tools, on a Qwen model that runs on your own machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # boxes around a sentence, for a sixth of the start-up time
)

Model = Annotated[str, typer.Option("--model", "-m", help="pocket, a checkpoint folder or a hub name.")]
Tools = Annotated[
    list[str] | None, typer.Option("--tool", "-t", help="A tool to offer; see `qwact tools`. Repeatable.")
]
Inputs = Annotated[
    list[Path] | None, typer.Option("--file", "-f", help="A file for the code interpreter. Repeatable.")
]
Folder = Annotated[Path | None, typer.Option(help="A folder that the model may list and read.")]
Output = Annotated[Path, typer.Option(help="Where plots and other files are put.")]
Steps = Annotated[int, typer.Option(min=1, help="Steps that the model may write.")]
Seconds = Annotated[float, typer.Option(min=0, help="Wall time of one question.")]
Grammar = Annotated[bool, typer.Option(help="Hold decoding to well-formed calls.")]

_LIMIT_EXIT = 3
_OTHER_EXIT = 1


@app.command()
def run(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    model: Model = "pocket",
    tool: Tools = None,
    file: Inputs = None,
    folder: Folder = None,
    output: Output = Path("outputs"),
    steps: Steps = 8,
    seconds: Seconds = 120,
    grammar: Grammar = True,
    json: Annotated[bool, typer.Option("--json", help="Write events as JSON, one a line.")] = False,
) -> None:
    """Answer one question.

    Exit code: 0 with an answer, 2 for a mistake in the command, 3 when a limit ended the run, 130 when
    Ctrl-C ended the program, else 1.
    """
    printable()
    if not question.strip():
        raise UserError(f"the question is empty: write it in quotes, as in {EXAMPLE}")
    view, files = JsonView() if json else LiveView(), file or []
    with _agent(model, tool, files, folder, output, steps, seconds, grammar) as agent, agent.chat() as chat:
        result = _ask(chat, question, files, view)
    raise typer.Exit(_exit_code(result))


@app.command()
def chat(
    model: Model = "pocket",
    tool: Tools = None,
    file: Inputs = None,
    folder: Folder = None,
    output: Output = Path("outputs"),
    steps: Steps = 8,
    seconds: Seconds = 120,
    grammar: Grammar = True,
) -> None:
    """Talk in turns; what was said stays known. End with Ctrl-D or an empty line."""
    printable()
    view, files = LiveView(), file or []
    with _agent(model, tool, files, folder, output, steps, seconds, grammar) as agent, agent.chat() as chat:
        while question := _read_question():
            _ask(chat, question, files, view)
            files = []


@app.command()
def tools() -> None:
    """List the tools that are installed."""
    rows = [("name", "call", "what it does")]
    for name in sorted(plugins.available()):
        try:
            found = toolset.build([name], output=Path(), folder=Path() if name == "files" else None)
        except UserError as error:
            rows.append((name, "-", str(error)))
            continue
        with Toolbox(found) as toolbox:
            for spec in toolbox.specs:
                arguments = ", ".join(spec.parameters.get("properties", {}))
                rows.append((name, f"{spec.name}({arguments})", spec.description.split(". ")[0].rstrip(".")))
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    for name, call, text in rows:
        typer.echo(f"{name.ljust(widths[0])}  {call.ljust(widths[1])}  {text}")


@app.command()
def doctor() -> None:
    """Say what this machine offers, what is missing and how to get it.

    Each line begins with ok, MISS or, for what one can do without, note. Exit code: 0 without a MISS, else 1.
    """
    from qwact.agent.cli.doctor import examine

    healthy = True
    for check in examine():
        healthy &= check.ok or not check.is_needed
        typer.echo(f"{check.mark.ljust(4)} {check.name.ljust(14)} {check.text}")
    raise typer.Exit(0 if healthy else _OTHER_EXIT)


@app.command()
def install_kernel(
    prefix: Annotated[
        Path | None, typer.Option(help="Environment to install into; yours without it.")
    ] = None,
) -> None:
    """Let JupyterLab, nbclient and papermill run notebooks in the sandbox, as the kernel qwact-sandbox."""
    from qwact.tools.interpreter.kernelspec import install_kernelspec

    typer.echo(f"installed {install_kernelspec(prefix)}")


def _agent(
    model: str,
    tool: list[str] | None,
    files: list[Path],
    folder: Path | None,
    output: Path,
    steps: int,
    seconds: float,
    grammar: bool,
) -> Agent:
    for path in files:
        if not path.is_file():  # told before the model is loaded
            raise UserError(f"--file {path}: no such file; check the path.")
    return Agent(
        toolset.build(tool or [], output=output, folder=folder),
        model=model,
        limits=Limits(steps=steps, seconds=seconds),
        grammar=grammar,
    )


def _ask(chat: Chat, question: str, files: list[Path], view: LiveView | JsonView) -> RunResult:
    cancellation = Cancellation()
    try:
        with cancelled_by_ctrl_c(cancellation):
            for event in chat.stream(question, files=files, cancellation=cancellation):
                view.show(event)
    finally:
        view.end()
    return chat.results[-1]


def _read_question() -> str:
    """The next line of standard input; empty at its end."""
    if sys.stdin is None:
        return ""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    with suppress(ImportError):
        import readline  # noqa: F401 (input() then lets the line be edited)
    try:
        return input("> ").strip()
    except EOFError:
        typer.echo()
        return ""


def _exit_code(result: RunResult) -> int:
    match result.stop_reason:
        case StopReason.ANSWERED:
            return 0
        case StopReason.CANCELLED:
            return _OTHER_EXIT
        case _:
            return _LIMIT_EXIT
