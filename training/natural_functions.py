"""Functions such as people write for themselves, brew_tea(kind, minutes, milk), asked for as people speak.

"Brew an oolong tea for 4 minutes without milk": verb, noun and the values by their prepositions, without the
parameters' names. Verb, noun and parameters are put together at random: no such function can be learnt.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from training.functions import Function, Parameter, Template
from training.natural_roles import (
    PAIRS,
    STRINGS,
    measured,
    one_of,
    place,
    quality,
    switch,
    thing,
    with_article,
)
from training.natural_wording import FOR_SOMEBODY, FRAMES, WITHOUT_VERB, description_of, framed, name_of
from training.pools import split_pool
from training.values import Source, source

OPEN_ENDED = {"note", "query", "title"}
"""Kinds that may be told without quotation marks: nothing may follow them."""
_QUALITY_NAMES = (
    "kind",
    "type",
    "style",
    "variety",
    "size",
    "mode",
    "model",
    "sort",
    "flavor",
    "material",
    "quality",
)
_COUNT_NAMES = ("count", "quantity", "number", "amount", "n", "how_many")
_NAMED = ("with {p} {v}", "{p} {v}", "at {p} {v}", "with a {p} of {v}", "- {p} {v} -", "and {p} {v}")
_PARTICLES = ("on", "off", "up", "down", "out", "away", "back", "in")


@dataclass(frozen=True)
class NaturalFunction(Function):
    """A function of a verb and a noun.

    Attributes:
        verb: And its synonyms, separated by bars.
        noun: What it is done to.
    """

    verb: str = ""
    noun: str = ""


@dataclass
class _Request:
    """What is being put together.

    Attributes:
        before: Stands instead of the article: a quality, a count, or the object itself.
        phrases: What stands behind the noun, in any order.
        last: What must stand at the end.
        somebody: The person whom it is for, where the sentence begins with them.
    """

    rng: random.Random
    held_out: bool
    noun: str
    parameters: list[Parameter]
    before: str = ""
    phrases: list[str] = field(default_factory=list)
    last: str = ""
    somebody: str = ""

    def add(self, names: Sequence[str], drawn: Source, about: Sequence[str], kind: str, **schema: Any) -> str:
        """A parameter under one of the names; gives its placeholder, or nothing if it goes without saying."""
        rng, taken = self.rng, {parameter.name for parameter in self.parameters}
        free = [name for name in names if name not in taken]
        if not free:
            return ""
        name = rng.choice(free)
        required = rng.random() < (0.35 if kind == "boolean" else 0.72)
        default = None
        if not required and rng.random() < 0.7:
            default = False if kind == "boolean" else drawn(rng, self.held_out).json
        told = rng.choice((*about, "")).format(n=self.noun) if about else ""
        self.parameters.append(Parameter(name, schema, told, required, drawn, kind, default))
        return "{" + name + "}" if required or rng.random() < 0.55 else ""


def natural_function(
    rng: random.Random, held_out: bool, near: NaturalFunction | None = None
) -> NaturalFunction:
    """A function that exists nowhere, with one way to ask for it.

    Args:
        rng: Source of chance.
        held_out: The side of the split that words come from.
        near: A function to share the verb or the noun with, as far as its request tells the other one.
    """
    verb, noun = _verb_and_noun(rng, held_out, near)
    request = _Request(rng, held_out, noun, [])
    _before_noun(request)
    if rng.random() < 0.12:
        _pair(request)
    wanted = rng.choice((0, 1, 1, 2, 2, 2, 3, 3, 4))
    for _ in range(6):
        if len(request.parameters) < wanted:
            _behind_noun(request)
    rng.shuffle(request.phrases)
    ask = _ask(request, verb)
    name = name_of(verb.partition("|")[0], noun, rng)
    description = description_of(verb, noun, rng)
    fields = {rng.choice(("status", "result", "note", "id", "total")): source("word")}
    return NaturalFunction(
        name, description, tuple(request.parameters), (Template(ask),), fields, (), "natural", verb, noun
    )


def _verb_and_noun(rng: random.Random, held_out: bool, near: NaturalFunction | None) -> tuple[str, str]:
    verb, noun = rng.choice(split_pool("actions", held_out)), rng.choice(split_pool("things", held_out))
    if near is None:
        return verb, noun
    said, words = _words_of(near.asks[0].text), near.verb.split("|")
    if near.noun in said and rng.random() < 0.5:
        return near.verb, noun
    if any(word in said for word in words) and not set(words) & set(verb.split("|")):
        return verb, near.noun
    return verb, noun


def _before_noun(request: _Request) -> None:
    """The noun phrase with what stands before the noun: "an oolong tea", "3 boxes of tea", "the basil"."""
    rng, noun = request.rng, request.noun
    draw = rng.random()
    if draw < 0.36:
        article = rng.choice(
            ("a", "a", "a", "the", "the", "my", "our", "", "some", "another", "this", "every")
        )
        held = _quality(request, article)
        request.before = f"{held} {noun}" if held else f"the {noun}"
    elif draw < 0.52:  # the noun names the parameter, its value stands in the request
        names = (noun.replace(" ", "_"), f"{noun.replace(' ', '_')}_name", "name", "target", "item", "which")
        drawn = rng.choice((thing, quality, place, thing, source("word"), source("id")))
        about = ("Which {n}", "The {n}", "Name of the {n}", "The {n} to use")
        held = request.add(names, drawn, about, "object", type="string")
        request.before = (
            rng.choice((f"the {held}", f"the {held} {noun}", f"{noun} {held}", held))
            if held
            else f"the {noun}"
        )
    elif draw < 0.66:
        _quantity(request)
    else:
        request.before = f"{rng.choice(('the', 'the', 'a', 'my', 'our', 'some', 'all', 'that'))} {noun}"


def _quality(request: _Request, article: str) -> str:
    rng, names = request.rng, (*_QUALITY_NAMES, f"{request.noun.replace(' ', '_')}_type", "kind", "type")
    about = (
        "Kind of {n}",
        "Which kind of {n}",
        "The {n}'s kind, e.g. " + quality(rng, request.held_out).said,
    )
    if rng.random() < 0.35:
        options = sorted({quality(rng, request.held_out).json for _ in range(rng.randint(2, 5))})
        return request.add(
            names, with_article(one_of(options), article), about, "enum", type="string", enum=options
        )
    return request.add(names, with_article(quality, article), about, "quality", type="string")


def _quantity(request: _Request) -> None:
    rng, noun = request.rng, request.noun
    if rng.random() < 0.5:
        held = request.add(
            _COUNT_NAMES, source("int 2 60"), ("How many", "Number of {n}s"), "int", type="integer"
        )
        request.before = f"{held} {noun}s" if held else f"some {noun}s"
        return
    role, unit = measured(rng)
    held = request.add(role.names, role.source, role.about, role.kind, type=role.type)
    request.before = f"{held} {unit} of {noun}" if held else f"some {noun}"


def _behind_noun(request: _Request) -> None:
    rng = request.rng
    draw = rng.random()
    if draw < 0.2:
        _switch(request)
        return
    role = measured(rng)[0] if draw < 0.5 else rng.choice(STRINGS)
    said = [phrase for phrase in role.said if all(_lead(phrase) != _lead(other) for other in request.phrases)]
    if not said or (role.kind in OPEN_ENDED and request.last):
        return
    schema = {"type": role.type, "items": {"type": "string"}} if role.type == "array" else {"type": role.type}
    held = request.add(role.names, role.source, role.about, role.kind, **schema)
    phrase = rng.choice(said).replace("{v}", held)
    if not held:
        return
    if rng.random() < 0.15:  # the parameter's name is said
        phrase = rng.choice(_NAMED).format(p=held[1:-1].replace("_", " "), v=held)
    if role.kind in ("first_name", "person") and rng.random() < 0.2 and not request.somebody:
        request.somebody = held
    elif role.kind in OPEN_ENDED:
        request.last = phrase
    else:
        request.phrases.append(phrase)


def _pair(request: _Request) -> None:
    """Two values of one kind: "from Oslo to Riga"."""
    rng = request.rng
    names, kind, said = rng.choice(PAIRS)
    if {parameter.name for parameter in request.parameters} & set(names):
        return
    drawn = {"thing": thing, "place": place}.get(kind) or source(kind)
    schema = {"type": "integer" if kind.startswith("int") else "string"}
    request.parameters += [Parameter(name, schema, "", True, drawn, kind) for name in names]
    first, second = ("{" + name + "}" for name in names)
    request.phrases.append(rng.choice(said).replace("{a}", first).replace("{b}", second))


def _lead(phrase: str) -> str:
    return phrase.partition("{")[0]


def _switch(request: _Request) -> None:
    names, drawn = switch(request.rng, request.held_out)
    about = ("Whether to do so", "Set to true for it", "True or false")
    if held := request.add(names, drawn, about, "boolean", type="boolean"):
        request.phrases.append(held)


def _words_of(template: str) -> str:
    """Its own words, without what the placeholders stand for."""
    return " ".join(Template(template).pieces[::2]).lower()


def _ask(request: _Request, verb: str) -> str:
    rng, phrases = request.rng, [*(request.phrases)]
    words = verb.split("|")
    said = words[0] if rng.random() < 0.6 else rng.choice(words)
    head, _, particle = said.rpartition(" ")
    done = f"{said} {request.before}"
    if head and particle in _PARTICLES and rng.random() < 0.4:
        done = f"{head} {request.before} {particle}"
    front = ""
    if (
        phrases
        and not request.somebody
        and "{" in phrases[0][1:]
        and not phrases[0].startswith("{")
        and rng.random() < 0.1
    ):
        front = phrases.pop(0)
    link = ", " if rng.random() < 0.06 else " "
    rest = link.join(["", *phrases, *([request.last] if request.last else [])])
    if (
        said in words[:1]
        and not front
        and not request.somebody
        and rng.random() < 0.08
        and request.noun in _words_of(request.before)
    ):
        thing_wanted = request.before + rest
        return framed(rng.choice(WITHOUT_VERB), "o", thing_wanted)
    frames = FRAMES[:5] if request.last else FRAMES
    if request.somebody:
        return framed(rng.choice(FOR_SOMEBODY), "t", done + rest).replace("{s}", request.somebody)
    text = framed(rng.choice(frames), "t", done + rest)
    if not front:
        return text
    return f"{front[:1].upper()}{front[1:]}, {text if text.startswith('I') else text[:1].lower() + text[1:]}"


def companion(rng: random.Random, held_out: bool, wanted: Function | None) -> Function:
    """A function to be offered beside `wanted`: often with the same verb or noun."""
    near = wanted if isinstance(wanted, NaturalFunction) and rng.random() < 0.35 else None
    return natural_function(rng, held_out, near)
