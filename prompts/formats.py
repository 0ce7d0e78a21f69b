"""The wire formats by name."""

from qwact.prompts.format import PromptFormat
from qwact.prompts.hermes import QWEN25_SYSTEM, HermesFormat, Thinking
from qwact.prompts.react import ReActFormat
from qwact.tools.errors import UserError

_FORMATS: dict[str, PromptFormat] = {
    format.name: format
    for format in (
        ReActFormat(),
        HermesFormat("hermes", default_system=QWEN25_SYSTEM, thinking=Thinking.NONE),
        HermesFormat("hermes-instruct", default_system=None, thinking=Thinking.NONE),
        HermesFormat("hermes-thinking", default_system=None, thinking=Thinking.ON),
        HermesFormat("hermes-no-thinking", default_system=None, thinking=Thinking.OFF),
        HermesFormat("hermes-always-thinking", default_system=None, thinking=Thinking.OPENED),
    )
}


def get_format(name: str) -> PromptFormat:
    """The wire format with this name.

    - react: Qwen's ReAct.
    - hermes: Qwen2.5.
    - hermes-instruct: Qwen3-2507-Instruct.
    - hermes-thinking, hermes-no-thinking: Qwen3, with its thoughts or without.
    - hermes-always-thinking: Qwen3-2507-Thinking, QwQ.

    Raises:
        UserError: There is none of that name.
    """
    if name not in _FORMATS:
        raise UserError(f"No wire format is called {name!r}: choose one of {', '.join(sorted(_FORMATS))}.")
    return _FORMATS[name]
