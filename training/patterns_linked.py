"""Sorts of episodes in which a call depends on what an earlier one gave: chains, second tries, failures."""

import random
from dataclasses import replace
from typing import Any

from training.episode import Episode
from training.functions import Draw, Function, Parameter, Template
from training.lookups import LOOKUPS, Lookup
from training.patterns import pattern
from training.random_functions import random_function
from training.results import as_text, draw_fields
from training.scene import Scene, domain_functions
from training.values import Value, source

_TRIES = 12
_TEMPORARY = (
    "Error: the service is temporarily unavailable, try again.",
    "Error: timeout after 10 seconds. Please retry.", "Error: connection reset by peer",
    "Error 503: service unavailable", "Error: rate limit reached, try again",
    "The tool failed: temporary network problem. Try again.", "Error: server busy, please try again.",
    "ConnectionError: the server did not answer",
)  # fmt: skip
_PERMANENT = (
    "Error: permission denied.", "Error: not found.", "Error: this service was closed.",
    "Error: no credit left.", "Error: access denied for this account", "Error 404: not found",
    "Error: the record does not exist.", "Error: {v} does not exist.", "Error: {v} was not found.",
    "Error: unknown {p}: {v}", "Error: {p} {v} is blocked.",
)  # fmt: skip
_AGAIN = ("I will try again.", "That failed. I will try {t} again.", "I should try {t} once more.")
_CORRECT = ("I will correct the {p}.", "The {p} was wrong. I will use {v}.", "I should call {t} with {v}.")
_DID_YOU_MEAN = (
    "Error: unknown {p} '{wrong}'. Did you mean '{right}'?",
    "Error: no {p} called {wrong}. Closest match: {right}",
    "Error: {p} not found: {wrong}. Use {right} instead.", "Invalid {p} \"{wrong}\"; perhaps \"{right}\"?",
)  # fmt: skip
_THEN = (
    " Then {b}", " After that, {b}", " When you have it, {b}", " And with that {b}", " Next, {b}",
)  # fmt: skip


def _linkable(function: Function) -> list[tuple[str, Parameter]]:
    """Values of the function that a lookup could give."""
    return [(path, leaf) for path, (leaf, _) in function.leaves.items() if leaf.kind.split()[0] in LOOKUPS]


@pattern("lookup_then_call", 6)
def lookup_then_call(scene: Scene) -> Episode:
    """The question names one value only through something that has to be looked up first."""
    for _ in range(_TRIES):
        function = scene.function()
        call = scene.call(function)
        links = [(path, leaf) for path, leaf in _linkable(function) if path in call.values]
        if links:
            return _lookup(scene, call, *scene.rng.choice(links))
    return two_calls(scene)


def _lookup(scene: Scene, call: Draw, path: str, leaf: Parameter) -> Episode:
    rng = scene.rng
    lookup = rng.choice(LOOKUPS[leaf.kind.split()[0]])
    finder = _finder(lookup)
    wanted = scene.dress([finder, call.function])
    if len(wanted) < 2:
        return two_calls(scene)
    asked = source(lookup.takes)(rng, scene.held_out)
    finding = Draw(finder, finder.asks[0], {lookup.parameter: asked})
    value = call.values[path]
    fields: dict[str, Any] = {lookup.gives: value.json}
    first, _ = scene.step(wanted[0], finding, fields=fields)
    second, said = scene.step(wanted[1], _told(call, path, value), later=True)
    question = call.question({path: lookup.phrase.format(x=asked.said)})
    return scene.episode(scene.offer(wanted), scene.turn(question, [first, second], said))


def _told(call: Draw, path: str, value: Value) -> Draw:
    """The call, its answer naming the value as the first tool gave it."""
    return replace(call, values=call.values | {path: Value(value.json, as_text(value.json))})


def _finder(lookup: Lookup) -> Function:
    parameter = Parameter(
        lookup.parameter,
        {"type": "string"},
        lookup.parameter.replace("_", " ").capitalize(),
        True,
        source(lookup.takes),
    )
    return Function(
        lookup.name,
        lookup.description,
        (parameter,),
        (Template("{" + lookup.parameter + "}"),),
        {},
        (),
        "lookup",
    )


@pattern("two_calls", 4)
def two_calls(scene: Scene) -> Episode:
    """ "Do the one. Then do the other with what it gave.\""""
    rng = scene.rng
    for _ in range(_TRIES):
        first = scene.function()
        fields = (
            [name for name, field in first.result.items() if callable(field)]
            if isinstance(first.result, dict)
            else []
        )
        second = (
            random_function(rng, scene.held_out)
            if rng.random() < 0.6
            else rng.choice(domain_functions(rng, scene.held_out) or (random_function(rng, scene.held_out),))
        )
        call, opening = scene.call(second), scene.call(first)
        results = draw_fields(opening, rng, scene.held_out)
        pairs = [
            (name, path)
            for name in fields
            for path, leaf in _links_of_type(second, call, results[name])
            if leaf
        ]
        wanted = scene.dress([first, second])
        if pairs and len(wanted) == 2 and first is not second:
            name, path = rng.choice(pairs)
            step, _ = scene.step(wanted[0], opening, fields=results)
            told = _told(call, path, Value(results[name], as_text(results[name])))
            after, said = scene.step(wanted[1], told, later=True)
            question = _then(opening, call, path, name, rng)
            return scene.episode(scene.offer(wanted), scene.turn(question, [step, after], said))
    from training.patterns import single

    return single(scene)


def _links_of_type(function: Function, call: Draw, value: Any) -> list[tuple[str, Parameter]]:
    """Parameters named in the call that could take `value`."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return []
    wanted = (
        {"string"}
        if isinstance(value, str)
        else {"number", "integer"}
        if isinstance(value, int)
        else {"number"}
    )
    return [
        (path, leaf)
        for path, (leaf, _) in function.leaves.items()
        if path in call.values and leaf.schema["type"] in wanted and "enum" not in leaf.schema
    ]


def _then(opening: Draw, call: Draw, path: str, name: str, rng: random.Random) -> str:
    words = name.replace("_", " ")
    said = rng.choice(
        (
            f"the {words}",
            f"that {words}",
            f"the {words} you get",
            f"the {words} from it",
            f"the resulting {words}",
        )
    )
    second = call.question({path: said})
    first = opening.question()
    first = first if first[-1:] in ".?!" else first + "."
    return first + rng.choice(_THEN).format(
        b=second[:1].lower() + second[1:] if second[1:2].islower() else second
    )


@pattern("second_try", 5)
def second_try(scene: Scene) -> Episode:
    """The first call fails for a while; the same call then works."""
    function = scene.function()
    (dressed,) = scene.dress([function])
    call = scene.call(function)
    failed = scene.raw_step(dressed, call, scene.rng.choice(_TEMPORARY))
    step, said = scene.step(dressed, call)
    step.thought = scene.rng.choice(_AGAIN).format(t=dressed.spec.name)
    return scene.episode(scene.offer([dressed]), scene.turn(call.question(), [failed, step], said))


@pattern("corrected", 4)
def corrected(scene: Scene) -> Episode:
    """The person misspelt a value; the tool says what is right."""
    rng = scene.rng
    for _ in range(_TRIES):
        function = scene.function()
        call = scene.call(function)
        texts = [
            path
            for path, value in call.values.items()
            if isinstance(value.json, str) and value.json == value.said and 4 <= len(value.json) <= 24
            and sum(letter.isalpha() for letter in value.json) > 3
            and "enum" not in function.leaves[path][0].schema
        ]  # fmt: skip
        if texts:
            break
    else:
        return second_try(scene)
    path = rng.choice(texts)
    (dressed,) = scene.dress([function])
    right = call.values[path]
    wrong = _misspelt(right.json, rng)
    mistaken = replace(call, values=call.values | {path: Value(wrong, wrong)})
    last = path.rpartition(".")[2]
    name = dressed.rename.get(path, last)
    error = rng.choice(_DID_YOU_MEAN).format(p=name, wrong=wrong, right=right.json)
    failed = scene.raw_step(dressed, mistaken, error)
    step, said = scene.step(dressed, call)
    step.thought = rng.choice(_CORRECT).format(t=dressed.spec.name, p=name, v=right.json)
    return scene.episode(scene.offer([dressed]), scene.turn(mistaken.question(), [failed, step], said))


def _misspelt(text: str, rng: random.Random) -> str:
    while True:
        place = rng.randrange(len(text) - 1)
        draw = rng.random()
        if draw < 0.35:
            wrong = text[:place] + text[place + 1 :]
        elif draw < 0.7:
            wrong = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        elif draw < 0.8:
            wrong = text.lower() if not text.islower() else text.upper()
        else:
            wrong = text[:place] + text[place] + text[place:]
        if wrong.strip() not in ("", text):
            return wrong.strip()


@pattern("failure", 3)
def failure(scene: Scene) -> Episode:
    """The tool cannot do it, or fails twice; the person is told."""
    rng = scene.rng
    function = scene.function()
    (dressed,) = scene.dress([function])
    call = scene.call(function)
    steps = []
    if rng.random() < 0.3:
        error = rng.choice(_TEMPORARY)
        steps = [scene.raw_step(dressed, call, error), scene.raw_step(dressed, call, error)]
        steps[1].thought = rng.choice(_AGAIN).format(t=dressed.spec.name)
    else:
        path, value = rng.choice(list(call.values.items())) if call.values else ("input", Value("it", "it"))
        error = rng.choice(_PERMANENT).format(p=path.rpartition(".")[2], v=as_text(value.json))
        steps = [scene.raw_step(dressed, call, error)]
    said = rng.choice(("It did not work: {e}", "I could not do it. {e}", "That failed. {e}")).format(e=error)
    return scene.episode(scene.offer([dressed]), scene.turn(call.question(), steps, said, "The tool failed."))
