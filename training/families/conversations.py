"""Conversations of two or three turns: follow-ups that need what was said before, and changes of subject."""

import random
from datetime import timedelta

from training.episode import FINAL_THOUGHT, Episode, Step, Turn
from training.families import family
from training.families.builtin import CALCULATOR, CODE, LIST, READ, offer
from training.families.calculator import arithmetic_turn, calculator_step
from training.families.cells import run_cell
from training.families.dates import BETWEEN, days_between_code
from training.families.documents import fact_sheet, listing, neighbours
from training.families.notices import any_turn
from training.families.phrasing import Phrasings
from training.families.plots import FUNCTIONS, LINE
from training.families.primes import primes_code
from training.families.reading import FACT, WHAT_IS_IN, WHICH
from training.families.smalltalk import knowledge_turn, talk_turn
from training.families.table_operations import OPERATIONS, Operation
from training.families.table_questions import print_of, upload
from training.families.tables import draw_table
from training.families.values import any_date, number, written_date

Turns = tuple[list[Turn], tuple[str, ...]]
AGAIN = {
    "+": Phrasings(full="""!Now add {n}. / !Add {n} to that. / And plus {n}? / plus {n} / And if I add {n}? / What is that plus {n}? / Now {n} more. / Increase that by {n}. / Add {n} to the result. / And with {n} added? /
        Please add another {n}. / then + {n} / Could you add {n} to it? / OK, now add {n} / take that result and add {n}"""),
    "-": Phrasings(full="""!Now subtract {n}. / !Subtract {n} from that. / And minus {n}? / minus {n} / And if I take away {n}? / What is that minus {n}? / Now {n} less. / Take {n} off that. / Subtract {n} from the result. / And without {n}? /
        Please take away {n}. / then - {n} / Could you subtract {n} from it? / OK, now minus {n}"""),
    "*": Phrasings(full="""!Now multiply that by {n}. / !And times {n}? / Multiply the result by {n}. / times {n} / What is {n} times that? / And {n} times as much? / Now multiply it by {n}. / What is that times {n}? / then * {n} / Please multiply this by
        {n}. / Could you multiply it by {n}? / And if there are {n} of them? / OK, times {n}"""),
    "/": Phrasings(full="""!Now divide that by {n}. / !now divide that by {n} / And divided by {n}? / Divide the result by {n}. / divided by {n} / What is that divided by {n}? / Split that by {n}. / And shared between {n} people? / Now divide it by {n}. / then /{n} / Please
        divide this by {n}. / Could you divide it by {n}? / What is one part if I cut that into {n}?"""),
}  # fmt: skip
AND_BETWEEN = Phrasings(full="""!And between {a} and {b}? / and between {a} and {b}? / And from {a} to {b}? / What about {a} to {b}? / Now {a} to {b}. / How about between {a} and {b}? / The same for {a} and {b}. / And how many from {a} until {b}? / {a} to {b}? / And
    for {a} and {b}? / Please do {a} to {b} too. / Also {a} to {b}, please. / Then {a} and {b}? / and {a} - {b}""")  # fmt: skip
AND_BELOW = Phrasings(
    full="!And below {n}? / And up to {n}? I mean below {n}. / What about {n}? / Now below {n}. / the same for {n} / And under {n}? / How about less than {n}? / and with {n}? / Now with {n} instead. / Also below {n}, please. / {n}?"
)
AND_RANGE = Phrasings(full="""!And from {a} to {b}? / Now from {a} to {b}. / The same from {a} to {b}, please. / Can you draw it from {a} to {b} too? / What about {a} to {b}? / Extend it: from {a} to {b}. / Do it again from {a} to {b}. / And between {a} and {b}? / Now plot it
    from {a} to {b} / Show me the range {a} to {b}.""")  # fmt: skip
AND_FUNCTION = Phrasings(
    full="""!And {f}? / Now {f}. / The same for {f}, please. / Now plot {f} instead. / What about {f}? / Also {f}. / Can you do {f} too? / And the same with {f}? / now {f} please / How does {f} look there?"""
)
AND_FACT = Phrasings(
    full="""!And the {key}? / And what is the {key}? / And which {key}? / What about the {key}? / the {key}? / Which {key} does it give? / and the {key} / What does it say about the {key}? / Also the {key}, please. / Now the {key}. / Tell me the {key} too."""
)
AND_MEASURE = Phrasings(
    full="""!And the {word}? / And what is the {word}? / What about the {word}? / and the {word} / the {word}? / Now the {word}. / Also the {word}, please. / Now give me the {word}. / How about the {word}? / The same with the {word}. / And its {word}?"""
)
OPEN_IT = Phrasings(
    full="""!Open {file}. / !What is in {file}? / Read {file} please. / Show me {file}. / Now read {file}. / What does {file} say? / And what is in {file}? / open {file} / Then read {file}. / Let me see {file}. / I'd like to see {file}. / {file} please"""
)
BELOW = Phrasings(
    do="!list the primes below {n} / list all prime numbers below {n} / find the primes below {n}",
    full="Which primes are below {n}? / primes below {n} / What are the primes below {n}?",
)
MEASURES = {"mean": "average", "sum": "total", "max": "maximum", "min": "minimum", "median": "median"}


def _carried(rng: random.Random, held_out: bool) -> Turns:
    """Arithmetic that goes on with the last result."""
    while True:
        turns = [arithmetic_turn(rng, held_out)[1]]
        for _ in range(rng.choice((1, 1, 2))):
            result = turns[-1].steps[-1].observation
            sign = rng.choice("+-*/")
            operand = number(rng, 3)
            step = calculator_step(f"{result} {sign} {operand}")
            turns.append(
                Turn(
                    AGAIN[sign].pick(rng, held_out, {"n": operand}),
                    [step],
                    FINAL_THOUGHT,
                    f"{result} {sign} {operand} = {step.observation}",
                )
            )
        if all("e" not in turn.steps[0].observation for turn in turns):
            return turns, (CALCULATOR,)


def _between_turn(rng: random.Random, held_out: bool, phrasings: Phrasings) -> Turn:
    first = any_date(rng)
    second = first + timedelta(days=rng.randint(1, 9000))
    slots = {"a": written_date(rng, first), "b": written_date(rng, second)}
    code = days_between_code(first, second)
    step = Step(
        "I need to count the days between two dates, so I run Python.", CODE, {"code": code}, run_cell(code)
    )
    answer = f"There are {step.observation} days between {slots['a']} and {slots['b']}."
    return Turn(phrasings.pick(rng, held_out, slots), [step], FINAL_THOUGHT, answer)


def _dates(rng: random.Random, held_out: bool) -> Turns:
    turns = [_between_turn(rng, held_out, BETWEEN.phrasings)]
    turns += [_between_turn(rng, held_out, AND_BETWEEN) for _ in range(rng.choice((1, 1, 2)))]
    return turns, (CODE,)


def _primes(rng: random.Random, held_out: bool) -> Turns:
    turns = []
    for phrasings in (BELOW, AND_BELOW):
        top = str(rng.randint(5, 150))
        code = primes_code("2", top)
        step = Step(f"I list the primes below {top} with Python.", CODE, {"code": code}, run_cell(code))
        turns.append(
            Turn(
                phrasings.pick(rng, held_out, {"n": top}),
                [step],
                FINAL_THOUGHT,
                f"The primes below {top} are {step.observation}.",
            )
        )
    return turns, (CODE,)


def _plots(rng: random.Random, held_out: bool) -> Turns:
    """One plot, then the same with another function or another range: each has its own file."""
    said, expression, first = rng.choice(FUNCTIONS)
    low, high = max(0, first), rng.randint(5, 40)
    turns: list[Turn] = []
    changed = ""
    for number_of_figure in (1, 2):
        slots = {"f": said, "a": str(low), "b": str(high)}
        code = f"import numpy as np\nimport matplotlib.pyplot as plt\nx = np.linspace({low}, {high}, 500)\nplt.plot(x, {expression})\n"
        code += f"plt.title({said!r})\nplt.xlabel('x')\nplt.ylabel({said!r})\nplt.show()"
        figure = f"figure-{number_of_figure}.png"
        step = Step("I plot the function with Python.", CODE, {"code": code}, f"[figure: {figure}]")
        phrasings = LINE if not turns else AND_FUNCTION if changed == "function" else AND_RANGE
        turns.append(
            Turn(
                phrasings.pick(rng, held_out, slots),
                [step],
                FINAL_THOUGHT,
                f"The plot of {said} from {low} to {high} is in {figure}.",
            )
        )
        changed = rng.choice(("function", "range"))
        if changed == "function":
            said, expression, _ = rng.choice([f for f in FUNCTIONS if f[2] <= low])
        else:
            low, high = low + rng.randint(0, 5), high + rng.randint(1, 60)
    return turns, (CODE,)


def _tables(rng: random.Random, held_out: bool) -> Turns:
    """Several measures of one column."""
    table = draw_table(rng, held_out)
    chosen = rng.sample(
        [operation for operation in OPERATIONS if operation.name in MEASURES], rng.choice((2, 2, 3))
    )
    column = f"the {table.number} column"
    turns: list[Turn] = []
    for operation in chosen:
        _, expression, printed = operation.compute(table, rng)
        step = Step(
            f"I read {table.file} with pandas and compute the answer.",
            CODE,
            {"code": print_of(table, expression)},
            printed,
        )
        question = _measure_question(rng, held_out, operation, column, table.file, first=not turns)
        word = operation.answer.split(" ")[1] if operation.name != "max" else "maximum"
        turns.append(
            Turn(
                question if turns else upload(table) + question,
                [step],
                FINAL_THOUGHT,
                f"The {word} of {column} is {printed}.",
            )
        )
    return turns, (CODE,)


def _measure_question(
    rng: random.Random, held_out: bool, operation: Operation, column: str, file: str, *, first: bool
) -> str:
    if first:
        return operation.phrasings.pick(rng, held_out, {"c": column, "file": file})
    return AND_MEASURE.pick(rng, held_out, {"word": MEASURES[operation.name]})


def _files(rng: random.Random, held_out: bool) -> Turns:
    """The list of files, then one of them; or one fact of a file, then another that is already known."""
    document = fact_sheet(rng, held_out)
    read = Step(f"I read {document.path}.", READ, {"path": document.path}, document.text)
    if rng.random() < 0.5:
        shown = listing(rng, neighbours(rng, held_out, document.path))
        listed = Turn(
            WHICH.pick(rng, held_out, {}),
            [Step("I list the files.", LIST, {}, shown)],
            FINAL_THOUGHT,
            f"These files are there:\n{shown}",
        )
        opened = Turn(
            OPEN_IT.pick(rng, held_out, {"file": document.path}),
            [read],
            FINAL_THOUGHT,
            f"{document.path} says:\n{document.text}",
        )
        return [listed, opened], (LIST, READ)
    one, other = rng.sample(list(document.facts), 2)
    question, slots = (
        (FACT, {"key": one, "file": document.path})
        if rng.random() < 0.7
        else (WHAT_IS_IN, {"file": document.path})
    )
    answer = (
        f"The {one} is {document.facts[one]}."
        if question is FACT
        else f"{document.path} says:\n{document.text}"
    )
    first = Turn(question.pick(rng, held_out, slots), [read], FINAL_THOUGHT, answer)
    known = Turn(
        AND_FACT.pick(rng, held_out, {"key": other}),
        [],
        f"I have already read {document.path}.",
        f"The {other} is {document.facts[other]}.",
    )
    return [first, known], (READ,)


def _unrelated(rng: random.Random, held_out: bool) -> Turns:
    turns = [any_turn(rng, held_out) for _ in range(rng.choice((2, 2, 3)))]
    return turns, tuple(step.name for turn in turns for step in turn.steps)


def _renumbered(turns: list[Turn]) -> None:
    """Figures count on through a conversation, and so do cells."""
    cell = 0
    for turn in turns:
        for step in turn.steps:
            if step.name == CODE:
                cell += 1
                step.observation = step.observation.replace("Cell In[1]", f"Cell In[{cell}]")


_WAYS = ((_carried, 4), (_dates, 2), (_primes, 1), (_plots, 1.5), (_tables, 2), (_files, 2), (_unrelated, 4))


@family("conversations", 6.0)
def conversations(rng: random.Random, held_out: bool) -> Episode:
    """Two or three turns, sometimes with a greeting before or thanks after them."""
    make = rng.choices([make for make, _ in _WAYS], [weight for _, weight in _WAYS])[0]
    turns, needed = make(rng, held_out)
    tools = offer(rng, *dict.fromkeys(needed))
    if rng.random() < 0.2:
        turns.insert(0, talk_turn(rng, held_out, tools, rng.choice(("hello", "who", "can", "how")))[1])
    if rng.random() < 0.3:
        turns.append(talk_turn(rng, held_out, tools, rng.choice(("thanks", "bye", "yes")))[1])
    elif rng.random() < 0.1:
        turns.append(knowledge_turn(rng, held_out, tools))
    _renumbered(turns)
    return Episode(tools, turns, kind=f"conversations/{make.__name__.strip('_')}")
