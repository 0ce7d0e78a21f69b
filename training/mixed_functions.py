"""Functions put together from parameters of hand-written ones: real names and descriptions, new company.

The model cannot know such a function; it has to read what each parameter is for.
"""

import random
from dataclasses import replace
from functools import cache

from training import domain_files
from training.functions import Function, Parameter
from training.random_functions import compose


@cache
def _parameters(held_out: bool) -> tuple[Parameter, ...]:
    return tuple(
        parameter
        for function in domain_files.functions()
        if function.held_out == held_out
        for parameter in function.parameters
        if not parameter.children
        and not (parameter.kind == "boolean" or parameter.schema.get("type") == "boolean")
    )


def mixed_function(rng: random.Random, held_out: bool) -> Function:
    """A function of one to five borrowed parameters."""
    pool = _parameters(held_out) or _parameters(False)
    chosen: dict[str, Parameter] = {}
    for parameter in rng.choices(pool, k=rng.choice((1, 2, 2, 3, 3, 4, 5))):
        chosen.setdefault(parameter.name, replace(parameter, required=rng.random() < 0.75))
    return compose(rng, held_out, tuple(chosen.values()))
