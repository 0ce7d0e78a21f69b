"""Kinds of values that are free text, identifiers and net addresses: copied letter by letter."""

import random
import uuid

from training.kinds_names import invented_word
from training.pools import pool, split_pool
from training.values import Source, Value, kind, make, plain, source

OTHER_THAN_PICKED = 0.2
"""Share of picks in training whose words are others: a value is copied, not chosen from those known."""
_HARD = "abcdefghijklmnopqrstuvwxyz"


def some_word(rng: random.Random, held_out: bool) -> str:
    """A word: mostly English, sometimes invented, seldom random letters or of another script."""
    draw = rng.random()
    if draw < 0.6:
        return rng.choice(split_pool("words", held_out))
    if draw < 0.88:
        return invented_word(rng, held_out)
    if draw < 0.96:
        return "".join(rng.choice(_HARD) for _ in range(rng.randint(3, 9)))
    return rng.choice(pool("foreign"))


def some_words(rng: random.Random, held_out: bool, low: int, high: int) -> str:
    """Words separated by spaces."""
    return " ".join(some_word(rng, held_out) for _ in range(rng.randint(low, high)))


@kind("word")
def _word() -> Source:
    return lambda rng, held_out: plain(some_word(rng, held_out))


@kind("words")
def _words(low: str, high: str) -> Source:
    return lambda rng, held_out: plain(some_words(rng, held_out, int(low), int(high)))


@kind("sentence")
def _sentence() -> Source:
    def draw(rng: random.Random, held_out: bool) -> Value:
        if rng.random() < 0.4:
            note = rng.choice(split_pool("notes", held_out))
            return plain(note[0].upper() + note[1:])
        words = some_words(rng, held_out, 4, 10)
        return plain(words[0].upper() + words[1:] + rng.choice(("", ".", "!")))

    return draw


@kind("query")
def _query() -> Source:
    def draw(rng: random.Random, held_out: bool) -> Value:
        if rng.random() < 0.5:
            return plain(rng.choice(split_pool("phrases", held_out)))
        words = rng.choices(split_pool("words", held_out), k=rng.randint(1, 4))
        if rng.random() < 0.4:
            words.append(make(rng.choice(("city", "company", "person", "food", "year")), rng, held_out).said)
        return plain(" ".join(words))

    return draw


@kind("title")
def _title() -> Source:
    def draw(rng: random.Random, held_out: bool) -> Value:
        if rng.random() < 0.5:
            return plain(rng.choice(split_pool("titles", held_out)))
        return plain(some_words(rng, held_out, 1, 4).title())

    return draw


@kind("note")
def _note() -> Source:
    def draw(rng: random.Random, held_out: bool) -> Value:
        if rng.random() < 0.65:
            return plain(rng.choice(split_pool("notes", held_out)))
        return plain(some_words(rng, held_out, 3, 8))

    return draw


@kind("pick")
def _pick(choices: str) -> Source:
    options = [choice.strip() for choice in choices.split("|")]
    worded = not any(character.isdigit() for option in options for character in option)

    def draw(rng: random.Random, held_out: bool) -> Value:
        picked = rng.choice(options)
        if worded and not held_out and rng.random() < OTHER_THAN_PICKED:
            return plain(_other_words(picked, rng))
        return plain(picked)

    return draw


def _other_words(picked: str, rng: random.Random) -> str:
    """As many words, written alike; some may stay, so that none tells where a value ends."""
    words = picked.split()
    kept = rng.randrange(len(words)) if len(words) > 1 and rng.random() < 0.5 else None
    for position, word in enumerate(words):
        if position != kept and word.isalpha():
            new = rng.choice(split_pool("things", False)) if rng.random() < 0.6 else some_word(rng, False)
            words[position] = new.capitalize() if word[0].isupper() else new
    return " ".join(words)


@kind("list")
def _list(*arguments: str) -> Source:
    if len(arguments) < 3:
        raise ValueError("write `list KIND A B`")
    *inner, low, high = arguments
    item = source(" ".join(inner))

    def draw(rng: random.Random, held_out: bool) -> Value:
        count = rng.randint(int(low), int(high))
        values = [item(rng, held_out) for _ in range(count)]
        if not values:
            return Value([], "none")
        if isinstance(values[0].json, str):  # nobody names the same thing twice
            values = [*{value.json: value for value in values}.values()]
        said = [
            str(value.json) if "," in value.said and not isinstance(value.json, str) else value.said
            for value in values
        ]
        if len(said) == 1:
            return Value([values[0].json], said[0])
        joint = rng.choice((" and ", " and ", " and ", ", ", ", ", ", and ", " or ", " & "))
        return Value([value.json for value in values], ", ".join(said[:-1]) + joint + said[-1])

    return draw


def _label(rng: random.Random, held_out: bool) -> str:
    return rng.choice(split_pool("words", held_out)) if rng.random() < 0.4 else invented_word(rng, held_out)


@kind("domain")
def _domain() -> Source:
    return lambda rng, held_out: plain(_host(rng, held_out))


def _host(rng: random.Random, held_out: bool) -> str:
    name = _label(rng, held_out)
    if rng.random() < 0.25:
        name += f"-{_label(rng, held_out)}"
    return f"{name}.{rng.choice(split_pool('tlds', held_out))}"


@kind("email")
def _email() -> Source:
    def draw(rng: random.Random, held_out: bool) -> Value:
        first = rng.choice(split_pool("first_names", held_out)).lower()
        local = first if first.isascii() and rng.random() < 0.7 else _label(rng, held_out)
        if rng.random() < 0.5:
            local += rng.choice("._-") + _label(rng, held_out)
        if rng.random() < 0.3:
            local += str(rng.randint(1, 99))
        return plain(f"{local}@{_host(rng, held_out)}")

    return draw


@kind("url")
def _url() -> Source:
    def draw(rng: random.Random, held_out: bool) -> Value:
        address = rng.choice(("https://", "https://www.", "http://")) + _host(rng, held_out)
        for _ in range(rng.randint(0, 3)):
            address += f"/{_label(rng, held_out)}"
        if rng.random() < 0.2:
            address += f"?{_label(rng, held_out)}={rng.randint(1, 999)}"
        return plain(address)

    return draw


@kind("phone")
def _phone() -> Source:
    def draw(rng: random.Random, held_out: bool) -> Value:
        digits = [rng.randint(100, 999), rng.randint(100, 999), rng.randint(1000, 9999)]
        form = rng.choice(("{}-{}-{}", "+1 {} {} {}", "+44 {} {}{}", "({}) {}-{}", "+{}{}{}"))
        return plain(form.format(*digits))

    return draw


@kind("id")
def _id() -> Source:
    def draw(rng: random.Random, held_out: bool) -> Value:
        letters = "".join(rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(rng.randint(1, 4)))
        digits = "".join(rng.choice("0123456789") for _ in range(rng.randint(2, 7)))
        form = rng.choice(("{}-{}", "{}{}", "{}_{}", "#{}{}", "{}-{}-" + rng.choice("ABCXYZ")))
        name = form.format(letters, digits)
        return plain(name.lower() if rng.random() < 0.2 else name)

    return draw


@kind("uuid")
def _uuid() -> Source:
    return lambda rng, held_out: plain(str(uuid.UUID(int=rng.getrandbits(128), version=4)))


@kind("filename")
def _filename() -> Source:
    return lambda rng, held_out: plain(_file(rng, held_out))


def _file(rng: random.Random, held_out: bool) -> str:
    name = rng.choice(split_pool("filenames", held_out)) if rng.random() < 0.6 else _label(rng, held_out)
    if rng.random() < 0.4:
        name += rng.choice("_-") + rng.choice((str(rng.randint(1, 2030)), _label(rng, held_out)))
    return f"{name}.{rng.choice(split_pool('extensions', held_out))}"


@kind("path")
def _path() -> Source:
    def draw(rng: random.Random, held_out: bool) -> Value:
        folders = "/".join(_label(rng, held_out) for _ in range(rng.randint(1, 3)))
        return plain(rng.choice(("", "/", "/home/", "./", "~/")) + f"{folders}/{_file(rng, held_out)}")

    return draw


@kind("username")
def _username() -> Source:
    def draw(rng: random.Random, held_out: bool) -> Value:
        name = _label(rng, held_out)
        if rng.random() < 0.5:
            name += rng.choice(("_", ".", "")) + rng.choice(
                (_label(rng, held_out), str(rng.randint(1, 2010)))
            )
        return plain(name)

    return draw


@kind("hashtag")
def _hashtag() -> Source:
    return lambda rng, held_out: plain(
        "#" + _label(rng, held_out) + rng.choice(("", _label(rng, held_out).capitalize()))
    )


@kind("code_name")
def _code_name() -> Source:
    def draw(rng: random.Random, held_out: bool) -> Value:
        words = [_label(rng, held_out) for _ in range(rng.randint(1, 3))]
        return plain(rng.choice("_-").join(words))

    return draw


@kind("version")
def _version() -> Source:
    def draw(rng: random.Random, held_out: bool) -> Value:
        numbers = [str(rng.randint(0, 20)) for _ in range(rng.randint(2, 3))]
        return plain(rng.choice(("", "v")) + ".".join(numbers) + rng.choice(("", "", "", "-beta", "rc1")))

    return draw


@kind("ip")
def _ip() -> Source:
    return lambda rng, held_out: plain(".".join(str(rng.randint(1, 254)) for _ in range(4)))
