"""Models behind one narrow protocol. Importing this loads neither torch nor transformers."""

from typing import TYPE_CHECKING, Any

from qwact.agent.models.load import load_model
from qwact.agent.models.protocol import Model, Sampling
from qwact.agent.models.scripted import ScriptedModel

if TYPE_CHECKING:
    from qwact.agent.models.local import LocalModel

__all__ = ["LocalModel", "Model", "Sampling", "ScriptedModel", "load_model"]


def __getattr__(name: str) -> Any:
    if name == "LocalModel":
        from qwact.agent.models.local import LocalModel

        return LocalModel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
