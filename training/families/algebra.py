"""Equations, growth of money, geometry and dice by code."""

import random

from training.episode import Episode
from training.families import family
from training.families.code_task import CodeTask, Draw, Slots, code_episode
from training.families.phrasing import Phrasings
from training.families.values import number, whole, with_commas


def _term(value: int, letter: str, *, first: bool = False) -> str:
    """One term as people write it: `+ 3x`, `- x`, `7`."""
    sign = ("-" if value < 0 else "") if first else (" - " if value < 0 else " + ")
    size = "" if abs(value) == 1 and letter else str(abs(value))
    return f"{sign}{size}{letter}"


def _nonzero(rng: random.Random, most: int) -> int:
    return rng.choice((-1, 1, 1)) * rng.randint(1, most)


def _quadratic(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    if rng.random() < 0.7:
        p, q, a = _nonzero(rng, 12), _nonzero(rng, 12), rng.choice((1, 1, 1, 2, 3, -1))
        b, c = -a * (p + q), a * p * q
    else:
        a, b, c = _nonzero(rng, 9), _nonzero(rng, 20), _nonzero(rng, 30)
    square = rng.choice(("x^2", "x**2", "x²"))
    text = _term(a, square, first=True) + (_term(b, "x") if b else "") + _term(c, "")
    code = f"import cmath\na, b, c = {a}, {b}, {c}\nroot = cmath.sqrt(b**2 - 4 * a * c)\n"
    return {"eq": f"{text} = 0"}, code + "print((-b + root) / (2 * a), (-b - root) / (2 * a))"


def _linear(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    a, b, c = _nonzero(rng, 20), _nonzero(rng, 60), rng.choice((_nonzero(rng, 200), rng.randint(1, 100)))
    letter = rng.choice("xxxxynt")
    text = f"{_term(a, letter, first=True)}{_term(b, '')} = {c}"
    return {
        "eq": text,
        "x": letter,
    }, f"print(({c} - {b if b > 0 else f'({b})'}) / {a if a > 0 else f'({a})'})"


def _system(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    while True:
        a, b, d, e = (_nonzero(rng, 9) for _ in range(4))
        if a * e != b * d:
            break
    x, y = _nonzero(rng, 10), _nonzero(rng, 10)
    c, f = a * x + b * y, d * x + e * y
    slots = {
        "p": f"{_term(a, 'x', first=True)}{_term(b, 'y')} = {c}",
        "q": f"{_term(d, 'x', first=True)}{_term(e, 'y')} = {f}",
    }
    code = f"a, b, c = {a}, {b}, {c}\nd, e, f = {d}, {e}, {f}\ndet = a * e - b * d\n"
    return slots, code + "print((c * e - b * f) / det, (a * f - c * d) / det)"


def _interest(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    money = rng.choice((rng.randint(1, 99) * 100, rng.randint(1, 50) * 1000, whole(rng, 5) + 100))
    rate = rng.choice(
        (str(rng.randint(1, 12)), f"{rng.randint(0, 9)}.{rng.choice((5, 25, 75, rng.randint(1, 9)))}")
    )
    years = rng.randint(2, 40)
    sign = rng.choice(("{} euros", "${}", "{} dollars", "€{}", "£{}", "{}"))
    slots = {"m": sign.format(with_commas(rng, money)), "r": rate, "y": str(years)}
    return (
        slots,
        f"amount = {money}\nfor year in range({years}):\n    amount *= 1 + {rate} / 100\nprint(round(amount, 2))",
    )


def _doubling(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    rate = rng.choice((str(rng.randint(1, 15)), f"{rng.randint(1, 9)}.5"))
    code = f"amount = 1\nyears = 0\nwhile amount < 2:\n    amount *= 1 + {rate} / 100\n    years += 1\nprint(years)"
    return {"r": rate}, code


def _loan(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    money, rate, years = (
        rng.randint(2, 400) * 1000,
        f"{rng.randint(1, 9)}.{rng.randint(1, 9)}",
        rng.randint(2, 30),
    )
    code = f"rate = {rate} / 100 / 12\nmonths = {years} * 12\nprint(round({money} * rate / (1 - (1 + rate) ** -months), 2))"
    return {"m": with_commas(rng, money), "r": rate, "y": str(years)}, code


def _shape(names: str, template: str) -> Draw:
    """A shape whose measures are `names`, one letter each, of the template."""

    def draw(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
        slots = {name.lower(): number(rng, 2) for name in names}
        code = template
        for name in names:
            code = code.replace(name, slots[name.lower()])
        slots["u"] = rng.choice(("", "", " cm", " m", " units", " meters"))
        return slots, code

    return draw


def _dice(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    seed, count, sides = rng.randint(0, 99), rng.randint(2, 10), rng.choice((6, 6, 6, 8, 10, 20))
    code = f"import random\nrandom.seed({seed})\nprint([random.randint(1, {sides}) for _ in range({count})])"
    return {"n": str(count), "k": str(sides), "s": str(seed)}, code


def _choices(template: str) -> Draw:
    def draw(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
        n = rng.randint(4, 60)
        k = rng.randint(2, min(n, 8))
        return {"n": str(n), "k": str(k)}, template.replace("N", str(n)).replace("K", str(k))

    return draw


def _task(name: str, draw: Draw, thought: str, answer: str, weight: float = 1.0, **ways: str) -> CodeTask:
    return CodeTask(f"algebra/{name}", Phrasings(**ways), draw, thought, answer, weight)


TASKS = [
    _task(
        "quadratic", _quadratic, "I solve the quadratic equation with Python.", "The solutions of {eq} are {result}.", 2,
        ask="the solutions of {eq} / the roots of {eq} / the zeros of the quadratic {eq} / which x solve {eq}",
        do="!solve {eq} / !solve the equation {eq} / solve the quadratic equation {eq} / find the roots of {eq} / find all x with {eq} / work out the solutions of {eq}",
        full="For which x is {eq}? / {eq}, x = ? / Which values of x satisfy {eq}? / solve for x: {eq}",
    ),
    _task(
        "linear", _linear, "I solve the linear equation with Python.", "The solution of {eq} is {x} = {result}.", 2,
        ask="the solution of {eq} / the value of {x} in {eq} / {x} if {eq}",
        do="!solve {eq} / !solve {eq} for {x} / find {x} in {eq} / find {x} such that {eq} / work out {x} from {eq} / solve the equation {eq}",
        full="{eq}, what is {x}? / If {eq}, what is {x}? / {eq} => {x} = ? / For which {x} is {eq}? / Given {eq}, find {x}.",
    ),
    _task(
        "system", _system, "I solve the two equations with Python.", "The solution x, y is {result}.", 1.5,
        ask="the solution of the system {p} and {q} / x and y if {p} and {q}",
        do="!solve the system {p}, {q} / solve {p} and {q} / solve the equations {p} and {q} for x and y / find x and y with {p} and {q}",
        full="{p} and {q}: what are x and y? / If {p} and {q}, what are x and y? / system: {p}; {q}",
    ),
    _task(
        "interest", _interest, "I let the money grow year by year with Python.", "After {y} years you have {result}.", 2,
        ask="the value of {m} after {y} years at {r}% compound interest / what {m} at {r} percent interest become in {y} years / the final amount of {m} invested for {y} years at {r}% per year",
        do="calculate the compound interest: {m} at {r}% for {y} years / work out what {m} grow to in {y} years at {r}% a year / compute how much {m} become at {r} percent yearly interest after {y} years",
        full="!If I invest {m} at {r}% interest per year, how much do I have after {y} years? / I put {m} in the bank at {r} percent. What is it worth in {y} years? / {m}, {r}% per year, {y} years: how much? / How much are {m} after {y} years with {r}% compound interest? / I save {m} with {r}% yearly interest for {y} years. How much is it then? / compound interest {m} {r}% {y} years",
    ),
    _task(
        "doubling", _doubling, "I count the years with Python.", "It takes {result} years.", 0.5,
        ask="the number of years until money doubles at {r}% interest / how many years money needs to double at {r}% per year",
        do="find how many years it takes to double my money at {r}% / compute the doubling time in years at {r}% interest", full="How many years does it take for money to double at {r}%? / doubling time {r}%",
    ),
    _task(
        "loan", _loan, "I compute the monthly payment with Python.", "The monthly payment is {result}.", 0.7,
        ask="the monthly payment for a loan of {m} over {y} years at {r}% interest / the monthly rate of a mortgage of {m} at {r}% for {y} years",
        do="compute the monthly payment of a {y}-year loan of {m} at {r}% / work out the monthly payments on {m} at {r}% over {y} years",
        full="I borrow {m} at {r}% for {y} years. What do I pay each month? / How much per month is a loan of {m} at {r}% over {y} years?",
    ),
    _task(
        "circle_area", _shape("R", "import math\nprint(math.pi * R**2)"), "I compute the area of the circle with Python.", "The area is {result}.", 1.5,
        ask="the area of a circle with radius {r}{u} / the area of a circle of radius {r}{u}", do="compute the area of a circle with radius {r}{u} / calculate the area of a circle whose radius is {r}{u}",
        full="How large is a circle with radius {r}{u}? / A circle has radius {r}{u}. What is its area? / circle area r={r}",
    ),
    _task(
        "circle_length", _shape("R", "import math\nprint(2 * math.pi * R)"), "I compute the circumference with Python.", "The circumference is {result}.",
        ask="the circumference of a circle with radius {r}{u} / the perimeter of a circle of radius {r}{u}", do="compute the circumference of a circle with radius {r}{u}",
        full="A circle has radius {r}{u}. What is its circumference? / circumference r={r}",
    ),
    _task(
        "sphere", _shape("R", "import math\nprint(4 / 3 * math.pi * R**3)"), "I compute the volume of the sphere with Python.", "The volume is {result}.", 0.7,
        ask="the volume of a sphere with radius {r}{u} / the volume of a ball of radius {r}{u}", do="compute the volume of a sphere with radius {r}{u}", full="A ball has radius {r}{u}. What is its volume?",
    ),
    _task(
        "cylinder", _shape("RH", "import math\nprint(math.pi * R**2 * H)"), "I compute the volume of the cylinder with Python.", "The volume is {result}.", 0.7,
        ask="the volume of a cylinder with radius {r}{u} and height {h}{u}", do="compute the volume of a cylinder of radius {r}{u} and height {h}{u}", full="A cylinder has radius {r}{u} and height {h}{u}. What is its volume?",
    ),
    _task(
        "hypotenuse", _shape("AB", "import math\nprint(math.hypot(A, B))"), "I compute the hypotenuse with Python.", "The hypotenuse is {result}.",
        ask="the hypotenuse of a right triangle with legs {a}{u} and {b}{u} / the length of the hypotenuse for legs of {a}{u} and {b}{u}", do="compute the hypotenuse for legs {a}{u} and {b}{u} / find the hypotenuse of a right triangle with sides {a}{u} and {b}{u}",
        full="A right triangle has legs of {a}{u} and {b}{u}. How long is the hypotenuse? / hypotenuse {a} {b}",
    ),
    _task(
        "dice", _dice, "I roll the dice with Python.", "The dice show {result}.", 0.7,
        ask="{n} rolls of a {k}-sided die with seed {s}", do="roll a {k}-sided die {n} times with seed {s} / simulate {n} rolls of a {k}-sided die using seed {s} / throw {n} dice with {k} sides, seed {s}", full="Seed {s}, {n} rolls of a {k}-sided die please",
    ),
    _task(
        "combinations", _choices("import math\nprint(math.comb(N, K))"), "I count the combinations with Python.", "There are {result} ways.",
        ask="the number of ways to choose {k} out of {n} / {n} choose {k} / the number of combinations of {k} from {n}", do="compute {n} choose {k} / count the ways to pick {k} of {n} / calculate the binomial coefficient {n} over {k}",
        full="In how many ways can I choose {k} out of {n}? / C({n}, {k}) / How many groups of {k} can be formed from {n} people?",
    ),
    _task(
        "permutations", _choices("import math\nprint(math.perm(N, K))"), "I count the permutations with Python.", "There are {result} permutations.", 0.5,
        ask="the number of permutations of {k} out of {n} / how many ordered selections of {k} from {n} there are", do="count the permutations of {k} out of {n} / compute P({n}, {k})",
        full="How many permutations of {k} from {n} are there?",
    ),
]  # fmt: skip


@family("algebra", 3.0)
def algebra(rng: random.Random, held_out: bool) -> Episode:
    """An equation, money that grows, a shape, a count of combinations."""
    return code_episode(TASKS, rng, held_out)
