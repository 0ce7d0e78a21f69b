"""What the loop tells the model: no calls are left, or the same call was made before."""

import random

from training.episode import FINAL_THOUGHT, Episode, Turn
from training.families import family
from training.families.builtin import BUILT_IN, offer
from training.families.calculator import arithmetic_turn
from training.families.clock import clock_turn, from_today_turn
from training.families.code_task import code_turn, pick_task
from training.families.dates import TASKS as DATES
from training.families.descriptive import TASKS as DESCRIPTIVE
from training.families.failures import missing_file, wrong_column
from training.families.integers import TASKS as INTEGERS
from training.families.lists import TASKS as LISTS
from training.families.primes import TASKS as PRIMES
from training.families.reading import reading_turn
from training.families.strings import TASKS as STRINGS
from training.families.table_questions import table_turn

CODE_TASKS = [*DATES, *DESCRIPTIVE, *INTEGERS, *LISTS, *PRIMES, *STRINGS]
REPEATED = "You already made this exact call and got the same result. Use it, or do something else."
REASONS = (
    "You have no tool calls left.", "You have no tool calls left.", "The step limit is reached.", "The token limit is reached.", "The time limit is reached.",
    "The same call was made again and again with the same result.",
)  # fmt: skip
LAST = "Give your final answer now."
DECLINED = "The person declined this call. Do without it."
STOPPED = "I must answer now with what I know."


def any_turn(rng: random.Random, held_out: bool) -> Turn:
    """A turn of one or more calls of built-in tools."""
    chance = rng.random()
    if chance < 0.3:
        return code_turn(pick_task(CODE_TASKS, rng), rng, held_out)
    if chance < 0.5:
        return arithmetic_turn(rng, held_out)[1]
    makers = (clock_turn, from_today_turn, reading_turn, table_turn)
    return rng.choice(makers)(rng, held_out)[1]


def _several_steps(rng: random.Random, held_out: bool) -> Turn:
    makers = (
        lambda: from_today_turn(rng, held_out)[1],
        lambda: wrong_column(rng, held_out),
        lambda: missing_file(rng, held_out),
    )
    return rng.choice(makers)()


def cut_off(rng: random.Random, held_out: bool) -> Turn:
    """No calls are left: after the last result the answer is known, before it is not."""
    notice = f"{rng.choice(REASONS)} {LAST}"
    if rng.random() < 0.6:
        turn = any_turn(rng, held_out)
        turn.steps[-1].observation += f"\n{notice}"
        turn.thought = STOPPED
        return turn
    turn = _several_steps(rng, held_out)
    turn.steps = turn.steps[: rng.randint(1, len(turn.steps) - 1)]
    last = turn.steps[-1].observation
    known = last.rsplit("\n", 1)[-1]
    turn.steps[-1].observation += f"\n{notice}"
    turn.thought = STOPPED
    turn.answer = f"I could not finish this. The last thing I found is: {known}"
    return turn


def repeated(rng: random.Random, held_out: bool) -> Turn:
    """The last call was made twice; its result is used."""
    turn = any_turn(rng, held_out)
    turn.steps[-1].observation += f"\n{REPEATED}"
    turn.thought = FINAL_THOUGHT
    return turn


def declined(rng: random.Random, held_out: bool) -> Turn:
    """The person does not allow the call."""
    turn = any_turn(rng, held_out)
    turn.steps = turn.steps[:1]
    turn.steps[0].observation = DECLINED
    turn.thought = "The call was declined, so I have no result."
    turn.answer = f"I cannot answer this without {turn.steps[0].name}, and the call was declined."
    return turn


@family("notices", 2.0)
def notices(rng: random.Random, held_out: bool) -> Episode:
    """A notice of the loop stands in the last observation."""
    make = rng.choices((cut_off, repeated, declined), (3, 2, 1))[0]
    turn = make(rng, held_out)
    needed = dict.fromkeys(step.name for step in turn.steps)
    without = [name for name in BUILT_IN if name not in needed and rng.random() < 0.3]
    return Episode(offer(rng, *needed, without=without), [turn], kind=f"notices/{make.__name__}")
