"""The tools that code inside may call: as the code sees them, and how a call reaches them."""

import contextvars
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from qwact.tools.cancellation import Cancellation
from qwact.tools.errors import UserError
from qwact.tools.interpreter.python_signature import python_name, python_signature
from qwact.tools.output import READ_OUTPUT, OutputStore, ReadOutput
from qwact.tools.spec import Observation, ToolSpec
from qwact.tools.tool import Tool, ToolKit
from qwact.tools.toolbox import Toolbox

Given = Tool | ToolKit | Callable[..., Any]
_INTRODUCTION = (
    "The code can call these functions. They return text, or raise ToolError with a text that explains:"
)
_calling: contextvars.ContextVar[tuple["InsideTools", ...]] = contextvars.ContextVar("calling", default=())


class InsideTools:
    """Tools for the code of one interpreter. Each call is checked and limited as a model's is.

    Args:
        given: What `Toolbox` takes; they are closed with it.

    Attributes:
        tools: All of them, those of toolkits among them.
        description: The functions, for the model.
        offer: Code that puts the functions into a new kernel.

    Raises:
        InvalidTool: Something that is no tool.
        UserError: A tool that cannot be a function of Python.
    """

    def __init__(self, given: Iterable[Given]) -> None:
        self._given = tuple(given)
        self._toolbox = Toolbox(self._given)
        self.tools = self._toolbox.tools
        specs = _by_python_name(self._toolbox.specs)
        self.description = "\n".join([_INTRODUCTION, *(_line(name, spec) for name, spec in specs.items())])
        # Named where an output is cut; without one it has nothing to read.
        specs[READ_OUTPUT] = ReadOutput(OutputStore()).spec
        functions = [
            {
                "name": name,
                "tool": spec.name,
                "parameters": list(spec.parameters.get("properties", {})),
                "doc": _documentation(name, spec),
            }
            for name, spec in specs.items()
        ]
        self.offer = f"get_ipython().kernel.tool_functions.offer({json.dumps(functions)!r})"

    @property
    def is_calling(self) -> bool:
        """Whether this is asked within a call of one of the tools."""
        return self in _calling.get()

    def call(self, name: str, arguments: Mapping[str, Any], cancellation: Cancellation) -> Observation:
        """One call, as `Toolbox.call`."""
        token = _calling.set((*_calling.get(), self))
        try:
            return self._toolbox.call(name, arguments, cancellation=cancellation)
        finally:
            _calling.reset(token)

    def close(self) -> None:
        """Close the tools and remove kept outputs. The next call begins anew."""
        self._toolbox.close()
        self._toolbox = Toolbox(self._given)


def _by_python_name(specs: Iterable[ToolSpec]) -> dict[str, ToolSpec]:
    found: dict[str, ToolSpec] = {}
    for spec in specs:
        name = python_name(spec.name)
        if name in (*found, READ_OUTPUT):
            raise UserError(f"tools: two functions would be named {name}: give one tool another name.")
        found[name] = spec
    return found


def _line(name: str, spec: ToolSpec) -> str:
    summary = spec.description.strip().partition("\n")[0]
    signature = python_signature(name, spec.parameters)
    return f"{signature}: {summary}" if summary else signature


def _documentation(name: str, spec: ToolSpec) -> str:
    lines = [
        f"    {argument}: {of['description']}"
        for argument, of in spec.parameters.get("properties", {}).items()
        if isinstance(of, Mapping) and of.get("description")
    ]
    arguments = "\n".join(["Args:", *lines]) if lines else ""
    parts = (python_signature(name, spec.parameters), spec.description.strip(), arguments)
    return "\n\n".join(part for part in parts if part)
