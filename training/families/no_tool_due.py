"""Everyday questions, wishes and small talk beside other people's tools, none of which is due.

What is said comes from `pools/general_questions.txt` and from `pools/chat.txt` (`said | replied`). A tool that
might serve is never offered: none of an encyclopedic domain beside a question, none that shares a word with what
is said. The exception are tools that only do something, beside a question that only wants to know something:
`log_eggs` may share a word with "How long does a duck sit on its eggs?", for it cannot answer that.
"""

import random
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from training import domain_files
from training.dressing import Dressed
from training.episode import Episode, Turn
from training.families import family
from training.families.smalltalk import NO_TOOL as NO_TOOL_NEEDED
from training.functions import Function
from training.naming import words_of
from training.patterns import NO_TOOL_ANSWERS, NONE_FITS
from training.pools import pool, split_pool
from training.questions import surround
from training.scene import Scene

FEW_SHARE = 0.5
"""Share of the episodes with one or two tools."""
SURROUND_SHARE = 0.3
NEAR_SHARE = 0.25
"""Share of the questions beside which a tool for acting on the same thing is sought."""
AFTER_CALL, BEFORE_CALL = 0.14, 0.1
_ENCYCLOPEDIC = (
    "art_", "astronomy", "bio_", "biology", "biz_quick", "books", "chemistry", "cult_", "dictionary", "education",
    "elections", "films", "games", "geography", "health", "history", "law", "machine_learning", "music", "news",
    "out_countries", "out_geo", "out_hiking", "pets", "physics", "psychology", "recipes", "sci_", "shopping",
    "soft_browser", "soft_summary", "soft_text", "soft_translation", "soft_wiki", "std3_", "std4_machine",
    "std4_text", "std4_translate", "std4_web",
)  # fmt: skip
"""How the domains begin whose functions might know or write what somebody asks for."""
_SAME = (
    "call phone ring dial contact", "order buy purchase shop cart checkout deliver", "book reserve reservation",
    "rent hire lease", "taxi cab ride", "write draft compose letter poem text essay generate", "photo picture image",
    "repair fix mend technician", "recommend suggest advise", "cook bake recipe dish meal dinner", "sing song music",
    "film movie", "translate language", "flat house home apartment", "doctor health symptom", "send message post mail",
    "curtain blind shutter", "dog cat pet puppy kitten", "bike bicycle cycle",
)  # fmt: skip
_GENERIC = """web wiki encyclopedia knowledge assistant llm trivia answer fact question explain internet google
    topic joke riddle quote definition dictionary advice"""
"""Words in the description of a function that might answer anything."""
_COMMON = """the and for with from into that this what which who whose how why where when does did are can could
    would should will you your have has had not one two three all any some there their them they its our was were more
    most many much long old new good best made make take get give tell name word thing people person out off about than
    then also only just very well really please want need like know help use come go been being between without"""
_ASKS = re.compile(
    r"(what|which|who|whose|how (?!about)|why|where|is|are|do (?!the|my)|does|did|was|were|explain|describe)\b",
    re.IGNORECASE,
)
_LOOKS_UP = """get find search look lookup show list check compare estimate calculate compute suggest recommend read tell
    browse fetch query plan view info is are has who what which how quote predict forecast identify"""
Avoided = Callable[[Function], bool]


def _stem(word: str) -> str:
    if len(word) > 4:
        word = re.sub(r"(ies|ing|ed|es|s|e|y)$", "", word)
    elif len(word) > 3:
        word = word.removesuffix("s")
    return word[:6]


@cache
def _listed(words: str) -> frozenset[str]:
    return frozenset(map(_stem, words.split()))


@cache
def _groups() -> dict[str, str]:
    """The first word of its group for every stem that has synonyms."""
    return {_stem(word): group.split()[0] for group in _SAME for word in group.split()}


@cache
def _stems(text: str) -> frozenset[str]:
    """The telling words of a text, cut to their stems; synonyms count as the same."""
    found = {_stem(word) for word in words_of(text) if len(word) > 2} - _listed(_COMMON)
    return frozenset(_groups().get(stem, stem) for stem in found)


def _shares_a_word(function: Function, said: str) -> bool:
    return bool(_stems(f"{function.name} {function.description}") & _stems(said))


@cache
def _acts(name: str) -> bool:
    """Whether a function's name says that it does something, such as `log_eggs`, and looks nothing up."""
    words = words_of(name.rpartition(".")[2])
    verbs = {entry.partition("|")[0] for entry in pool("actions")} | {"set", "log", "add", "record", "update"}
    return words[0] in verbs and not _listed(_LOOKS_UP) & set(map(_stem, words))


def _might_serve(function: Function, said: str) -> bool:
    """Whether the function might know, write or do what is said."""
    about = _stems(f"{function.name} {function.description}")
    if about & _listed(_GENERIC) or function.domain.startswith(_ENCYCLOPEDIC):
        return True
    return _shares_a_word(function, said) and not (_ASKS.match(said) and _acts(function.name))


@cache
def _acting(held_out: bool) -> tuple[Function, ...]:
    """The hand-written functions of one side that do something."""
    return tuple(one for one in domain_files.functions() if one.held_out == held_out and _acts(one.name))


@cache
def _near_misses(said: str, held_out: bool) -> tuple[Function, ...]:
    """Functions whose names say that they act on what a question is about."""
    if not _ASKS.match(said):
        return ()
    telling = _stems(said)
    return tuple(
        one for one in _acting(held_out) if _stems(one.name) & telling and not _might_serve(one, said)
    )


def _near(rng: random.Random, said: str, held_out: bool) -> list[Function]:
    """One of the near misses, if there is one, now and then."""
    found = _near_misses(said, held_out)
    return [rng.choice(found)] if found and rng.random() < NEAR_SHARE else []


def _others(scene: Scene, functions: list[Function], avoided: Avoided, count: int) -> list[Function]:
    """The functions and others up to `count`, often a few of one sort, none of them avoided."""
    rng, found = scene.rng, [*functions]
    while len(found) < count:
        beside = bool(found) and rng.random() < 0.4
        function = scene.beside(rng.choice(found)) if beside else scene.function()
        if not avoided(function):
            found.append(function)
    return found


def _call_turn(scene: Scene, dressed: Dressed) -> Turn:
    call = scene.call(dressed.function)
    step, answer = scene.step(dressed, call)
    return scene.turn(call.question().replace(dressed.function.name, dressed.spec.name), [step], answer)


def _episode(scene: Scene, turn: Turn, functions: list[Function], avoided: Avoided) -> Episode:
    """The turn beside one to six tools, seldom after or before one that calls one of them."""
    rng = scene.rng
    count = rng.choice((1, 2)) if rng.random() < FEW_SHARE else rng.randint(1, 6)
    dressed = scene.dress(_others(scene, functions, avoided, count))
    turns = [turn]
    chance = rng.random()
    if chance < AFTER_CALL:
        turns.insert(0, _call_turn(scene, rng.choice(dressed)))
    elif chance < AFTER_CALL + BEFORE_CALL:
        turns.append(_call_turn(scene, rng.choice(dressed)))
    tools = [one.spec for one in dressed]
    rng.shuffle(tools)
    return scene.episode(tools, *turns)


@family("general_no_tool", 7.0)
def general_no_tool(rng: random.Random, held_out: bool) -> Episode:
    """A question or wish of everyday life that none of the tools can serve."""
    said = rng.choice(split_pool("general_questions", held_out))
    question = surround(said, rng, held_out) if rng.random() < SURROUND_SHARE else said
    turn = Turn(question, [], NONE_FITS, rng.choice(NO_TOOL_ANSWERS))
    near = _near(rng, said, held_out)
    episode = _episode(Scene(rng, held_out), turn, near, lambda function: _might_serve(function, said))
    return replace(episode, kind="general_no_tool")


@family("chat_no_tool", 3.5)
def chat_no_tool(rng: random.Random, held_out: bool) -> Episode:
    """Something said that needs no tool, beside tools that have nothing to do with it."""
    said, _, reply = rng.choice(split_pool("chat", held_out)).partition(" | ")
    turn = Turn(said, [], NO_TOOL_NEEDED, reply)
    episode = _episode(Scene(rng, held_out), turn, [], lambda function: _shares_a_word(function, said))
    return replace(episode, kind="chat_no_tool")
