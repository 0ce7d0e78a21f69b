"""What is asked of a table: the ways to ask, the computation, the answer."""

import statistics
from dataclasses import dataclass

from training.families.phrasing import Phrasings
from training.families.table_computations import (
    Compute,
    best_group,
    column,
    columns,
    compared,
    correlation,
    equal,
    extreme_label,
    extreme_row,
    filtered,
    group_sizes,
    grouped,
    head,
    in_order,
    mean,
    nunique,
    rounded,
    rows,
    top,
    total,
    unique_values,
)


@dataclass(frozen=True, slots=True)
class Operation:
    """A question about a table.

    Attributes:
        name: What it is called in counts.
        phrasings: How people ask; `{c}`, `{d}` and `{k}` are columns.
        compute: Gives more slots, the expression to print, and what is printed.
        answer: The answer; `{result}` is what was printed.
        unique: The column of words needs different values.
        weight: How often it is drawn.
        loose: More ways to ask, for columns that are not named exactly.
    """

    name: str
    phrasings: Phrasings
    compute: Compute
    answer: str
    unique: bool = False
    weight: float = 1.0
    loose: Phrasings | None = None


def _simple(name: str, words: str, compute: Compute, do: str, full: str, weight: float = 1.0) -> Operation:
    """A measure of one column of numbers; the first of `words` stands in the answer."""
    names = words.split(" / ")
    ask = " / ".join(
        f"{'!' if i == 0 else ''}the {word} of {{c}}{where}"
        for i, word in enumerate(names)
        for where in ("", " in this file")
    )
    more = " / ".join(f"{word} of {{c}} / I have a file and need the {word} of {{c}}." for word in names)
    loose = " / ".join(
        f"the {word} {{c}}{where}" for word in names for where in ("", " in the file", " in {file}")
    )
    return Operation(
        name, Phrasings(ask, do, f"{more} / {full}"), compute, f"The {names[0]} of {{c}} is {{result}}.", False, weight,
        Phrasings(f"!{loose}", full=" / ".join(f"!What is the {word} {{c}}? / {word} {{c}}" for word in names)),
    )  # fmt: skip


OPERATIONS = [
    _simple("mean", "mean / average / mean value / average value", column("mean()", mean),
            "average {c} / compute the mean of {c} / take the average of {c}", "How high is {c} on average? / On average, what is {c}? / !What is the average of {c}?", 3),
    _simple("sum", "sum / total", column("sum()", sum), "add up {c} / sum {c} / total {c} / compute the total of {c}",
            "How much is {c} in total? / What does {c} add up to? / !What is the total of {c}?", 2),
    _simple("max", "maximum / largest value / highest value / max", column("max()", max), "find the maximum of {c} / find the largest value of {c}",
            "How high does {c} get? / Which is the largest value of {c}?", 1.5),
    _simple("min", "minimum / smallest value / lowest value / min", column("min()", min), "find the minimum of {c} / find the lowest value of {c}",
            "How low does {c} get? / Which is the smallest value of {c}?", 1.5),
    _simple("median", "median", column("median()", lambda values: float(statistics.median(values))), "compute the median of {c} / find the median for {c}",
            "What is the middle value of {c}?", 1.5),
    _simple("std", "standard deviation / std", rounded("std()", statistics.stdev), "compute the standard deviation of {c}", "How much does {c} vary, as a standard deviation?"),
    Operation("rows", Phrasings(
        ask="the number of rows in {file} / how many rows the table has / the row count / how many entries there are in the file / how many records {file} has",
        do="count the rows / count the rows of {file} / count how many records there are in the table / tell how many lines of data the file has",
        full="!How many rows are there? / !How many rows does {file} have? / How many entries are in this file? / number of rows / How many records are in the table? / How long is the table?",
    ), rows, "There are {result} rows.", False, 1.5),
    Operation("columns", Phrasings(
        ask="the column names of {file} / the names of the columns / which columns the file has / the columns of this table / the headers of {file}",
        do="list the columns / list the columns of {file} / show the column names / print the headers of the table",
        full="!Which columns are there? / !What columns does {file} have? / What are the columns in this file? / column names / What is in the header of this file?",
    ), columns, "The columns are {result}.", False, 1.5),
    Operation("head", Phrasings(
        ask="the first {n} rows / the first {n} rows of {file} / the top {n} lines of the table",
        do="!show the first {n} rows / print the first {n} rows of {file} / display the first {n} lines of the table / let me see the first {n} rows",
        full="What do the first {n} rows look like? / first {n} rows please / head {n} / What are the first {n} rows of {file}?",
    ), head, "The first {n} rows are:\n{result}"),
    Operation("unique", Phrasings(
        ask="the unique values of {k} / the different values of {k} / which values occur in {k} / the distinct values in {k}",
        do="list the unique values of {k} / list the distinct values in {k} / show the different values of {k}",
        full="Which different values are in {k}? / What values does {k} have? / unique values of {k}",
    ), unique_values, "The values of {k} are {result}."),
    Operation("nunique", Phrasings(
        ask="the number of different values in {k} / how many distinct values {k} has", do="count the unique values of {k} / count how many different values {k} has",
        full="How many different values are in {k}? / How many unique values does {k} have? / count distinct {k}",
    ), nunique, "There are {result} different values in {k}."),
    Operation("compared", Phrasings(
        ask="the number of rows with {c} {word} {v} / how many rows have {c} {word} {v} / the number of entries where {c} is {word} {v}",
        do="count the rows where {c} is {word} {v} / count how many entries have {c} {word} {v}",
        full="!How many rows have {c} {word} {v}? / In how many rows is {c} {word} {v}? / How often is {c} {word} {v}? / rows with {c} {word} {v}",
    ), compared, "There are {result} rows with {c} {word} {v}.", False, 2),
    Operation("equal", Phrasings(
        ask="the number of rows where {k} is {v} / how many rows have {v} in {k} / how often {v} occurs in {k}",
        do="count the rows where {k} is {v} / count the entries with {v} in {k} / count the rows with {k} equal to {v}",
        full="!How many rows have {v} in {k}? / In how many rows is {k} {v}? / How many times does {v} occur in {k}? / How often is {k} equal to {v}?",
    ), equal, "There are {result} rows where {k} is {v}.", False, 1.5),
    Operation("filtered_sum", Phrasings(
        ask="the total of {c} where {k} is {v} / the sum of {c} for the rows with {k} {v} / the sum of {c} where {k} equals {v}",
        do="add up {c} where {k} is {v} / sum {c} for rows with {v} in {k}", full="What is {c} in total where {k} is {v}? / How much is {c} altogether for {k} {v}?",
    ), filtered("sum", total), "The total of {c} where {k} is {v} is {result}.", False, 1.5),
    Operation("filtered_mean", Phrasings(
        ask="the average of {c} where {k} is {v} / the mean of {c} for the rows with {k} {v}",
        do="average {c} where {k} is {v} / compute the mean of {c} for rows with {v} in {k}", full="How high is {c} on average where {k} is {v}? / What is the mean of {c} for {k} {v}?",
    ), filtered("mean", mean), "The average of {c} where {k} is {v} is {result}.", False, 1.5),
    Operation("grouped_sum", Phrasings(
        ask="the total of {c} for each value of {k} / the sum of {c} by {k} / the total of {c} per {k} / the sums of {c} grouped by {k}",
        do="!sum {c} by {k} / group by {k} and sum {c} / add up {c} per {k} / total {c} for each value of {k} / group the rows by {k} and add up {c}",
        full="!What is the total of {c} by {k}? / How much is {c} in total for each value of {k}? / {c} per {k}, summed / total {c} by {k}",
    ), grouped("sum", total), "The totals are {result}.", False, 2, Phrasings(
        ask="the total {c} per {k} / the total {c} for each {k} / the total {c} by {k}", do="add up the {c} of each {k} / sum the {c} per {k}",
        full="!What is the total {c} per {k}? / How much {c} does each {k} have in total? / How much {c} is there per {k}?",
    )),
    Operation("grouped_mean", Phrasings(
        ask="the average of {c} for each value of {k} / the mean of {c} by {k} / the average of {c} per {k} / the means of {c} grouped by {k}",
        do="!average {c} by {k} / group by {k} and take the mean of {c} / compute the mean of {c} per {k} / average {c} for each value of {k}",
        full="!What is the average of {c} by {k}? / How high is {c} on average for each value of {k}? / average {c} by {k} / mean {c} per {k}",
    ), grouped("mean", mean), "The averages are {result}.", False, 2, Phrasings(
        ask="the average {c} per {k} / the average {c} for each {k} / the mean {c} by {k}", do="average the {c} of each {k} / compare the average {c} of each {k}",
        full="!What is the average {c} per {k}? / What average {c} does each {k} have? / How high is the average {c} of each {k}?",
    )),
    Operation("group_sizes", Phrasings(
        ask="the number of rows for each value of {k} / the number of rows per value of {k} / how often each value of {k} occurs", do="count the rows per value of {k} / count the rows for each value of {k} / count how often each value occurs in {k}",
        full="How many rows are there for each value of {k}? / How often does each value of {k} occur? / value counts of {k}",
    ), group_sizes, "The counts are {result}."),
    Operation("best_group", Phrasings(
        ask="the value of {k} with the highest total of {c} / which value of {k} has the largest sum of {c}", do="find the value of {k} with the highest total of {c} / group by {k} and find the one with the largest total of {c}",
        full="Which value of {k} has the highest total of {c}? / In total, which value of {k} has the most of {c}?",
    ), best_group, "{result} has the highest total of {c}.", False, 1.5, Phrasings(
        ask="which {k} has the highest total {c} / the {k} with the highest total {c}", do="find the {k} with the highest total {c}",
        full="!Which {k} has the highest total {c}? / Which {k} has the most {c} in total? / In total, which {k} has the most {c}?",
    )),
    Operation("label_of_max", Phrasings(
        ask="the value of {k} in the row with the highest {c} / the value of {k} where {c} is largest", do="find the value of {k} where {c} is the highest / look up {k} for the largest value of {c}",
        full="Which value of {k} has the highest value of {c}? / What is {k} in the row where {c} is the largest?",
    ), extreme_label(True), "{result} has the highest value of {c}.", True, 2, Phrasings(
        ask="which {k} has the highest {c} / the {k} with the highest {c} / the {k} with the largest {c}", do="find the {k} with the highest {c} / look for the {k} with the most {c}",
        full="!Which {k} has the highest {c}? / !Which {k} has the largest {c}? / Which {k} has the most {c}? / {k} with the highest {c}?",
    )),
    Operation("label_of_min", Phrasings(
        ask="the value of {k} in the row with the lowest {c} / the value of {k} where {c} is smallest", do="find the value of {k} where {c} is the lowest / look up {k} for the smallest value of {c}",
        full="Which value of {k} has the lowest value of {c}? / What is {k} in the row where {c} is the smallest?",
    ), extreme_label(False), "{result} has the lowest value of {c}.", True, 1.5, Phrasings(
        ask="which {k} has the lowest {c} / the {k} with the lowest {c} / the {k} with the smallest {c}", do="find the {k} with the lowest {c} / look for the {k} with the least {c}",
        full="!Which {k} has the lowest {c}? / !Which {k} has the smallest {c}? / {k} with the lowest {c}?",
    )),
    Operation("row_of_max", Phrasings(
        ask="the whole row with the highest value of {c} / the complete row where {c} is largest", do="show the row with the largest value of {c} / print the row where {c} is the highest / show the whole row with the maximum of {c}",
        full="Which row has the highest value of {c}? / What does the row with the largest value of {c} look like?",
    ), extreme_row, "The row is {result}.", True),
    Operation("top", Phrasings(
        ask="the top {n} by {c}, named by {k} / the values of {k} of the {n} rows with the highest {c}", do="list the values of {k} with the {n} highest values of {c} / list the top {n} of {k} by {c} / give the top {n} of {k} by {c}",
        full="Which {n} values of {k} have the highest {c}? / top {n} of {k} by {c}",
    ), top, "The top {n} are {result}.", True, 1.5),
    Operation("sorted", Phrasings(
        ask="the values of {k} sorted by {c} / the list of {k} in ascending order of {c}", do="sort by {c} and list {k} / order the rows by {c} and list {k} / list {k} sorted by {c}", full="How is {k} ordered when sorted by {c}? / {k} sorted by {c}",
    ), in_order, "Sorted by {c}: {result}.", True),
    Operation("correlation", Phrasings(
        ask="the correlation between {c} and {d} / the correlation of {c} with {d} / the correlation coefficient of {c} and {d}", do="compute the correlation between {c} and {d} / correlate {c} with {d}",
        full="How strongly do {c} and {d} correlate? / Is there a correlation between {c} and {d}? / correlation of {c} and {d}",
    ), correlation, "The correlation between {c} and {d} is {result}.", False, 1.5),
]  # fmt: skip
