"""The tools of one agent: find the one called, check its arguments, run it, give one observation."""

import difflib
import time
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from typing import Any, Self

from qwact.tools.cancellation import Cancellation
from qwact.tools.decorator import tool as as_tool
from qwact.tools.errors import Cancelled, InvalidTool, UnknownTool, UserError
from qwact.tools.execution import Execution
from qwact.tools.output import READ_OUTPUT, OutputStore, ReadOutput, clean
from qwact.tools.results import as_explanation, as_output
from qwact.tools.spec import Observation, ToolOutput, ToolSpec
from qwact.tools.tool import Tool, ToolKit
from qwact.tools.validation import ArgumentCheck


class Toolbox:
    """Tools by name. Calls may come from several threads.

    Args:
        tools: `Tool` objects, `@tool` functions, plain typed functions, toolkits.

    Attributes:
        tools: All tools, those of toolkits among them, in the given order.
        specs: The tools as a prompt describes them.

    Raises:
        InvalidTool: Something that is no tool, or a name that comes twice.
    """

    def __init__(self, tools: Iterable[Tool | ToolKit | Callable[..., Any]] = ()) -> None:
        self.tools = tuple(found for given in tools for found in _tools_of(given))
        self.specs: tuple[ToolSpec, ...] = tuple(tool.spec for tool in self.tools)
        self._outputs = OutputStore()
        self._execution = Execution()
        self._closed = False
        self._checks: dict[str, tuple[Tool, ArgumentCheck]] = {}
        for tool in self.tools:
            if tool.name == READ_OUTPUT or tool.name in self._checks:
                taken = "is taken by qwact" if tool.name == READ_OUTPUT else "comes twice"
                raise InvalidTool(f"The tool name {tool.name!r} {taken}: give one of them another name.")
            self._checks[tool.name] = tool, ArgumentCheck(tool)
        reader = ReadOutput(self._outputs)
        self._reader = reader, ArgumentCheck(reader)
        self._specs_with_reader = (*self.specs, reader.spec)

    @property
    def callable_specs(self) -> tuple[ToolSpec, ...]:
        """`specs`, and `read_output` once an output was cut: until then no prompt pays for it."""
        return self._specs_with_reader if self._outputs.names else self.specs

    def call(
        self,
        name: str,
        arguments: Mapping[str, Any],
        *,
        cancellation: Cancellation | None = None,
        seconds: float | None = None,
        loop: AbstractEventLoop | None = None,
    ) -> Observation:
        """Run one call. Whatever the model or the tool did wrong is in the observation, as text.

        Args:
            name: The tool's name, as the model wrote it.
            arguments: JSON values, not yet checked.
            cancellation: Stops the call; it then returns at once.
            seconds: Time that the caller has left. The smaller of this and the tool's own limit holds.
            loop: A running event loop, of another thread, for async tools; the toolbox has its own if
                there is none.

        Raises:
            Cancelled: The run was cancelled, or its time was up before the call began.
            UserError: The toolbox is closed.
        """
        if self._closed:
            raise UserError("The toolbox is closed: its tools can be called only until close().")
        if cancellation is not None:
            cancellation.check()
        began = time.perf_counter()
        ok, limit = True, Tool.output_chars
        try:
            tool, check = self._find(name)
            limit = tool.output_chars
            values = check.prepare(arguments)
            result = self._execution.run(tool, values, cancellation=cancellation, seconds=seconds, loop=loop)
            output = as_output(result)
        except (Cancelled, KeyboardInterrupt):
            raise
        except BaseException as error:  # a tool's sys.exit() or cancelled task ends the call, not the run
            ok, output = False, ToolOutput(as_explanation(error))
        text = self._outputs.fit(clean(output.text), limit)
        return Observation(text, ok, output.files, time.perf_counter() - began)

    def close(self) -> None:
        """Close the tools, end the threads, delete kept outputs. Further calls do nothing."""
        if self._closed:
            return
        self._closed = True
        with ExitStack() as stack:  # each is closed, also when one before it fails
            stack.callback(self._outputs.close)
            stack.callback(self._execution.close)
            for tool in self.tools:
                stack.callback(tool.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _find(self, name: str) -> tuple[Tool, ArgumentCheck]:
        found = self._checks.get(name)
        if found is None and name == READ_OUTPUT and self._outputs.names:
            return self._reader
        if found is None:
            near = difflib.get_close_matches(name, self._checks, n=3, cutoff=0.5)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            raise UnknownTool(
                f"There is no tool named {name!r}.{hint} The tools are: {', '.join(self._checks) or 'none'}."
            )
        return found


def _tools_of(given: object) -> Iterable[Tool]:
    if isinstance(given, Tool):
        return (given,)
    if isinstance(given, ToolKit) and not isinstance(given, type):
        return tuple(given.tools())
    if isinstance(given, type):
        raise InvalidTool(f"{given.__name__} is a class, not a tool: write {given.__name__}().")
    if callable(given):
        return (as_tool(given),)
    raise InvalidTool(f"{given!r} is no tool: give a Tool, a toolkit or a typed function.")
