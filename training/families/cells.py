"""What the code interpreter would answer to a cell: the cell is run, here and now."""

import contextlib
import io
from typing import Any

NO_OUTPUT = "Finished with no output."


def run_cell(code: str, number: int = 1) -> str:
    """Run generated code in this process and give the observation: its output, or its traceback.

    Only for the generator's own pure-Python code: nothing is walled off.

    Args:
        code: The cell.
        number: Which cell of its conversation it is, for tracebacks.
    """
    output = io.StringIO()
    names: dict[str, Any] = {"__name__": "__main__"}
    try:
        compiled = compile(code, "cell", "exec")
        with contextlib.redirect_stdout(output):
            exec(compiled, names)
    except Exception as error:
        return output.getvalue() + _traceback_of(error, code, number)
    return output.getvalue().rstrip("\n") or NO_OUTPUT


def _traceback_of(error: Exception, code: str, number: int) -> str:
    if isinstance(error, SyntaxError):
        shown = (error.text or "").rstrip("\n")
        caret = " " * ((error.offset or 1) - 1)
        return (
            f"  Cell In[{number}], line {error.lineno}\n    {shown}\n    {caret}^\nSyntaxError: {error.msg}"
        )
    line = 1
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "cell":
            line = trace.tb_lineno
        trace = trace.tb_next
    return traceback(code, line, type(error).__name__, str(error), number)


def traceback(code: str, line: int, name: str, message: str, number: int = 1) -> str:
    """A traceback in IPython's plain form; `line` counts from 1."""
    source = code.split("\n")[line - 1].strip()
    return f"Traceback (most recent call last):\n  Cell In[{number}], line {line}\n    {source}\n{name}: {message}"
