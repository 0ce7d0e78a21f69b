"""Questions as people type them: a few ways to say a task, times many ways to ask for anything.

A task gives noun phrases (`ask`: "the sum of {xs}"), imperatives (`do`: "add up {xs}") and whole sentences
(`full`: "{xs} - what do they add up to?"), each a string of texts parted by " / ". What `ask` names is asked
after, found out ("how far ...") or wanted to be made ("a plot of ..."). `[a|b|]` in a text is a
choice. A stable hash holds about a tenth of the texts and of the wrappers back: a phrasing that uses either
is seen in tests only. A leading `!` keeps a text in training whatever its hash.
"""

import random
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ASK_WRAPPERS = (
    "!What is @?", "!What is @?", "!What is @?", "!What's @?", "!what is @", "!Find @.", "!Calculate @.", "!@?",
    "whats @", "Tell me @.", "Can you tell me @?", "Could you tell me @?", "I need @.", "I'd like to know @.",
    "I want to know @.", "Give me @.", "Please give me @.", "Find out @.", "Compute @.", "Work out @.",
    "Please work out @ for me.", "Can you work out @?", "Do you know @?", "I'm trying to find @.",
    "I'm looking for @.", "Help me find @.", "Show me @.", "Determine @.", "Would you calculate @ for me?",
    "I was wondering what @ is.", "@", "@, please.", "Any idea what @ is?", "Let me know @.",
    "What would @ be?", "Could you please find @?", "I have to know @ for my report.", "Can I get @?",
    "I can't figure out @.", "Say, what is @?", "Get me @.", "How about @?", "Please tell me @.",
    "Can you calculate @?", "Can you help me with @?", "So what's @?", "What exactly is @?", "need @",
    "Would you know @?", "Can you give me @?", "I would like @.", "Return @.", "Looking for @ here.",
)  # fmt: skip
CLAUSE_WRAPPERS = (
    "!Tell me @.", "!Can you tell me @?", "Could you tell me @?", "I'd like to know @.", "!I want to know @.",
    "Find out @.", "Work out @.", "Please work out @ for me.", "Can you work out @?", "Do you know @?",
    "Determine @.", "I was wondering @.", "Any idea @?", "Let me know @.", "I have to know @.",
    "Please tell me @.", "I need to know @.", "Help me find out @.", "I wonder @.", "Can you check @?",
    "Could you please find out @?", "Would you know @?", "My question is @.", "Please say @.",
)  # fmt: skip
THING_WRAPPERS = (
    "!I need @.", "!Give me @.", "!Show me @.", "!@", "!@, please.", "Please give me @.", "Can I get @?", "Can I have @?",
    "I'd like @.", "I would like @.", "I want @.", "Make @.", "Draw @.", "Create @.", "Please make @.", "Could you make @?",
    "Can you create @?", "Can you draw @ for me?", "Please draw @.", "I'd like to see @.", "Let me see @.", "Produce @.",
    "Could you show me @?", "Would you make @ for me?", "I have to have @ for my report.", "Help me make @.", "How about @?",
    "Generate @.", "Get me @.", "Could I have @?", "I'm looking for @.", "We need @.", "Prepare @.", "May I see @?",
)  # fmt: skip
DO_WRAPPERS = (
    "!@.", "!@.", "!@", "!@", "!Please @.", "!Can you @?", "!Could you @?", "Could you please @?",
    "Would you @ for me?", "I need you to @.", "I'd like you to @.", "I want to @.", "I need to @.", "Help me @.",
    "@ please", "@ for me.", "Can you help me @?", "Let's @.", "I have to @.", "Go ahead and @.",
    "Is it possible to @?", "Just @.", "Are you able to @?", "My task is to @.", "I was asked to @.",
    "pls @", "Can you please @?", "I would like to @.", "Now @.", "Your job: @.", "I'm trying to @.",
    "Would it be possible to @?", "Kindly @.", "Next, @.", "How would I @? Show me the result.", "You should @.",
    "Could somebody @?", "We need to @.", "Will you @?", "Do me a favour and @.", "First of all, @.",
)  # fmt: skip
OPENERS = (
    "Hi, ", "Hello! ", "Hey, ", "Quick question: ", "For my homework: ", "Good morning. ", "One more thing: ",
    "I have a question. ", "OK, ", "Hey there! ", "I'm a bit stuck. ", "Sorry to bother you. ", "Question: ",
    "Just curious: ", "My friend asked me this: ", "I'm writing a report. ", "Need a hand here. ",
    "Good evening, ", "Hi there, ", "For a school project: ", "My boss wants this: ", "Urgent: ",
)  # fmt: skip
CLOSERS = (
    " Thanks!", " Thank you.", " Thanks in advance.", " I need it today.", " It's for my homework.",
    " I'd appreciate it.", " No need to explain.", " Just the result please.", " Cheers!", " Be quick please.",
    " I keep getting it wrong.", " Thanks a lot!", " It is for a report.",
)  # fmt: skip

_CLAUSE = re.compile(r"(how|if|what|when|whether|where|which|who|why)\b")
_CHOICE = re.compile(r"\[([^\[\]]*)\]")


def is_held_out(text: str) -> bool:
    """Whether a text is kept for tests: one in ten, by a hash that does not change between runs."""
    return zlib.crc32(text.encode()) % 10 == 7


@dataclass(frozen=True, slots=True)
class _Text:
    parts: tuple[str | tuple[str, ...], ...]

    @classmethod
    def parse(cls, source: str) -> "_Text":
        pieces = _CHOICE.split(source)
        return cls(tuple(tuple(p.split("|")) if i % 2 else p for i, p in enumerate(pieces)))

    def draw(self, rng: random.Random) -> str:
        return "".join(part if isinstance(part, str) else rng.choice(part) for part in self.parts)


def split(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """The texts for training and the texts held out, marks removed."""
    train: list[str] = []
    test: list[str] = []
    for text in texts:
        keep = text.startswith("!")
        (test if not keep and is_held_out(text) else train).append(text.removeprefix("!"))
    return train, test


class Pool:
    """Values of which some are seen in tests only."""

    def __init__(self, values: Sequence[str]) -> None:
        self.train, self.test = split(values)
        self.test = self.test or self.train

    def pick(self, rng: random.Random, held_out: bool) -> str:
        """One value."""
        return rng.choice(self.test if held_out else self.train)

    def sample(self, rng: random.Random, held_out: bool, count: int) -> list[str]:
        """Different values; under `held_out` as many of the held-out ones as there are."""
        if not held_out or len(self.test) >= count:
            return rng.sample(self.test if held_out else self.train, count)
        rest = [value for value in self.train if value not in self.test]
        chosen = self.test + rng.sample(rest, count - len(self.test))
        rng.shuffle(chosen)
        return chosen


def texts_of(source: str) -> list[str]:
    """The texts of a string that parts them by " / "; line breaks count as spaces."""
    joined = " ".join(source.split())
    return [text.strip() for text in joined.split(" / ")] if joined else []


def words_of(source: str) -> list[str]:
    """The words of a string."""
    return source.split()


class _Group:
    """Inner texts under their wrappers, split into what is trained on and what is held out."""

    def __init__(self, texts: Sequence[str], wrappers: Sequence[str]) -> None:
        train, test = split(texts)
        train_wrappers, test_wrappers = split(wrappers)
        self.train = [(w, _Text.parse(t)) for w in train_wrappers for t in train]
        self.test = [(w, _Text.parse(t)) for w in train_wrappers for t in test]
        self.test += [(w, _Text.parse(t)) for w in test_wrappers for t in (*train, *test)]


class Phrasings:
    """All the ways to put one task."""

    def __init__(self, ask: str = "", do: str = "", full: str = "") -> None:
        asked = texts_of(ask)
        clauses = [text for text in asked if _CLAUSE.match(text)]
        things = [text for text in asked if text.startswith("a ")]
        nouns = [text for text in asked if text not in clauses and text not in things]
        kinds: list[tuple[list[str], tuple[str, ...]]] = [
            (nouns, ASK_WRAPPERS),
            (clauses, CLAUSE_WRAPPERS),
            (things, THING_WRAPPERS),
            (texts_of(do), DO_WRAPPERS),
        ]
        groups = [(_Group(texts, wrappers), 2 * len(texts)) for texts, wrappers in kinds]
        groups.append((_Group(texts_of(full), ("!@",)), len(texts_of(full))))
        self._train = [(group.train, weight) for group, weight in groups if group.train]
        self._test = [(group.test, weight) for group, weight in groups if group.test] or self._train

    def pick(self, rng: random.Random, held_out: bool, slots: Mapping[str, str]) -> str:
        """One question with its slots filled, and what people add (greetings, lower case, typos)."""
        groups = self._test if held_out else self._train
        pairs = rng.choices([group for group, _ in groups], [weight for _, weight in groups])[0]
        wrapper, text = rng.choice(pairs)
        inner = text.draw(rng)
        if wrapper.startswith("@"):
            inner = inner[:1].upper() + inner[1:]
        whole = wrapper.replace("@", inner)
        whole = re.sub(r"\?[.?]$", "?", whole)
        return dress(rng, whole).format_map(slots)


def dress(rng: random.Random, template: str) -> str:
    """A template with what people add to a question or leave out; slots in braces stay as they are."""
    chance = rng.random()
    if chance < 0.12:
        template = template.lower()
    elif chance < 0.14:
        template = _typo(rng, template)
    if rng.random() < 0.12:
        template = template.rstrip(".?")
    elif rng.random() < 0.06 and template[-1:] in ".?!":
        template += rng.choice(CLOSERS)
    if rng.random() < 0.08:
        opener = rng.choice(OPENERS)
        if opener.endswith(", ") and not re.match(r"I\b", template):
            template = template[:1].lower() + template[1:]
        template = opener + template
    return template


def _typo(rng: random.Random, template: str) -> str:
    words = [m for m in re.finditer(r"\{[^}]*\}|[A-Za-z]{5,}", template) if not m.group().startswith("{")]
    if not words:
        return template
    word = rng.choice(words)
    at = rng.randrange(word.start() + 1, word.end() - 2)
    return template[:at] + template[at + 1] + template[at] + template[at + 2 :]


def choose(rng: random.Random, source: str, slots: Mapping[str, str]) -> str:
    """One of the texts of `source` (thoughts or answers), its choices drawn and its slots filled."""
    if source not in _cache:
        _cache[source] = [_Text.parse(text) for text in texts_of(source)]
    return rng.choice(_cache[source]).draw(rng).format_map(slots)


_cache: dict[str, list[_Text]] = {}
