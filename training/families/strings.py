"""Text by code: reversing, counting, palindromes, cases, replacing, sorting, ciphers."""

import random

from training.episode import Episode
from training.families import family
from training.families.code_task import CodeTask, Draw, Slots, code_episode
from training.families.phrasing import Phrasings
from training.families.words import made_up, sentence, word, words

# How a text is set apart in a question: quoted, or bare after what announces it.
QUOTES = ("'{}'", '"{}"', '"{}"', "“{}”", "{}", "`{}`")


def quoted(rng: random.Random, text: str) -> str:
    """A text as people mark it in a sentence; what holds spaces is always marked."""
    marks = [m for m in QUOTES if m != "{}"] if " " in text else list(QUOTES)
    return rng.choice([m for m in marks if m.strip("{}")[:1] not in text or m == "{}"]).format(text)


def one_word(template: str) -> Draw:
    """One word W."""

    def draw(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
        text = word(rng, held_out)
        return {"w": quoted(rng, text)}, template.replace("W", repr(text))

    return draw


def one_text(template: str, share_of_words: float = 0.3) -> Draw:
    """One text T: a sentence, sometimes a single word."""

    def draw(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
        text = word(rng, held_out) if rng.random() < share_of_words else sentence(rng, held_out)
        return {"t": quoted(rng, text)}, template.replace("T", repr(text))

    return draw


def _palindrome(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    text = word(rng, held_out).lower()
    if rng.random() < 0.5:
        text += text[::-1][rng.randint(0, 1) :]
    code = f"text = ''.join(c for c in {text!r}.lower() if c.isalnum())\nprint(text == text[::-1])"
    return {"w": quoted(rng, text)}, code


def _letter_count(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    text = word(rng, held_out) if rng.random() < 0.6 else sentence(rng, held_out)
    letter = rng.choice([c for c in text.lower() if c.isalpha()] + ["e", "a", "z"])
    said = rng.choice((letter, f"'{letter}'", f'"{letter}"', letter.upper()))
    return {"t": quoted(rng, text), "c": said}, f"print({text!r}.lower().count({letter!r}))"


def _word_count_of(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    parts = [word(rng, held_out) for _ in range(rng.randint(4, 9))]
    wanted = rng.choice(parts)
    parts.insert(rng.randrange(len(parts)), wanted)
    text = " ".join(parts)
    return {"t": quoted(rng, text), "w": quoted(rng, wanted)}, f"print({text!r}.split().count({wanted!r}))"


def _replace(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    text = sentence(rng, held_out)
    old, new = rng.choice(text.rstrip(".!").split()), word(rng, held_out)
    slots = {"t": quoted(rng, text), "a": quoted(rng, old), "b": quoted(rng, new)}
    return slots, f"print({text!r}.replace({old!r}, {new!r}))"


def _nth(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    text = word(rng, held_out)
    n = rng.randint(1, min(len(text), 12))
    suffix = "th" if 10 < n < 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return {"w": quoted(rng, text), "nth": f"{n}{suffix}", "n": str(n)}, f"print({text!r}[{n} - 1])"


def _anagram(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    first = word(rng, held_out).lower()
    second = "".join(rng.sample(first, len(first))) if rng.random() < 0.5 else word(rng, held_out).lower()
    slots = {"a": quoted(rng, first), "b": quoted(rng, second)}
    return slots, f"print(sorted({first!r}.lower()) == sorted({second!r}.lower()))"


def _longest(function: str) -> Draw:
    def draw(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
        text = sentence(rng, held_out).rstrip(".!")
        return {"t": quoted(rng, text)}, f"print({function}({text!r}.split(), key=len))"

    return draw


def _caesar(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    text, shift = (sentence if rng.random() < 0.5 else word)(rng, held_out).lower(), rng.randint(1, 25)
    code = f"text = {text!r}\nshift = {shift}\n"
    code += "print(''.join(chr((ord(c) - 97 + shift) % 26 + 97) if c.islower() else c for c in text))"
    return {"t": quoted(rng, text), "n": str(shift)}, code


def _join(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    items, mark = words(rng, held_out, 3, 6), rng.choice("-_+/|:;")
    return {"ws": ", ".join(items), "c": f"'{mark}'"}, f"print({mark!r}.join({items!r}))"


def _repeat(rng: random.Random, held_out: bool) -> tuple[Slots, str]:
    text, times = made_up(rng) if rng.random() < 0.4 else word(rng, held_out), rng.randint(2, 12)
    return {"w": quoted(rng, text), "n": str(times)}, f"print({text!r} * {times})"


def _task(
    name: str, draw: Draw, thought: str, answer: str, weight: float = 1.0, no: str = "", **ways: str
) -> CodeTask:
    return CodeTask(f"strings/{name}", Phrasings(**ways), draw, thought, answer, weight, no)


def _case(name: str, method: str, label: str, do: str, full: str) -> CodeTask:
    return _task(
        name, one_text(f"print(T.{method}())"), f"I write the text in {label} with Python.", "{result}", 1,
        ask=f"{{t}} in {label} / the text {{t}} in {label} / {{t}} written in {label}",
        do=f"!convert {{t}} to {label} / write {{t}} in {label} / turn {{t}} into {label} / put {{t}} in {label} / {do}",
        full=f"{{t}} to {label} / How does {{t}} look in {label}? / {label}: {{t}} / {full}",
    )  # fmt: skip


VOWELS = "print(sum(c in 'aeiou' for c in T.lower()))"
FREQUENCY = "from collections import Counter\nprint(Counter(T.replace(' ', '')).most_common())"
MOST = "from collections import Counter\nprint(Counter(c for c in T.lower() if c.isalpha()).most_common(1)[0][0])"

TASKS = [
    _task(
        "reverse", one_text("print(T[::-1])", 0.6), "I reverse the text with Python.", "{t} reversed is {result}", 2,
        ask="{t} backwards / {t} spelled backwards / the reverse of {t} / {t} in reverse / the string {t} reversed / the reversed form of {t}",
        do="!reverse {t} / !reverse the string {t} / reverse the word {t} / spell {t} backwards / write {t} backwards / turn {t} around / flip the letters of {t} / reverse this text: {t} / read {t} from right to left",
        full="!What is {t} backwards? / How do you spell {t} backwards? / {t} reversed? / reverse: {t} / What does {t} read like from the end?",
    ),
    _task(
        "length", one_text("print(len(T))", 0.5), "I count the characters with Python.", "{t} has {result} characters.", 1.5,
        ask="the length of {t} / the number of characters in {t} / how many characters {t} has / how long {t} is in characters / the character count of {t}",
        do="count the characters in {t} / measure the length of the string {t} / count how many characters {t} has",
        full="!How many characters are in {t}? / How many characters does {t} have? / length of {t} / How long is the string {t}? / character count: {t}",
    ),
    _task(
        "letters", one_text("print(sum(c.isalpha() for c in T))", 0.7), "I count the letters with Python.", "{t} has {result} letters.", 1.5,
        ask="the number of letters in {t} / how many letters {t} has / the letter count of {t}",
        do="count the letters in {t} / count how many letters are in {t}",
        full="!How many letters are in {t}? / How many letters does {t} have? / letters in {t} / How many letters does the word {t} contain?",
    ),
    _task(
        "letter_count", _letter_count, "I count the letter with Python.", "The letter {c} occurs {result} times in {t}.", 2,
        ask="how often the letter {c} occurs in {t} / the number of times {c} appears in {t} / how many {c} are in {t}",
        do="count the letter {c} in {t} / count how many times {c} appears in {t} / count the occurrences of {c} in {t} / find how often {c} occurs in {t}",
        full="!How many times does the letter {c} occur in {t}? / How many {c}'s are in {t}? / !How many letters {c} are in {t}? / How often does {c} appear in {t}? / How many times is {c} in {t}? / number of {c} in {t}",
    ),
    _task(
        "words", one_text("print(len(T.split()))", 0), "I count the words with Python.", "{t} has {result} words.", 1.5,
        ask="the number of words in {t} / how many words {t} has / the word count of {t}",
        do="count the words in {t} / count how many words there are in {t} / count words: {t}",
        full="!How many words are in {t}? / How many words does {t} have? / word count of {t} / How many words does the sentence {t} contain?",
    ),
    _task(
        "word_count_of", _word_count_of, "I count the word with Python.", "The word {w} occurs {result} times.",
        ask="how often the word {w} occurs in {t} / the number of times the word {w} appears in {t}",
        do="count the word {w} in {t} / count how often the word {w} is in {t}", full="How many times does the word {w} appear in {t}? / How often is the word {w} in {t}?",
    ),
    _task(
        "vowels", one_text(VOWELS, 0.5), "I count the vowels with Python.", "{t} has {result} vowels.", 1.5,
        ask="the number of vowels in {t} / how many vowels {t} has / the vowel count of {t}",
        do="count the vowels in {t} / count how many vowels {t} contains / find the number of vowels in {t}",
        full="!How many vowels are in {t}? / How many vowels does {t} have? / vowels in {t} / {t}: how many vowels?",
    ),
    _task(
        "palindrome", _palindrome, "I compare the text with its reverse in Python.", "Yes, {w} is a palindrome.", 2, "No, {w} is not a palindrome.",
        ask="whether {w} is a palindrome / if {w} reads the same backwards / whether {w} reads the same from both ends",
        do="check whether {w} is a palindrome / test if {w} is a palindrome / find out if {w} is a palindrome / see if {w} reads the same backwards",
        full="!Is {w} a palindrome? / Does {w} read the same backwards? / {w} palindrome? / Is the word {w} a palindrome? / {w} - palindrome or not? / is {w} the same forwards and backwards",
    ),
    _task(
        "anagram", _anagram, "I compare the sorted letters with Python.", "Yes, {a} and {b} are anagrams.", 1, "No, {a} and {b} are not anagrams.",
        ask="whether {a} and {b} are anagrams / if {a} is an anagram of {b}",
        do="check whether {a} and {b} are anagrams / test if {a} is an anagram of {b} / see whether {a} and {b} have the same letters",
        full="!Are {a} and {b} anagrams? / Is {a} an anagram of {b}? / {a} and {b}: anagrams? / Do {a} and {b} consist of the same letters?",
    ),
    _case("upper", "upper", "upper case", "capitalise every letter of {t} / make {t} all caps / uppercase {t}", "{t} in capital letters / {t} in all caps please"),
    _case("lower", "lower", "lower case", "make {t} all lower case / lowercase {t}", "{t} in small letters"),
    _case("title", "title", "title case", "capitalise each word of {t} / capitalise the first letter of every word in {t}", "Capitalize Each Word: {t}"),
    _task(
        "replace", _replace, "I replace the text with Python.", "{result}", 1.5,
        ask="the text {t} with {a} replaced by {b} / {t} with {b} instead of {a}",
        do="!replace {a} with {b} in {t} / replace {a} by {b} in {t} / change {a} to {b} in {t} / swap {a} for {b} in {t} / substitute {b} for {a} in {t} / put {b} in place of {a} in {t}",
        full="In {t}, replace {a} with {b}. / {t}: replace {a} by {b} / What is {t} with {a} replaced by {b}?",
    ),
    _task(
        "nth_letter", _nth, "I take the {nth} character with Python.", "The {nth} letter of {w} is {result}.",
        ask="the {nth} letter of {w} / the {nth} character in {w} / letter number {n} of {w}",
        do="find the {nth} letter of {w} / take the {nth} character of {w} / pick letter number {n} from {w}",
        full="Which letter is the {nth} in {w}? / {nth} letter of {w} / What letter is at position {n} of {w}?",
    ),
    _task(
        "longest_word", _longest("max"), "I look for the longest word with Python.", "The longest word is {result}.",
        ask="the longest word in {t} / the longest word of the sentence {t}", do="find the longest word in {t} / pick the longest word of {t}",
        full="Which word is the longest in {t}? / longest word in {t} / Which is the longest word of {t}?",
    ),
    _task(
        "shortest_word", _longest("min"), "I look for the shortest word with Python.", "The shortest word is {result}.", 0.5,
        ask="the shortest word in {t} / the shortest word of the sentence {t}", do="find the shortest word in {t} / pick the shortest word of {t}",
        full="Which word is the shortest in {t}? / shortest word in {t}",
    ),
    _task(
        "frequency", one_text(FREQUENCY, 0.7), "I count each character with Python.", "The character counts of {t} are {result}.",
        ask="the character frequencies of {t} / how often each letter occurs in {t} / the frequency of every character in {t}",
        do="count each character in {t} / count how often every letter occurs in {t} / make a table of letter counts for {t}",
        full="How often does each letter occur in {t}? / letter frequency of {t}",
    ),
    _task(
        "most_common_letter", one_text(MOST, 0.5), "I look for the most common letter with Python.", "The most common letter in {t} is {result}.", 0.7,
        ask="the most common letter in {t} / the most frequent letter of {t} / which letter occurs most often in {t}",
        do="find the most common letter in {t} / find the letter that occurs most often in {t}", full="Which letter is the most frequent in {t}? / most common letter in {t}",
    ),
    _task(
        "caesar", _caesar, "I shift the letters with Python.", "The encoded text is {result}", 1,
        ask="the Caesar cipher of {t} with a shift of {n} / {t} in a Caesar cipher with shift {n}",
        do="encode {t} with a Caesar cipher of shift {n} / encrypt {t} with a Caesar shift of {n} / shift every letter of {t} by {n} / apply a Caesar cipher with key {n} to {t}",
        full="caesar {n}: {t} / What is {t} after a Caesar shift of {n}?",
    ),
    _task(
        "no_spaces", one_text("print(T.replace(' ', ''))", 0), "I remove the spaces with Python.", "{result}", 0.7,
        ask="{t} without spaces / {t} with the spaces removed", do="remove the spaces from {t} / delete all spaces in {t} / strip the spaces out of {t}", full="{t} without any spaces please",
    ),
    _task(
        "reverse_words", one_text("print(' '.join(reversed(T.split())))", 0), "I reverse the order of the words with Python.", "{result}", 0.7,
        ask="{t} with its words in reverse order / the words of {t} in reverse order", do="reverse the order of the words in {t} / reverse the words of {t} / put the words of {t} in reverse order",
        full="What is {t} with the word order reversed?",
    ),
    _task(
        "first_letters", one_text("print(''.join(w[0].upper() for w in T.split()))", 0), "I take the first letters with Python.", "The acronym is {result}.", 0.7,
        ask="the acronym of {t} / the initials of {t} / the first letters of the words in {t}", do="make an acronym of {t} / take the first letter of each word in {t}", full="What do the first letters of {t} spell? / acronym for {t}",
    ),
    _task(
        "join", _join, "I join the words with Python.", "{result}", 0.7,
        ask="the words {ws} joined with {c} / {ws} joined by {c}", do="join the words {ws} with {c} / join {ws} using {c} / put {c} between the words {ws}", full="{ws}: join them with {c} / join by {c}: {ws}",
    ),
    _task(
        "repeat", _repeat, "I repeat the text with Python.", "{result}", 0.5,
        ask="{w} repeated {n} times / the string {w} repeated {n} times", do="repeat {w} {n} times / write {w} {n} times in a row / print {w} {n} times without spaces", full="{w} times {n} as a string",
    ),
]  # fmt: skip


@family("strings", 4.0)
def strings(rng: random.Random, held_out: bool) -> Episode:
    """A question about a text."""
    return code_episode(TASKS, rng, held_out)
