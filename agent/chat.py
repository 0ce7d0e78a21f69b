"""A conversation of several turns, kept as one growing sequence of tokens."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Self

from qwact.agent import events
from qwact.agent.result import RunResult
from qwact.agent.run import Run
from qwact.tools.cancellation import Cancellation

if TYPE_CHECKING:
    from qwact.agent.agent import Agent

_Item = events.Event | BaseException | None


class Chat:
    """Several questions, one conversation. What was said before is never computed again.

    Attributes:
        results: The results of the finished turns, in order.
    """

    def __init__(self, agent: "Agent") -> None:
        self._agent = agent
        self._conversation = agent.model.conversation()
        self._begun = False
        self.results: list[RunResult] = []

    def run(self, question: str, *, files: Sequence[str | Path] = ()) -> RunResult:
        """Answer the next question of the conversation."""
        for _ in self.stream(question, files=files):
            pass
        return self.results[-1]

    def stream(
        self,
        question: str,
        *,
        files: Sequence[str | Path] = (),
        cancellation: Cancellation | None = None,
    ) -> Iterator[events.Event]:
        """Answer the next question; everything that happens, as it happens."""
        run = self._run(question, files, cancellation or Cancellation(), loop=None)
        yield from self._keep(run.stream())

    async def arun(self, question: str, *, files: Sequence[str | Path] = ()) -> RunResult:
        """`run` for async code."""
        async with aclosing(self.astream(question, files=files)) as stream:
            async for _ in stream:
                pass
        return self.results[-1]

    async def astream(
        self, question: str, *, files: Sequence[str | Path] = ()
    ) -> AsyncGenerator[events.Event, None]:
        """`stream` for async code: the run works in a thread of its own.

        Leaving the iteration, or cancelling the task, cancels the run.
        """
        loop = asyncio.get_running_loop()
        cancellation = Cancellation()
        run = self._run(question, files, cancellation, loop=loop)
        queue: asyncio.Queue[_Item] = asyncio.Queue()

        def work() -> None:
            last: BaseException | None = None
            try:
                for event in self._keep(run.stream()):
                    loop.call_soon_threadsafe(queue.put_nowait, event)
            except BaseException as error:
                last = error  # it belongs to the caller, not to this thread
            loop.call_soon_threadsafe(queue.put_nowait, last)

        thread = threading.Thread(target=work, name="qwact-run", daemon=True)
        thread.start()
        try:
            while (item := await queue.get()) is not None:
                if isinstance(item, BaseException):
                    raise item
                yield item
        finally:
            cancellation.cancel()
            await asyncio.to_thread(thread.join)

    def close(self) -> None:
        """Free what the conversation holds. Further calls do nothing."""
        self._conversation.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _run(
        self,
        question: str,
        files: Sequence[str | Path],
        cancellation: Cancellation,
        loop: asyncio.AbstractEventLoop | None,
    ) -> Run:
        agent = self._agent
        agent.hand_over(files)
        # Qwen's own wording for uploads, directly before the question.
        question = "".join(f"[Upload file {Path(file).name}]" for file in files) + question
        if self._begun:
            opening = agent.format.next_turn(question)
        else:
            opening = agent.format.first_turn(agent.system, agent.toolbox.specs, question)
        self._begun = True
        return Run(
            question=question,
            opening=opening,
            conversation=self._conversation,
            format=agent.format,
            toolbox=agent.toolbox,
            limits=agent.limits,
            sampling=agent.sampling,
            constrained=agent.grammar,
            approve=agent.approve,
            cancellation=cancellation,
            report_unchecked=agent.report_unchecked,
            loop=loop,
        )

    def _keep(self, stream: Iterator[events.Event]) -> Iterator[events.Event]:
        for event in stream:
            if isinstance(event, events.RunFinished):
                self.results.append(event.result)
            yield event
