"""Whole-number questions by code: factorials, sequences, divisors in common, bases, digits, powers."""

import random

from training.episode import Episode
from training.families import family
from training.families.code_task import CodeTask, Draw, Slots, code_episode
from training.families.phrasing import Phrasings
from training.families.values import whole, written_list


def _one(template: str, low: int, high: int) -> Draw:
    """One number N from `low` to `high`; small ones are as likely as large ones."""

    def draw(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
        value = rng.choice((rng.randint(low, high), rng.randint(low, min(high, low + 30))))
        suffix = "th" if 10 < value % 100 < 20 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
        return {"n": str(value), "nth": f"{value}{suffix}"}, template.replace("N", str(value))

    return draw


def _several(template: str, most: int) -> Draw:
    def draw(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
        count = 2 if rng.random() < 0.7 else rng.randint(3, most)
        factor = rng.choice((1, 2, 6, 7, 12, 25))
        values = [str(factor * whole(rng, 3)) for _ in range(count)]
        text = written_list(rng, values) if count > 2 else f"{values[0]} and {values[1]}"
        return {"xs": text}, template.replace("XS", ", ".join(values))

    return draw


def _power_mod(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    base, exponent, modulus = whole(rng, 3) + 1, whole(rng, 3) + 1, whole(rng, 4) + 1
    slots = {"a": str(base), "b": str(exponent), "m": str(modulus)}
    return slots, f"print(pow({base}, {exponent}, {modulus}))"


def _digits_of_power(template: str) -> Draw:
    def draw(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
        base, exponent = rng.choice((2, 2, 3, 7, rng.randint(2, 20))), rng.randint(10, 500)
        return {"a": str(base), "b": str(exponent)}, template.replace("P", f"{base}**{exponent}")

    return draw


def _digit_sum(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    value = str(whole(rng, 12) + 10)
    return {"n": value}, f"print(sum(int(d) for d in '{value}'))"


def _from_base(base: int, letters: str) -> Draw:
    def draw(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
        text = "".join(rng.choice(letters) for _ in range(rng.randint(2, 9 if base == 2 else 5)))
        text = (text.lstrip("0") or "1") if base < 16 else rng.choice((text, text.upper()))
        return {"n": text}, f"print(int('{text}', {base}))"

    return draw


ROMAN = """n = N
roman = ''
for value, letters in [(1000, 'M'), (900, 'CM'), (500, 'D'), (400, 'CD'), (100, 'C'), (90, 'XC'), (50, 'L'), \
(40, 'XL'), (10, 'X'), (9, 'IX'), (5, 'V'), (4, 'IV'), (1, 'I')]:
    roman += letters * (n // value)
    n %= value
print(roman)"""


def _range_sum(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    low = rng.choice((1, 1, rng.randint(2, 200)))
    high = low + rng.choice((rng.randint(5, 100), rng.randint(50, 2000)))
    return {"a": str(low), "b": str(high)}, f"print(sum(range({low}, {high} + 1)))"


def _even_odd_sum(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    top, odd = rng.choice((rng.randint(10, 100), rng.randint(50, 1000))), rng.random() < 0.5
    code = f"print(sum(n for n in range(1, {top} + 1) if n % 2 == {int(odd)}))"
    return {"n": str(top), "kind": "odd" if odd else "even"}, code


def _multiples(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    step = rng.randint(2, 25)
    top = step * rng.randint(3, 12) + rng.randint(0, step)
    return {"n": str(top), "k": str(step)}, f"print([n for n in range(1, {top} + 1) if n % {step} == 0])"


def _squares(power: int) -> Draw:
    def draw(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
        count = rng.randint(3, 20)
        return {"n": str(count)}, f"print([n**{power} for n in range(1, {count} + 1)])"

    return draw


def task(name: str, draw: Draw, thought: str, answer: str, weight: float = 1.0, **ways: str) -> CodeTask:
    """A task of this family; `ways` are the phrasings."""
    return CodeTask(f"integers/{name}", Phrasings(**ways), draw, thought, answer, weight)


FIBONACCI = "a, b = 0, 1\nfor _ in range(N):\n    a, b = b, a + b\nprint(a)"
FIRST_FIBONACCI = (
    "numbers = [0, 1]\nwhile len(numbers) < N:\n    numbers.append(numbers[-1] + numbers[-2])\nprint(numbers)"
)
COLLATZ = "n = N\nsequence = [n]\nwhile n != 1:\n    n = n // 2 if n % 2 == 0 else 3 * n + 1\n    sequence.append(n)\nprint(sequence)"
TABLE = "for i in range(1, 11):\n    print(f'{i} x N = {i * N}')"
PERFECT = "print([n for n in range(2, N) if sum(d for d in range(1, n) if n % d == 0) == n])"

TASKS = [
    task(
        "factorial", _one("import math\nprint(math.factorial(N))", 2, 60),
        "I compute the factorial of {n} with Python.", "{n}! = {result}", 2,
        ask="!the factorial of {n} / {n} factorial / {n}! / the value of {n}! / the product of all numbers from 1 to {n}",
        do="compute {n}! / calculate the factorial of {n} / work out {n} factorial / multiply all integers from 1 to {n}",
        full="!What is {n}!? / {n}! = ? / factorial {n} / How much is {n}! ? / In how many ways can {n} books be ordered?",
    ),
    task(
        "fibonacci_nth", _one(FIBONACCI, 3, 150),
        "I compute the {nth} Fibonacci number with Python.", "The {nth} Fibonacci number is {result}.", 1.5,
        ask="the {nth} Fibonacci number / Fibonacci number {n} / the {nth} number of the Fibonacci sequence / F({n}) in the Fibonacci sequence",
        do="compute the {nth} Fibonacci number / find Fibonacci number {n} / work out the {nth} term of the Fibonacci sequence",
        full="What's the {nth} Fibonacci number? / fibonacci({n}) / fib {n} / Which number is the {nth} in the Fibonacci sequence?",
    ),
    task(
        "fibonacci_first", _one(FIRST_FIBONACCI, 4, 40),
        "I list the first {n} Fibonacci numbers with Python.", "The first {n} Fibonacci numbers are {result}.", 1.5,
        ask="the first {n} Fibonacci numbers / the first {n} terms of the Fibonacci sequence / the Fibonacci sequence up to {n} terms",
        do="list the first {n} Fibonacci numbers / print {n} Fibonacci numbers / generate the first {n} numbers of the Fibonacci sequence / show the first {n} Fibonacci numbers",
        full="What are the first {n} Fibonacci numbers? / first {n} fibonacci numbers / How does the Fibonacci sequence begin, first {n} numbers?",
    ),
    task(
        "gcd", _several("import math\nprint(math.gcd(XS))", 4),
        "I compute the greatest common divisor with Python.", "The greatest common divisor of {xs} is {result}.", 1.5,
        ask="!the greatest common divisor of {xs} / the gcd of {xs} / the largest common factor of {xs} / the highest common factor of {xs} / the largest number that divides {xs}",
        do="find the greatest common divisor of {xs} / compute the gcd of {xs} / calculate the largest common divisor of {xs}",
        full="gcd of {xs} / GCD({xs}) / Which is the largest number that divides {xs}? / {xs} - what is their greatest common divisor?",
    ),
    task(
        "lcm", _several("import math\nprint(math.lcm(XS))", 4),
        "I compute the least common multiple with Python.", "The least common multiple of {xs} is {result}.", 1.5,
        ask="!the least common multiple of {xs} / the lcm of {xs} / the lowest common multiple of {xs} / the smallest common multiple of {xs}",
        do="find the least common multiple of {xs} / compute the lcm of {xs} / calculate the smallest common multiple of {xs}",
        full="lcm of {xs} / LCM({xs}) / Which is the smallest number that {xs} divide? / {xs} - what is their least common multiple?",
    ),
    task(
        "to_binary", _one("print(bin(N)[2:])", 2, 100000),
        "I convert {n} to binary with Python.", "{n} in binary is {result}.", 1.5,
        ask="{n} in binary / the binary form of {n} / the binary representation of {n} / {n} as a binary number / {n} in base 2",
        do="!convert {n} to binary / write {n} in binary / turn {n} into a binary number / change {n} to base 2 / express {n} in binary",
        full="How do you write {n} in binary? / {n} to binary / decimal {n} in binary / How is {n} written in base 2? / {n} dec to bin",
    ),
    task(
        "to_hexadecimal", _one("print(hex(N)[2:])", 10, 1000000),
        "I convert {n} to hexadecimal with Python.", "{n} in hexadecimal is {result}.",
        ask="{n} in hexadecimal / the hexadecimal form of {n} / {n} in hex / {n} as a hex number / {n} in base 16",
        do="!convert {n} to hexadecimal / convert {n} to hex / write {n} in hexadecimal / turn {n} into hex / express {n} in base 16",
        full="{n} to hex / How do you write {n} in hex? / decimal {n} to hexadecimal / How is {n} written in base 16?",
    ),
    task(
        "to_octal", _one("print(oct(N)[2:])", 8, 100000),
        "I convert {n} to octal with Python.", "{n} in octal is {result}.", 0.5,
        ask="{n} in octal / the octal form of {n} / {n} in base 8", do="convert {n} to octal / write {n} in base 8 / express {n} in octal",
        full="{n} to octal / How is {n} written in octal?",
    ),
    task(
        "from_binary", _from_base(2, "01"), "I convert the binary number {n} to decimal with Python.", "Binary {n} is {result} in decimal.",
        ask="binary {n} in decimal / the decimal value of binary {n} / the binary number {n} as a decimal number",
        do="convert binary {n} to decimal / convert the binary number {n} to decimal / turn {n} from binary into decimal",
        full="{n} binary to decimal / Which decimal number is {n} in binary? / What number is binary {n}?",
    ),
    task(
        "from_hexadecimal", _from_base(16, "0123456789abcdef"), "I convert the hexadecimal number {n} to decimal with Python.",
        "Hexadecimal {n} is {result} in decimal.",
        ask="hexadecimal {n} in decimal / the decimal value of hex {n} / the hex number {n} as a decimal number",
        do="convert hex {n} to decimal / convert the hexadecimal number {n} to decimal / turn {n} from hex into decimal",
        full="{n} hex to decimal / Which decimal number is hex {n}? / What number is hexadecimal {n}?",
    ),
    task(
        "to_roman", _one(ROMAN, 1, 3999), "I write {n} in Roman numerals with Python.", "{n} in Roman numerals is {result}.", 0.7,
        ask="{n} in Roman numerals / the Roman numeral for {n} / {n} as a Roman numeral",
        do="convert {n} to Roman numerals / write {n} in Roman numerals / turn {n} into a Roman numeral",
        full="How do the Romans write {n}? / {n} roman / {n} to Roman numerals / How is {n} written in Roman numerals?",
    ),
    task(
        "digit_sum", _digit_sum, "I add the digits of {n} with Python.", "The digits of {n} add up to {result}.", 1.5,
        ask="!the sum of the digits of {n} / the digit sum of {n} / the total of all digits in {n}",
        do="add up the digits of {n} / sum the digits of {n} / add all the digits in {n} / compute the digit sum of {n}",
        full="What do the digits of {n} add up to? / digit sum {n} / If I add the digits of {n}, what do I get?",
    ),
    task(
        "digits_of_power", _digits_of_power("print(len(str(P)))"), "I count the digits of {a}**{b} with Python.",
        "{a} to the power of {b} has {result} digits.",
        ask="the number of digits of {a}**{b} / how many digits {a}^{b} has / the digit count of {a} to the power of {b}",
        do="count the digits of {a}**{b} / count how many digits {a}^{b} has",
        full="How many digits does {a}^{b} have? / How many digits are in {a}**{b}? / digits of {a}^{b} / How long is the number {a} to the power {b}?",
    ),
    task(
        "digit_sum_of_power", _digits_of_power("print(sum(int(d) for d in str(P)))"), "I add the digits of {a}**{b} with Python.",
        "The digits of {a} to the power of {b} add up to {result}.",
        ask="the sum of the digits of {a}**{b} / the digit sum of {a}^{b} / the sum of the digits of {a} to the power of {b}",
        do="add up the digits of {a}**{b} / sum the digits of {a}^{b}", full="What do the digits of {a}^{b} add up to? / digit sum of {a}**{b}",
    ),
    task(
        "power_mod", _power_mod, "I compute the power modulo {m} with Python.", "{a}**{b} mod {m} is {result}.",
        ask="{a}^{b} mod {m} / {a}**{b} modulo {m} / the remainder of {a}**{b} divided by {m} / {a} to the power of {b} modulo {m}",
        do="compute {a}^{b} mod {m} / calculate {a} to the power {b} modulo {m} / reduce {a}^{b} modulo {m}",
        full="{a}^{b} mod {m} = ? / What remains when {a}**{b} is divided by {m}?",
    ),
    task(
        "range_sum", _range_sum, "I add the numbers from {a} to {b} with Python.", "The numbers from {a} to {b} add up to {result}.", 1.5,
        ask="!the sum of all numbers from {a} to {b} / the sum of the integers from {a} to {b} / the total of the whole numbers between {a} and {b}",
        do="add up all numbers from {a} to {b} / sum the integers from {a} to {b} / add every whole number from {a} to {b}",
        full="What do the numbers from {a} to {b} add up to? / {a} + ... + {b} = ? / sum from {a} to {b} / If I add all numbers from {a} to {b}, what do I get?",
    ),
    task(
        "even_odd_sum", _even_odd_sum, "I add the {kind} numbers up to {n} with Python.", "The {kind} numbers up to {n} add up to {result}.",
        ask="the sum of the {kind} numbers up to {n} / the sum of all {kind} numbers from 1 to {n}",
        do="add up the {kind} numbers from 1 to {n} / sum all {kind} numbers up to {n}", full="What do the {kind} numbers from 1 to {n} add up to?",
    ),
    task(
        "multiples", _multiples, "I list the multiples of {k} up to {n} with Python.", "The multiples of {k} up to {n} are {result}.",
        ask="the multiples of {k} up to {n} / all numbers up to {n} that are divisible by {k} / all multiples of {k} from 1 to {n}",
        do="list the multiples of {k} up to {n} / list all numbers from 1 to {n} divisible by {k} / find the multiples of {k} up to {n}",
        full="Which numbers up to {n} are divisible by {k}? / multiples of {k} up to {n} / What are the multiples of {k} up to {n}?",
    ),
    task(
        "squares", _squares(2), "I list the first {n} squares with Python.", "The first {n} squares are {result}.",
        ask="the first {n} square numbers / the squares of the numbers from 1 to {n} / the first {n} squares",
        do="list the first {n} square numbers / print the squares from 1 to {n} / list the squares of 1 to {n}", full="What are the first {n} square numbers? / first {n} squares",
    ),
    task(
        "cubes", _squares(3), "I list the first {n} cubes with Python.", "The first {n} cubes are {result}.", 0.5,
        ask="the first {n} cube numbers / the cubes of the numbers from 1 to {n} / the first {n} cubes",
        do="list the first {n} cube numbers / print the cubes from 1 to {n}", full="What are the first {n} cubes? / first {n} cubes",
    ),
    task(
        "collatz", _one(COLLATZ, 2, 40), "I follow the Collatz sequence from {n} with Python.", "The Collatz sequence of {n} is {result}.", 0.7,
        ask="the Collatz sequence of {n} / the Collatz sequence starting at {n}",
        do="print the Collatz sequence starting at {n} / list the Collatz sequence for {n} / follow the Collatz sequence from {n}", full="collatz {n} / How does the Collatz sequence of {n} go?",
    ),
    task(
        "times_table", _one(TABLE, 2, 60), "I print the multiplication table of {n} with Python.", "The multiplication table of {n}:\n{result}", 0.7,
        ask="the multiplication table of {n} / the {n} times table / the times table for {n}",
        do="print the multiplication table of {n} / write the {n} times table / show the times table of {n} / make a multiplication table for {n}", full="times table {n} / {n} times table please",
    ),
    task(
        "perfect", _one(PERFECT, 30, 600), "I search for perfect numbers below {n} with Python.", "The perfect numbers below {n} are {result}.", 0.4,
        ask="the perfect numbers below {n} / all perfect numbers less than {n}", do="list the perfect numbers below {n} / find all perfect numbers under {n}", full="Which numbers below {n} are perfect? / perfect numbers below {n}",
    ),
]  # fmt: skip


@family("integers", 3.0)
def whole_numbers(rng: random.Random, held_out: bool) -> Episode:
    """A question about whole numbers."""
    return code_episode(TASKS, rng, held_out)
