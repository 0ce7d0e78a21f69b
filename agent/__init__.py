"""The loop and the models. It knows tools and prompts."""

from qwact.agent import events
from qwact.agent.agent import Agent
from qwact.agent.chat import Chat
from qwact.agent.limits import Limits
from qwact.agent.models import Model, Sampling, load_model
from qwact.agent.result import RunResult, StopReason, Usage

__all__ = [
    "Agent",
    "Chat",
    "Limits",
    "Model",
    "RunResult",
    "Sampling",
    "StopReason",
    "Usage",
    "events",
    "load_model",
]
