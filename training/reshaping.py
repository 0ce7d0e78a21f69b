"""Hand-written functions with schemas of another shape: a list in place of one value, an object around a few.

What is asked stays; where its values go has to be read from the schema.
"""

import random
from dataclasses import replace

from training.functions import Function, Parameter, Template
from training.values import Source, Value

LISTED_SHARE = 0.12
NESTED_SHARE = 0.08
_LISTABLE = frozenset(
    [
        "enum",
        "pick",
        "city",
        "country",
        "food",
        "animal",
        "language",
        "color",
        "sport",
        "product",
        "company",
        "ticker",
    ]
)
_OBJECTS = (
    "options",
    "filters",
    "details",
    "settings",
    "parameters",
    "preferences",
    "request",
    "criteria",
    "spec",
)
_JOINTS = (" and ", " and ", " and ", ", ", " & ", " as well as ", ", and ", " plus ")


def reshaped(function: Function, rng: random.Random) -> Function:
    """The function, now and then with one parameter as a list or some of them in an object."""
    draw = rng.random()
    if draw < LISTED_SHARE:
        return _listed(function, rng)
    if draw < LISTED_SHARE + NESTED_SHARE:
        return _nested(function, rng)
    return function


def _listed(function: Function, rng: random.Random) -> Function:
    """One of the parameters takes several values."""
    plain = [p for p in function.parameters if p.schema.get("type") == "string" and _is_listable(p)]
    if not plain:
        return function
    chosen = rng.choice(plain)
    assert chosen.source is not None
    many = replace(
        chosen,
        schema={"type": "array", "items": dict(chosen.schema)},
        description=rng.choice(("{}", "{}", "One or more. {}", "List: {}")).format(chosen.description),
        source=_several(chosen.source, len(chosen.schema.get("enum", ())) or 3),
        default=None,
    )
    name = chosen.name if chosen.name.endswith("s") or rng.random() < 0.4 else f"{chosen.name}s"
    if any(p.name == name for p in function.parameters):
        name = chosen.name
    parameters = tuple(replace(many, name=name) if p is chosen else p for p in function.parameters)
    return replace(function, parameters=parameters, asks=_renamed(function, {chosen.name: name}), answers=())


def _is_listable(parameter: Parameter) -> bool:
    return parameter.kind.partition(" ")[0] in _LISTABLE


def _several(one: Source, most: int) -> Source:
    def draw(rng: random.Random, held_out: bool) -> Value:
        count = min(most, rng.choice((1, 1, 2, 2, 2, 3)))
        found = {value.json: value.said for value in (one(rng, held_out) for _ in range(2 * count))}
        values = dict(list(found.items())[:count])
        *first, last = values.values()
        said = ", ".join(first) + rng.choice(_JOINTS) + last if first else last
        return Value(list(values), said)

    return draw


def _nested(function: Function, rng: random.Random) -> Function:
    """Two or three neighbouring parameters become the properties of an object."""
    if len(function.parameters) < 2 or any(parameter.children for parameter in function.parameters):
        return function
    count = min(len(function.parameters), rng.choice((2, 2, 3)))
    first = rng.randrange(len(function.parameters) - count + 1)
    inside = function.parameters[first : first + count]
    name = rng.choice([name for name in _OBJECTS if all(name != p.name for p in function.parameters)])
    outer = Parameter(
        name, {"type": "object"}, "", any(p.required for p in inside), None, "object", children=tuple(inside)
    )
    parameters = (*function.parameters[:first], outer, *function.parameters[first + count :])
    asks = _renamed(function, {p.name: f"{name}.{p.name}" for p in inside})
    return replace(function, parameters=parameters, asks=asks, answers=())


def _renamed(function: Function, names: dict[str, str]) -> tuple[Template, ...]:
    return tuple(
        Template.of(names.get(piece, piece) if odd % 2 else piece for odd, piece in enumerate(ask.pieces))
        for ask in function.training_asks
    )
