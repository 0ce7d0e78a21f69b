"""Plots by code: functions, bars, pies, histograms, scatter plots. Nothing is drawn here."""

import random
from collections.abc import Sequence

from training.episode import FINAL_THOUGHT, Episode, Step, Turn
from training.families import family
from training.families.builtin import CODE, offer
from training.families.descriptive import THINGS
from training.families.phrasing import Phrasings, choose
from training.families.values import code_list, integers, numbers, written_list
from training.families.words import words

FIGURE = "[figure: figure-1.png]"
PLT = "import matplotlib.pyplot as plt\n"
NUMPY = "import numpy as np\n"
# How a function is written by people, and in numpy; which start it needs.
FUNCTIONS = (
    ("sin(x)", "np.sin(x)", -20), ("cos(x)", "np.cos(x)", -20), ("tan(x)", "np.tan(x)", -1), ("exp(x)", "np.exp(x)", -5),
    ("x^2", "x**2", -20), ("x**2", "x**2", -20), ("x^3", "x**3", -10), ("x**3", "x**3", -10), ("sqrt(x)", "np.sqrt(x)", 0),
    ("log(x)", "np.log(x)", 1), ("ln(x)", "np.log(x)", 1), ("1/x", "1 / x", 1), ("|x|", "np.abs(x)", -10), ("abs(x)", "np.abs(x)", -10),
    ("e^x", "np.exp(x)", -5), ("sin(x)/x", "np.sin(x) / x", 1), ("x*sin(x)", "x * np.sin(x)", -20), ("sin(2x)", "np.sin(2 * x)", -10),
    ("sin(x)^2", "np.sin(x)**2", -10), ("sin(x) + cos(x)", "np.sin(x) + np.cos(x)", -10), ("exp(-x)", "np.exp(-x)", -3),
    ("2x + 1", "2 * x + 1", -10), ("x^2 - 4", "x**2 - 4", -10), ("x^2 + 3x - 5", "x**2 + 3 * x - 5", -10), ("cos(3x)", "np.cos(3 * x)", -10),
    ("x^3 - x", "x**3 - x", -5), ("exp(-x^2)", "np.exp(-x**2)", -5), ("tanh(x)", "np.tanh(x)", -5), ("sinh(x)", "np.sinh(x)", -5),
    ("log10(x)", "np.log10(x)", 1), ("sine", "np.sin(x)", -20), ("cosine", "np.cos(x)", -20), ("x squared", "x**2", -20),
    ("x cubed", "x**3", -10), ("the square root of x", "np.sqrt(x)", 0), ("the sine function", "np.sin(x)", -20), ("1/(1+exp(-x))", "1 / (1 + np.exp(-x))", -10),
)  # fmt: skip
LINE = Phrasings(
    ask="""a plot of {f} from {a} to {b} / the graph of {f} between {a} and {b} / a line plot of {f} for x from {a} to {b} /
        a chart of {f} over {a} to {b} / a picture of the function {f} from {a} to {b}""",
    do="""!plot {f} from {a} to {b} / !draw {f} from {a} to {b} / plot the function {f} from {a} to {b} / draw the graph of {f}
        between {a} and {b} / graph {f} from {a} to {b} / plot y = {f} for x from {a} to {b} / plot {f} over the interval
        ({a}, {b}) / make a plot of {f} from {a} to {b} / visualise {f} between {a} and {b} / sketch {f} from {a} to {b} /
        show me the curve {f} for x between {a} and {b} / create a line plot of {f} with x from {a} to {b} / chart {f} from
        x={a} to x={b} / plot the curve of {f} on {a}..{b}""",
    full="""What does {f} look like from {a} to {b}? / How does {f} behave between {a} and {b}? Draw it. / plot {f} {a} to {b}
        / {f} plot, x from {a} to {b} / {f} from {a} to {b} as a graph / I'd like to see {f} between {a} and {b}. /
        y = {f}, x from {a} to {b}: plot / !Plot {f} from {a} to {b}""",
)
TWO_LINES = Phrasings(
    do="""plot {f} and {g} from {a} to {b} in one figure / draw {f} and {g} together from {a} to {b} / plot both {f} and {g}
        between {a} and {b} / compare {f} and {g} in one plot from {a} to {b} / plot {f} together with {g} for x from {a} to {b}""",
    full="What do {f} and {g} look like together from {a} to {b}? / {f} and {g} in one plot, x from {a} to {b}",
)
_KINDS = {
    "bar": Phrasings(
        ask="""a bar chart of {thing} with {pairs} / a bar chart for {pairs} / a bar graph of {pairs} / a column chart of {pairs}""",
        do="""!draw a bar chart of {pairs} / make a bar chart with {pairs} / create a bar chart for {pairs} / plot {pairs} as a bar
            chart / show {pairs} as bars / plot a bar graph of {pairs} / draw bars for {pairs}""",
        full="""bar chart: {pairs} / Bar chart of {thing}: {pairs} / My {thing} are {pairs}. Show them as a bar chart. / {pairs} as
            a bar chart""",
    ),
    "pie": Phrasings(
        ask="a pie chart of {thing} with {pairs} / a pie chart for {pairs} / a pie chart of {pairs}",
        do="""!draw a pie chart of {pairs} / make a pie chart with {pairs} / create a pie chart for {pairs} / plot {pairs} as a pie
            chart / show the shares {pairs} as a pie""",
        full="pie chart: {pairs} / Pie chart of {thing}: {pairs} / We have {pairs}. Show them as a pie chart. / {pairs} as a pie",
    ),
}
HISTOGRAM = Phrasings(
    ask="a histogram of {xs} / the histogram of these {thing}: {xs} / a histogram of the values {xs}",
    do="""!draw a histogram of {xs} / plot a histogram of {xs} / make a histogram of the {thing} {xs} / show the distribution of
        {xs} in a histogram / create a histogram for {xs}""",
    full="histogram: {xs} / How are {xs} distributed? Draw a histogram. / My {thing} are {xs}. Show a histogram.",
)
SERIES = Phrasings(
    ask="a line plot of {xs} / a line chart of these {thing}: {xs} / a plot of the values {xs} / a line graph of {xs}",
    do="""!plot {xs} / plot the values {xs} / plot {xs} as a line / draw a line chart of {xs} / draw these {thing} as a line: {xs} /
        make a line plot of {xs} / plot the list {xs}""",
    full="line plot: {xs} / How do my {thing} {xs} develop? Plot them. / My {thing} are {xs}. Plot them.",
)
SCATTER = Phrasings(
    ask="a scatter plot of x = {xs} and y = {ys} / a scatter plot of {xs} against {ys} / a scatter chart of {xs} and {ys}",
    do="""!draw a scatter plot of {xs} and {ys} / make a scatter plot with x = {xs} and y = {ys} / plot the points with x = {xs}
        and y = {ys} / scatter {xs} against {ys} / plot {ys} against {xs} as points""",
    full="scatter plot x={xs} y={ys} / scatter: {xs}, {ys} / x is {xs}, y is {ys}. Show a scatter plot.",
)
THOUGHTS = {
    "line": "I plot the function with Python.", "two_lines": "I plot both functions with Python.",
    "bar": "I draw a bar chart with Python.", "pie": "I draw a pie chart with Python.", "histogram": "I draw a histogram with Python.",
    "series": "I plot the values with Python.", "scatter": "I draw a scatter plot with Python.",
}  # fmt: skip
Drawn = tuple[str, dict[str, str], str]


def _interval(rng: random.Random, first: int) -> tuple[str, str]:
    low = rng.choice((0, 0, 1, rng.randint(-20, 10)))
    low = max(low, first)
    high = low + rng.choice((5, 10, 20, rng.randint(1, 60)))
    return str(low), rng.choice((str(high), str(high), str(high), f"{high}.5"))


def _curve(expression: str) -> str:
    return f"plt.plot(x, {expression})\n"


def _line(rng: random.Random, held_out: bool) -> Drawn:
    said, expression, first = rng.choice(FUNCTIONS[:1] if rng.random() < 0.1 else FUNCTIONS)
    a, b = _interval(rng, first)
    slots = {"f": said, "a": a, "b": b}
    code = f"{NUMPY}{PLT}x = np.linspace({a}, {b}, 500)\n{_curve(expression)}plt.title({said!r})\n"
    code += f"plt.xlabel('x')\nplt.ylabel({said!r})\nplt.show()"
    return LINE.pick(rng, held_out, slots), {**slots, "what": f"The plot of {said} from {a} to {b}"}, code


def _two_lines(rng: random.Random, held_out: bool) -> Drawn:
    (said, expression, first), (other, second, start) = rng.sample(FUNCTIONS[:20], 2)
    a, b = _interval(rng, max(first, start))
    slots = {"f": said, "g": other, "a": a, "b": b}
    code = f"{NUMPY}{PLT}x = np.linspace({a}, {b}, 500)\nplt.plot(x, {expression}, label={said!r})\n"
    code += f"plt.plot(x, {second}, label={other!r})\nplt.xlabel('x')\nplt.legend()\nplt.show()"
    return TWO_LINES.pick(rng, held_out, slots), {**slots, "what": f"The plot of {said} and {other}"}, code


def _pairs(rng: random.Random, labels: Sequence[str], values: Sequence[str]) -> str:
    form = rng.choice(("{} {}", "{}: {}", "{} = {}", "{} ({})", "{}={}"))
    if rng.random() < 0.2:
        return f"labels {', '.join(labels)} and values {', '.join(values)}"
    return ", ".join(form.format(label, value) for label, value in zip(labels, values, strict=True))


def _shares(kind: str, rng: random.Random, held_out: bool) -> Drawn:
    labels = words(rng, held_out, 3, 6)
    values = [str(rng.randint(1, 99 if kind == "pie" else 500)) for _ in labels]
    slots = {"pairs": _pairs(rng, labels, values), "thing": THINGS.pick(rng, held_out)}
    code = f"{PLT}labels = {labels!r}\nvalues = {code_list(values)}\n"
    code += (
        "plt.bar(labels, values)\n"
        if kind == "bar"
        else "plt.pie(values, labels=labels, autopct='%1.1f%%')\n"
    )
    return (
        _KINDS[kind].pick(rng, held_out, slots),
        {**slots, "what": f"The {kind} chart"},
        code + "plt.show()",
    )


def _values(kind: str, rng: random.Random, held_out: bool) -> Drawn:
    items = numbers(rng, 4, 12)
    slots = {"xs": written_list(rng, items), "thing": THINGS.pick(rng, held_out)}
    call, phrasings, what = (
        ("hist", HISTOGRAM, "histogram") if kind == "histogram" else ("plot", SERIES, "line plot")
    )
    question = phrasings.pick(rng, held_out, slots)
    return question, {**slots, "what": f"The {what}"}, f"{PLT}plt.{call}({code_list(items)})\nplt.show()"


def _scatter(rng: random.Random, held_out: bool) -> Drawn:
    xs = integers(rng, 3, 8, 2)
    ys = [str(rng.randint(1, 200)) for _ in xs]
    slots = {"xs": code_list(xs), "ys": code_list(ys)}
    code = f"{PLT}x = {slots['xs']}\ny = {slots['ys']}\nplt.scatter(x, y)\nplt.xlabel('x')\nplt.ylabel('y')\nplt.show()"
    return SCATTER.pick(rng, held_out, slots), {**slots, "what": "The scatter plot"}, code


def plot_turn(rng: random.Random, held_out: bool) -> tuple[str, Turn]:
    """The kind of a plot and a turn that asks for it."""
    kind = rng.choices(
        ("line", "two_lines", "bar", "pie", "histogram", "series", "scatter"), (6, 1, 2, 1.5, 1.5, 1.5, 1.5)
    )[0]
    if kind == "line":
        question, slots, code = _line(rng, held_out)
    elif kind == "two_lines":
        question, slots, code = _two_lines(rng, held_out)
    elif kind in ("bar", "pie"):
        question, slots, code = _shares(kind, rng, held_out)
    elif kind == "scatter":
        question, slots, code = _scatter(rng, held_out)
    else:
        question, slots, code = _values(kind, rng, held_out)
    step = Step(THOUGHTS[kind], CODE, {"code": code}, FIGURE)
    return kind, Turn(question, [step], FINAL_THOUGHT, choose(rng, "{what} is in figure-1.png.", slots))


@family("plots", 3.0)
def plots(rng: random.Random, held_out: bool) -> Episode:
    """A request for a plot."""
    kind, turn = plot_turn(rng, held_out)
    return Episode(offer(rng, CODE), [turn], kind=f"plots/{kind}")
