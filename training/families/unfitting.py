"""Questions for a built-in tool that is not offered: the model says so and calls nothing."""

import random

from training.episode import Episode, Turn
from training.families import family
from training.families.builtin import CALCULATOR, CODE, READ, offer, other_specs
from training.families.calculator import arithmetic_turn
from training.families.clock import clock_turn, from_today_turn
from training.families.code_task import code_turn, pick_task
from training.families.lists import TASKS as LISTS
from training.families.phrasing import choose
from training.families.plots import plot_turn
from training.families.reading import reading_turn
from training.families.strings import TASKS as STRINGS
from training.families.table_questions import table_turn
from training.patterns import NONE_FITS

ANSWERS = """I have no tool that can do this. / None of my tools can do that. / I cannot do that with the tools I have. / Sorry, none of
    my tools can do this."""


def _turn(rng: random.Random, held_out: bool) -> Turn:
    if rng.random() < 0.3:
        return code_turn(pick_task([*LISTS, *STRINGS], rng), rng, held_out)
    makers = (arithmetic_turn, clock_turn, from_today_turn, plot_turn, reading_turn, table_turn)
    return rng.choice(makers)(rng, held_out)[1]


@family("unfitting", 2.5)
def unfitting(rng: random.Random, held_out: bool) -> Episode:
    """The tool that the question needs is missing, and none of the others can stand in for it."""
    turn = _turn(rng, held_out)
    missing = {step.name for step in turn.steps} | {CODE}  # code could do almost all of it
    if (
        missing & {CALCULATOR, READ}
        or "[Upload" in turn.question
        or "." in turn.question
        or rng.random() < 0.3
    ):
        tools = other_specs(rng, rng.randint(1, 5))
    else:
        tools = offer(rng, without=[*missing, CALCULATOR])
    answered = Turn(turn.question, [], NONE_FITS, choose(rng, ANSWERS, {}))
    return Episode(tools, [answered], kind="unfitting")
