"""A first call that fails for a reason that lies in the question, and the second try.

The model is trained on every call, so no call is wrong for what was known when it was made: the person
misspells a column or a file, or asks for what has no answer.
"""

import difflib
import random

from qwact.tools.errors import ToolError
from training.episode import FINAL_THOUGHT, Episode, Step, Turn
from training.families import family
from training.families.builtin import CALCULATOR, CODE, offer
from training.families.calculator import calculated
from training.families.cells import run_cell, traceback
from training.families.dates import BETWEEN
from training.families.phrasing import Phrasings, choose
from training.families.table_operations import OPERATIONS
from training.families.table_questions import EXACT, look, place, print_of, upload
from training.families.tables import Table, draw_table
from training.families.values import decimal, whole
from training.families.words import WORDS

NUMERIC = [
    operation for operation in OPERATIONS if operation.name in ("mean", "sum", "max", "min", "median", "std")
]
_PANDAS = """Traceback (most recent call last):
  File {path}/pandas/core/indexes/base.py:3805 in get_loc
    return self._engine.get_loc(casted_key)
  File pandas/_libs/index.pyx:167 in pandas._libs.index.IndexEngine.get_loc
  File pandas/_libs/hashtable_class_helper.pxi:7081 in pandas._libs.hashtable.PyObjectHashTable.get_item
KeyError: {key}

The above exception was the direct cause of the following exception:
"""
_LOOK_UP = """  File {path}/pandas/core/frame.py:4102 in __getitem__
    indexer = self.columns.get_loc(key)
  File {path}/pandas/core/indexes/base.py:3812 in get_loc
    raise KeyError(key) from err"""
_OPEN = """  File {path}/pandas/io/parsers/readers.py:1026 in read_csv
    return _read(filepath_or_buffer, kwds)
  File {path}/pandas/io/common.py:873 in get_handle
    handle = open("""
_PATHS = (
    "/usr/lib/python3/dist-packages",
    "/opt/venv/lib/python3.11/site-packages",
    "/usr/local/lib/python3.12/site-packages",
)


def misspelt(rng: random.Random, name: str) -> str:
    """A name with a mistake of one letter, or in another case."""
    while True:
        at = rng.randrange(len(name) - 1)
        wrong = rng.choice(
            (
                name[:at] + name[at + 1] + name[at] + name[at + 2 :],
                name[:at] + name[at + 1 :],
                name[:at] + rng.choice("aeiourst") + name[at + 1 :],
                name.swapcase(),
                name + "s",
            )
        )
        if (
            wrong != name
            and wrong.strip() == wrong
            and difflib.SequenceMatcher(None, wrong.lower(), name.lower()).ratio() > 0.7
        ):
            return wrong


def _key_error(rng: random.Random, code: str, key: str) -> str:
    short = traceback(code, 3, "KeyError", repr(key))
    if rng.random() < 0.3:
        return short
    path, (head, last) = rng.choice(_PATHS), short.rsplit("\n", 1)
    return f"{_PANDAS.format(path=path, key=repr(key))}{head}\n{_LOOK_UP.format(path=path)}\n{last}"


def _no_file(rng: random.Random, code: str, name: str) -> str:
    short = traceback(code, 2, "FileNotFoundError", f"[Errno 2] No such file or directory: {name!r}")
    head, last = short.rsplit("\n", 1)
    return short if rng.random() < 0.3 else f"{head}\n{_OPEN.format(path=rng.choice(_PATHS))}\n{last}"


def wrong_column(rng: random.Random, held_out: bool) -> Turn:
    """The question names a column exactly, but not as the file has it."""
    table = draw_table(rng, held_out)
    operation = rng.choice(NUMERIC)
    wrong = misspelt(rng, table.number)
    more, expression, printed = operation.compute(table, rng)
    slots = {"c": rng.choice(EXACT).format(wrong), "file": table.file, **more}
    question = place(rng, table, operation.phrasings.pick(rng, held_out, slots))
    code = print_of(table, expression.replace(repr(table.number), repr(wrong)))
    shown = look(table)
    shown.thought = f"There is no column {wrong!r}, so I look at the columns."
    steps = [
        Step(
            f"I read {table.file} with pandas and compute the answer.",
            CODE,
            {"code": code},
            _key_error(rng, code, wrong),
        ),
        shown,
        Step(
            f"The column is called {table.number!r}, so I try again.",
            CODE,
            {"code": print_of(table, expression)},
            printed,
        ),
    ]
    answer = choose(rng, operation.answer, {"c": f"the column {table.number}", "result": printed})
    return Turn(question, steps, FINAL_THOUGHT, answer)


def missing_file(rng: random.Random, held_out: bool) -> Turn:
    """The question names a file that is called otherwise."""
    table = draw_table(rng, held_out)
    stem, _, ending = table.file.partition(".")
    wrong = Table(
        f"{misspelt(rng, stem)}.{ending}", table.columns, table.label, table.number, table.other, table.date
    )
    operation = rng.choice(NUMERIC)
    slots = {"c": f"the {table.number} column", "file": wrong.file}
    text = operation.phrasings.pick(rng, held_out, slots)
    question = (
        text
        if wrong.file in text
        else f"{wrong.file}: {text}"
        if rng.random() < 0.5
        else upload(wrong) + text
    )
    _, expression, printed = operation.compute(table, rng)
    code = print_of(wrong, expression)
    present = sorted(
        {
            table.file,
            *(
                f"{name}.{rng.choice(('txt', 'csv', 'md'))}"
                for name in WORDS.sample(rng, held_out, rng.randint(0, 3))
            ),
        }
    )
    steps = [
        Step(
            f"I read {wrong.file} with pandas and compute the answer.",
            CODE,
            {"code": code},
            _no_file(rng, code, wrong.file),
        ),
        Step(
            f"There is no {wrong.file}, so I look which files there are.",
            CODE,
            {"code": "import os\nprint(os.listdir())"},
            str(present),
        ),
        Step(
            f"The file is called {table.file}, so I try again.",
            CODE,
            {"code": print_of(table, expression)},
            printed,
        ),
    ]
    return Turn(question, steps, FINAL_THOUGHT, choose(rng, operation.answer, {**slots, "result": printed}))


def invalid_date(rng: random.Random, held_out: bool) -> Turn:
    """The question names a day that does not exist."""
    year, month = rng.randint(1990, 2035), rng.choice((2, 4, 6, 9, 11, 13))
    day = rng.choice((30, 31)) if month == 2 else 31
    wrong = f"{year}-{month:02d}-{day}"
    slots = {"a": f"{year - rng.randint(0, 3)}-01-{rng.randint(10, 28)}", "b": wrong}
    code = f"from datetime import date\nprint((date.fromisoformat({wrong!r}) - date.fromisoformat({slots['a']!r})).days)"
    step = Step(
        "I need to count the days between two dates, so I run Python.", CODE, {"code": code}, run_cell(code)
    )
    question = BETWEEN.phrasings.pick(rng, held_out, slots)
    return Turn(question, [step], FINAL_THOUGHT, f"I cannot count the days, because {wrong} is not a date.")


def too_few(rng: random.Random, held_out: bool) -> Turn:
    """A standard deviation of one number."""
    value = str(whole(rng, 3))
    code = f"import statistics\nprint(statistics.stdev([{value}]))"
    line = "    raise StatisticsError('stdev requires at least two data points')\n"
    frame = f"  File /usr/lib/python3.{rng.randint(11, 13)}/statistics.py:{rng.randint(900, 950)} in stdev\n{line}"
    observation = traceback(code, 2, "StatisticsError", "stdev requires at least two data points")
    head, last = observation.rsplit("\n", 1)
    slots = {"xs": value}
    step = Step(
        "I compute the standard deviation with Python.", CODE, {"code": code}, f"{head}\n{frame}{last}"
    )
    answer = f"The standard deviation of {value} alone is not defined: at least two numbers are needed."
    return Turn(ONE_NUMBER.pick(rng, held_out, slots), [step], FINAL_THOUGHT, answer)


ONE_NUMBER = Phrasings(
    ask="!the standard deviation of {xs} / the sample standard deviation of {xs} / the stdev of {xs} / the standard deviation of just {xs}",
    do="compute the standard deviation of {xs} / work out the standard deviation of {xs}",
    full="How large is the standard deviation of {xs}? / standard deviation {xs} / stdev: {xs}",
)
DIVIDE = Phrasings(
    ask="!{a}/0 / {a} ÷ 0 / {a} divided by 0 / {a} divided by zero / {a} over 0 / the value of {a}/0",
    do="divide {a} by 0 / divide {a} by zero / calculate {a}/0 / compute {a}/0 / split {a} by 0",
    full="!What is {a}/0? / {a}/0 = ? / How much is {a} divided by zero? / {a}/0 / Can {a} be divided by 0? What comes out?",
)  # fmt: skip
UNBALANCED = Phrasings(
    ask="!{e} / the value of {e} / the result of {e}", do="!calculate {e} / compute {e} / work out {e} / evaluate {e}",
    full="!What is {e}? / How much is {e}? / {e} = ? / {e} / calc {e} / What do I get for {e}?",
)  # fmt: skip


def division_by_zero(rng: random.Random, held_out: bool) -> Turn:
    """The calculator is asked to divide by zero."""
    value = str(whole(rng, 4))
    step = Step(
        f"I calculate {value} / 0.", CALCULATOR, {"expression": f"{value} / 0"}, _refused(f"{value} / 0")
    )
    return Turn(
        DIVIDE.pick(rng, held_out, {"a": value}),
        [step],
        FINAL_THOUGHT,
        f"{value} / 0 has no value: a number cannot be divided by zero.",
    )


def unbalanced(rng: random.Random, held_out: bool) -> Turn:
    """An expression without its last parenthesis."""
    a, b, c = (rng.choice((str(whole(rng, 3)), decimal(rng, 2))) for _ in range(3))
    one, other = rng.choice("+-*"), rng.choice("+-*/")
    if other == "/" and one == "-":
        one = "+"  # nothing is divided by zero
    wrong = rng.choice((f"{a} {other} ({b} {one} {c}", f"({a} {one} {b} {other} {c}"))
    first = Step(f"I calculate {wrong}.", CALCULATOR, {"expression": wrong}, _refused(wrong))
    mended = f"{wrong})"
    second = Step(
        "A parenthesis is missing, so I add it.", CALCULATOR, {"expression": mended}, calculated(mended)
    )
    return Turn(
        UNBALANCED.pick(rng, held_out, {"e": wrong}),
        [first, second],
        FINAL_THOUGHT,
        f"{mended} = {second.observation}",
    )


def _refused(expression: str) -> str:
    try:
        raise AssertionError(f"{expression} has the value {calculated(expression)}")
    except ToolError as error:
        return str(error)


_WAYS = ((wrong_column, 4, CODE), (missing_file, 2, CODE), (invalid_date, 1, CODE), (too_few, 0.5, CODE),
         (division_by_zero, 1, CALCULATOR), (unbalanced, 1.5, CALCULATOR))  # fmt: skip


def failure_turn(rng: random.Random, held_out: bool) -> tuple[str, str, Turn]:
    """The kind of a failure, the tool it needs, and its turn."""
    make, _, tool = rng.choices(_WAYS, [weight for _, weight, _ in _WAYS])[0]
    return make.__name__, tool, make(rng, held_out)


@family("failures", 4.0)
def failures(rng: random.Random, held_out: bool) -> Episode:
    """A call that fails, and what is made of it."""
    kind, tool, turn = failure_turn(rng, held_out)
    return Episode(offer(rng, tool), [turn], kind=f"failures/{kind}")
