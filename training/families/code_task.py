"""A task for the code interpreter, and the episode made of it: one cell, its output, the answer."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from training.episode import FINAL_THOUGHT, Episode, Step, Turn
from training.families.builtin import CODE, offer
from training.families.cells import run_cell
from training.families.phrasing import Phrasings, choose

Slots = dict[str, str]
Draw = Callable[[random.Random, bool], tuple[Slots, str]]


@dataclass(frozen=True, slots=True)
class CodeTask:
    """A kind of question that a few lines of Python answer.

    Attributes:
        name: What the task is called in counts.
        phrasings: How people ask.
        draw: Draws the values of one question: the slots of its text, and the code.
        thoughts: What the model thinks before the call, one or more texts.
        answers: Its answers; `{result}` is what the code printed.
        weight: How often it is drawn, relative to the other tasks of its family.
        if_false: Its answers where the code printed False; then `answers` are those for True.
    """

    name: str
    phrasings: Phrasings
    draw: Draw
    thoughts: str
    answers: str
    weight: float = 1.0
    if_false: str = ""


def code_turn(task: CodeTask, rng: random.Random, held_out: bool) -> Turn:
    """A question of the task, asked, computed and answered."""
    slots, code = task.draw(rng, held_out)
    question = task.phrasings.pick(rng, held_out, slots)
    result = run_cell(code)
    step = Step(choose(rng, task.thoughts, slots), CODE, {"code": code}, result)
    answers = task.if_false if task.if_false and result == "False" else task.answers
    answer = choose(rng, answers, {**slots, "result": result})
    return Turn(question, [step], FINAL_THOUGHT, answer)


def pick_task(tasks: Sequence[CodeTask], rng: random.Random) -> CodeTask:
    """One of the tasks, by weight."""
    return rng.choices(tasks, [task.weight for task in tasks])[0]


def code_episode(tasks: Sequence[CodeTask], rng: random.Random, held_out: bool) -> Episode:
    """An episode of one of the tasks, the code interpreter among the tools offered."""
    task = pick_task(tasks, rng)
    return Episode(offer(rng, CODE), [code_turn(task, rng, held_out)], kind=task.name)
