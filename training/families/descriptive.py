"""Descriptive statistics by code: means, spreads, extremes, percentiles, correlation."""

import random
from collections.abc import Callable

from training.episode import Episode
from training.families import family
from training.families.code_task import CodeTask, Draw, Slots, code_episode
from training.families.phrasing import Phrasings, Pool, texts_of
from training.families.values import code_list, integers, numbers, whole, written_list

DrawItems = Callable[[random.Random], list[str]]

THINGS = Pool(
    texts_of(
        """test scores / daily temperatures / heights in cm / prices in euros / sales per week / ages / distances in
    km / rainfall in mm / page counts / waiting times in minutes / heart rates / points per game / blood
    pressure readings / weights in kg / visitor numbers / monthly bills / lap times in seconds / calories per
    day / salaries / grades / hours of sleep / goals per season / daily steps / water levels / speeds in km/h
    / house prices / yields / voltages / error counts"""
    )
)


def listed(template: str, draw_items: DrawItems = numbers) -> Draw:
    """One list of numbers; `XS` in the template becomes the Python list."""

    def draw(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
        items = draw_items(rng)
        slots = {"xs": written_list(rng, items), "thing": THINGS.pick(rng, held_out)}
        return slots, template.replace("XS", code_list(items))

    return draw


def _with_repeats(rng: random.Random) -> list[str]:
    items = integers(rng, 3, 8, 2)
    items += [rng.choice(items) for _ in range(rng.randint(1, 3))] + [items[0]]
    rng.shuffle(items)
    return items


def _percentile(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    items = numbers(rng, 5, 12)
    p = rng.choice((5, 10, 25, 75, 90, 95, rng.randint(1, 99)))
    suffix = "th" if 10 < p < 20 else {1: "st", 2: "nd", 3: "rd"}.get(p % 10, "th")
    code = f"import statistics\nprint(statistics.quantiles({code_list(items)}, n=100, method='inclusive')[{p} - 1])"
    return {"xs": written_list(rng, items), "p": f"{p}{suffix}", "thing": THINGS.pick(rng, held_out)}, code


def _two_lists(template: str) -> Draw:
    def draw(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
        count = rng.randint(3, 7)
        xs = [str(value) for value in rng.sample(range(1, 60), count)]
        ys = [str(value) for value in rng.sample(range(1, 200), count)]
        slots = {"xs": f"[{', '.join(xs)}]", "ys": f"[{', '.join(ys)}]"}
        if rng.random() < 0.4:
            slots = {"xs": ", ".join(xs), "ys": ", ".join(ys)}
        return slots, template.replace("XS", code_list(xs)).replace("YS", code_list(ys))

    return draw


def _weighted(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    count = rng.randint(2, 5)
    xs = [str(whole(rng, 2)) for _ in range(count)]
    ws = [str(rng.randint(1, 9)) for _ in range(count)]
    code = f"values = {code_list(xs)}\nweights = {code_list(ws)}\n"
    code += "print(sum(v * w for v, w in zip(values, weights)) / sum(weights))"
    return {"xs": ", ".join(xs), "ys": ", ".join(ws)}, code


def _measure(
    name: str,
    names: str,
    code: str,
    do: str,
    full: str,
    weight: float = 1.0,
    draw_items: DrawItems = numbers,
) -> CodeTask:
    """A measure of one list; `names` are its names, the first one used in thought and answer."""
    words = names.split(" / ")
    ask = " / ".join(
        f"{'!' if i == 0 else ''}the {word} of {{xs}} / the {word} of these {{thing}}: {{xs}} / the {word} of the numbers {{xs}}"
        f" / the {word} for {{xs}}"
        for i, word in enumerate(words)
    )
    more = " / ".join(
        f"{word} of {{xs}} / {word}: {{xs}} / {{xs}} - {word}? / Here are my {{thing}}: {{xs}}. What is the {word}? / "
        f"My {{thing}} are {{xs}}. What is their {word}? / What is the {word} of the following numbers: {{xs}}? / "
        f"{word} {{xs}} / I measured these {{thing}}: {{xs}}. I need the {word}. / Given {{xs}}, what is the {word}?"
        for word in words
    )
    return CodeTask(
        f"descriptive/{name}",
        Phrasings(ask, do, f"{more} / {full}" if full else more),
        listed(code, draw_items),
        f"I compute the {words[0]} with Python.",
        f"The {words[0]} of {{xs}} is {{result}}.",
        weight,
    )


MODULE = "import statistics\n"
TASKS = [
    _measure(
        "mean", "mean / average / arithmetic mean", f"{MODULE}print(statistics.mean(XS))",
        "average {xs} / compute the average of {xs} / take the mean of {xs} / average these numbers: {xs}",
        "How much are {xs} on average? / My {thing} were {xs}. What is that on average?", 3,
    ),
    _measure(
        "median", "median", f"{MODULE}print(statistics.median(XS))",
        "compute the median of {xs} / find the median for {xs} / work out the median of these {thing}: {xs}",
        "Which value is in the middle of {xs}? / median value of {xs}", 2,
    ),
    _measure(
        "mode", "mode / most common value / most frequent number", f"{MODULE}print(statistics.mode(XS))",
        "find the mode of {xs} / find the number that occurs most often in {xs}",
        "Which number occurs most often in {xs}? / Which value is the most common in {xs}?", 1, _with_repeats,
    ),
    _measure(
        "stdev", "standard deviation / sample standard deviation / std dev / stdev", f"{MODULE}print(statistics.stdev(XS))",
        "compute the standard deviation of {xs} / work out the standard deviation of these {thing}: {xs}",
        "How large is the standard deviation of {xs}? / How much do {xs} spread, as a standard deviation?", 3,
    ),
    _measure(
        "pstdev", "population standard deviation", f"{MODULE}print(statistics.pstdev(XS))",
        "compute the population standard deviation of {xs} / calculate the standard deviation of the whole population {xs}",
        "How large is the standard deviation of {xs}, taken as a population?", 0.7,
    ),
    _measure(
        "variance", "variance / sample variance", f"{MODULE}print(statistics.variance(XS))",
        "compute the variance of {xs} / work out the variance of these {thing}: {xs}", "How large is the variance of {xs}?", 1.5,
    ),
    _measure(
        "sum", "sum / total", "print(sum(XS))",
        "add up these {thing}: {xs} / sum up the list {xs} / total these {thing}: {xs}",
        "What do these {thing} add up to: {xs}? / I had these {thing}: {xs}. What is the total?", 1.5,
        lambda rng: numbers(rng, 6, 14),
    ),
    _measure(
        "range", "range / spread between the smallest and the largest", "values = XS\nprint(max(values) - min(values))",
        "compute the range of {xs} / subtract the smallest from the largest of {xs}",
        "How far apart are the smallest and largest of {xs}? / difference between the largest and smallest of {xs}",
    ),
    _measure(
        "max", "maximum / largest number / highest value / biggest number", "print(max(XS))",
        "find the largest of {xs} / find the maximum in {xs} / pick the biggest of {xs}",
        "Which is the largest of {xs}? / Which of {xs} is the biggest? / Which number is the highest: {xs}?", 1.5,
    ),
    _measure(
        "min", "minimum / smallest number / lowest value", "print(min(XS))",
        "find the smallest of {xs} / find the minimum in {xs} / pick the lowest of {xs}",
        "Which is the smallest of {xs}? / Which of {xs} is the lowest? / Which number is the least: {xs}?", 1.5,
    ),
    _measure(
        "geometric_mean", "geometric mean", f"{MODULE}print(statistics.geometric_mean(XS))",
        "compute the geometric mean of {xs}", "", 0.5, integers,
    ),
    _measure(
        "harmonic_mean", "harmonic mean", f"{MODULE}print(statistics.harmonic_mean(XS))",
        "compute the harmonic mean of {xs}", "", 0.4, integers,
    ),
    CodeTask(
        "descriptive/quartiles",
        Phrasings(
            ask="the quartiles of {xs} / the three quartiles of these {thing}: {xs}",
            do="compute the quartiles of {xs} / find the quartiles of {xs} / split {xs} into quartiles",
            full="quartiles of {xs} / What are the quartiles of {xs}? / Where are the quartiles of my {thing} {xs}?",
        ),
        listed(f"{MODULE}print(statistics.quantiles(XS, n=4, method='inclusive'))", lambda rng: numbers(rng, 5, 12)),
        "I compute the quartiles with Python.",
        "The quartiles of {xs} are {result}.",
        0.7,
    ),
    CodeTask(
        "descriptive/percentile",
        Phrasings(
            ask="the {p} percentile of {xs} / the {p} percentile of these {thing}: {xs}",
            do="compute the {p} percentile of {xs} / find the {p} percentile of {xs} / work out the {p} percentile for {xs}",
            full="{p} percentile of {xs} / My {thing} are {xs}. What is the {p} percentile? / Where is the {p} percentile of {xs}?",
        ),
        _percentile,
        "I compute the {p} percentile with Python.",
        "The {p} percentile of {xs} is {result}.",
    ),
    CodeTask(
        "descriptive/correlation",
        Phrasings(
            ask="""the correlation between {xs} and {ys} / the correlation of {xs} with {ys} / the Pearson correlation of {xs}
                and {ys} / the correlation coefficient of {xs} and {ys}""",
            do="compute the correlation between {xs} and {ys} / correlate {xs} with {ys} / calculate the Pearson correlation for x = {xs} and y = {ys}",
            full="How strongly are {xs} and {ys} correlated? / x is {xs} and y is {ys}. What is the correlation? / correlation of {xs} and {ys}",
        ),
        _two_lists(f"{MODULE}print(statistics.correlation(XS, YS))"),
        "I compute the correlation of the two lists with Python.",
        "The correlation is {result}.",
        1.5,
    ),
    CodeTask(
        "descriptive/regression",
        Phrasings(
            ask="the slope and intercept of the regression line for x = {xs} and y = {ys} / the line of best fit for x = {xs} and y = {ys}",
            do="fit a straight line to x = {xs} and y = {ys} / fit a linear regression to x = {xs}, y = {ys} / do a linear regression of {ys} on {xs}",
            full="linear regression x = {xs}, y = {ys} / Which straight line fits x = {xs} and y = {ys} best?",
        ),
        _two_lists(f"{MODULE}slope, intercept = statistics.linear_regression(XS, YS)\nprint(slope, intercept)"),
        "I fit a line with Python.",
        "The slope and the intercept of the line are {result}.",
        0.7,
    ),
    CodeTask(
        "descriptive/weighted_mean",
        Phrasings(
            ask="the weighted average of {xs} with weights {ys} / the weighted mean of {xs} using the weights {ys}",
            do="compute the weighted average of {xs} with weights {ys} / weight {xs} by {ys} and average them",
            full="My grades are {xs} with credits {ys}. What is the weighted average? / weighted average {xs}, weights {ys}",
        ),
        _weighted,
        "I compute the weighted average with Python.",
        "The weighted average is {result}.",
        0.7,
    ),
]  # fmt: skip


@family("descriptive", 3.0)
def descriptive_statistics(rng: random.Random, held_out: bool) -> Episode:
    """A question about a list of numbers."""
    return code_episode(TASKS, rng, held_out)
