"""What the patterns of episodes share: choosing functions, offering tools, making one step."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from qwact.tools.spec import ToolSpec
from training import domain_files
from training.dressing import Dressed, dress
from training.episode import FINAL_THOUGHT, Episode, Step, Turn
from training.families.builtin import BUILT_IN, built_in_spec
from training.functions import Draw, Function, arguments, draw
from training.mixed_functions import mixed_function
from training.naming import words_of
from training.natural_functions import companion, natural_function
from training.paraphrase import paraphrased
from training.pools import split_pool
from training.questions import surround
from training.random_functions import random_function
from training.reshaping import reshaped
from training.results import answer, draw_fields, observation
from training.substitution import substituted

DOMAIN_SHARE = 0.7
MEASURED_DOMAIN_SHARE = 0.5
"""Hand-written functions among those asked for: what training lacks most, and what the measure has kept."""
SUBSTITUTED_SHARE = 0.4
"""Hand-written functions that stand in training under other words, so that none can be learnt by heart."""
LIBRARY_SHARE = 0.12
"""Prompts in training whose tools all have the same word before their names: it tells nothing."""
INVENTED = ((natural_function, 0.55), (mixed_function, 0.2), (random_function, 0.25))
"""Sorts of functions that are made up on the spot, and their shares."""
_MADE_UP = ("random", "natural")
COMPUTABLE = {
    "biology_genetics", "chemistry", "currency_crypto", "dates_time_zones", "files_text", "finance_personal",
    "fitness_sport_statistics", "health_medicine", "insurance", "investing_stocks", "maths_algebra",
    "maths_geometry", "physics", "real_estate", "statistics_probability", "unit_conversion", "cars_energy",
}  # fmt: skip
"""Domains whose questions a built-in tool could answer: none is offered where the function is missing."""
_ALSO_COMPUTABLE = ("sci_", "biz_", "bio_", "std", "lib", "day_", "out_", "soft_", "cult_", "own_")
_FIRST = (
    "I need {t}.", "I should use {t}.", "{t} can do this.", "I will call {t}.", "I need to call {t}.",
    "I can use {t} for this.",
)  # fmt: skip
_NEXT = ("Now I need {t}.", "Next, {t}.", "Now I will call {t}.", "I still need {t}.")
_SYSTEMS = (
    "You are a helpful assistant.", "You are a careful assistant that uses tools.", "Answer briefly.",
    "You are qwact, a local assistant.", "Be polite and precise.", "You work for a small company.",
    "You help with everyday tasks. Use the tools where they help.", "Be concise.",
)  # fmt: skip


@cache
def _side(held_out: bool) -> tuple[Function, ...]:
    return tuple(function for function in domain_files.functions() if function.held_out == held_out)


@cache
def _seen_with_new_phrasings() -> tuple[Function, ...]:
    return tuple(function for function in _side(False) if function.held_out_asks)


@cache
def domain_of(name: str, held_out: bool) -> tuple[Function, ...]:
    """The functions of one domain on one side of the split."""
    return tuple(function for function in _side(held_out) if function.domain == name)


def domain_functions(rng: random.Random, held_out: bool) -> tuple[Function, ...]:
    """Functions to ask for: in tests half of them are unseen, half are seen with unseen phrasings."""
    if held_out and rng.random() < 0.5:
        return _seen_with_new_phrasings() or _side(False)
    return _side(held_out) or _side(False)


def _is_computable(function: Function) -> bool:
    return function.domain in COMPUTABLE or function.domain.startswith(_ALSO_COMPUTABLE)


def _words(function: Function) -> frozenset[str]:
    """What tells functions apart: two whose names have the same words could serve the same request."""
    return frozenset(words_of(function.name))


@dataclass
class Scene:
    """The making of one episode."""

    rng: random.Random
    held_out: bool
    _library: str | None = None  # what stands before the names of all tools, where they are of one library

    def __post_init__(self) -> None:
        if not self.held_out and self.rng.random() < LIBRARY_SHARE:
            self._library = self.rng.choice(split_pool("things", False)).replace(" ", "_").lower()

    def function(self, *, random_only: bool = False) -> Function:
        """A function to ask for: from a domain file, or invented on the spot."""
        candidates = domain_functions(self.rng, self.held_out)
        share = MEASURED_DOMAIN_SHARE if self.held_out else DOMAIN_SHARE
        if random_only or not candidates or self.rng.random() >= share:
            (make,) = self.rng.choices([make for make, _ in INVENTED], [share for _, share in INVENTED])
            return make(self.rng, self.held_out)
        function = self.rng.choice(candidates)
        if self.held_out:
            return function
        if self.rng.random() < SUBSTITUTED_SHARE:
            function = substituted(function, self.rng)
        return reshaped(function, self.rng)

    def beside(self, function: Function) -> Function:
        """A function much like another: of the same domain, or made up with one of its words."""
        if function.domain in _MADE_UP:
            return companion(self.rng, self.held_out, function)
        return self.rng.choice(domain_of(function.domain, self.held_out) or (function,))

    def near_misses(self, function: Function) -> list[Function]:
        """Functions that look like one that is missing, and cannot do its work."""
        if function.domain in _MADE_UP:
            return [self.beside(function) for _ in range(self.rng.choice((1, 1, 2)))]
        near = [
            other
            for other in (*domain_of(function.domain, True), *domain_of(function.domain, False))
            if other.name != function.name and (self.held_out or not other.held_out)
        ]
        return self.rng.sample(near, min(len(near), self.rng.choice((1, 1, 2, 2, 3, 4))))

    def call(self, function: Function) -> Draw:
        """A way to ask for the function; in training often in other words than the domain file's."""
        call = draw(function, self.rng, self.held_out)
        if not self.held_out and function.domain not in _MADE_UP and self.rng.random() < 0.5:
            call.ask = paraphrased(call.ask, self.rng)
        return call

    def dress(self, functions: Sequence[Function]) -> list[Dressed]:
        """The functions as they will be offered, under names that differ."""
        dressed: list[Dressed] = []
        for function in functions:
            one = self._dressed(function)
            if all(
                one.spec.name != other.spec.name and _words(function) != _words(other.function)
                for other in dressed
            ):
                dressed.append(one)
        return dressed

    def _dressed(self, function: Function) -> Dressed:
        return dress(function, self.rng, reworded=not self.held_out, library=self._library)

    def offer(
        self, wanted: Sequence[Dressed], *, apart: Sequence[Function] = (), least: int = 0
    ) -> list[ToolSpec]:
        """One to six tools, seldom more, shuffled: the wanted ones and others, none like one in `apart`."""
        rng = self.rng
        most = max(0, 6 - len(wanted))
        count = min(most, max(least, rng.choice((0, 0, 1, 1, 2, 2, 3, 3, 4, 5))))
        tools = {one.spec.name: one.spec for one in wanted}
        avoided = {_words(function) for function in (*apart, *(one.function for one in wanted))}
        computable = any(map(_is_computable, apart))
        for _ in range(count):
            if rng.random() < 0.12 and not computable:
                spec = built_in_spec(rng, rng.choice(BUILT_IN))
            else:
                other = self._distractor(wanted, apart)
                if _words(other) in avoided:
                    continue
                avoided.add(_words(other))
                spec = self._dressed(other).spec
            tools.setdefault(spec.name, spec)
        if rng.random() < 0.18 and not computable:  # beside the built-in tools, as people use it
            for name in BUILT_IN:
                if rng.random() < 0.6:
                    tools.setdefault(name, built_in_spec(rng, name))
        specs = list(tools.values())
        rng.shuffle(specs)
        return specs

    def _distractor(self, wanted: Sequence[Dressed], avoided: Sequence[Function]) -> Function:
        rng, apart = self.rng, {function.domain for function in avoided}
        domain = rng.choice(wanted).function.domain if wanted else ""
        beside = rng.choice(wanted).function if wanted else rng.choice(avoided) if avoided else None
        if rng.random() < (0.75 if beside and beside.domain == "natural" else 0.2):
            return companion(rng, self.held_out, beside)
        if domain and domain not in _MADE_UP and rng.random() < 0.65:
            near = domain_of(domain, self.held_out and rng.random() < 0.5) or domain_of(domain, False)
            if near:
                return rng.choice(near)
        if rng.random() < (0.65 if domain in _MADE_UP else 0.25):
            return random_function(rng, self.held_out)
        for _ in range(6):
            function = rng.choice(
                _side(self.held_out and rng.random() < 0.3)
                or _side(False)
                or (random_function(rng, self.held_out),)
            )
            if function.domain not in apart:
                return function
        return random_function(rng, self.held_out)

    def step(
        self, dressed: Dressed, call: Draw, *, later: bool = False, fields: dict[str, Any] | None = None
    ) -> tuple[Step, str]:
        """The call with its observation, and what to tell the person of it."""
        if fields is None:
            fields = draw_fields(call, self.rng, self.held_out)
        text = observation(fields, self.rng, self.held_out)
        return self.raw_step(dressed, call, text, later=later), answer(call, fields, text, self.rng)

    def raw_step(self, dressed: Dressed, call: Draw, text: str, *, later: bool = False) -> Step:
        """The call with a given observation."""
        thought = self.rng.choice(_NEXT if later else _FIRST).format(t=dressed.spec.name)
        given = arguments(dressed.function.parameters, call.values, dressed.rename)
        return Step(thought, dressed.spec.name, given, text)

    def ask(self, text: str) -> str:
        """The question as somebody writes it."""
        return surround(text, self.rng, self.held_out)

    def turn(self, question: str, steps: list[Step], said: str, thought: str = FINAL_THOUGHT) -> Turn:
        """A turn with its question dressed up."""
        return Turn(self.ask(question), steps, thought, said)

    def episode(self, tools: list[ToolSpec], *turns: Turn) -> Episode:
        """The episode, sometimes with a system text of its own."""
        system = self.rng.choice(_SYSTEMS) if self.rng.random() < 0.1 else None
        return Episode(tools, list(turns), system)
