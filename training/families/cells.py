"""What the code interpreter would answer to a cell: the cell is run, here and now."""

import contextlib
import io
from typing import Any

NO_OUTPUT = "Finished with no output."


def run_cell(code: str) -> str:
    """Run generated code in this process and give the observation: its output, or its short traceback.

    Only for the generator's own pure-Python code: nothing is walled off.
    """
    output = io.StringIO()
    names: dict[str, Any] = {"__name__": "__main__"}
    try:
        compiled = compile(code, "Cell In[1]", "exec")
        with contextlib.redirect_stdout(output):
            exec(compiled, names)
    except Exception as error:
        return output.getvalue() + traceback_of(error, code)
    return output.getvalue().rstrip("\n") or NO_OUTPUT


def traceback_of(error: Exception, code: str) -> str:
    """The traceback of an error raised by a cell, as the interpreter shows it."""
    if isinstance(error, SyntaxError):
        return short_traceback(code, error.lineno or 1, type(error).__name__, error.msg)
    line = 1
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "Cell In[1]":
            line = trace.tb_lineno
        trace = trace.tb_next
    return short_traceback(code, line, type(error).__name__, str(error))


def short_traceback(code: str, line: int, name: str, message: str) -> str:
    """A traceback in the interpreter's short form; `line` counts from 1."""
    source = code.split("\n")[line - 1].strip()
    return f"Traceback (most recent call last):\n  Cell In[1], line {line}\n    {source}\n{name}: {message}"
