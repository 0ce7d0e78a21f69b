"""A tool: something the model may ask for by name, with arguments that follow a JSON Schema."""

import functools
import inspect
import re
import unicodedata
from abc import ABCMeta, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Protocol, TypeVar, runtime_checkable

from qwact.tools.docstring import read_docstring
from qwact.tools.errors import InvalidTool
from qwact.tools.spec import ToolSpec

if TYPE_CHECKING:
    from qwact.tools.schema import Signature

P = ParamSpec("P")
R = TypeVar("R")


class _CompletedWhenBuilt(ABCMeta):
    """Completes and checks a tool as soon as it is built, whatever its own `__init__` does."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        tool = super().__call__(*args, **kwargs)
        tool._complete()
        return tool


class Tool(metaclass=_CompletedWhenBuilt):
    """Base class of tools that keep something between calls. For a plain function, use `@tool`.

    A subclass overrides `run`. What it does not say is read from `run`: `parameters` from its typed
    signature, `description` from the docstring of the class or of `run`; `name` is the class name in
    snake case. A subclass that gives `parameters` itself gets the arguments as plain JSON values.

    Attributes:
        name: Letters of any script, digits, `_`, `-` and `.`.
        description: What the tool does, for the model.
        parameters: A JSON Schema object (`{"type": "object", "properties": ...}`).
        seconds: Time limit of one call. None is for tools that answer at once: a sync one then runs in the
            caller's own thread, where no limit of the run can end it either.
        output_chars: Longest text that one call gives the model; the rest is kept for `read_output`.
        signature: What was read from `run`; None where `parameters` were given.
        is_async: Whether `run` gives a coroutine.

    Raises:
        InvalidTool: When built, if the name or the schema cannot be offered to a model.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    seconds: float | None = 60.0
    output_chars: int = 8000
    signature: "Signature | None" = None
    is_async: bool = False

    @abstractmethod
    def run(self, *args: Any, **arguments: Any) -> Any:
        """Do it. Sync or async; the arguments come by name and fit the schema.

        Returns:
            Text, any value that JSON can hold, a dataclass or pydantic model, None or `ToolOutput`.

        Raises:
            ToolError: It cannot be done. The text is what the model reads.
        """

    def interrupt(self) -> None:
        """Stop the running call, if the tool can. Called from another thread; returns at once.

        It is called when the time is up or the run is cancelled. Nobody waits for the call any more.
        """

    def close(self) -> None:
        """Free what the tool holds. Further calls do nothing."""

    @property
    def spec(self) -> ToolSpec:
        """The tool as a prompt describes it."""
        return ToolSpec(self.name, self.description, self.parameters)

    @classmethod
    def from_schema(
        cls,
        *,
        name: str,
        description: str,
        parameters: Mapping[str, Any],
        run: Callable[..., Any],
        seconds: float | None = 60.0,
        output_chars: int = 8000,
    ) -> "FunctionTool[..., Any]":
        """A tool from a JSON Schema that exists already.

        Args:
            name: Letters of any script, digits, `_`, `-` and `.`.
            description: What the tool does, for the model.
            parameters: A JSON Schema object.
            run: Called with the arguments by name, as plain JSON values; sync or async.
            seconds: Time limit of one call; None sets none.
            output_chars: Longest text that one call gives the model.

        Raises:
            InvalidTool: The name or the schema cannot be offered to a model.
        """
        return FunctionTool(
            run,
            name=name,
            description=description,
            parameters=parameters,
            seconds=seconds,
            output_chars=output_chars,
        )

    def _source(self) -> tuple[Callable[..., Any], str | None]:
        """What the schema is read from, and the docstring that describes the tool."""
        return self.run, type(self).__doc__ or self.run.__doc__

    def _complete(self) -> None:
        """Read from the source what the tool does not say itself, and check the whole."""
        if not hasattr(self, "name"):
            self.name = _snake_case(type(self).__name__)
        check_name(self.name)
        function, docstring = self._source()
        self.is_async = inspect.iscoroutinefunction(function)
        if hasattr(self, "parameters"):
            from qwact.tools.validation import check_schema

            self.parameters = check_schema(self.name, self.parameters)
        else:
            from qwact.tools.schema import read_signature  # loads pydantic

            self.signature = read_signature(function, self.name)
            self.parameters = self.signature.parameters
        if not hasattr(self, "description"):
            self.description = read_docstring(docstring).description


class FunctionTool(Tool, Generic[P, R]):
    """A tool made of a function by `@tool` or `Tool.from_schema`. It can be called as the function."""

    def __init__(
        self,
        function: Callable[P, R],
        *,
        name: str | None = None,
        description: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        seconds: float | None = 60.0,
        output_chars: int = 8000,
    ) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.name = getattr(function, "__name__", type(function).__name__) if name is None else name
        self.seconds = seconds
        self.output_chars = output_chars
        if parameters is not None:
            self.parameters = parameters
        if description is not None:
            self.description = description

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the plain function: no check, no limit."""
        return self.function(*args, **kwargs)

    def run(self, *args: Any, **arguments: Any) -> Any:
        """Call the function with the arguments by name."""
        return self.function(*args, **arguments)

    def _source(self) -> tuple[Callable[..., Any], str | None]:
        return self.function, self.function.__doc__


@runtime_checkable
class ToolKit(Protocol):
    """Something that brings several tools."""

    def tools(self) -> Sequence[Tool]:
        """The tools, in the order in which the model sees them."""
        ...


def check_name(name: object) -> None:
    """Raise `InvalidTool` where a tool may not be called so."""
    if isinstance(name, str) and name and all(_may_be_in_name(character) for character in name):
        return
    raise InvalidTool(
        f"A tool cannot be named {name!r}: use letters, digits, '_', '-' and '.', and set it with name=... ."
    )


def _may_be_in_name(character: str) -> bool:
    # Marks belong to the letters: without them no word of Hindi or Thai could be written.
    return character in "_-." or unicodedata.category(character)[0] in "LMN"


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
