"""The hand-written families: valid calls, true observations, answers that carry them, a held-out split."""

import json
import random
import re
import subprocess
import sys
import zoneinfo
from datetime import datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from qwact.tools import Calculator, Files
from qwact.tools.clock import CurrentTime
from qwact.tools.interpreter import CodeInterpreter
from training.episode import Episode, Step, check
from training.families import Family, load_families
from training.families.builtin import BUILT_IN, CALCULATOR, CODE, built_in_spec, offer
from training.families.calculator import EXPRESSION
from training.families.clock import CITIES, told
from training.families.dates import BETWEEN
from training.families.documents import listing
from training.families.failures import misspelt
from training.families.phrasing import Phrasings, Pool
from training.families.plots import LINE
from training.families.primes import TASKS as PRIMES
from training.families.smalltalk import TALKS
from training.families.table_operations import OPERATIONS
from training.families.table_questions import print_of
from training.families.tables import draw_table
from training.families.words import WORDS

FAMILIES = load_families()
ROOT = Path(__file__).parents[2]
_NOTICE = re.compile(r"\n(You already made|You have no tool|The (step|token|time) limit|The same call).*$")
_RUN_ALL = """
import contextlib, io, json, os, sys
results = []
for folder, code in json.load(sys.stdin):
    os.chdir(folder)
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output):
            exec(compile(code, "cell", "exec"), {"__name__": "__main__"})
        results.append(output.getvalue().rstrip("\\n"))
    except SyntaxError as error:
        results.append(f"SyntaxError: {error.msg}")
    except Exception as error:
        results.append(f"{type(error).__name__}: {error}")
json.dump(results, sys.stdout)
"""


def run_all(cells: list[tuple[str, str]]) -> list[str]:
    """What the cells print, each run in its folder; of one that fails, the traceback's last line."""
    done = subprocess.run(
        [sys.executable, "-c", _RUN_ALL], input=json.dumps(cells), capture_output=True, text=True, check=True
    )
    results: list[str] = json.loads(done.stdout)
    return results


def episodes(family: Family, count: int = 50) -> list[Episode]:
    return [family.make(random.Random(seed), seed % 2 == 1) for seed in range(count)]


def steps_of(found: list[Episode]) -> list[Step]:
    return [step for episode in found for turn in episode.turns for step in turn.steps]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_episode_is_valid(family: Family) -> None:
    for episode in episodes(family):
        check(episode)
        assert episode.kind.split("/")[0] == family.name
        schemas = {tool.name: tool.parameters for tool in episode.tools}
        for turn in episode.turns:
            assert turn.question.strip()
            assert turn.answer.strip()
            assert turn.thought.strip()
            for step in turn.steps:
                Draft202012Validator(schemas[step.name]).validate(step.arguments)
                assert step.thought.strip()
                assert step.observation.strip()


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_the_same_seed_gives_the_same_episode(family: Family) -> None:
    assert episodes(family, 5) == episodes(family, 5)


def test_code_compiles_unless_its_mistake_is_the_point() -> None:
    for family in FAMILIES:
        for step in steps_of(episodes(family)):
            if step.name == CODE and "SyntaxError" not in step.observation:
                compile(step.arguments["code"], "cell", "exec")


def test_observations_of_pure_python_are_what_it_prints(tmp_path: Path) -> None:
    steps = [step for family in FAMILIES for step in steps_of(episodes(family)) if step.name == CODE]
    foreign = ("import pandas", "import matplotlib", "open(", "import os")
    steps = [step for step in steps if not any(word in step.arguments["code"] for word in foreign)]
    steps = [step for step in steps if "declined" not in step.observation]
    assert len(steps) > 400
    printed = run_all([(str(tmp_path), step.arguments["code"]) for step in steps])
    for step, text in zip(steps, printed, strict=True):
        told_text = _NOTICE.sub("", step.observation)
        if "Error: " in text:
            told_text = told_text.rsplit("\n", 1)[-1]
        assert told_text == text, step.arguments["code"]


def test_observations_of_tables_are_what_pandas_prints(tmp_path: Path) -> None:
    cells, expected = [], []
    for seed in range(25):
        for number, operation in enumerate(OPERATIONS):
            rng = random.Random(seed * 1000 + number)
            table = draw_table(rng, seed % 2 == 1, unique=operation.unique)
            while not table.file.endswith(".csv"):
                table = draw_table(rng, seed % 2 == 1, unique=operation.unique)
            _, expression, printed = operation.compute(table, rng)
            folder = tmp_path / f"{seed}-{operation.name}"
            folder.mkdir()
            (folder / table.file).write_text(table.text())
            cells.append((str(folder), print_of(table, expression)))
            expected.append(printed)
    for (_, code), printed, text in zip(cells, expected, run_all(cells), strict=True):
        assert printed == text, code


def test_the_calculators_observations_are_the_calculators() -> None:
    calculator = Calculator()
    steps = [step for family in FAMILIES for step in steps_of(episodes(family)) if step.name == CALCULATOR]
    good = [step for step in steps if re.fullmatch(r"-?[\d.]+", step.observation)]
    assert len(good) > 50
    for step in good:
        assert calculator.run(**step.arguments) == step.observation


@pytest.mark.parametrize(
    "name", ["calculator", "arithmetic_by_code", "units", "dates", "primes", "descriptive", "integers"]
)
def test_the_answer_holds_what_was_observed(name: str) -> None:
    (family,) = [family for family in FAMILIES if family.name == name]
    for episode in episodes(family):
        (turn,) = episode.turns
        result = turn.steps[-1].observation
        verdict = {"True": "Yes, ", "False": "No, "}.get(result, result)
        assert verdict in turn.answer


@pytest.mark.parametrize("name", ["smalltalk", "knowledge", "unfitting"])
def test_some_families_call_nothing(name: str) -> None:
    (family,) = [family for family in FAMILIES if family.name == name]
    assert not steps_of(episodes(family))


def test_what_the_tools_can_do_is_answered_with_their_names() -> None:
    (family,) = [family for family in FAMILIES if family.name == "smalltalk"]
    found = [family.make(random.Random(seed), False) for seed in range(300)]
    asked = [episode for episode in found if episode.kind.endswith("/can")]
    assert asked
    for episode in asked:
        assert all(tool.name in episode.turns[0].answer for tool in episode.tools)


def _whole(phrasings: Phrasings, held_out: bool, slots: dict[str, str], count: int = 4000) -> set[str]:
    return {phrasings.pick(random.Random(seed), held_out, slots) for seed in range(count)}


def test_held_out_phrasings_are_never_trained_on() -> None:
    slots = {"a": "2024-02-10", "b": "2026-11-22"}
    trained = _whole(BETWEEN.phrasings, False, slots)
    held_out = _whole(BETWEEN.phrasings, True, slots)
    assert len(trained) > 500
    assert len(held_out) > 100
    assert not trained & held_out


def test_held_out_values_are_never_trained_on() -> None:
    trained = {WORDS.pick(random.Random(seed), False) for seed in range(4000)}
    held_out = {WORDS.pick(random.Random(seed), True) for seed in range(4000)}
    assert len(held_out) > 10
    assert not trained & held_out


def test_a_pool_without_held_out_values_still_gives_one() -> None:
    assert Pool(["!only"]).pick(random.Random(0), True) == "only"


@pytest.mark.parametrize(
    ("phrasings", "slots", "question"),
    [
        (EXPRESSION, {"e": "37 * 489 + 12"}, "What is 37 * 489 + 12?"),
        (PRIMES[0].phrasings, {"n": "60"}, "List the primes below 60"),
        (LINE, {"f": "sin(x)", "a": "0", "b": "10"}, "Plot sin(x) from 0 to 10"),
        (
            BETWEEN.phrasings,
            {"a": "2024-02-10", "b": "2026-11-22"},
            "How many days are there between 2024-02-10 and 2026-11-22?",
        ),
        (TALKS[1].phrasings, {"name": "Ann"}, "Hello, who are you?"),
    ],
)
def test_the_first_questions_of_the_readme_are_trained_on(
    phrasings: Phrasings, slots: dict[str, str], question: str
) -> None:
    assert question in _whole(phrasings, False, slots, 10_000)


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_real_tools_are_among_those_described(name: str, tmp_path: Path) -> None:
    tools = (Calculator(), CodeInterpreter(), CurrentTime(), *Files(tmp_path).tools())
    (real,) = [tool.spec for tool in tools if tool.spec.name == name]
    rng = random.Random(1)
    described = [built_in_spec(rng, name) for _ in range(800)]
    assert any(spec == real for spec in described)


def test_a_tool_may_be_left_out_of_an_offer() -> None:
    for seed in range(200):
        names = [tool.name for tool in offer(random.Random(seed), CODE, without=(CALCULATOR,))]
        assert CODE in names
        assert CALCULATOR not in names
        assert 1 <= len(names) <= 6


def test_the_clock_speaks_like_the_real_one() -> None:
    for seed, (zone, hours) in enumerate(CITIES.values()):
        assert zone in zoneinfo.available_timezones()
        moment = zoneinfo.ZoneInfo(zone)
        real = CurrentTime().run(timezone=zone)
        shape = re.sub(r"^\w+|UTC[+-]\d\d:\d\d|\d", "#", real)
        said = told(datetime(2026, 1, 1 + seed % 28, 12), zone, hours)
        assert re.sub(r"^\w+|UTC[+-]\d\d:\d\d|\d", "#", said) == shape
        offset = datetime(2026, 1, 15, tzinfo=moment).utcoffset()
        assert offset is not None
        assert offset.total_seconds() == hours * 3600


def test_a_listing_looks_like_a_real_one(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("one")
    (tmp_path / "a").mkdir()
    real = Files(tmp_path).tools()[0].run()
    made = listing(random.Random(1), ["b.txt", "a/"])
    size = r"\d+(\.\d)? (bytes|kB|MB)"
    assert re.sub(size, "#", made) == re.sub(size, "#", real)


def test_a_misspelt_name_is_another_one() -> None:
    for seed in range(300):
        name = WORDS.pick(random.Random(seed), False)
        assert misspelt(random.Random(seed), name) != name


def test_the_generator_loads_neither_pandas_nor_matplotlib() -> None:
    code = """
import random, sys
from training.families import load_families
for family in load_families():
    family.make(random.Random(0), False)
print({"pandas", "matplotlib", "numpy"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
