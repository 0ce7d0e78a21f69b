"""Agents that use tools, on a Qwen model that runs on your own machine.

    from qwact import Agent, tool

    @tool
    def get_weather(city: str) -> str:
        '''Current weather of a city.'''
        return "12 degrees, cloudy"

    print(Agent(tools=[get_weather]).run("How is the weather in Oslo?").answer)

Importing this loads neither torch nor transformers; loading a model does.
"""

from qwact.agent import Agent, Limits, Model, RunResult, Sampling, StopReason, Usage, events, load_model
from qwact.tools import Tool, ToolError, tool

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
