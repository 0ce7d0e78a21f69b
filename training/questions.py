"""What people put around a question: greetings, reasons, numbers that do not matter, no punctuation."""

import random
from functools import cache

from training.pools import pool
from training.values import make

_BEFORE = (
    "Hi! ", "Hello, ", "Hey, ", "Hi there, ", "Good morning. ", "Good evening! ", "Quick question: ",
    "Please help. ", "OK, next one. ", "I need your help. ", "Hey assistant, ", "Dear assistant, ", "So, ",
    "Alright. ", "Um, ", "One more thing: ", "Sorry to bother you. ", "I have a request: ",
    "Let me try this: ", "Listen, ", "Well, ",
)  # fmt: skip
_AFTER = (
    " Thanks!", " Thank you.", " Thanks in advance!", " Please.", " Cheers.", " It is urgent.",
    " I'm in a hurry.", " Take your time.", " That would help me a lot.", " I'd really appreciate it.",
    " Ok?", " :)", " Much appreciated.",
)  # fmt: skip
_QUESTION_WORDS = """
    what what's which who whose where when why how how's is are was were am do does did can could
    would will should shall may might has have had i i'd i'm i've we we'd we're we've my our your it
    it's the a an this that these those there there's please kindly let let's tell give show list
    get put take make help need want just now if in on at for from with to of by and or as after
    before between until since during under over once any some all every each one two three four
    five me us somebody someone everyone could've go turn set
"""
_CONTEXT = (
    "I have {n} minutes before my next meeting.", "My sister {p} asked me about this.", "I live in {c}.",
    "There are {n} people in our office.", "I've been working on this for {n} hours.",
    "My boss {p} needs it today.", "We talked about it on {w}.", "I was born in {c}, by the way.",
    "My dog is {n} years old.", "It's {w} already.", "I tried {n} times on my own.",
    "The {f} I had for lunch was great.", "I am writing from {c}.", "My colleague {p} could not help me.",
    "I am preparing a report for {o}.", "We have a budget of {n} for this.", "I only slept {n} hours.",
    "Yesterday I did this for {p}.", "{p} says hello.", "I work for {o}.",
    "This is the last of {n} things on my list.", "I don't know much about this.",
    "My internet is slow today.", "I forgot my notes at home.", "I read about it in the newspaper.",
    "Nobody in my team knows how to do it.",
)  # fmt: skip
_CONTEXT_KINDS = {
    "n": "int 2 90",
    "p": "first_name",
    "c": "city",
    "w": "weekday",
    "f": "food",
    "o": "company",
}


def surround(question: str, rng: random.Random, held_out: bool) -> str:
    """The question as part of what somebody writes. Its values stay letter for letter."""
    draw = rng.random()
    if draw < 0.45:
        return question
    if draw < 0.57:
        return _unpunctuated(question)
    if draw < 0.63:
        return _lower(question)
    if rng.random() < 0.45:
        before = rng.choice(_BEFORE)
        question = before + (_lower(question) if before[-2] in ",:" else question)
    if rng.random() < 0.3:
        question = f"{_context(rng, held_out)} {question}"
    elif rng.random() < 0.15:
        question = f"{_ended(question)} {_context(rng, held_out)}"
    if rng.random() < 0.4:
        question = _ended(question) + rng.choice(_AFTER)
    return question


@cache
def _beginnings() -> frozenset[str]:
    """Words that may begin a question in lower case: no names."""
    return frozenset((*pool("verbs"), *_QUESTION_WORDS.split()))


def _lower(question: str) -> str:
    """The question with a small first letter, unless a value stands first."""
    first = question.partition(" ")[0].rstrip(",.:?!").lower()
    return question[:1].lower() + question[1:] if first in _beginnings() else question


def _unpunctuated(question: str) -> str:
    return question[:-1] if question[-1:] in ".?!" and question[-2:-1].isalnum() else question


def _ended(question: str) -> str:
    return question if question[-1:] in ".?!" else question + "."


def _context(rng: random.Random, held_out: bool) -> str:
    text = rng.choice(_CONTEXT)
    for key, kind in _CONTEXT_KINDS.items():
        if "{" + key + "}" in text:
            text = text.replace("{" + key + "}", make(kind, rng, held_out).said)
    return text
