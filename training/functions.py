"""Functions as the generator knows them: parameters that draw values, and ways to ask."""

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from training.pools import HELD_OUT_FUNCTIONS, HELD_OUT_PHRASINGS, is_held_out
from training.values import Source, Value

_PLACEHOLDER = re.compile(r"\{([\w.\-]+)\}")
_ALTERNATIVES = re.compile(r"\(([^()]*\|[^()]*)\)")

_BOUNDS = (
    ("start", "end"), ("from", "to"), ("min", "max"), ("low", "high"), ("first", "last"), ("begin", "end"),
    ("check_in", "check_out"), ("checkin", "checkout"), ("departure", "return"), ("pickup", "return"),
    ("pickup", "dropoff"), ("pick_up", "drop_off"), ("since", "until"), ("after", "before"),
    ("earliest", "latest"), ("opening", "closing"), ("birth", "death"),
)  # fmt: skip


@dataclass(frozen=True)
class Template:
    """Text with `{placeholders}` and, in phrasings, `(alternatives|of which|one is chosen|)`."""

    text: str

    @classmethod
    def of(cls, pieces: Iterable[str]) -> "Template":
        """The template of these `pieces`."""
        return cls("".join("{" + piece + "}" if odd % 2 else piece for odd, piece in enumerate(pieces)))

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """Literal text and names, in turn."""
        return tuple(_PLACEHOLDER.split(self.text))

    @cached_property
    def names(self) -> frozenset[str]:
        """The placeholders."""
        return frozenset(self.pieces[1::2])

    @cached_property
    def certain(self) -> frozenset[str]:
        """The placeholders that stand in the text whichever alternatives are chosen."""
        found = set(_PLACEHOLDER.findall(_ALTERNATIVES.sub("", self.text)))
        for group in _ALTERNATIVES.findall(self.text):
            found |= set.intersection(*(set(_PLACEHOLDER.findall(one)) for one in group.split("|")))
        return frozenset(found)

    def chosen(self, rng: random.Random) -> "Template":
        """One of the texts that the alternatives stand for."""
        if "|" not in self.text:
            return self
        text = _ALTERNATIVES.sub(lambda group: rng.choice(group[1].split("|")), self.text)
        return Template(" ".join(text.split()).replace(" ,", ",").replace(" .", ".").replace(" ?", "?"))

    def fill(self, said: Mapping[str, str]) -> str:
        """The text with every placeholder replaced."""
        pieces = self.pieces
        text = "".join(said[piece] if odd % 2 else piece for odd, piece in enumerate(pieces))
        return text.replace(".m..", ".m.")  # a time of day closes the sentence


@dataclass(frozen=True)
class Parameter:
    """One parameter, or one property of a nested object.

    Attributes:
        name: As the domain file writes it.
        schema: JSON Schema without description, default and nested properties.
        description: May be empty.
        required: Whether calls must give it.
        source: Draws a value; None for an object with `children`.
        kind: The kind of value as written, for chains and for counting errors.
        default: Shown in the schema when it is not None.
        children: Properties of a nested object.
    """

    name: str
    schema: Mapping[str, Any]
    description: str
    required: bool
    source: Source | None
    kind: str = ""
    default: Any = None
    children: "tuple[Parameter, ...]" = ()

    def leaves(self, prefix: str = "") -> "list[tuple[str, Parameter, bool]]":
        """Path, parameter and whether it must be given, for every value that is drawn."""
        path = f"{prefix}{self.name}"
        if not self.children:
            return [(path, self, self.required)]
        inner = [leaf for child in self.children for leaf in child.leaves(f"{path}.")]
        return [(name, leaf, must and self.required) for name, leaf, must in inner]


@dataclass(frozen=True)
class Function:
    """A function that can be offered, asked for, called and answered."""

    name: str
    description: str
    parameters: tuple[Parameter, ...]
    asks: tuple[Template, ...]
    result: Mapping[str, Any]
    answers: tuple[Template, ...]
    domain: str = ""

    @cached_property
    def held_out(self) -> bool:
        """Whether the whole function is kept from training."""
        return is_held_out(self.name, HELD_OUT_FUNCTIONS)

    @cached_property
    def leaves(self) -> dict[str, tuple[Parameter, bool]]:
        """Every value by its path, and whether it must be given."""
        return {path: (leaf, must) for top in self.parameters for path, leaf, must in top.leaves()}

    @cached_property
    def training_asks(self) -> tuple[Template, ...]:
        """The phrasings seen in training."""
        return (
            tuple(ask for ask in self.asks if not is_held_out(ask.text, HELD_OUT_PHRASINGS)) or self.asks[:1]
        )

    @cached_property
    def held_out_asks(self) -> tuple[Template, ...]:
        """The phrasings kept from training; all of them where the whole function is."""
        if self.held_out:
            return self.asks
        return tuple(ask for ask in self.asks if ask not in self.training_asks)


@dataclass
class Draw:
    """One way to ask for a function.

    Attributes:
        function: What is asked for.
        ask: The phrasing.
        values: By path; exactly those the phrasing names.
    """

    function: Function
    ask: Template
    values: dict[str, Value]

    @property
    def said(self) -> dict[str, str]:
        """How the question says each value."""
        return {path: value.said for path, value in self.values.items()}

    def question(self, instead: Mapping[str, str] | None = None) -> str:
        """The question; `instead` says some values otherwise."""
        return self.ask.fill(self.said | dict(instead or {}))


def draw(function: Function, rng: random.Random, held_out: bool) -> Draw:
    """Choose a phrasing of its side of the split and draw the values that it names."""
    asks = (function.held_out_asks or function.asks) if held_out else function.training_asks
    ask = rng.choice(asks).chosen(rng)
    values: dict[str, Value] = {}
    for path, (leaf, _) in function.leaves.items():
        if path in ask.names:
            assert leaf.source is not None
            values[path] = _distinct(leaf.source, rng, held_out, values)
    _put_in_order(values)
    return Draw(function, ask, values)


def _put_in_order(values: dict[str, Value]) -> None:
    """Nobody leaves before arriving: numbers, dates and times of a beginning and its end in their order."""
    for earlier in values:
        for first, last in _BOUNDS:
            later = earlier.replace(first, last)
            if first in earlier and later in values:
                pair = values[earlier], values[later]
                if all(_comparable(value.json) for value in pair) and _after(pair[0].json, pair[1].json):
                    values[earlier], values[later] = pair[1], pair[0]


def _comparable(value: Any) -> bool:
    return isinstance(value, (int, float)) or (isinstance(value, str) and value[:1].isdigit())


def _after(first: Any, second: Any) -> bool:
    return isinstance(first, str) is isinstance(second, str) and bool(first > second)


def _distinct(source: Source, rng: random.Random, held_out: bool, others: Mapping[str, Value]) -> Value:
    """A value that no other parameter has, where that can be had: `from Oslo to Oslo` teaches nothing."""
    taken = [other.json for other in others.values()]
    for _ in range(4):
        value = source(rng, held_out)
        if value.json not in taken or isinstance(value.json, bool):
            break
    return value


def arguments(
    parameters: Sequence[Parameter], values: Mapping[str, Value], rename: Mapping[str, str], prefix: str = ""
) -> dict[str, Any]:
    """The arguments in the schema's order; parameters without a value are left out."""
    result: dict[str, Any] = {}
    for parameter in parameters:
        path = f"{prefix}{parameter.name}"
        name = rename.get(path, parameter.name)
        if parameter.children:
            inner = arguments(parameter.children, values, rename, f"{path}.")
            if inner or parameter.required:
                result[name] = inner
        elif path in values:
            result[name] = values[path].json
    return result
