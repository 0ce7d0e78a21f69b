"""How one function is described in a prompt: name style, wording of descriptions, shape of the schema."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from qwact.tools.spec import ToolSpec
from training.functions import Function, Parameter
from training.kinds_names import invented_word
from training.naming import restyle, restyle_parameter, words_of
from training.synonyms import exchanged


@dataclass
class Dressed:
    """A function as it is offered.

    Attributes:
        function: Its parameters in the order in which they are offered.
        spec: Its specification.
        rename: The parameters' names in it by their paths.
    """

    function: Function
    spec: ToolSpec
    rename: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Style:
    """Choices made once for a tool."""

    description_first: bool
    describe: float  # share of parameters whose description is kept
    defaults: bool
    nullable: bool
    additional: bool
    other_words: float  # share of words exchanged for others of the same meaning


def dress(
    function: Function, rng: random.Random, *, reworded: bool = False, library: str | None = None
) -> Dressed:
    """Describe the function in one of many ways.

    Args:
        function: What is described.
        rng: Chooses.
        reworded: Also in other words than its author's.
        library: A word that stands before its name and a dot.
    """
    if rng.random() < 0.4:
        parameters = list(function.parameters)
        rng.shuffle(parameters)
        function = replace(function, parameters=tuple(parameters))
    name = function.name if rng.random() < 0.55 else restyle(function.name, rng)
    if library is not None:
        name = f"{library}.{'_'.join(words_of(name))}"
    described = len(function.description) > 20 and function.domain != "random"
    if described and rng.random() < 0.1:  # the name says nothing: the description must be read
        return _dressed(function, invented_word(rng, False), function.description, reworded, rng)
    return _dressed(function, name, _description(function, rng), reworded, rng)


def _dressed(function: Function, name: str, description: str, reworded: bool, rng: random.Random) -> Dressed:
    rename: dict[str, str] = {}
    if rng.random() < 0.3:
        rename = _renamed(function, rng)
    style = _Style(
        description_first=rng.random() < 0.4,
        describe=rng.choice((1.0, 1.0, 1.0, 0.5, 0.0)),
        defaults=rng.random() < 0.6,
        nullable=rng.random() < 0.12,
        additional=rng.random() < 0.15,
        other_words=rng.choice((0.0, 0.3, 0.6)) if reworded else 0.0,
    )
    parameters = _object(function.parameters, rename, "", style, rng)
    return Dressed(function, ToolSpec(name, _worded(description, style, rng), parameters), rename)


def _worded(text: str, style: _Style, rng: random.Random) -> str:
    return exchanged(text, style.other_words, rng) if style.other_words else text


def _renamed(function: Function, rng: random.Random) -> dict[str, str]:
    """Other names for the parameters; none at all where two would get the same."""
    paths = _paths(function.parameters)
    rename = {path: restyle_parameter(path.rpartition(".")[2], rng) for path in paths}
    names = [path.rpartition(".")[0] + "." + name for path, name in rename.items()]
    return rename if len(set(names)) == len(names) else {}


def _paths(parameters: Sequence[Parameter], prefix: str = "") -> list[str]:
    paths = []
    for parameter in parameters:
        path = f"{prefix}{parameter.name}"
        paths += [path, *_paths(parameter.children, f"{path}.")]
    return paths


def _object(
    parameters: Sequence[Parameter], rename: Mapping[str, str], prefix: str, style: _Style, rng: random.Random
) -> dict[str, Any]:
    properties = {}
    required = []
    for parameter in parameters:
        path = f"{prefix}{parameter.name}"
        name = rename.get(path, parameter.name)
        properties[name] = _property(parameter, rename, path, style, rng)
        if parameter.required:
            required.append(name)
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    if required or rng.random() < 0.3:
        schema["required"] = required
    if style.additional:
        schema["additionalProperties"] = False
    return schema


def _property(
    parameter: Parameter, rename: Mapping[str, str], path: str, style: _Style, rng: random.Random
) -> dict[str, Any]:
    if parameter.children:
        schema = _object(parameter.children, rename, f"{path}.", style, rng)
    else:
        schema = dict(parameter.schema)
    if style.nullable and not parameter.required and parameter.default is None and "enum" not in schema:
        schema = {"anyOf": [schema, {"type": "null"}], "default": None}
    elif style.defaults and parameter.default is not None:
        schema["default"] = parameter.default
    description = _with_form(parameter)
    told = description != parameter.description or parameter.kind in _FORMS
    if not description or (not told and rng.random() >= style.describe):
        return schema
    if not told:
        description = _worded(description, style, rng)
    if style.description_first:
        return {"description": description, **schema}
    return {**schema, "description": description}


# Kinds that a question may say in another form than the arguments hold: the schema must tell which form.
_FORMS = {"date_spoken": ("YYYY-MM-DD", ("yyyy", "iso")), "currency": ("ISO currency code", ("code", "iso"))}


def _with_form(parameter: Parameter) -> str:
    form, said = _FORMS.get(parameter.kind, ("", ()))
    text = parameter.description
    if not form or any(word in text.lower() for word in said):
        return text
    return f"{text.rstrip('.')} ({form})" if text else form


_FIRST_SENTENCE = re.compile(r"^.*?[.;(](?=\s|$)")


def _description(function: Function, rng: random.Random) -> str:
    text = function.description
    draw = rng.random()
    if draw < 0.6 or not text:
        return text
    if draw < 0.72:
        first = _FIRST_SENTENCE.match(text)
        return first.group().rstrip("(; ") if first else text
    if draw < 0.8:
        return " ".join(words_of(function.name)).capitalize()
    plain = text.rstrip(".")
    lower = plain[:1].lower() + plain[1:]
    if draw < 0.94:
        return rng.choice(
            ("Use this tool to {}.", "A tool: {}.", "{}", "This function can {}.", "Tool to {}.")
        ).format(lower)
    return "" if draw > 0.985 else text.lower()
