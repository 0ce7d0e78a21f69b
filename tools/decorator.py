"""`@tool`: a typed function with a docstring becomes a tool."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, overload

from qwact.tools.tool import FunctionTool

P = ParamSpec("P")
R = TypeVar("R")


@overload
def tool(function: Callable[P, R], /) -> FunctionTool[P, R]: ...


@overload
def tool(
    *,
    name: str | None = None,
    description: str | None = None,
    seconds: float | None = 60.0,
    output_chars: int = 8000,
) -> Callable[[Callable[P, R]], FunctionTool[P, R]]: ...


def tool(function: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Make a tool of a function. It can still be called as the function.

    The schema comes from the type hints and defaults, the texts from the docstring in any of the usual
    styles or from `Annotated[str, "Name of the city."]`.

    Args:
        function: The function, sync or async.
        name: The tool's name; the function's own if not given.
        description: What the tool does, for the model; the docstring's if not given.
        seconds: Time limit of one call. None: it answers at once, and runs in the caller's thread.
        output_chars: Longest text that one call gives the model.

    Raises:
        InvalidTool: The function cannot be offered to a model.

    Example:
        >>> @tool
        ... def add(a: int, b: int = 1) -> int:
        ...     "Add two numbers."
        ...     return a + b
        >>> add(2, b=3)
        5
        >>> add.parameters["required"]
        ['a']
    """
    if function is None:
        return lambda decorated: FunctionTool(decorated, **options)
    return FunctionTool(function, **options)
