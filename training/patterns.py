"""Sorts of episodes in which every call stands on its own."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from training.episode import Episode, Turn
from training.functions import Draw, Function
from training.results import as_text, draw_fields, observation
from training.scene import Scene

NONE_FITS = "None of my tools can do this."
NO_TOOL_ANSWERS = (
    "I have no tool that can do this.", "None of my tools can do that.",
    "I cannot do that with the tools I have.", "Sorry, none of my tools can do this.",
)  # fmt: skip
_NOTHING_FOUND = ("Nothing was found.", "There are no results.", "I found nothing.")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A maker of episodes and how often it is drawn, relative to the others."""

    name: str
    weight: float
    make: Callable[[Scene], Episode]


PATTERNS: dict[str, Pattern] = {}


def pattern(name: str, weight: float) -> Callable[[Callable[[Scene], Episode]], Callable[[Scene], Episode]]:
    """Register a sort of episodes."""

    def register(make: Callable[[Scene], Episode]) -> Callable[[Scene], Episode]:
        PATTERNS[name] = Pattern(name, weight, make)
        return make

    return register


@pattern("single", 28)
def single(scene: Scene) -> Episode:
    """One call, then the answer from its result."""
    function = scene.function()
    (dressed,) = scene.dress([function])
    call = scene.call(function)
    step, said = scene.step(dressed, call)
    question = call.question().replace(function.name, dressed.spec.name)
    return scene.episode(scene.offer([dressed]), scene.turn(question, [step], said))


@pattern("no_tool", 9)
def no_tool(scene: Scene) -> Episode:
    """The function asked for is not offered, often though others are that look like it."""
    function = scene.function()
    call = scene.call(function)
    near = scene.near_misses(function) if scene.rng.random() < 0.6 else []
    tools = scene.offer(scene.dress(near), apart=[function], least=0 if near else 1)
    said = scene.rng.choice(NO_TOOL_ANSWERS)
    return scene.episode(tools, scene.turn(call.question(), [], said, NONE_FITS))


@pattern("two_turns", 9)
def two_turns(scene: Scene) -> Episode:
    """Two questions in one conversation, the second sometimes without a fitting tool."""
    first = scene.function()
    second = scene.function() if scene.rng.random() < 0.6 else first
    wanted = scene.dress([first, second] if second is not first else [first])
    turns = []
    for dressed in (wanted[0], wanted[-1]):
        call = scene.call(dressed.function)
        step, said = scene.step(dressed, call)
        turns.append(scene.turn(call.question(), [step], said))
    apart = []
    if scene.rng.random() < 0.15:
        missing, turns[1] = _refused(scene)
        apart.append(missing)
    return scene.episode(scene.offer(wanted, apart=apart), *turns)


def _refused(scene: Scene) -> tuple[Function, Turn]:
    """A question for a function that is not offered."""
    missing = scene.function()
    said = scene.rng.choice(NO_TOOL_ANSWERS)
    return missing, scene.turn(scene.call(missing).question(), [], said, NONE_FITS)


@pattern("several_turns", 26)
def several_turns(scene: Scene) -> Episode:
    """Several questions for the same few tools, often look-alikes: many calls for one reading of them."""
    rng = scene.rng
    first = scene.function()
    functions = [first]
    for _ in range(rng.choice((0, 1, 2, 2, 3))):
        functions.append(scene.beside(first) if rng.random() < 0.6 else scene.function())
    wanted = scene.dress(functions)
    turns, apart = [], []
    for _ in range(rng.choice((3, 4, 5, 6, 7))):
        if rng.random() < 0.08:
            missing, turn = _refused(scene)
            if missing.domain not in {one.function.domain for one in wanted}:
                apart.append(missing)
                turns.append(turn)
                continue
        dressed = rng.choice(wanted)
        call = scene.call(dressed.function)
        step, said = scene.step(dressed, call)
        turns.append(scene.turn(call.question(), [step], said))
    return scene.episode(scene.offer(wanted, apart=apart), *turns)


@pattern("parallel", 7)
def parallel(scene: Scene) -> Episode:
    """Two or three requests in one question, done one after another."""
    first = scene.function()
    other = scene.function() if scene.rng.random() < 0.5 else first
    wanted = scene.dress([first, other] if other is not first else [first])
    order = [wanted[0], wanted[-1]]
    if len(wanted) == 1 and scene.rng.random() < 0.3:
        order.append(wanted[0])
    calls = [scene.call(dressed.function) for dressed in order]
    steps, answers = [], []
    for number, (dressed, call) in enumerate(zip(order, calls, strict=True)):
        step, said = scene.step(dressed, call, later=number > 0)
        steps.append(step)
        answers.append(said)
    question = _joined(calls, scene.rng)
    return scene.episode(scene.offer(wanted), scene.turn(question, steps, " ".join(answers)))


def _joined(calls: list[Draw], rng: random.Random) -> str:
    texts = [call.question().rstrip() for call in calls]
    ended = [text if text[-1:] in ".?!" else text + "." for text in texts]
    if rng.random() < 0.15:
        return "\n".join(f"{number}. {text}" for number, text in enumerate(texts, 1))
    link = rng.choice(
        (" Also: ", " And then: ", " ", " After that: ", " Next: ", " And ", " Then another thing. ")
    )
    return link.join(ended)


@pattern("empty_result", 2)
def empty_result(scene: Scene) -> Episode:
    """The tool finds nothing."""
    function = scene.function()
    (dressed,) = scene.dress([function])
    call = scene.call(function)
    text = scene.rng.choice(
        (
            "[]",
            "{}",
            "No results.",
            "No results found",
            '{"results": []}',
            "nothing found",
            '{"count": 0, "items": []}',
        )
    )
    step = scene.raw_step(dressed, call, text)
    return scene.episode(
        scene.offer([dressed]), scene.turn(call.question(), [step], scene.rng.choice(_NOTHING_FOUND))
    )


@pattern("records", 3)
def records(scene: Scene) -> Episode:
    """The tool gives several records; the answer lists one field of each."""
    rng = scene.rng
    function = scene.function()
    (dressed,) = scene.dress([function])
    call = scene.call(function)
    rows = [draw_fields(call, rng, scene.held_out) for _ in range(rng.randint(2, 5))]
    if not rows[0]:
        text, said = observation({}, rng, scene.held_out), "It is done."
    else:
        name = next(iter(rows[0]))
        listed = [as_text(row[name]) for row in rows]
        text = (
            "\n".join(observation(row, rng, scene.held_out) for row in rows)
            if rng.random() < 0.2
            else _json_list(rows, rng)
        )
        said = f"The {name.replace('_', ' ')} values are {', '.join(listed)}."
    step = scene.raw_step(dressed, call, text)
    return scene.episode(scene.offer([dressed]), scene.turn(call.question(), [step], said))


def _json_list(rows: list[dict[str, object]], rng: random.Random) -> str:
    import json

    wrapped: object = {rng.choice(("results", "items", "data")): rows} if rng.random() < 0.5 else rows
    return json.dumps(wrapped, ensure_ascii=False)


@pattern("long_conversation", 1.6)
def long_conversation(scene: Scene) -> Episode:
    """Many questions over many tools, so that the model has seen long prompts."""
    functions = [scene.function() for _ in range(scene.rng.randint(3, 9))]
    wanted = scene.dress(functions)
    turns = []
    for _ in range(scene.rng.randint(4, 14)):
        dressed = scene.rng.choice(wanted)
        call = scene.call(dressed.function)
        step, said = scene.step(dressed, call)
        turns.append(scene.turn(call.question(), [step], said))
    tools = [one.spec for one in wanted]
    scene.rng.shuffle(tools)
    return scene.episode(tools, *turns)
