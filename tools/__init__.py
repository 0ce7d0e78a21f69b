"""What an agent can do: tools, and how they are described, checked and run."""

from typing import TYPE_CHECKING, Any

from qwact.tools.calculator import Calculator
from qwact.tools.clock import CurrentTime
from qwact.tools.decorator import tool
from qwact.tools.errors import ToolError
from qwact.tools.files import Files
from qwact.tools.spec import Observation, ToolOutput, ToolSpec
from qwact.tools.tool import FunctionTool, Tool, ToolKit
from qwact.tools.toolbox import Toolbox

if TYPE_CHECKING:
    from qwact.tools.interpreter import CodeInterpreter

__all__ = [
    "Calculator",
    "CodeInterpreter",
    "CurrentTime",
    "Files",
    "FunctionTool",
    "Observation",
    "Tool",
    "ToolError",
    "ToolKit",
    "ToolOutput",
    "ToolSpec",
    "Toolbox",
    "tool",
]


def __getattr__(name: str) -> Any:
    if name == "CodeInterpreter":  # it loads jupyter
        from qwact.tools.interpreter import CodeInterpreter

        return CodeInterpreter
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
