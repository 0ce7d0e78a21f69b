"""What tools answer, and how the final answer says it."""

import json
import random
from collections.abc import Mapping
from typing import Any

from training.functions import Draw, Template
from training.values import make

_EXTRA = {
    "status": "pick ok|success|OK|done", "timestamp": "datetime", "source": "domain", "request_id": "id",
    "elapsed_ms": "int 1 900", "version": "version", "cached": "pick true|false", "page": "int 1 9",
}  # fmt: skip
_GENERIC = ("The {f} is {v}.", "{F}: {v}", "I found that the {f} is {v}.", "Here it is: {f} {v}.")
_GENERIC_WEIGHTS = (70, 12, 10, 8)
_BARE = ("It is {v}.", "The result is {v}.", "The answer is {v}.")
GENERIC_SHARE = 0.5
"""Share of hand-written functions that are answered plainly: a phrase of its own fits no other function."""
_NOTHING_TO_SAY = (
    "(no output)", "(no output)", "(no output)", "ok", "OK", "done", "null", "None", "{}", "success", "true",
    '{"status": "ok"}',
)  # fmt: skip
_DONE = ("It is done.", "Done.", "That is done.", "Your request has been carried out.", "All done.")


def draw_fields(call: Draw, rng: random.Random, held_out: bool) -> dict[str, Any]:
    """Values for the fields of the call's result."""
    said = call.said
    return {name: _field(field, said, rng, held_out) for name, field in call.function.result.items()}


def _field(field: Any, said: Mapping[str, str], rng: random.Random, held_out: bool) -> Any:
    if isinstance(field, Template):
        return field.fill({name: said.get(name, "none") for name in field.names})
    if isinstance(field, Mapping):
        return {name: _field(inner, said, rng, held_out) for name, inner in field.items()}
    if isinstance(field, list):
        return [_field(inner, said, rng, held_out) for inner in field]
    if callable(field):
        return field(rng, held_out).json
    return field


def observation(fields: Mapping[str, Any], rng: random.Random, held_out: bool) -> str:
    """The result as a tool might write it: JSON, `key: value` lines, prose or the bare value."""
    if not fields:
        return rng.choice(_NOTHING_TO_SAY)
    shown = dict(fields)
    draw = rng.random()
    if len(fields) == 1 and draw < 0.3:
        value = next(iter(fields.values()))
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if rng.random() < 0.25:
        shown = _with_extra(shown, rng, held_out)
    if draw < 0.72:
        if rng.random() < 0.12:
            shown = {rng.choice(("result", "data", "response", "output")): shown}
        indent = 2 if rng.random() < 0.08 else None
        return json.dumps(shown, ensure_ascii=False, indent=indent)
    if draw < 0.88:
        joint = rng.choice(("\n", "\n", ", ", "; "))
        return joint.join(f"{name}: {as_text(value)}" for name, value in shown.items())
    words = [f"{name.replace('_', ' ')} is {as_text(value)}" for name, value in shown.items()]
    text = ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else words[0]
    return f"The {text}."


def _with_extra(fields: dict[str, Any], rng: random.Random, held_out: bool) -> dict[str, Any]:
    added = [
        (name, make(_EXTRA[name], rng, held_out).json)
        for name in rng.sample(sorted(_EXTRA), rng.randint(1, 4))
    ]
    items = list(fields.items())
    for item in added:
        if item[0] not in fields:
            items.insert(rng.randint(0, len(items)) if rng.random() < 0.5 else len(items), item)
    return dict(items)


def as_text(value: Any) -> str:
    """A JSON value as an answer says it."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(as_text(item) for item in value)
    return json.dumps(value, ensure_ascii=False)


def answer(call: Draw, fields: Mapping[str, Any], text: str, rng: random.Random) -> str:
    """The final answer: one of the function's own templates, or plain sentences in the order of the fields.

    Args:
        call: What was asked for.
        fields: What the tool gave.
        text: The observation; where it does not name the fields, the answer cannot either.
        rng: Source of chance.
    """
    said = call.said | {name: as_text(value) for name, value in fields.items()}
    usable = [template for template in call.function.answers if template.names <= said.keys()]
    if usable and (not fields or rng.random() >= GENERIC_SHARE):
        return rng.choice(usable).fill(said)
    if not fields:
        return rng.choice(_DONE)
    bare = any(name not in text and name.replace("_", " ") not in text for name in fields)
    style = rng.choice(_BARE) if bare else rng.choices(_GENERIC, _GENERIC_WEIGHTS)[0]
    parts = []
    for name, value in fields.items():
        words = name.replace("_", " ")
        parts.append(style.format(f=words, F=words.capitalize(), v=as_text(value)))
    return " ".join(parts)
