"""The loop: think, act, observe, append."""

import time
from asyncio import AbstractEventLoop
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qwact.agent import events
from qwact.agent.limits import Limits
from qwact.agent.models.protocol import Conversation, EndReason, Generated, Sampling, TextDelta
from qwact.agent.repeats import NOTICE, RepeatedCalls
from qwact.agent.result import CallMade, RunResult, Step, StopReason, Usage
from qwact.prompts.format import (
    Answer,
    AnswerPiece,
    Call,
    CallArguments,
    CallName,
    Grammar,
    ParsedDelta,
    ParsedStep,
    PromptFormat,
    Thought,
)
from qwact.prompts.segments import Segment
from qwact.tools.cancellation import Cancellation
from qwact.tools.errors import Cancelled, ContextFull, DeadlineReached, FormatError
from qwact.tools.spec import Observation, ToolSpec
from qwact.tools.toolbox import Toolbox

Approve = Callable[[events.ToolCall], bool]
"""Asked before a tool runs; False declines the call, and the model is told."""

_DECLINED = Observation("The person declined this call. Do without it.", ok=False)
_NOT_LEFT = Observation("This call was not made: no tool calls are left.", ok=False)


class _Stopped(Exception):
    """Ends the loop before there is an answer."""

    def __init__(self, reason: StopReason) -> None:
        self.reason = reason


@dataclass(slots=True)
class Run:
    """One question on its way to an answer. Its `stream()` is read once.

    Attributes:
        question: What the person asked.
        opening: What opens the turn, up to the place where the model begins to write; empty once it was read.
        constrained: Hold the model to the format's grammar.
        report_unchecked: Told of tools whose schema the grammar cannot express, with the reasons.
        loop: The caller's event loop; async tools then run on it.
    """

    question: str
    opening: list[Segment]
    conversation: Conversation
    format: PromptFormat
    toolbox: Toolbox
    limits: Limits
    sampling: Sampling
    constrained: bool
    approve: Approve | None
    cancellation: Cancellation
    report_unchecked: Callable[[Mapping[str, str]], None]
    loop: AbstractEventLoop | None = None
    _usage: Usage = field(default_factory=Usage)
    _steps: list[Step] = field(default_factory=list)
    _files: list[Path] = field(default_factory=list)
    _repeats: RepeatedCalls = field(default_factory=RepeatedCalls)
    _invalid_steps: int = 0
    _unread: list[str] = field(default_factory=list)  # observations that the model has not read yet
    _answer: str | None = None

    def stream(self) -> Iterator[events.Event]:
        """Everything that happens, as it happens. The last event is `RunFinished`."""
        started = time.monotonic()
        self.cancellation.deadline = started + self.limits.seconds
        reason = StopReason.ANSWERED
        yield events.RunStarted(self.question)
        try:
            try:
                while self._answer is None:
                    yield from self._step()
            except _Stopped as stopped:
                reason = stopped.reason
            except DeadlineReached:
                reason = StopReason.TIME_LIMIT
            if self._answer is None:
                yield from self._last_turn(reason)
        except ContextFull:
            reason = StopReason.CONTEXT_FULL
        except Cancelled:
            reason = StopReason.CANCELLED
        self._usage.seconds = time.monotonic() - started
        yield events.RunFinished(
            RunResult(self._answer or "", tuple(self._steps), reason, self._usage, tuple(self._files))
        )

    def _step(self) -> Iterator[events.Event]:
        self._check_limits()
        try:
            self.cancellation.check()
            step = yield from self._think(self.toolbox.callable_specs, self._tokens_left())
        except FormatError as error:
            yield self._reject(error)
            return
        self._invalid_steps = 0
        if isinstance(step, Answer):
            self._answer = step.text
            return
        for call in step.calls:
            observation = yield from self._act(call)
            self._observe(call, observation)

    def _check_limits(self) -> None:
        if self._invalid_steps and self._invalid_steps >= self.limits.invalid_steps:
            raise _Stopped(StopReason.INVALID_STEPS)
        if self._usage.model_calls >= self.limits.steps:
            raise _Stopped(StopReason.STEP_LIMIT)
        if self._usage.tool_calls >= self.limits.tool_calls:
            raise _Stopped(StopReason.TOOL_CALL_LIMIT)
        if self._tokens_left() <= 0:
            raise _Stopped(StopReason.TOKEN_LIMIT)

    def _tokens_left(self) -> int:
        return self.limits.tokens - self._usage.sampled_tokens - self._usage.forced_tokens

    def _think(
        self, tools: tuple[ToolSpec, ...], max_tokens: int
    ) -> Generator[events.Event, None, ParsedStep]:
        """Let the model write one step."""
        segments, resumed = self._next_segments()
        parser = self.format.parser(resumed=resumed, tools=tools)
        self._usage.model_calls += 1
        end = EndReason.END
        for item in self.conversation.generate(
            segments,
            grammar=self._grammar(tools, resumed),
            stop=self.format.stop,
            sampling=self.sampling,
            max_tokens=max_tokens,
            cancellation=self.cancellation,
        ):
            if isinstance(item, TextDelta):
                for delta in parser.feed(item.text):
                    yield _event(delta)
            else:
                end = item.reason
                self._count(item)
        cut = end in (EndReason.LENGTH, EndReason.CONTEXT)
        try:
            deltas, step = parser.finish(cut=cut)
        except FormatError as error:
            if error.cut:
                raise self._cut(end) from None
            raise
        for delta in deltas:
            yield _event(delta)
        if cut and isinstance(step, Answer):
            self._answer = step.text  # what there is of it
            raise self._cut(end)
        return step

    def _next_segments(self) -> tuple[list[Segment], bool]:
        """What the model has not read yet, and whether it goes on after an observation."""
        if self.opening:
            segments, self.opening = self.opening, []
            return segments, False
        texts, self._unread = self._unread, []
        return self.format.observation(*texts), True

    def _grammar(self, tools: tuple[ToolSpec, ...], resumed: bool) -> Grammar | None:
        if not self.constrained:
            return None
        grammar = self.format.grammar(tools, resumed=resumed)
        if grammar.unchecked:
            self.report_unchecked(grammar.unchecked)
        return grammar

    def _count(self, generated: Generated) -> None:
        self._usage.prompt_tokens += generated.prompt_tokens
        self._usage.reused_tokens += generated.reused_tokens
        self._usage.sampled_tokens += generated.sampled_tokens
        self._usage.forced_tokens += generated.forced_tokens

    @staticmethod
    def _cut(end: EndReason) -> Exception:
        if end is EndReason.CONTEXT:
            return ContextFull("the context is full")
        return _Stopped(StopReason.TOKEN_LIMIT)

    def _act(self, call: Call) -> Generator[events.Event, None, Observation]:
        """Run the tool; there is one observation, also when it fails."""
        step = len(self._steps) + 1
        event = events.ToolCall(step, call.name, call.arguments)
        yield event
        if self._usage.tool_calls >= self.limits.tool_calls:  # several calls were made in one step
            observation = _NOT_LEFT
        elif self.approve is not None and not self.approve(event):
            observation = _DECLINED
        else:
            self._usage.tool_calls += 1
            observation = self.toolbox.call(
                call.name,
                call.arguments,
                cancellation=self.cancellation,
                seconds=self._seconds_left(),
                loop=self.loop,
            )
        yield events.ToolResult(
            step, call.name, observation.text, observation.ok, observation.files, observation.seconds
        )
        return observation

    def _seconds_left(self) -> float:
        deadline = self.cancellation.deadline
        return 0.0 if deadline is None else max(deadline - time.monotonic(), 0.0)

    def _observe(self, call: Call, observation: Observation) -> None:
        """Append the step; what the tool said is what the model reads next."""
        made = CallMade(call.name, call.arguments)
        self._steps.append(Step(call.thought, made, observation.text, observation.ok))
        self._files += observation.files
        self._unread.append(observation.text)
        repeats = self._repeats.count(call, observation.text)
        if repeats == 2:
            self._unread[-1] += "\n" + NOTICE
        elif repeats > 2:
            raise _Stopped(StopReason.REPEATED_CALL)

    def _reject(self, error: FormatError) -> events.Event:
        """Tell the model what was wrong with its step."""
        self._invalid_steps += 1
        self._unread = [str(error)]
        self._steps.append(Step("", None, str(error), ok=False))
        return events.StepRejected(len(self._steps), str(error))

    def _last_turn(self, reason: StopReason) -> Iterator[events.Event]:
        """No tools any more: the model says what it knows."""
        notice = f"{reason.sentence} Give your final answer now."
        last = self._unread.pop() if self._unread else ""
        self._unread.append(f"{last}\n{notice}" if last else notice)
        self.cancellation.deadline = time.monotonic() + self.limits.answer_seconds
        try:
            step = yield from self._think((), self.limits.answer_tokens)
        except (FormatError, DeadlineReached, _Stopped):
            return
        if isinstance(step, Answer):
            self._answer = step.text


def _event(delta: ParsedDelta) -> events.Event:
    match delta:
        case Thought(text):
            return events.ThoughtDelta(text)
        case CallName(name):
            return events.ToolNamed(name)
        case CallArguments(text):
            return events.ArgumentsDelta(text)
        case AnswerPiece(text):
            return events.AnswerDelta(text)
