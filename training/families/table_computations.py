"""The pandas expressions that answer questions about a table, and what each prints, by plain Python.

Each gives the slots that the question needs besides the columns, the expression, and what `print` of it shows.
"""

import math
import random
import statistics
from collections.abc import Callable

from training.families.tables import Table

Slots = dict[str, str]
Compute = Callable[[Table, random.Random], tuple[Slots, str, str]]


def column(call: str, function: Callable[[list[float]], object]) -> Compute:
    """A measure of one column of numbers."""

    def compute(table: Table, rng: random.Random) -> tuple[Slots, str, str]:
        values = [value for value in table.columns[table.number] if not isinstance(value, str)]
        return {}, f"df[{table.number!r}].{call}", str(function(values))

    return compute


def mean(values: list[float]) -> float:
    """The mean, for numbers whose sum is exact."""
    return math.fsum(values) / len(values)


def rounded(call: str, function: Callable[[list[float]], float]) -> Compute:
    """A measure rounded to two decimals, as its last digits depend on the order of summing."""

    def compute(table: Table, rng: random.Random) -> tuple[Slots, str, str]:
        values = [value for value in table.columns[table.number] if not isinstance(value, str)]
        return {}, f"round(df[{table.number!r}].{call}, 2)", str(round(float(function(values)), 2))

    return compute


def rows(table: Table, rng: random.Random) -> tuple[Slots, str, str]:
    """How many rows there are."""
    return {}, "len(df)", str(table.rows)


def columns(table: Table, rng: random.Random) -> tuple[Slots, str, str]:
    """The names of the columns."""
    return {}, "df.columns.tolist()", str(list(table.columns))


def head(table: Table, rng: random.Random) -> tuple[Slots, str, str]:
    """The first few rows."""
    count = rng.choice((3, 3, 5, 5, 4, 2))
    return {"n": str(count)}, f"df.head({count})", table.head(count)


def unique_values(table: Table, rng: random.Random) -> tuple[Slots, str, str]:
    """The different words of the column of words."""
    return {}, f"df[{table.label!r}].unique().tolist()", str(list(dict.fromkeys(table.columns[table.label])))


def nunique(table: Table, rng: random.Random) -> tuple[Slots, str, str]:
    """How many different words there are."""
    return {}, f"df[{table.label!r}].nunique()", str(len(set(table.columns[table.label])))


def pairs(table: Table) -> list[tuple[str, float]]:
    """The word and the number of each row."""
    numbers = table.columns[table.number]
    lines = zip(table.columns[table.label], numbers, strict=True)
    return [(str(label), number) for label, number in lines if not isinstance(number, str)]


def compared(table: Table, rng: random.Random) -> tuple[Slots, str, str]:
    """How many numbers lie above or below one."""
    values = [number for _, number in pairs(table)]
    limit = round(rng.choice(values))
    word, sign = rng.choice(
        (
            ("above", ">"),
            ("greater than", ">"),
            ("over", ">"),
            ("below", "<"),
            ("less than", "<"),
            ("under", "<"),
        )
    )
    count = sum(value > limit if sign == ">" else value < limit for value in values)
    return {"v": str(limit), "word": word}, f"(df[{table.number!r}] {sign} {limit}).sum()", str(count)


def equal(table: Table, rng: random.Random) -> tuple[Slots, str, str]:
    """How many rows hold one word."""
    wanted = str(rng.choice(table.columns[table.label]))
    count = list(table.columns[table.label]).count(wanted)
    return {"v": wanted}, f"(df[{table.label!r}] == {wanted!r}).sum()", str(count)


def filtered(call: str, function: Callable[[list[float]], float]) -> Compute:
    """A measure of the numbers in rows that hold one word."""

    def compute(table: Table, rng: random.Random) -> tuple[Slots, str, str]:
        wanted = str(rng.choice(table.columns[table.label]))
        values = [number for label, number in pairs(table) if label == wanted]
        expression = f"df[df[{table.label!r}] == {wanted!r}][{table.number!r}].{call}()"
        return {"v": wanted}, expression, str(function(values))

    return compute


def groups(table: Table) -> dict[str, list[float]]:
    """The numbers by word, words sorted."""
    found: dict[str, list[float]] = {label: [] for label in sorted({label for label, _ in pairs(table)})}
    for label, number in pairs(table):
        found[label].append(number)
    return found


def grouped(call: str, function: Callable[[list[float]], float]) -> Compute:
    """A measure of the numbers by word."""

    def compute(table: Table, rng: random.Random) -> tuple[Slots, str, str]:
        printed = {label: function(values) for label, values in groups(table).items()}
        return {}, f"df.groupby({table.label!r})[{table.number!r}].{call}().to_dict()", str(printed)

    return compute


def group_sizes(table: Table, rng: random.Random) -> tuple[Slots, str, str]:
    """How many rows each word has."""
    sizes = {label: len(values) for label, values in groups(table).items()}
    return {}, f"df.groupby({table.label!r}).size().to_dict()", str(sizes)


def best_group(table: Table, rng: random.Random) -> tuple[Slots, str, str]:
    """The word with the largest sum."""
    totals = {label: sum(values) for label, values in groups(table).items()}
    return (
        {},
        f"df.groupby({table.label!r})[{table.number!r}].sum().idxmax()",
        max(totals, key=lambda key: totals[key]),
    )


def extreme_label(largest: bool) -> Compute:
    """The word beside the largest or smallest number."""

    def compute(table: Table, rng: random.Random) -> tuple[Slots, str, str]:
        label, _ = (max if largest else min)(pairs(table), key=lambda pair: pair[1])
        call = "idxmax" if largest else "idxmin"
        return {}, f"df.loc[df[{table.number!r}].{call}(), {table.label!r}]", label

    return compute


def extreme_row(table: Table, rng: random.Random) -> tuple[Slots, str, str]:
    """The row with the largest number."""
    numbers = [number for _, number in pairs(table)]
    row = numbers.index(max(numbers))
    printed = {name: values[row] for name, values in table.columns.items()}
    return {}, f"df.loc[df[{table.number!r}].idxmax()].to_dict()", str(printed)


def top(table: Table, rng: random.Random) -> tuple[Slots, str, str]:
    """The words beside the largest numbers."""
    count = rng.choice((2, 3, 3, 5))
    best = sorted(pairs(table), key=lambda pair: -pair[1])[:count]
    expression = f"df.nlargest({count}, {table.number!r})[{table.label!r}].tolist()"
    return {"n": str(count)}, expression, str([label for label, _ in best])


def in_order(table: Table, rng: random.Random) -> tuple[Slots, str, str]:
    """The words, sorted by their numbers."""
    order = sorted(pairs(table), key=lambda pair: pair[1])
    return (
        {},
        f"df.sort_values({table.number!r})[{table.label!r}].tolist()",
        str([label for label, _ in order]),
    )


def correlation(table: Table, rng: random.Random) -> tuple[Slots, str, str]:
    """The correlation of the two columns of numbers."""
    xs, ys = ([float(v) for v in table.columns[name]] for name in (table.number, table.other))
    expression = f"round(df[{table.number!r}].corr(df[{table.other!r}]), 3)"
    return {}, expression, str(round(statistics.correlation(xs, ys), 3))


def total(values: list[float]) -> float:
    """The sum."""
    return sum(values)
