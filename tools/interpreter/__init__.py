"""Python code from a model, run in a Jupyter kernel behind walls. Importing this loads no part of Jupyter."""

from qwact.tools.interpreter.code_interpreter import CodeInterpreter
from qwact.tools.interpreter.result import CellResult
from qwact.tools.interpreter.status import SandboxStatus, sandbox_status

__all__ = ["CellResult", "CodeInterpreter", "SandboxStatus", "sandbox_status"]
