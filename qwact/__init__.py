"""Agents that use tools, on a Qwen model that runs on your own machine.

    from qwact import Agent, tool

    @tool
    def get_weather(city: str) -> str:
        '''Current weather of a city.'''
        return "12 degrees, cloudy"

    print(Agent(tools=[get_weather]).run("How is the weather in Oslo?").answer)

Importing this loads neither torch nor transformers; loading a model does. The names below are loaded when
the first of them is asked for, so that the command line can answer Ctrl-C from its first line on.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qwact.agent import Agent, Limits, Model, RunResult, Sampling, StopReason, Usage, events, load_model
    from qwact.tools import Tool, ToolError
    from qwact.tools.decorator import tool

__all__ = [
    "Agent",
    "Limits",
    "Model",
    "RunResult",
    "Sampling",
    "StopReason",
    "Tool",
    "ToolError",
    "Usage",
    "events",
    "load_model",
    "tool",
]
_FROM_TOOLS = ("Tool", "ToolError", "tool")
_PACKAGES = ("agent", "prompts", "tools")


def __getattr__(name: str) -> Any:
    if name in _PACKAGES:
        return import_module(f"qwact.{name}")
    if name not in __all__:
        raise AttributeError(f"module 'qwact' has no attribute {name!r}")
    found = getattr(import_module("qwact.tools" if name in _FROM_TOOLS else "qwact.agent"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_PACKAGES})
