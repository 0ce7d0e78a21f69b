"""Code that the person gives: run as it is; mended and run again where it fails."""

import random

from training.episode import FINAL_THOUGHT, Episode, Step, Turn
from training.families import family
from training.families.builtin import CODE, offer
from training.families.cells import run_cell
from training.families.failures import misspelt
from training.families.phrasing import Phrasings
from training.families.values import whole
from training.families.words import WORDS

RUN = Phrasings(
    full="""!Run this code:{code} / !Run this Python code:{code} / Execute this:{code} / Try this code:{code} / Execute the following Python
        code:{code} / Run the following:{code} / !What does this code print?{code} / What is the output of this program?{code} / !Run
        this.{code} / run{code} / What happens if I run this?{code} / Does this work?{code} / What does the following Python code
        give?{code} / python:{code} / Here is my code, run it please:{code} / Please run this code for me:{code} / Could you execute this
        program?{code} / Can you run this?{code} / I wrote this. What does it print?{code} / Test this script:{code} / I need the output of
        this:{code} / Let's see what this does:{code} / My teacher gave me this program. What is its output?{code} / Would you run this
        snippet?{code} / code:{code} / Check this code:{code} / output of{code} / Run my script and tell me what it prints:{code} /
        Evaluate this Python:{code} / Use Python to run this:{code}""",
)


def _set_apart(rng: random.Random, code: str) -> str:
    """Code as it stands below a question: as it is, or fenced."""
    return rng.choice(("\n{}", "\n{}", "\n\n{}", "\n```python\n{}\n```", "\n```\n{}\n```")).format(code)


def _snippet(rng: random.Random, held_out: bool) -> str:
    """Code that works."""
    name, other = WORDS.sample(rng, held_out, 2)
    a, b = whole(rng, 3), whole(rng, 3)
    return rng.choice(
        (
            f"{name} = {a}\n{other} = {b}\nprint({name} * {other})",
            f"{name} = {[whole(rng, 2) for _ in range(4)]}\nprint(sum({name}))",
            f"for {name} in range({rng.randint(2, 6)}):\n    print({name} * {b})",
            f"def {name}({other}):\n    return {other} + {a}\n\nprint({name}({b}))",
            f"print({name!r}.upper())",
            f"import math\n{name} = math.sqrt({a})\nprint(round({name}, 2))",
            f"{name} = {{'{other}': {a}}}\nprint({name}['{other}'])",
            f"print([{name}**2 for {name} in range({rng.randint(3, 9)})])",
            f"{name} = '{other}'\nprint(len({name}) + {a})",
            f"{name} = {a}\nwhile {name} > {max(a - 5, 0)}:\n    {name} -= 2\nprint({name})",
        )
    )


def _broken(rng: random.Random, held_out: bool) -> tuple[str, str, str]:
    """Code with a mistake, what is wrong with it, and the code without."""
    name, other = WORDS.sample(rng, held_out, 2)
    a, b = whole(rng, 3), whole(rng, 3)
    wrong = misspelt(rng, name)
    while not wrong.isidentifier():
        wrong = misspelt(rng, name)
    choices = (
        (f"{name} = {a}\nprint({{}} + {b})", wrong, name, f"The name is {name}, not {wrong}."),
        (f"{name} = {a}\n{other} = {b}\nprint({{}} * {other})", wrong, name, f"The name is {name}, not {wrong}."),
        (f"def {name}(n):\n    return n + {a}\n\nprint({{}}({b}))", wrong, name, f"The name is {name}, not {wrong}."),
        (f"print(({a} + {b}) * 2{{}}", "", ")", "A parenthesis is missing."),
        (f"for n in range({rng.randint(2, 5)}){{}}\n    print(n * {a})", "", ":", "A colon is missing."),
        (f"if {a} > {b}{{}}\n    print('{name}')\nelse:\n    print('{other}')", "", ":", "A colon is missing."),
        (f"{{}}print(math.sqrt({a}))", "", "import math\n", "The import of math is missing."),
        (f"{{}}print(statistics.mean([{a}, {b}]))", "", "import statistics\n", "The import of statistics is missing."),
        (f"{{}}print(json.dumps([{a}, {b}]))", "", "import json\n", "The import of json is missing."),
        (f"print('{name} ' + {{}})", str(a), f"str({a})", "A number must be turned into text first."),
        (f"print({{}} + {b})", f"'{a}'", f"int('{a}')", "Text must be turned into a number first."),
        (f"prices = {{{{'{name}': {a}, '{other}': {b}}}}}\nprint(prices['{{}}'])", wrong, name, f"The key is {name}, not {wrong}."),
        (f"print('{name}'.{{}}())", _short(rng, "upper"), "upper", "The method is called upper."),
        (f"values = [{a}, {b}, {a + b}]\nprint(values[{{}}])", "3", "2", "The last index of three values is 2."),
        (f"values = [{a}, {b}]\nvalues.{{}}({a + 1})\nprint(values)", _short(rng, "append"), "append", "The method is called append."),
    )  # fmt: skip
    template, bad, good, why = rng.choice(choices)
    return template.format(bad), why, template.format(good)


def _short(rng: random.Random, name: str) -> str:
    """The name of a method with one letter missing."""
    at = rng.randrange(1, len(name))
    return name[:at] + name[at + 1 :]


def given_code(rng: random.Random, held_out: bool) -> Turn:
    """Code in the question that works."""
    code = _snippet(rng, held_out)
    step = Step("I run the code.", CODE, {"code": code}, run_cell(code))
    return Turn(
        RUN.pick(rng, held_out, {"code": _set_apart(rng, code)}),
        [step],
        FINAL_THOUGHT,
        f"The code prints:\n{step.observation}",
    )


def broken_code(rng: random.Random, held_out: bool) -> Turn:
    """Code in the question that fails; the second try is without the mistake."""
    code, why, mended = _broken(rng, held_out)
    first, second = run_cell(code), run_cell(mended, 2)
    steps = [
        Step("I run the code.", CODE, {"code": code}, first),
        Step(f"{why} I mend it and run it again.", CODE, {"code": mended}, second),
    ]
    answer = f"{why} Without this mistake the code prints:\n{second}"
    return Turn(RUN.pick(rng, held_out, {"code": _set_apart(rng, code)}), steps, FINAL_THOUGHT, answer)


@family("code_of_the_person", 3.0)
def code_of_the_person(rng: random.Random, held_out: bool) -> Episode:
    """Code in the question, with or without a mistake."""
    broken = rng.random() < 0.55
    turn = (broken_code if broken else given_code)(rng, held_out)
    return Episode(offer(rng, CODE), [turn], kind=f"code_of_the_person/{'broken' if broken else 'works'}")
