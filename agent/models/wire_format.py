"""Which wire format a checkpoint was trained on, by the chat template that comes with it."""

import re

from qwact.agent.models.checkpoint import Checkpoint, read_json

_HERMES = re.compile(r'\{\\?"name\\?": <function-name>, \\?"arguments\\?": <args-json-object>\}')
_OPENS_THOUGHT = re.compile(r"<\|im_start\|>assistant(?:\n|\\n)<think>")
_DEFAULT_SYSTEM = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."


def wire_format(checkpoint: Checkpoint) -> str:
    """Name of the wire format.

    A template that describes calls as JSON between `<tool_call>` tags is of the Hermes family; which of them
    is told by who opens the thought and by the default system text. Without such a template it is ReAct, also
    where the template describes calls in another way (the XML of Qwen3-Coder).

    Raises:
        ModelError: `tokenizer_config.json` is broken.
    """
    template = _template(checkpoint)
    if not _HERMES.search(template):
        return "react"
    if "enable_thinking" in template:
        return "hermes-thinking"
    if _OPENS_THOUGHT.search(template):
        return "hermes-always-thinking"
    return "hermes" if _DEFAULT_SYSTEM in template else "hermes-instruct"


def _template(checkpoint: Checkpoint) -> str:
    """The checkpoint's own template, or the one for tools where it has several; empty: it has none."""
    file = checkpoint.folder / "chat_template.jinja"
    if file.is_file():
        return file.read_text(encoding="utf-8")
    if not (checkpoint.folder / "tokenizer_config.json").is_file():
        return ""
    template = read_json(checkpoint.folder / "tokenizer_config.json", checkpoint.name).get("chat_template")
    if isinstance(template, list):
        by_name = {entry.get("name"): entry.get("template") for entry in template if isinstance(entry, dict)}
        template = by_name.get("tool_use", by_name.get("default"))
    return template if isinstance(template, str) else ""
