"""Doubles for your own tests. `ScriptedModel` writes what you tell it to, one output a step."""

from qwact.agent.models.scripted import ScriptedModel

__all__ = ["ScriptedModel"]
