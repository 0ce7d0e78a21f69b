"""Questions about an uploaded table: answered at once, or after a look at the columns."""

import random

from training.episode import FINAL_THOUGHT, Episode, Step, Turn
from training.families import family
from training.families.builtin import CODE, offer
from training.families.phrasing import Phrasings, choose
from training.families.plots import FIGURE
from training.families.table_operations import OPERATIONS, Operation
from training.families.tables import Table, draw_table, loosely

# How a column is named when its exact name is meant.
EXACT = ("the {} column", "the {} column", "column {}", "the column {}", "'{}'", '"{}"', "the column '{}'", "the \"{}\" column", "`{}`")  # fmt: skip
WHERE = (
    "{q}",
    "In {file}: {q}",
    "{q} The file is {file}.",
    "I uploaded {file}. {q}",
    "Look at {file}. {q}",
    "{file}: {q}",
    "{q} Use {file}.",
)
LOOK = "I do not know the columns yet, so I look at them first."
KNOWN = "Now I know the columns, so I compute the answer with pandas."
DIRECT = "I read {file} with pandas and compute the answer."


def upload(table: Table) -> str:
    """What stands before a question when the person gives a file."""
    return f"[Upload file {table.file}]"


def place(rng: random.Random, table: Table, question: str) -> str:
    """The question with its file: as an upload, named in the text, or both."""
    if table.file in question:
        return question if rng.random() < 0.4 else upload(table) + question
    if rng.random() < 0.7:
        return upload(table) + question
    named = rng.choice(WHERE[1:]).format(q=question, file=table.file)
    return upload(table) + named if rng.random() < 0.4 else named


def names(rng: random.Random, table: Table, *, exact: bool) -> dict[str, str]:
    """The columns as the question names them: exactly, or as people say them."""
    columns = {"c": table.number, "d": table.other, "k": table.label}
    if exact:
        mark = rng.choice(EXACT)
        return {slot: mark.format(column) for slot, column in columns.items()}
    return {slot: loosely(column) for slot, column in columns.items()}


def print_of(table: Table, expression: str) -> str:
    """A cell that reads the table and prints an expression of it."""
    return f"{table.load}print({expression})"


def look(table: Table) -> Step:
    """The call that shows the columns."""
    return Step(LOOK, CODE, {"code": print_of(table, "df.columns.tolist()")}, str(list(table.columns)))


def pick_operation(rng: random.Random) -> Operation:
    """One operation, by weight."""
    return rng.choices(OPERATIONS, [operation.weight for operation in OPERATIONS])[0]


def table_turn(rng: random.Random, held_out: bool) -> tuple[str, Turn]:
    """The name of an operation and a turn that asks for it.

    A question that names its column exactly is answered at once. One that says it loosely is answered after
    a look at the columns.
    """
    operation = pick_operation(rng)
    table = draw_table(rng, held_out, unique=operation.unique)
    named = any(f"{{{slot}}}" in operation.answer for slot in "cdk") or operation.name in (
        "top",
        "grouped_sum",
        "grouped_mean",
    )
    exact = not named or rng.random() < 0.55
    more, expression, printed = operation.compute(table, rng)
    slots = {**names(rng, table, exact=exact), **more, "file": table.file}
    loose = operation.loose if not exact and rng.random() < 0.6 else None
    question = place(rng, table, (loose or operation.phrasings).pick(rng, held_out, slots))
    steps = [] if exact else [look(table)]
    thought = choose(rng, DIRECT, slots) if exact else KNOWN
    steps.append(Step(thought, CODE, {"code": print_of(table, expression)}, printed))
    answer = choose(rng, operation.answer, {**slots, "result": printed})
    return operation.name, Turn(question, steps, FINAL_THOUGHT, answer)


PLOTS = {
    "bar": Phrasings(
        ask="a bar chart of {c} by {k} / a bar plot of {c} per {k} / a bar chart with {k} on the x axis and {c} on the y axis",
        do="""!plot {c} by {k} as a bar chart / draw a bar chart of {c} by {k} / make a bar chart of {c} per {k} / show {c} for each
            value of {k} as bars / create a bar plot of {c} over {k}""",
        full="bar chart of {c} by {k} / How does {c} compare across {k}? Draw bars. / Can I see {c} by {k} as a bar chart?",
    ),
    "line": Phrasings(
        ask="a line plot of {c} / a line chart of {c} / a plot of {c} / the curve of {c}",
        do="!plot {c} / !plot {c} as a line / draw a line chart of {c} / make a line plot of {c} / visualise {c} / show {c} as a curve",
        full="How does {c} develop? Plot it. / line plot of {c} / plot of {c} please / I want to see {c} as a line.",
    ),
    "dates": Phrasings(
        ask="a line plot of {c} over {t} / a plot of {c} against {t} / a chart of {c} over time, with {t} on the x axis",
        do="!plot {c} over {t} / plot {c} against {t} / draw {c} over {t} as a line / make a line chart of {c} by {t}",
        full="How does {c} change over {t}? Plot it. / {c} over {t} as a line plot / line plot {c} vs {t}",
    ),
    "hist": Phrasings(
        ask="a histogram of {c} / the distribution of {c} as a histogram",
        do="!draw a histogram of {c} / plot a histogram of {c} / make a histogram of {c} / show the distribution of {c}",
        full="How is {c} distributed? Draw a histogram. / histogram of {c}",
    ),
    "scatter": Phrasings(
        ask="a scatter plot of {c} against {d} / a scatter plot of {d} and {c}, {d} on the x axis",
        do="!plot {c} against {d} as a scatter plot / draw a scatter plot of {c} over {d} / make a scatter plot of {c} versus {d}",
        full="scatter plot of {c} vs {d} / Is {c} related to {d}? Show a scatter plot of {c} over {d}.",
    ),
}
CALLS = {
    "bar": "plt.bar({k}, {c})\nplt.xlabel({kq})\nplt.ylabel({cq})",
    "line": "plt.plot({c})\nplt.ylabel({cq})",
    "dates": "plt.plot({t}, {c})\nplt.xlabel({tq})\nplt.ylabel({cq})",
    "hist": "plt.hist({c})\nplt.xlabel({cq})",
    "scatter": "plt.scatter({d}, {c})\nplt.xlabel({dq})\nplt.ylabel({cq})",
}


def _plot_code(table: Table, kind: str) -> str:
    columns = {"c": table.number, "d": table.other, "k": table.label, "t": table.date or ""}
    slots = {slot: f"df[{name!r}]" for slot, name in columns.items()}
    slots |= {f"{slot}q": repr(name) for slot, name in columns.items()}
    body = CALLS[kind].format_map(slots)
    if kind == "bar":
        sums = f"totals = df.groupby({table.label!r})[{table.number!r}].sum()\n"
        body = sums + CALLS[kind].format_map({**slots, "k": "totals.index", "c": "totals"})
    return f"{table.load}import matplotlib.pyplot as plt\n{body}\nplt.show()"


def plot_turn(rng: random.Random, held_out: bool) -> tuple[str, Turn]:
    """The kind of a plot and a turn that asks for it."""
    table = draw_table(rng, held_out)
    kind = rng.choice([kind for kind in PLOTS if kind != "dates" or table.date])
    exact = rng.random() < 0.55
    slots = {**names(rng, table, exact=exact), "file": table.file}
    slots["t"] = (table.date if exact else loosely(table.date)) if table.date else ""
    question = place(rng, table, PLOTS[kind].pick(rng, held_out, slots))
    steps = [] if exact else [look(table)]
    thought = (
        f"I read {table.file} with pandas and draw the plot."
        if exact
        else "Now I know the columns, so I draw the plot."
    )
    steps.append(Step(thought, CODE, {"code": _plot_code(table, kind)}, FIGURE))
    return kind, Turn(question, steps, FINAL_THOUGHT, f"The plot of {slots['c']} is in figure-1.png.")


@family("tables", 6.0)
def tables(rng: random.Random, held_out: bool) -> Episode:
    """A question about a table."""
    kind, turn = table_turn(rng, held_out)
    return Episode(offer(rng, CODE), [turn], kind=f"tables/{kind}")


@family("table_plots", 2.0)
def table_plots(rng: random.Random, held_out: bool) -> Episode:
    """A plot of a table's columns."""
    kind, turn = plot_turn(rng, held_out)
    return Episode(offer(rng, CODE), [turn], kind=f"table_plots/{kind}")
