"""What a tool returned or raised, as text for the model."""

import dataclasses
import json
import traceback
from pathlib import Path
from typing import Any

from qwact.tools.errors import QwactError, ToolError
from qwact.tools.spec import ToolOutput

NO_OUTPUT = "(no output)"


def as_output(result: Any) -> ToolOutput:
    """What a tool returned, as text: strings as they are, other values as JSON where they can be.

    Raises:
        ToolError: The value can be turned into no text at all.
    """
    if isinstance(result, ToolOutput):
        return result if result.text.strip() else dataclasses.replace(result, text=NO_OUTPUT)
    text = result if isinstance(result, str) else _as_text(result)
    return ToolOutput(text if text.strip() else NO_OUTPUT)


def as_explanation(error: BaseException) -> str:
    """What went wrong in a tool, for the model: its own words, or the error's kind, message and place."""
    if isinstance(error, QwactError):
        return str(error) or type(error).__name__
    kind = type(error).__name__
    message = _message(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = ""
    if frames and Path(frames[-1].filename).parent != Path(__file__).parent:
        # The file's name alone: where the host keeps it is nobody's business.
        place = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno}, in {frames[-1].name})"
    return f"{kind}: {message}{place}" if message else f"{kind}{place}"


def _message(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        file = f": {Path(error.filename).name}" if isinstance(error.filename, str) else ""
        return f"{error.strerror}{file}"
    try:
        return str(error)
    except Exception as failure:
        return f"(its message cannot be shown: {type(failure).__name__})"


def _as_text(result: Any) -> str:
    if result is None:
        return NO_OUTPUT
    try:
        return _as_json(result)
    except Exception:  # whatever the value's own code raises: its own text will do
        pass
    try:
        return str(result)
    except Exception as error:
        raise ToolError(
            f"The tool's result ({type(result).__name__}) cannot be turned into text: {type(error).__name__}."
        ) from error


def _as_json(result: Any) -> str:
    if isinstance(result, bool | int | float):
        return json.dumps(result)
    from pydantic_core import to_jsonable_python

    value = to_jsonable_python(result, fallback=_plain)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _plain(value: Any) -> Any:
    """A value that JSON does not know: numpy's as Python's, any other as its text."""
    if type(value).__module__ == "numpy":
        return value.tolist()
    return str(value)
