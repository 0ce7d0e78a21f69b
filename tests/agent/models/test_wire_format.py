"""Which wire format a checkpoint gets, by the chat template in its folder."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from qwact import Agent
from qwact.agent.models import load_model
from qwact.agent.models.checkpoint import Checkpoint
from qwact.agent.models.wire_format import wire_format
from qwact.tools.errors import ModelError

TEMPLATES = Path(__file__).parents[2] / "prompts" / "chat_templates"
TOOLS = (
    r"""{{- "<tool_call>\n{\"name\": <function-name>, \"arguments\": <args-json-object>}\n</tool_call>" }}"""
)
BEGIN = r"""{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %}"""
BEGIN_THOUGHT = r"""{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n<think>\n' }}{%- endif %}"""
XML = r"""{{- "<tool_call>\n<function=example>\n</function>\n</tool_call>" }}{{ enable_thinking }}"""


def named(folder: Path) -> str:
    return wire_format(Checkpoint("it", folder, {}, 0, ()))


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ((TEMPLATES / "qwen2_5.jinja").read_text(encoding="utf-8"), "hermes"),
        ((TEMPLATES / "qwen3.jinja").read_text(encoding="utf-8"), "hermes-thinking"),
        (TOOLS + BEGIN, "hermes-instruct"),
        (TOOLS + BEGIN_THOUGHT, "hermes-always-thinking"),
        (XML + BEGIN, "react"),
        (BEGIN, "react"),
    ],
)
def test_the_template_tells(tmp_path: Path, template: str, name: str) -> None:
    config = tmp_path / "tokenizer_config.json"
    config.write_text(json.dumps({"chat_template": template}))
    assert named(tmp_path) == name
    several = [{"name": "default", "template": BEGIN}, {"name": "tool_use", "template": template}]
    config.write_text(json.dumps({"chat_template": several}))
    assert named(tmp_path) == name
    config.write_text(json.dumps({"chat_template": None}))
    assert named(tmp_path) == "react"
    (tmp_path / "chat_template.jinja").write_text(template, encoding="utf-8")
    assert named(tmp_path) == name


def test_without_a_template_it_is_react(tmp_path: Path) -> None:
    assert named(tmp_path) == "react"
    (tmp_path / "tokenizer_config.json").write_text("{")
    with pytest.raises(ModelError, match=r"broken tokenizer_config\.json"):
        named(tmp_path)


def test_an_agent_takes_the_models_format_unless_told_otherwise(copied: Callable[..., Path]) -> None:
    folder = copied()
    (folder / "chat_template.jinja").write_text((TEMPLATES / "qwen3.jinja").read_text(encoding="utf-8"))
    model = load_model(folder, device="cpu")
    assert model.default_format == "hermes-thinking"
    assert Agent(model=model).format.name == "hermes-thinking"
    assert Agent(model=model, format="hermes-no-thinking").format.name == "hermes-no-thinking"
    assert Agent(model=model, format="react").format.name == "react"
