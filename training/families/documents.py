"""Text files that people keep, with something in them that can be asked for."""

import random
from dataclasses import dataclass

from training.families.phrasing import Pool, texts_of, words_of
from training.families.words import NAMES, SENTENCES, WORDS, made_up

STEMS = Pool(
    words_of(
        """notes todo readme report letter minutes contacts settings config recipe invoice diary plan summary agenda
    ideas draft journal instructions passwords contract speech log budget list project status guide manual
    memo"""
    )
)
ENDINGS = (".txt", ".txt", ".txt", ".md", ".md", ".log", ".ini", ".yaml", ".cfg")
FOLDERS = Pool(
    words_of(
        """docs data notes reports archive projects letters old src work private photos backup drafts 2024 texts"""
    )
)
KEYS = Pool(
    texts_of(
    """name / phone / email / city / owner / author / version / deadline / budget / address / room / port /
    password / colour / contact / manager / price / status / date / language / language code / host / user /
    customer / order number / tax number / account / start / end / location / license / priority / supervisor
    / birthday / team / product / serial number / code / timeout / retries / title / department / username /
    region / invoice number / total / currency / model"""
)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """A text file.

    Attributes:
        path: Its path below the folder.
        lines: Its text.
        facts: What it says, key by key; empty for plain prose.
    """

    path: str
    lines: tuple[str, ...]
    facts: dict[str, str]

    @property
    def text(self) -> str:
        """The whole text."""
        return "\n".join(self.lines)


def file_name(rng: random.Random, held_out: bool) -> str:
    """A file name such as people give."""
    stem = STEMS.pick(rng, held_out)
    chance = rng.random()
    if chance < 0.2:
        stem = f"{WORDS.pick(rng, held_out)}{rng.choice('_-')}{stem}"
    elif chance < 0.35:
        stem += f"{rng.choice(('_', '-', ''))}{rng.choice((rng.randint(1, 20), rng.randint(2018, 2027)))}"
    elif chance < 0.42:
        stem = rng.choice((stem.upper(), stem.title()))
    return stem + rng.choice(ENDINGS)


def _value(rng: random.Random, held_out: bool, key: str) -> str:
    if key in ("date", "deadline", "birthday", "start", "end"):
        return f"{rng.randint(1990, 2030)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    if key in (
        "phone",
        "port",
        "budget",
        "price",
        "room",
        "total",
        "timeout",
        "retries",
        "order number",
        "tax number",
        "account",
    ):
        return str(rng.randint(1, 10 ** rng.randint(2, 7)))
    if key in ("name", "owner", "author", "manager", "contact", "customer", "supervisor", "user"):
        return f"{NAMES.pick(rng, held_out)} {made_up(rng).title()}"
    if key == "email":
        return f"{NAMES.pick(rng, held_out).lower()}@{made_up(rng)}.{rng.choice(('com', 'org', 'net'))}"
    if key == "version":
        return ".".join(str(rng.randint(0, 20)) for _ in range(3))
    if key in ("serial number", "code", "password", "invoice number", "license"):
        return f"{made_up(rng).upper()}-{rng.randint(10, 9999)}"
    return WORDS.pick(rng, held_out)


def fact_sheet(rng: random.Random, held_out: bool) -> Document:
    """A file of lines such as `key: value`."""
    keys = KEYS.sample(rng, held_out, rng.randint(2, 7))
    facts = {key: _value(rng, held_out, key) for key in keys}
    form = rng.choice(("{}: {}", "{}: {}", "{} = {}", "{}={}", "- {}: {}"))
    style = rng.choice((str, str, str.title, str.capitalize, lambda key: key.replace(" ", "_")))
    lines = [form.format(style(key), value) for key, value in facts.items()]
    if rng.random() < 0.3:
        lines.insert(0, f"# {WORDS.pick(rng, held_out).title()}")
    return Document(file_name(rng, held_out), tuple(lines), facts)


def prose(rng: random.Random, held_out: bool) -> Document:
    """A file of a few sentences or items."""
    if rng.random() < 0.5:
        lines = [
            f"{text[:1].upper()}{text[1:]}." for text in SENTENCES.sample(rng, held_out, rng.randint(1, 4))
        ]
    else:
        mark = rng.choice(("- ", "* ", "[ ] ", ""))
        lines = [mark + word for word in WORDS.sample(rng, held_out, rng.randint(2, 9))]
    return Document(file_name(rng, held_out), tuple(lines), {})


def listing(rng: random.Random, names: list[str]) -> str:
    """What listing a folder answers: sorted names with their sizes, folders with a slash."""
    lines = []
    for name in sorted(names):
        if name.endswith("/"):
            lines.append(name)
            continue
        size = rng.randint(1, 10 ** rng.randint(2, 7))
        shown = (
            f"{size} bytes"
            if size < 1000
            else f"{size / 1000:.1f} kB"
            if size < 1_000_000
            else f"{size / 1_000_000:.1f} MB"
        )
        lines.append(f"{name}  {shown}")
    return "\n".join(lines)


def neighbours(rng: random.Random, held_out: bool, *paths: str) -> list[str]:
    """The names in a folder that holds these files."""
    others = {file_name(rng, held_out) for _ in range(rng.randint(0, 4))}
    folders = {f"{name}/" for name in FOLDERS.sample(rng, held_out, rng.choice((0, 0, 1, 2)))}
    return sorted({*paths, *others, *folders})
