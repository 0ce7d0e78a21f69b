"""Functions with random names, descriptions and parameters: the model must read the prompt."""

import random

from training.functions import Function, Parameter, Template
from training.kinds_names import invented_word
from training.kinds_text import some_word
from training.pools import pool, split_pool
from training.values import Source, Value, plain, source

_VERBS = pool("verbs")
_NOUNS = pool("nouns")
_STRINGS = (
    "word", "words", "title", "id", "email", "url", "city", "city_country", "country", "person",
    "company", "product", "filename", "path", "username", "code_name", "date", "date", "date_spoken",
    "time", "datetime", "weekday", "month", "address", "phone", "query", "note", "sentence", "language",
    "color", "food", "animal", "version", "domain", "uuid", "hashtag", "ip", "ticker", "airport", "team",
)  # fmt: skip
_STRING_KINDS = {"words": "words 1 3"}
_PARAMETER_NAMES = {
    "email": ["email", "recipient", "to", "contact"],
    "url": ["url", "link", "page", "website"],
    "city": ["city", "location", "place", "town", "destination", "origin"],
    "city_country": ["city", "location", "place", "region"],
    "person": ["name", "person", "customer", "owner", "author", "patient"],
    "date": ["date", "start_date", "day", "due", "end_date"],
    "date_spoken": ["date", "start_date", "day", "deadline", "birthday"],
    "time": ["time", "start_time", "at", "hour"],
    "id": ["id", "order_id", "code", "reference", "serial", "key", "account"],
    "query": ["query", "q", "keywords", "search_term", "topic"],
    "note": ["message", "text", "note", "body", "comment"],
    "sentence": ["text", "content", "sentence", "message"],
    "filename": ["file", "filename", "document", "attachment"],
    "path": ["path", "folder", "directory", "target"],
    "int": [
        "count",
        "limit",
        "quantity",
        "number",
        "days",
        "size",
        "n",
        "level",
        "age",
        "width",
        "height",
        "year",
    ],
    "number": [
        "amount",
        "price",
        "rate",
        "value",
        "radius",
        "length",
        "weight",
        "x",
        "y",
        "threshold",
        "base",
    ],
}
_NUMBERS = (
    "int 1 20",
    "int 1 1000",
    "int 0 100000",
    "int -50 50",
    "float 0 10 2",
    "float -100 100 3",
    "money 1 5000",
    "percent",
    "year",
)
_NAMED = (
    "{p} {v}", "{p} {v}", "the {p} {v}", "{p} set to {v}", "{p}: {v}", "{p} = {v}", "{v} as {p}",
    "{v} as the {p}", "a {p} of {v}", "{p} being {v}", "using {v} for the {p}", "{p} should be {v}",
    "{p} '{v}'", '{p} "{v}"',
)  # fmt: skip
_OPENINGS = (
    "{t} with {ps}.", "Please {t} with {ps}.", "Can you {t} for me? {Ps}.", "I need to {t}: {ps}.",
    "{t}, {ps}", "Could you {t} using {ps}?", "I'd like to {t}. Use {ps}.", "We have to {t} today; {ps}.",
    "{T} ({ps}).", "My manager asked me to {t} with {ps}.", "Help me {t}. It has {ps}.",
    "With {ps}, please {t}.", "Given {ps}, {t}.", "For {ps}, can you {t}?", "{Ps}. {T}.",
    "{Ps} - {t} please", "Let's {t}. {Ps}.", "Would you mind and {t}, with {ps}?", "Use {name} with {ps}.",
    "Call {name}: {ps}.", "Run {name} for me, {ps}.", "How do I {t} with {ps}? Do it for me.",
    "It is time to {t}. Here is what you need: {ps}.",
)  # fmt: skip
_BARE = (
    "{t} {v}", "{T} for {v}.", "Please {t} for {v}.", "Can you {t} of {v}?", "{T}: {v}",
    "I want to {t} for {v}.", "{v}: {t}", "What does {name} say about {v}?", "{T} {v} please.",
    "Could you {t}, it's about {v}?",
)  # fmt: skip
_NOTHING = (
    "{T}.",
    "Please {t}.",
    "Can you {t}?",
    "{t} now",
    "I'd like you to {t}.",
    "Run {name}.",
    "Go and {t}.",
)


def random_function(rng: random.Random, held_out: bool) -> Function:
    """A function that exists nowhere. Its phrasings are made for it alone."""
    used: set[str] = set()
    count = rng.choice((0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5))
    parameters = tuple(_parameter(rng, held_out, used, allow_object=True) for _ in range(count))
    return compose(rng, held_out, parameters)


def compose(rng: random.Random, held_out: bool, parameters: tuple[Parameter, ...]) -> Function:
    """A random task that takes these parameters."""
    task, name = _task_and_name(rng, held_out)
    description = _description(task, rng, held_out)
    ask = _ask(task, name, parameters, rng)
    fields = {_word(rng, held_out): source(_any_kind(rng)) for _ in range(rng.choice((1, 1, 2, 3)))}
    return Function(name, description, parameters, (Template(ask),), fields, (), "random")


def _word(rng: random.Random, held_out: bool) -> str:
    return rng.choice(split_pool("words", held_out)) if rng.random() < 0.7 else invented_word(rng, held_out)


def _task_and_name(rng: random.Random, held_out: bool) -> tuple[str, str]:
    """What the function does in words (`find the blue forecast`), and its snake-case name."""
    verb = rng.choice(_VERBS)
    noun = rng.choice(_NOUNS) if rng.random() < 0.5 else _word(rng, held_out)
    extra = rng.choice(_NOUNS) if rng.random() < 0.3 else _word(rng, held_out)
    draw = rng.random()
    if draw < 0.3:
        task, name = f"{verb} the {noun}", f"{verb}_{noun}"
    elif draw < 0.75:
        task, name = f"{verb} the {extra} {noun}", f"{verb}_{extra}_{noun}"
    elif draw < 0.85:
        task, name = f"{verb} the {noun} of the {extra}", f"{verb}_{noun}_{extra}"
    else:  # the name says nothing: only the description does
        task, name = (
            f"{verb} the {extra} {noun}",
            some_word(rng, held_out) + rng.choice(("", f"_{rng.randint(1, 99)}")),
        )
    return task, name


def _description(task: str, rng: random.Random, held_out: bool) -> str:
    draw = rng.random()
    if draw < 0.5:
        text = f"{task[0].upper()}{task[1:]}."
    elif draw < 0.75:
        text = f"Use this to {task}."
    else:
        text = f"{task[0].upper()}{task[1:]} in the {_word(rng, held_out)} {_word(rng, held_out)}."
    return text


def _any_kind(rng: random.Random) -> str:
    if rng.random() < 0.3:
        return rng.choice(_NUMBERS)
    kind = rng.choice(_STRINGS)
    return _STRING_KINDS.get(kind, kind)


def _parameter(rng: random.Random, held_out: bool, used: set[str], *, allow_object: bool) -> Parameter:
    draw = rng.random()
    required = rng.random() < 0.75
    if allow_object and draw < 0.04:
        inner: set[str] = set()
        children = tuple(
            _parameter(rng, held_out, inner, allow_object=False) for _ in range(rng.randint(1, 3))
        )
        name = _name("object", rng, held_out, used)
        return Parameter(name, {"type": "object"}, "", True, None, "object", None, children)
    if draw < 0.52:
        return _string(rng, held_out, used, required)
    if draw < 0.78:
        kind = rng.choice(_NUMBERS)
        whole = kind.startswith(("int", "year"))
        name = _name("int" if whole else "number", rng, held_out, used)
        schema = {"type": "integer" if whole else "number"}
        return Parameter(name, schema, _about(name, rng, held_out), required, source(kind), kind.split()[0])
    if draw < 0.90:
        options = sorted({_word(rng, held_out) for _ in range(rng.randint(2, 5))})
        name = _name("enum", rng, held_out, used)
        schema = {"type": "string", "enum": options}
        return Parameter(name, schema, _about(name, rng, held_out), required, _one_of(options), "enum")
    if draw < 0.95:
        name = _name("boolean", rng, held_out, used)
        return Parameter(name, {"type": "boolean"}, _about(name, rng, held_out), required, _switch, "boolean")
    kind = rng.choice(("word", "int 1 99", "first_name", "city", "float 0 50 1", "email", "food", "id"))
    item = "integer" if kind.startswith("int") else "number" if kind.startswith("float") else "string"
    name = _name("array", rng, held_out, used)
    schema = {"type": "array", "items": {"type": item}}
    return Parameter(name, schema, _about(name, rng, held_out), required, source(f"list {kind} 1 4"), "list")


def _one_of(options: list[str]) -> Source:
    return lambda rng, held_out: plain(rng.choice(options))


def _switch(rng: random.Random, held_out: bool) -> Value:
    on = rng.random() < 0.5
    return Value(
        on, rng.choice(("on", "enabled", "true", "yes") if on else ("off", "disabled", "false", "no"))
    )


def _string(rng: random.Random, held_out: bool, used: set[str], required: bool) -> Parameter:
    kind = rng.choice(_STRINGS)
    name = _name(kind, rng, held_out, used)
    drawn = source(_STRING_KINDS.get(kind, kind))
    return Parameter(name, {"type": "string"}, _about(name, rng, held_out), required, drawn, kind)


def _name(kind: str, rng: random.Random, held_out: bool, used: set[str]) -> str:
    while True:
        known = _PARAMETER_NAMES.get(kind, [kind] if kind in _STRINGS else [])
        name = rng.choice(known) if known and rng.random() < 0.6 else _word(rng, held_out)
        if rng.random() < 0.2:
            name = f"{name}_{_word(rng, held_out)}"
        if name not in used:
            used.add(name)
            return name


def _about(name: str, rng: random.Random, held_out: bool) -> str:
    words = name.replace("_", " ")
    draw = rng.random()
    if draw < 0.35:
        return ""
    if draw < 0.7:
        return rng.choice(
            (f"The {words}", f"The {words}.", f"{words.capitalize()} to use", f"{words.capitalize()}")
        )
    return f"{words.capitalize()} of the {_word(rng, held_out)}"


def _ask(task: str, name: str, parameters: tuple[Parameter, ...], rng: random.Random) -> str:
    leaves = [(path, must) for top in parameters for path, _, must in top.leaves()]
    named = [path for path, must in leaves if must or rng.random() < 0.5]
    if rng.random() < 0.3:
        rng.shuffle(named)
    said = task if rng.random() < 0.8 else task.replace("the ", rng.choice(("a ", "my ", "our ", "")), 1)
    frame = {"t": said, "T": said[0].upper() + said[1:], "name": name}
    if not named:
        return rng.choice(_NOTHING).format(**frame)
    if len(named) == 1 and rng.random() < 0.5:
        return rng.choice(_BARE).format(v="{" + named[0] + "}", **frame)
    style = rng.choice(_NAMED) if rng.random() < 0.5 else None
    parts = [_named_value(path, style or rng.choice(_NAMED)) for path in named]
    joined = (
        ", ".join(parts[:-1]) + rng.choice((" and ", ", ", " and ")) + parts[-1]
        if len(parts) > 1
        else parts[0]
    )
    capital = joined if joined.startswith("{") else joined[0].upper() + joined[1:]
    return rng.choice(_OPENINGS).format(ps=joined, Ps=capital, **frame)


def _named_value(path: str, style: str) -> str:
    words = path.rpartition(".")[2].replace("_", " ")
    return style.format(p=words, v="{" + path + "}")
