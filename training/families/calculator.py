"""The calculator: expressions and one-step stories, and the same by code where no calculator is offered."""

import random

from qwact.tools.arithmetic import evaluate
from qwact.tools.calculator import written
from qwact.tools.errors import ToolError
from training.episode import FINAL_THOUGHT, Episode, Step, Turn
from training.families import family
from training.families.arithmetic_tasks import STORIES
from training.families.builtin import CALCULATOR, CODE, offer
from training.families.cells import run_cell
from training.families.expressions import draw_expression
from training.families.phrasing import Phrasings

EXPRESSION = Phrasings(
    ask="!{e} / !{e} / the value of {e} / the result of {e} / the answer to {e}",
    do="!calculate {e} / compute {e} / work out {e} / evaluate {e} / solve {e} / do the sum {e} / figure out {e} / calc {e}",
    full="""!What is {e}? / !How much is {e}? / !{e} / !{e} = / !{e} = ? / !calc {e} / what's {e} / {e} equals what? / !{e}? / What does
        {e} equal? / What do I get for {e}? / {e} makes how much? / What is the result of {e}? / calculate: {e} / Calculator: {e} /
        How much does {e} come to? / result of {e} / please {e} / my calculator broke, {e}? / What does {e} come out to? / math: {e} /
        I typed {e}, what should come out? / eval {e} / solve: {e} / Is {e} a large number? / Answer this: {e}""",
)


def arithmetic(rng: random.Random, held_out: bool) -> tuple[str, str, str]:
    """A question of arithmetic: its kind, its text and its expression, which has a value."""
    while True:
        if rng.random() < 0.5:
            drawn = draw_expression(rng)
            kind, question, expression = (
                "expression",
                EXPRESSION.pick(rng, held_out, {"e": drawn.said}),
                drawn.expression,
            )
        else:
            story = rng.choices(STORIES, [story.weight for story in STORIES])[0]
            slots, expression = story.draw(rng, held_out)
            kind, question = story.name, story.phrasings.pick(rng, held_out, slots)
        try:
            value = calculated(expression)
        except ToolError:
            continue
        if len(value) < 40 and "e" not in value:
            return kind, question, expression


def calculated(expression: str) -> str:
    """What the calculator answers.

    Raises:
        ToolError: The expression has no value.
    """
    return written(evaluate(expression))


def calculator_step(expression: str) -> Step:
    """The call of the calculator."""
    return Step(f"I calculate {expression}.", CALCULATOR, {"expression": expression}, calculated(expression))


def printed_step(expression: str) -> Step:
    """The same by code."""
    code = (
        f"import math\nprint(math.{expression})" if expression.startswith("sqrt") else f"print({expression})"
    )
    return Step(f"I calculate {expression} with Python.", CODE, {"code": code}, run_cell(code))


def arithmetic_turn(rng: random.Random, held_out: bool, *, by_code: bool = False) -> tuple[str, Turn]:
    """The kind of a question of arithmetic, and its turn."""
    kind, question, expression = arithmetic(rng, held_out)
    step = printed_step(expression) if by_code else calculator_step(expression)
    return kind, Turn(question, [step], FINAL_THOUGHT, f"{expression} = {step.observation}")


@family("calculator", 7.0)
def calculator(rng: random.Random, held_out: bool) -> Episode:
    """Arithmetic with the calculator; the code interpreter may stand beside it."""
    kind, turn = arithmetic_turn(rng, held_out)
    return Episode(offer(rng, CALCULATOR), [turn], kind=f"calculator/{kind}")


@family("arithmetic_by_code", 1.5)
def arithmetic_by_code(rng: random.Random, held_out: bool) -> Episode:
    """Arithmetic where only the code interpreter is offered."""
    kind, turn = arithmetic_turn(rng, held_out, by_code=True)
    return Episode(offer(rng, CODE, without=(CALCULATOR,)), [turn], kind=f"arithmetic_by_code/{kind}")
