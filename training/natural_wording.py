"""The sentences around a made-up request; names and descriptions of made-up tools."""

import random

FRAMES = (
    "{T}.", "{T}.", "{T}.", "{T}", "{t}", "Please {t}.", "Please {t}.", "Can you {t}?", "Could you {t}?",
    "Could you please {t}?", "Would you {t}?", "I want you to {t}.", "I'd like you to {t}.",
    "I need you to {t}.",
    "We need to {t}.", "Let's {t}.", "It's time to {t}.", "Go ahead and {t}.", "Don't forget to {t}.",
    "Kindly {t}.",
    "Make sure to {t}.", "Is it possible to {t}?", "Would you be so kind as to {t}?", "I have to {t}.",
    "You have to {t}.", "Now {t}.", "Will you {t}?", "Just {t}.", "I want to {t}.", "Help me {t}.",
)  # fmt: skip
FOR_SOMEBODY = (
    "{s} would like to {t}.", "{s} wants to {t}.", "{s} has to {t}.", "{s} asked me to {t}.",
    "{s} needs you to {t}.",
)  # fmt: skip
WITHOUT_VERB = (
    "I'd like {o}.",
    "I need {o}.",
    "{O}.",
    "{O}, please.",
    "We want {o}.",
    "Can I have {o}?",
    "May I get {o}?",
)
_DESCRIPTIONS = (
    "{V} {a}.", "{V} {a}.", "{V} {a}", "{S} {a}.", "Use this to {v} {a}.", "Use it to {s} {a}.",
    "Lets you {v} {a}.",
    "{V} {a} and tell when it is done.", "{S} {a} as asked.", "{V} {a} and return a short confirmation.",
    "{V} {a} with the given settings.", "{N}: {s} it.",
)  # fmt: skip
_MORE = (
    "\n\nIt may take a while.", "\n\nThe log is written too.", " Ask before doing it twice.",
    "\n\nReturns what was done.",
    " Works at any time of the day.", "\nRaises an error if it is already being done.",
)  # fmt: skip


def framed(frame: str, key: str, text: str) -> str:
    """The text in its frame, at `{key}`, or at `{KEY}` with a capital."""
    capital = text if text.startswith("{") else text[:1].upper() + text[1:]
    return frame.replace("{" + key + "}", text).replace("{" + key.upper() + "}", capital)


def name_of(verb: str, noun: str, rng: random.Random) -> str:
    """A name in snake case: verb and noun, mostly."""
    verb, noun = verb.replace(" ", "_"), noun.replace(" ", "_").replace("-", "_")
    draw = rng.random()
    if draw < 0.05:
        return verb
    return f"{noun}_{verb}" if draw < 0.1 else f"{verb}_the_{noun}" if draw < 0.12 else f"{verb}_{noun}"


def description_of(verb: str, noun: str, rng: random.Random) -> str:
    """What the tool does, in the words of one of the verbs that mean the same."""
    words = verb.split("|")
    other = rng.choice(words)
    named = rng.choice((f"the {noun}", f"a {noun}", noun, f"{noun}s", f"one {noun}"))
    text = rng.choice(_DESCRIPTIONS).format(
        v=words[0], V=words[0].capitalize(), s=other, S=other.capitalize(), a=named, N=noun.capitalize()
    )
    return text + rng.choice(_MORE) if rng.random() < 0.12 else text
