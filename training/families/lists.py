"""Lists by code: sorting, unique values, second largest, counting, cumulative sums, picking."""

import random

from training.episode import Episode
from training.families import family
from training.families.code_task import CodeTask, Draw, Slots, code_episode
from training.families.descriptive import listed
from training.families.phrasing import Phrasings
from training.families.values import code_list, integers, numbers, written_list
from training.families.words import words


def _words(template: str, *, repeats: bool = False) -> Draw:
    """One list of words; `WS` in the template becomes the Python list."""

    def draw(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
        items = words(rng, held_out, 3, 8)
        if repeats:
            items += [rng.choice(items) for _ in range(rng.randint(1, 4))]
            rng.shuffle(items)
        marks = rng.choice((written_list(rng, items), ", ".join(f"'{item}'" for item in items)))
        return {"ws": marks}, template.replace("WS", repr(items))

    return draw


def _compared(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    items = numbers(rng, 5, 12)
    limit = rng.choice(items)
    word, sign = rng.choice((("greater", ">"), ("larger", ">"), ("smaller", "<"), ("less", "<")))
    slots = {"xs": written_list(rng, items), "n": limit, "word": word}
    return slots, f"print([n for n in {code_list(items)} if n {sign} {limit}])"


def _occurrences(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    items = integers(rng, 3, 6, 2)
    items += [rng.choice(items) for _ in range(rng.randint(2, 6))]
    rng.shuffle(items)
    wanted = rng.choice(items)
    return {"xs": written_list(rng, items), "n": wanted}, f"print({code_list(items)}.count({wanted}))"


def _parity(template: str) -> Draw:
    def draw(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
        odd = rng.random() < 0.5
        items = integers(rng, 4, 10, 3)
        items += [str(n) for n in ((11, 13) if odd else (12, 14))]
        rng.shuffle(items)
        code = template.replace("XS", code_list(items)).replace("P", str(int(odd)))
        return {"xs": written_list(rng, items), "kind": "odd" if odd else "even"}, code

    return draw


def _nth_largest(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    items = sorted(set(integers(rng, 5, 10, 3)))
    rng.shuffle(items)
    n = rng.choice((2, 2, 2, 3))
    word, order = rng.choice(
        (("largest", ", reverse=True"), ("highest", ", reverse=True"), ("smallest", ""), ("lowest", ""))
    )
    n = min(n, len(items))
    slots = {"xs": written_list(rng, items), "nth": {1: "first", 2: "second", 3: "third"}[n], "word": word}
    return slots, f"print(sorted({code_list(items)}{order})[{n} - 1])"


def _product(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    items = integers(rng, 6, 9, 2)
    return {"xs": written_list(rng, items)}, f"import math\nprint(math.prod({code_list(items)}))"


def _common(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    first, second = (rng.sample(range(1, 25), rng.randint(4, 8)) for _ in range(2))
    return {"xs": str(first), "ys": str(second)}, f"print(sorted(set({first}) & set({second})))"


def _task(
    name: str, draw: Draw, thought: str, answer: str, weight: float = 1.0, no: str = "", **ways: str
) -> CodeTask:
    return CodeTask(f"lists/{name}", Phrasings(**ways), draw, thought, answer, weight, no)


PARITY = "print([n for n in XS if n % 2 == P])"
PARITY_MEAN = "values = [n for n in XS if n % 2 == P]\nprint(sum(values) / len(values))"
CUMULATIVE = "from itertools import accumulate\nprint(list(accumulate(XS)))"
TALLY = "from collections import Counter\nprint(dict(Counter(WS)))"
DIFFERENCES = "values = XS\nprint([b - a for a, b in zip(values, values[1:])])"

TASKS = [
    _task(
        "sort", listed("print(sorted(XS))"), "I sort the numbers with Python.", "The sorted numbers are {result}.", 3,
        ask="the numbers {xs} in ascending order / the list {xs} sorted / {xs} sorted from smallest to largest / {xs} in increasing order",
        do="!sort {xs} / !sort the numbers {xs} / sort {xs} in ascending order / order {xs} from smallest to largest / put {xs} in order / arrange {xs} in increasing order / sort this list: {xs} / sort my {thing}: {xs} / bring these numbers into order: {xs} / rank {xs} from low to high",
        full="{xs} sorted / sort: {xs} / What do you get when you sort {xs}? / How do {xs} look in ascending order?",
    ),
    _task(
        "sort_descending", listed("print(sorted(XS, reverse=True))"), "I sort the numbers in descending order with Python.",
        "In descending order the numbers are {result}.", 2,
        ask="the numbers {xs} in descending order / {xs} sorted from largest to smallest / {xs} in decreasing order / {xs} from high to low",
        do="!sort {xs} in descending order / order {xs} from largest to smallest / sort {xs} from high to low / arrange {xs} in decreasing order / sort {xs} descending / sort {xs}, largest first / rank {xs} from highest to lowest",
        full="{xs} sorted descending / sort descending: {xs} / How do {xs} look in descending order?",
    ),
    _task(
        "sort_words", _words("print(sorted(WS))"), "I sort the words with Python.", "The sorted words are {result}.", 3,
        ask="the words {ws} in alphabetical order / {ws} sorted alphabetically / the words {ws} from A to Z / the alphabetical order of {ws}",
        do="!sort the words {ws} / !sort {ws} alphabetically / put {ws} in alphabetical order / order the words {ws} from A to Z / alphabetise {ws} / arrange {ws} alphabetically / sort these words: {ws} / sort these names: {ws}",
        full="alphabetical order: {ws} / {ws} sorted alphabetically please / Which order do the words {ws} have in a dictionary?",
    ),
    _task(
        "sort_words_backwards", _words("print(sorted(WS, reverse=True))"), "I sort the words in reverse order with Python.", "From Z to A the words are {result}.", 0.7,
        ask="{ws} in reverse alphabetical order / the words {ws} from Z to A", do="sort {ws} in reverse alphabetical order / order the words {ws} from Z to A / sort {ws} from Z to A",
        full="{ws} sorted from Z to A",
    ),
    _task(
        "sort_words_by_length", _words("print(sorted(WS, key=len))"), "I sort the words by length with Python.", "Sorted by length the words are {result}.",
        ask="the words {ws} sorted by length / {ws} from the shortest to the longest", do="sort {ws} by length / order the words {ws} by their length / sort {ws} from shortest to longest word",
        full="{ws} sorted by length / by length: {ws}",
    ),
    _task(
        "unique", listed("print(sorted(set(XS)))", lambda rng: integers(rng, 7, 14, 1)), "I remove the duplicates with Python.", "The different values are {result}.", 1.5,
        ask="the unique values of {xs} / the distinct numbers in {xs} / {xs} without duplicates / the different values in {xs}",
        do="remove the duplicates from {xs} / find the unique values in {xs} / list the distinct numbers in {xs} / drop repeated numbers from {xs}",
        full="unique {xs} / Which different numbers are in {xs}? / {xs} but each number only once / What are the unique values in {xs}?",
    ),
    _task(
        "unique_words", _words("print(sorted(set(WS)))", repeats=True), "I remove the repeated words with Python.", "The different words are {result}.",
        ask="the unique words among {ws} / the distinct words in {ws} / the different words of {ws}", do="remove the duplicate words from {ws} / list the distinct words of {ws} / drop the repeated words from {ws}",
        full="Which different words are in {ws}? / unique words: {ws}",
    ),
    _task(
        "count_unique", listed("print(len(set(XS)))", lambda rng: integers(rng, 7, 14, 1)), "I count the different values with Python.", "There are {result} different values.", 0.7,
        ask="the number of different values in {xs} / how many distinct numbers are in {xs}", do="count the distinct values in {xs} / count the unique numbers in {xs}", full="How many different numbers are in {xs}?",
    ),
    _task(
        "tally", _words(TALLY, repeats=True), "I count each word with Python.", "The counts are {result}.",
        ask="how often each word occurs in {ws} / the counts of each item in {ws} / the frequency of each word in {ws}", do="count each item in {ws} / count how often each word occurs in {ws} / tally {ws}",
        full="How often does each word occur in {ws}? / tally: {ws}",
    ),
    _task(
        "nth_largest", _nth_largest, "I look for the {nth} {word} number with Python.", "The {nth} {word} number is {result}.", 1.5,
        ask="the {nth} {word} number in {xs} / the {nth} {word} of {xs} / the {nth} {word} value among {xs}", do="find the {nth} {word} number in {xs} / pick the {nth} {word} of {xs}",
        full="Which number is the {nth} {word} in {xs}? / {nth} {word} of {xs} / Which is the {nth} {word} of {xs}?",
    ),
    _task(
        "occurrences", _occurrences, "I count the number {n} with Python.", "The number {n} occurs {result} times.",
        ask="how often {n} occurs in {xs} / the number of times {n} appears in {xs}", do="count how often {n} occurs in {xs} / count the occurrences of {n} in {xs}",
        full="How many times does {n} occur in {xs}? / How often is {n} in {xs}? / count of {n} in {xs}",
    ),
    _task(
        "cumulative", listed(CUMULATIVE, lambda rng: integers(rng, 4, 9)), "I compute the cumulative sums with Python.", "The cumulative sums are {result}.",
        ask="the cumulative sums of {xs} / the running total of {xs} / the running totals of these {thing}: {xs}", do="compute the cumulative sums of {xs} / compute the running total of {xs} / accumulate {xs}",
        full="cumulative sum {xs} / How does the running total of {xs} develop?",
    ),
    _task(
        "differences", listed(DIFFERENCES, lambda rng: integers(rng, 4, 9)), "I compute the differences with Python.", "The differences are {result}.", 0.7,
        ask="the differences between neighbours in {xs} / the consecutive differences of {xs}", do="compute the differences between consecutive numbers of {xs} / subtract each number in {xs} from the next", full="By how much does each number differ from the one before in {xs}?",
    ),
    _task(
        "compared", _compared, "I pick the numbers with Python.", "The numbers {word} than {n} are {result}.", 1.5,
        ask="the numbers {word} than {n} in {xs} / all numbers of {xs} that are {word} than {n}", do="pick the numbers {word} than {n} from {xs} / filter {xs} for numbers {word} than {n} / keep only the numbers {word} than {n} in {xs}",
        full="Which of {xs} are {word} than {n}? / Which numbers in {xs} are {word} than {n}?",
    ),
    _task(
        "parity", _parity(PARITY), "I pick the {kind} numbers with Python.", "The {kind} numbers are {result}.",
        ask="the {kind} numbers in {xs} / all {kind} numbers of {xs}", do="pick the {kind} numbers from {xs} / filter the {kind} numbers out of {xs} / list the {kind} numbers in {xs} / keep only the {kind} numbers of {xs}",
        full="Which of {xs} are {kind}? / Which numbers in {xs} are {kind}? / {kind} numbers in {xs}",
    ),
    _task(
        "parity_mean", _parity(PARITY_MEAN), "I average the {kind} numbers with Python.", "The average of the {kind} numbers is {result}.", 0.7,
        ask="the average of the {kind} numbers in {xs} / the mean of the {kind} values in {xs}", do="average the {kind} numbers in {xs} / take the mean of only the {kind} numbers of {xs}", full="What do the {kind} numbers in {xs} average to?",
    ),
    _task(
        "reverse", listed("print(XS[::-1])"), "I reverse the list with Python.", "The reversed list is {result}.",
        ask="the list {xs} reversed / the list {xs} in reverse order / the list {xs} from back to front", do="reverse the list {xs} / reverse the order of the numbers {xs} / turn the list {xs} around", full="reverse list {xs}",
    ),
    _task(
        "product", _product, "I multiply the numbers with Python.", "The product is {result}.", 0.7,
        ask="the product of the list {xs} / the product of all these numbers: {xs}", do="multiply all numbers in the list {xs} / multiply these numbers together: {xs}", full="product of the list {xs}",
    ),
    _task(
        "common", _common, "I compare the two lists with Python.", "The numbers in both lists are {result}.",
        ask="the numbers that are in both {xs} and {ys} / the intersection of {xs} and {ys} / the common elements of {xs} and {ys}", do="find the common elements of {xs} and {ys} / find the numbers that {xs} and {ys} share / intersect {xs} with {ys}",
        full="Which numbers do {xs} and {ys} have in common? / common elements {xs} {ys}",
    ),
    _task(
        "double", listed("print([n * 2 for n in XS])", lambda rng: integers(rng, 3, 8)), "I double each number with Python.", "The doubled numbers are {result}.", 0.5,
        ask="the numbers {xs}, each doubled / twice each of {xs}", do="double each number in {xs} / multiply each of {xs} by 2 / double every number of {xs}", full="What are {xs} doubled?",
    ),
    _task(
        "square_each", listed("print([n**2 for n in XS])", lambda rng: integers(rng, 3, 8, 2)), "I square each number with Python.", "The squares are {result}.", 0.5,
        ask="the squares of {xs} / the square of each of {xs}", do="square each number in {xs} / square every number of {xs}", full="What are the squares of {xs}?",
    ),
]  # fmt: skip


@family("lists", 3.0)
def lists(rng: random.Random, held_out: bool) -> Episode:
    """A question about a list of numbers or words."""
    return code_episode(TASKS, rng, held_out)
