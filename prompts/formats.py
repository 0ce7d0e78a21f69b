"""The wire formats by name."""

from qwact.prompts.format import PromptFormat
from qwact.prompts.react import ReActFormat
from qwact.tools.errors import UserError

_FORMATS: dict[str, type[PromptFormat]] = {"react": ReActFormat}


def get_format(name: str) -> PromptFormat:
    """The wire format with this name.

    Raises:
        UserError: There is none of that name.
    """
    if name not in _FORMATS:
        raise UserError(f"No wire format is called {name!r}: choose one of {', '.join(sorted(_FORMATS))}.")
    return _FORMATS[name]()
