"""Files: what is there, what is in one, one fact out of one, a file whose name is wrong."""

import random

from training.episode import FINAL_THOUGHT, Episode, Step, Turn
from training.families import family
from training.families.builtin import CODE, LIST, READ, offer
from training.families.documents import FOLDERS, Document, fact_sheet, listing, neighbours, prose
from training.families.failures import misspelt
from training.families.phrasing import Phrasings

WHICH = Phrasings(
    ask="!the list of files / which files there are / the files that are here / the names of the files / what files I have / the contents of the folder / the files in this folder",
    do="!list the files / list all files / show the files / show me which files there are / look which files there are / list what is in the folder / list the contents of the current folder / print the file names",
    full="!Which files are there? / !What files are there? / What files do I have? / ls / files? / Are there any files? / What is in this folder? / Which files can you see? / Which files can you read? / what's in the directory / show files / dir / Is there anything in the folder?",
)  # fmt: skip
WHICH_IN = Phrasings(
    ask="!the files in {folder} / which files are in {folder} / the files in the folder {folder} / what is in the {folder} folder / the contents of {folder}",
    do="!list the files in {folder} / list the folder {folder} / show what is in the {folder} folder / show the files in the folder {folder} / look into the folder {folder}",
    full="!Which files are in {folder}? / What is in the folder {folder}? / What files does the {folder} folder hold? / ls {folder} / files in {folder} / Is there anything in the {folder} directory?",
)  # fmt: skip
WHAT_IS_IN = Phrasings(
    ask="!the contents of {file} / what is in {file} / what {file} says / the text of {file} / what is written in {file} / the content of the file {file}",
    do="!read {file} / !open {file} / show me {file} / show the contents of {file} / print {file} / read the file {file} / read {file} to me / display {file} / look into {file} / open the file {file} and show it",
    full="!What is in {file}? / !What's in {file}? / What does {file} say? / cat {file} / {file}? / Can you see what {file} says? / What did I write in {file}? / content of {file} / what's written in {file} / Could I see {file}?",
)  # fmt: skip
FACT = Phrasings(
    ask="!the {key} in {file} / the {key} according to {file} / the {key} that is written in {file} / the {key} from {file} / which {key} {file} gives / what {file} says about the {key} / the value of {key} in {file}",
    do="!look up the {key} in {file} / find the {key} in {file} / get the {key} from {file} / read {file} and tell me the {key} / extract the {key} from {file} / check {file} for the {key} / tell me the {key} from the file {file}",
    full="!What is the {key} in {file}? / !Which {key} is in {file}? / According to {file}, what is the {key}? / {file}: {key}? / Which {key} does {file} mention? / {key} from {file} please / I forgot the {key}. It is in {file}. / My {key} is somewhere in {file}. What is it? / What {key} did I note in {file}?",
)  # fmt: skip
LINES = Phrasings(
    ask="!the number of lines in {file} / how many lines {file} has / the line count of {file}", do="count the lines of {file} / count the lines in {file} / count how many lines {file} has",
    full="!How many lines does {file} have? / How many lines are in {file}? / lines in {file} / How long is {file}, in lines? / wc -l {file}",
)  # fmt: skip
FIRST_LINES = Phrasings(
    ask="!the first {n} lines of {file} / the top {n} lines of {file}", do="!read the first {n} lines of {file} / show the first {n} lines of {file} / print the first {n} lines of {file}",
    full="What are the first {n} lines of {file}? / head -{n} {file} / first {n} lines of {file}",
)  # fmt: skip
FROM_LINE = Phrasings(
    ask="{n} lines of {file} starting at line {s} / the {n} lines of {file} from line {s} on", do="!read {n} lines of {file} from line {s} / read {file} from line {s}, {n} lines / show {n} lines of {file}, beginning with line {s}",
    full="What are the {n} lines of {file} from line {s} on?",
)  # fmt: skip
SEARCH = Phrasings(
    ask="the {key} that is in one of the files / the {key} in my files / the {key}; it is in one of my files", do="!find the {key} in my files / look for the {key} in my files / look through my files for the {key} / search the files for the {key}",
    full="!Which {key} is in my files? / My {key} is in one of the files here. What is it? / Somewhere in this folder is the {key}. Which is it? / I don't remember which file has the {key}. What is it? / One of my files has the {key}.",
)  # fmt: skip
Drawn = tuple[str, Turn]


def _read(path: str, observation: str, thought: str = "", **arguments: int) -> Step:
    return Step(thought or f"I read {path}.", READ, {"path": path, **arguments}, observation)


def _which(rng: random.Random, held_out: bool) -> Drawn:
    folder = FOLDERS.pick(rng, held_out) if rng.random() < 0.45 else ""
    shown = listing(rng, neighbours(rng, held_out, prose(rng, held_out).path))
    if folder:
        step = Step(f"I list the folder {folder}.", LIST, {"folder": folder}, shown)
        said = rng.choice((folder, folder, f"{folder}/", f"'{folder}'"))
        return "which_in", Turn(
            WHICH_IN.pick(rng, held_out, {"folder": said}),
            [step],
            FINAL_THOUGHT,
            f"The folder {folder} holds:\n{shown}",
        )
    step = Step("I list the files.", LIST, {}, shown)
    return "which", Turn(
        WHICH.pick(rng, held_out, {}), [step], FINAL_THOUGHT, f"These files are there:\n{shown}"
    )


def _in_folder(rng: random.Random, held_out: bool, document: Document) -> str:
    return f"{FOLDERS.pick(rng, held_out)}/{document.path}" if rng.random() < 0.2 else document.path


def _contents(rng: random.Random, held_out: bool) -> Drawn:
    document = (prose if rng.random() < 0.6 else fact_sheet)(rng, held_out)
    path = _in_folder(rng, held_out, document)
    turn = Turn(
        WHAT_IS_IN.pick(rng, held_out, {"file": path}),
        [_read(path, document.text)],
        FINAL_THOUGHT,
        f"{path} says:\n{document.text}",
    )
    return "contents", turn


def _fact(rng: random.Random, held_out: bool) -> Drawn:
    document = fact_sheet(rng, held_out)
    path = _in_folder(rng, held_out, document)
    key = rng.choice(list(document.facts))
    question = FACT.pick(rng, held_out, {"key": key, "file": path})
    return "fact", Turn(
        question, [_read(path, document.text)], FINAL_THOUGHT, f"The {key} is {document.facts[key]}."
    )


def _lines(rng: random.Random, held_out: bool) -> Drawn:
    count = rng.randint(2, 60)
    document = prose(rng, held_out)
    text = document.lines[0]
    observation = f"{text}\n[lines 1 to 1 of {count}]"
    step = _read(
        document.path,
        observation,
        f"I read one line of {document.path}; the answer says how many there are.",
        start=1,
        lines=1,
    )
    return "lines", Turn(
        LINES.pick(rng, held_out, {"file": document.path}),
        [step],
        FINAL_THOUGHT,
        f"{document.path} has {count} lines.",
    )


def _part(rng: random.Random, held_out: bool) -> Drawn:
    document = prose(rng, held_out)
    n, start = len(document.lines), rng.randint(2, 90)
    first = rng.random() < 0.6
    start = 1 if first else start
    slots = {"file": document.path, "n": str(n), "s": str(start)}
    observation = f"{document.text}\n[lines {start} to {start + n - 1} of {start + n + rng.randint(0, 300)}]"
    step = _read(document.path, observation, start=start, lines=n)
    question = (FIRST_LINES if first else FROM_LINE).pick(rng, held_out, slots)
    return "part", Turn(question, [step], FINAL_THOUGHT, f"The lines are:\n{document.text}")


def _missing(rng: random.Random, held_out: bool) -> Drawn:
    document = fact_sheet(rng, held_out)
    stem, _, ending = document.path.rpartition(".")
    wrong = (
        f"{misspelt(rng, stem)}.{ending}"
        if rng.random() < 0.6
        else f"{stem}.{rng.choice(['doc', 'text', 'rtf'])}"
    )
    key = rng.choice(list(document.facts))
    hinted = rng.random() < 0.5
    said = f"There is no {wrong}. " + (f"Did you mean {document.path}?" if hinted else "List the folder.")
    steps = [_read(wrong, said)]
    if not hinted:
        shown = listing(rng, neighbours(rng, held_out, document.path))
        steps.append(Step(f"There is no {wrong}, so I list the files.", LIST, {}, shown))
    steps.append(_read(document.path, document.text, f"The file is called {document.path}, so I read it."))
    question = FACT.pick(rng, held_out, {"key": key, "file": wrong})
    return "missing", Turn(question, steps, FINAL_THOUGHT, f"The {key} is {document.facts[key]}.")


def _search(rng: random.Random, held_out: bool) -> Drawn:
    document = fact_sheet(rng, held_out)
    key = rng.choice(list(document.facts))
    question = SEARCH.pick(rng, held_out, {"key": key})
    shown = listing(rng, [document.path])
    steps = [
        Step("I list the files first.", LIST, {}, shown),
        _read(document.path, document.text, f"There is {document.path}, so I read it."),
    ]
    return "search", Turn(question, steps, FINAL_THOUGHT, f"The {key} is {document.facts[key]}.")


_WAYS = ((_which, 3), (_contents, 3), (_fact, 4), (_lines, 1), (_part, 1), (_missing, 2), (_search, 1.5))


def reading_turn(rng: random.Random, held_out: bool) -> Drawn:
    """The kind of a question about files, and its turn."""
    make = rng.choices([make for make, _ in _WAYS], [weight for _, weight in _WAYS])[0]
    return make(rng, held_out)


@family("reading", 4.0)
def reading(rng: random.Random, held_out: bool) -> Episode:
    """A question about files."""
    kind, turn = reading_turn(rng, held_out)
    return Episode(offer(rng, LIST, READ), [turn], kind=f"reading/{kind}")


@family("reading_by_code", 1.5)
def reading_by_code(rng: random.Random, held_out: bool) -> Episode:
    """A text file that only code can read: an upload, or any file where no tool for files is offered."""
    document = fact_sheet(rng, held_out)
    wanted = rng.choice(list(document.facts)) if rng.random() < 0.6 else ""
    phrasings = FACT if wanted else WHAT_IS_IN
    question = phrasings.pick(rng, held_out, {"key": wanted, "file": document.path})
    uploaded = rng.random() < 0.6
    if uploaded:
        question = f"[Upload file {document.path}]{question}"
    code = f"print(open({document.path!r}).read())"
    step = Step(f"I read {document.path} with Python.", CODE, {"code": code}, document.text)
    answer = f"The {wanted} is {document.facts[wanted]}." if wanted else _says(document.path, document)
    tools = offer(rng, CODE, without=() if uploaded else (LIST, READ))
    return Episode(tools, [Turn(question, [step], FINAL_THOUGHT, answer)], kind="reading_by_code")


def _says(path: str, document: Document) -> str:
    return f"{path} says:\n{document.text}"
