"""`Agent`: a model, tools and limits; every way to ask it a question."""

import logging
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any, Protocol, Self, runtime_checkable

from qwact.agent import events
from qwact.agent.chat import Chat
from qwact.agent.limits import Limits
from qwact.agent.models.load import load_model
from qwact.agent.models.protocol import Model, Sampling
from qwact.agent.result import RunResult
from qwact.agent.run import Approve
from qwact.prompts import get_format
from qwact.tools.cancellation import Cancellation
from qwact.tools.errors import UserError
from qwact.tools.tool import Tool, ToolKit
from qwact.tools.toolbox import Toolbox

_log = logging.getLogger("qwact")


@runtime_checkable
class TakesFiles(Protocol):
    """A tool that files can be handed to."""

    def add_file(self, path: Path) -> None:
        """Make a copy of the file available to the tool, under the same name."""
        ...


class Agent:
    """Answers questions with tools. It holds the configuration; each run keeps its own state.

    Args:
        tools: Tools: `@tool` functions, plain typed functions, `Tool` objects, toolkits.
        model: A model, or what `load_model` takes: "pocket" (ships inside), a folder, a hub name.
        limits: What one run may spend.
        grammar: Hold decoding to well-formed steps and valid arguments.
        format: Wire format, such as "react" or "hermes" (see `get_format`); "auto" takes the one that the
            model was trained on, which its chat template tells.
        approve: Asked before each call; False declines it, and the model is told.
        system: System text; None takes the format's own.
        sampling: How the next token is chosen; greedy unless said otherwise.

    Raises:
        UserError: A tool, model or format that cannot be used, in one sentence.
    """

    def __init__(
        self,
        tools: Iterable[Tool | ToolKit | Callable[..., Any]] = (),
        *,
        model: str | Path | Model = "pocket",
        limits: Limits | None = None,
        grammar: bool = True,
        format: str = "auto",
        approve: Approve | None = None,
        system: str | None = None,
        sampling: Sampling | None = None,
    ) -> None:
        self.toolbox = Toolbox(tools)
        self._owns_model = isinstance(model, str | Path)
        self.model: Model = load_model(model) if isinstance(model, str | Path) else model
        self.limits = Limits() if limits is None else limits
        self.grammar = grammar
        self.format = get_format(self.model.default_format if format == "auto" else format)
        self.approve = approve
        self.system = system
        self.sampling = Sampling() if sampling is None else sampling
        self._reported: set[str] = set()

    def chat(self) -> Chat:
        """Begin a conversation of several turns. Use it in a `with` block, or close it."""
        return Chat(self)

    def run(self, question: str, *, files: Sequence[str | Path] = ()) -> RunResult:
        """Answer one question.

        Args:
            question: What the person asks.
            files: Files to hand to the tools that take files (the code interpreter); the question names them.

        Raises:
            UserError: A file is missing, or no tool takes files.
        """
        with self.chat() as chat:
            return chat.run(question, files=files)

    def stream(
        self,
        question: str,
        *,
        files: Sequence[str | Path] = (),
        cancellation: Cancellation | None = None,
    ) -> Iterator[events.Event]:
        """`run`, with everything that happens, as it happens. `cancellation` stops it from any thread."""
        with self.chat() as chat:
            yield from chat.stream(question, files=files, cancellation=cancellation)

    async def arun(self, question: str, *, files: Sequence[str | Path] = ()) -> RunResult:
        """`run` for async code: the event loop stays free, async tools run on it."""
        with self.chat() as chat:
            return await chat.arun(question, files=files)

    async def astream(
        self, question: str, *, files: Sequence[str | Path] = ()
    ) -> AsyncGenerator[events.Event, None]:
        """`stream` for async code. Leaving the iteration, or cancelling the task, cancels the run."""
        with self.chat() as chat:
            async with aclosing(chat.astream(question, files=files)) as stream:
                async for event in stream:
                    yield event

    def hand_over(self, files: Sequence[str | Path]) -> None:
        """Give files to every tool that takes files.

        Raises:
            UserError: A file is missing, or no tool takes files.
        """
        takers = [tool for tool in self.toolbox.tools if isinstance(tool, TakesFiles)]
        for file in files:
            if not Path(file).is_file():
                raise UserError(f"{file}: no such file; check the path.")
            if not takers:
                raise UserError(f"{file}: none of the tools takes files; add CodeInterpreter().")
            for taker in takers:
                taker.add_file(Path(file))

    def report_unchecked(self, unchecked: Mapping[str, str]) -> None:
        """Say once for each tool that its arguments are checked only after the model wrote them."""
        for name, reason in unchecked.items():
            if name not in self._reported:
                self._reported.add(name)
                _log.warning("%s: arguments are checked after the fact, not held: %s", name, reason)

    def close(self) -> None:
        """Close the tools, and the model if this agent loaded it."""
        self.toolbox.close()
        if self._owns_model:
            self.model.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
