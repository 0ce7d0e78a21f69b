"""Primes by code: below n, between, is it one, the first n, the n-th, factors, divisors."""

import random

from training.episode import Episode
from training.families import family
from training.families.code_task import CodeTask, Draw, Slots, code_episode
from training.families.phrasing import Phrasings

TEST = "all(n % d for d in range(2, int(n**0.5) + 1))"


def primes_code(start: str, stop: str) -> str:
    """Code that prints the primes from `start` to `stop` - 1."""
    return f"print([n for n in range({start}, {stop}) if {TEST}])"


def _below(bound: str) -> Draw:
    def draw(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
        top = rng.choice((rng.randint(5, 100), rng.randint(1, 20) * 10, rng.randint(100, 300)))
        return {"n": str(top)}, primes_code("2", f"{top}{bound}")

    return draw


def _between(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    low = rng.choice((rng.randint(2, 100), rng.randint(1, 30) * 10, rng.randint(100, 2000)))
    high = low + rng.choice((rng.randint(8, 100), rng.randint(1, 10) * 10))
    return {"a": str(low), "b": str(high)}, primes_code(str(low), f"{high} + 1")


def _count(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    top = rng.choice((rng.randint(10, 200), rng.choice((100, 200, 500, 1000)), rng.randint(200, 999)))
    return {"n": str(top)}, f"print(sum({TEST} for n in range(2, {top})))"


def _sum(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    top = rng.choice((rng.randint(10, 200), rng.randint(1, 50) * 10))
    return {"n": str(top)}, f"print(sum(n for n in range(2, {top}) if {TEST}))"


def _is_prime(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    value = rng.choice((rng.randint(2, 200), rng.randint(100, 9999), rng.randint(500, 50000) * 2 + 1))
    return {"n": str(value)}, f"n = {value}\nprint(n > 1 and {TEST})"


def _first(tail: str, most: int) -> Draw:
    def draw(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
        count = rng.randint(2, most)
        suffix = "th" if 10 < count % 100 < 20 else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
        code = f"primes = []\nn = 2\nwhile len(primes) < {count}:\n    if {TEST}:\n        primes.append(n)\n    n += 1\n"
        return {"n": str(count), "nth": f"{count}{suffix}"}, code + tail

    return draw


def _factors(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    value = rng.choice((rng.randint(4, 200), rng.randint(100, 9999), rng.randint(10000, 999999)))
    code = f"n = {value}\nfactors = []\nd = 2\nwhile n > 1:\n    while n % d == 0:\n        factors.append(d)\n        n //= d\n"
    return {"n": str(value)}, code + "    d += 1 if d * d <= n else n - d\nprint(factors)"


def _divisors(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    value = rng.choice((rng.randint(4, 120), rng.randint(50, 2000)))
    return {"n": str(value)}, f"print([d for d in range(1, {value} + 1) if {value} % d == 0])"


def _next(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    value = rng.choice((rng.randint(4, 200), rng.randint(100, 9999)))
    return {"n": str(value)}, f"n = {value} + 1\nwhile not {TEST}:\n    n += 1\nprint(n)"


TASKS = [
    CodeTask(
        "primes/below",
        Phrasings(
            ask="""!the primes below {n} / !the prime numbers below {n} / all primes less than {n} / the list of primes
                under {n} / every prime smaller than {n} / all the prime numbers under {n} / which primes are below {n} /
                which numbers below {n} are prime""",
            do="""!list the primes below {n} / !list all prime numbers below {n} / !list all primes less than {n} / print
                the primes under {n} / give me the primes below {n} / find all primes smaller than {n} / generate the
                primes below {n} / write down every prime under {n} / show the prime numbers less than {n} / enumerate
                the primes below {n} / get all primes under {n}""",
            full="""!Which primes are below {n}? / Which numbers under {n} are prime? / primes below {n} / primes < {n} /
                prime numbers under {n} please / What primes are there below {n}? / Which prime numbers come before {n}? /
                What are the primes below {n}? / What are all the prime numbers less than {n}? / primes under {n} list""",
        ),
        _below(""),
        "I list the primes below {n} with Python.",
        "The primes below {n} are {result}.",
        3,
    ),
    CodeTask(
        "primes/up_to",
        Phrasings(
            ask="""the primes up to {n} / all prime numbers up to {n} / the primes up to and including {n} / every prime
                from 2 to {n} / the primes from 1 to {n} / the list of primes up to {n}""",
            do="""!list the primes up to {n} / find all primes up to {n} / print the prime numbers from 1 to {n} / generate
                the primes up to and including {n} / show every prime up to {n} / give me all primes until {n}""",
            full="""What are the primes up to {n}? / Which primes are there up to {n}? / primes up to {n} / primes <= {n} /
                Which numbers from 1 to {n} are prime? / What are the prime numbers from 1 to {n}?""",
        ),
        _below(" + 1"),
        "I list the primes up to {n} with Python.",
        "The primes up to {n} are {result}.",
        1.5,
    ),
    CodeTask(
        "primes/between",
        Phrasings(
            ask="""!the primes between {a} and {b} / all prime numbers from {a} to {b} / the primes from {a} to {b} / the
                list of primes between {a} and {b} / which numbers between {a} and {b} are prime""",
            do="""!list the primes between {a} and {b} / find all primes from {a} to {b} / print every prime between {a}
                and {b} / get the prime numbers in the range {a} to {b} / show which numbers from {a} to {b} are prime""",
            full="""Which primes are between {a} and {b}? / primes between {a} and {b} / primes {a}-{b} / What are the
                primes between {a} and {b}? / Are there primes between {a} and {b}? / Which prime numbers lie between
                {a} and {b}? / From {a} to {b}, which numbers are prime?""",
        ),
        _between,
        "I list the primes from {a} to {b} with Python.",
        "The primes between {a} and {b} are {result}.",
        2,
    ),
    CodeTask(
        "primes/count",
        Phrasings(
            ask="""the number of primes below {n} / how many primes are below {n} / the count of prime numbers less than
                {n} / how many prime numbers there are under {n}""",
            do="""count the primes below {n} / count how many primes are less than {n} / count the prime numbers under
                {n} / work out how many primes are smaller than {n}""",
            full="""!How many primes are there below {n}? / How many prime numbers are less than {n}? / number of primes
                under {n} / How many primes are smaller than {n}? / prime count below {n}""",
        ),
        _count,
        "I count the primes below {n} with Python.",
        "There are {result} primes below {n}.",
    ),
    CodeTask(
        "primes/sum",
        Phrasings(
            ask="""the sum of the primes below {n} / the sum of all prime numbers less than {n} / the total of the primes
                under {n}""",
            do="add up the primes below {n} / sum all primes less than {n} / add all the prime numbers under {n}",
            full="""What do the primes below {n} add up to? / sum of primes below {n} / What is the sum of the primes under
                {n}? / If I add all primes below {n}, what do I get?""",
        ),
        _sum,
        "I add up the primes below {n} with Python.",
        "The sum of the primes below {n} is {result}.",
    ),
    CodeTask(
        "primes/is_prime",
        Phrasings(
            ask="whether {n} is prime / if {n} is a prime number / whether the number {n} is a prime",
            do="""check whether {n} is prime / test {n} for primality / find out if {n} is a prime number / determine
                whether {n} is a prime / tell me if {n} is prime / verify that {n} is prime""",
            full="""!Is {n} a prime number? / !Is {n} prime? / Is {n} a prime? / {n} prime? / {n}: prime or not? / Is the
                number {n} prime or composite? / is {n} prime / Would you say {n} is a prime number? / prime check {n} /
                Does {n} have divisors other than 1 and itself, or is it prime?""",
        ),
        _is_prime,
        "I test with Python whether {n} is prime.",
        "Yes, {n} is a prime number.",
        2,
        "No, {n} is not a prime number.",
    ),
    CodeTask(
        "primes/first",
        Phrasings(
            ask="the first {n} primes / the first {n} prime numbers / the smallest {n} primes / the {n} smallest primes",
            do="""!list the first {n} primes / print the first {n} prime numbers / find the first {n} primes / generate
                {n} primes / show the smallest {n} prime numbers / give me the first {n} primes""",
            full="""What are the first {n} primes? / first {n} primes / Which are the first {n} prime numbers? / the first
                {n} primes are? / What are the first {n} prime numbers?""",
        ),
        _first("print(primes)", 30),
        "I collect the first {n} primes with Python.",
        "The first {n} primes are {result}.",
        1.5,
    ),
    CodeTask(
        "primes/nth",
        Phrasings(
            ask="!the {nth} prime / the {nth} prime number / prime number {n} in the list of primes / the {nth} smallest prime",
            do="find the {nth} prime / compute the {nth} prime number / look for the {nth} prime / determine the {nth} prime",
            full="!What is the {nth} prime number? / {nth} prime / Which number is the {nth} prime? / which prime is the {nth}",
        ),
        _first("print(primes[-1])", 120),
        "I search for the {nth} prime with Python.",
        "The {nth} prime is {result}.",
        1.5,
    ),
    CodeTask(
        "primes/factors",
        Phrasings(
            ask="""!the prime factors of {n} / the prime factorisation of {n} / the prime factorization of {n} / the
                decomposition of {n} into primes""",
            do="""!factorise {n} / factorize {n} / factor {n} into primes / split {n} into prime factors / find the prime
                factors of {n} / decompose {n} into primes / write {n} as a product of primes""",
            full="""!What are the prime factors of {n}? / prime factors {n} / factor {n} / Which primes multiply to {n}? /
                Which prime factors does {n} have? / {n} factorised""",
        ),
        _factors,
        "I factor {n} with Python.",
        "The prime factors of {n} are {result}.",
        2,
    ),
    CodeTask(
        "primes/divisors",
        Phrasings(
            ask="""the divisors of {n} / all divisors of {n} / the factors of {n} / all numbers that divide {n} / which
                numbers divide {n} evenly""",
            do="""list the divisors of {n} / find all divisors of {n} / list all factors of {n} / find every number that
                divides {n}""",
            full="""!What are the divisors of {n}? / Which numbers divide {n}? / divisors of {n} / By which numbers can
                {n} be divided? / What are the factors of {n}? / {n} is divisible by which numbers?""",
        ),
        _divisors,
        "I list the divisors of {n} with Python.",
        "The divisors of {n} are {result}.",
    ),
    CodeTask(
        "primes/next",
        Phrasings(
            ask="the next prime after {n} / the smallest prime greater than {n} / the first prime above {n}",
            do="find the next prime after {n} / find the smallest prime larger than {n} / look for the first prime above {n}",
            full="""Which prime comes after {n}? / next prime after {n} / What prime number follows {n}? / After {n}, what
                is the next prime?""",
        ),
        _next,
        "I look for the next prime after {n} with Python.",
        "The next prime after {n} is {result}.",
    ),
]  # fmt: skip


@family("primes", 2.0)
def primes(rng: random.Random, held_out: bool) -> Episode:
    """A question about primes and divisors."""
    return code_episode(TASKS, rng, held_out)
