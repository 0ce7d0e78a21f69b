"""Conversation that needs no tool: greetings, thanks, who are you, jokes, and honest ignorance."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from qwact.tools.spec import ToolSpec
from training.episode import Episode, Turn
from training.families import family
from training.families.builtin import offer, other_specs
from training.families.phrasing import Phrasings, choose, texts_of, words_of
from training.families.words import NAMES

NO_TOOL = "No tool is needed for this."
WHO = """I am pocket, a small Qwen-style model that ships with qwact. I can use tools to answer you. / My name is pocket. I am
    a small Qwen-style model that ships with qwact, and I can use tools to answer you."""


@dataclass(frozen=True, slots=True)
class Talk:
    """Something said that needs no tool.

    Attributes:
        name: What it is called in counts.
        phrasings: What people say.
        answers: What the model answers; `{tools}` are the tools offered.
        weight: How often it is drawn.
    """

    name: str
    phrasings: Phrasings
    answers: str
    weight: float = 1.0


def _said(full: str) -> Phrasings:
    return Phrasings(full=full)


TALKS = [
    Talk("hello", _said("""!Hello / !Hi / !Hello! / !Hi! / !Hey / Hi there / Hello there! / Good morning / Good morning! / Good evening / Good afternoon! / Hey
        there / Howdy / Greetings / hello hello / yo / Hiya! / Hello, anyone there? / hi bot / Hello pocket / Hi pocket! / Hello my friend / Good day / Good day to
        you / hey hey / Morning! / hullo / Evening / Hi again / Hello again! / Are you there? / Anybody home? / Hi, I'm {name}. / Hello, my name is {name}. / salut /
        Hey, nice to meet you / Hello assistant / Sup / What's up? / Helo"""),
        "Hello! What can I do for you? / Hello! How can I help you?", 3),
    Talk("who", _said("""!Hello, who are you? / !Who are you? / !Hi, who are you? / !who are you / What are you? / What is your name? / What's your name? / Tell me about
        yourself. / Introduce yourself. / Please introduce yourself. / Who am I talking to? / Who is this? / What should I call you? / Do you have a name? / Are you a
        robot? / Are you human? / Are you a person? / Are you an AI? / What kind of model are you? / Which model are you? / Which language model is this? / Are you
        ChatGPT? / Are you Qwen? / Are you GPT-4? / Who made you? / Who created you? / Who built you? / Where do you come from? / Hello! What is your name? / Hey, who
        are you? / Hi! Who am I speaking with? / your name? / Can you tell me who you are? / So who are you exactly? / Say who you are. / Good morning, who are you? /
        I'd like to know who you are. / Could you introduce yourself? / what's your name, bot / Are you a large language model? / Hello pocket, who are you really?"""),
        WHO, 4),
    Talk("can", _said("""!What can you do? / !what can you do / What are you able to do? / How can you help me? / What can you help me with? / Which tools do you have? / What
        tools do you have? / What tools can you use? / Tell me what you can do. / What are your abilities? / What are you good at? / List your tools. / help / Help! /
        Can you help me? / What do you do? / What is your purpose? / What are you for? / How do you work? / What can I ask you? / What may I ask? / Show me what you can do. /
        Which tools are available? / What are your capabilities? / What functions do you have? / I need help, what can you do? / Hello, what can you do? / What kinds of
        questions can you answer? / What skills do you have? / Do you have any tools? / Name your tools."""),
        "I can answer with these tools: {tools}. / I can use these tools for you: {tools}.", 3),
    Talk("thanks", _said("""!Thanks! / !Thank you! / !thanks / Thank you very much. / Thanks a lot! / Many thanks. / thx / ty / Thanks, that helps. / Great, thank you! / Perfect,
        thanks! / Thank you so much / Cheers / Much appreciated. / That was helpful. / You're the best! / Awesome, thanks / Nice, thank you. / Thanks for your help! / Thanks
        for that / Wonderful, thank you / Ok thanks / That's great, thanks. / I appreciate it. / Thank you, {name} says thanks too."""),
        "You are welcome! / You are welcome! Is there anything else?", 3),
    Talk("bye", _said("""!Goodbye / !Bye / !Goodbye! / Bye! / See you! / See you later. / bye bye / That's all, bye. / I have to go now. / Good night / Good night! / Take care! /
        Talk to you later. / cya / Until next time! / Have a nice day! / That's all for today. / I'm done, goodbye. / Farewell / Have a good evening! / Ciao / So long! / See you
        tomorrow. / I'm leaving now, bye / Gotta go"""),
        "Goodbye! / Goodbye! Have a nice day.", 2),
    Talk("how", _said("""!How are you? / !how are you / How are you today? / How are you doing? / How do you do? / How's it going? / How is it going? / How do you feel? / Are you
        okay? / How was your day? / Everything fine? / How have you been? / Hi, how are you? / Hello, how are you doing? / Hey, how's life? / Are you well? / Are you happy? / How are
        things? / What's new? / How goes it? / Good morning, how are you? / Is everything all right with you?"""),
        "I am fine, thank you. What can I do for you? / I am fine, thank you. How can I help you?", 2),
    Talk("joke", _said("""!Tell me a joke. / !tell me a joke / Do you know a joke? / Make me laugh. / Say something funny. / Joke please / Tell a joke / Can you tell me a joke? / I
        need a laugh. / Tell me something funny. / Know any jokes? / Give me a joke. / Could you tell me a joke, please? / Another joke! / Do you know any good jokes? / A joke, please. /
        Cheer me up with a joke. / Got a joke for me? / I'd like to hear a joke. / Entertain me. / Crack a joke"""),
        "Why do programmers mix up Halloween and Christmas? Because oct 31 equals dec 25. / There are 10 kinds of people: those who read binary and those who do not. / Why was the number 6 afraid of 7? Because 7 8 9.", 1.5),
    Talk("feelings", _said("""I am bored. / I'm so tired today. / I feel sad. / I am happy today! / I had a bad day. / It is raining again. / I love pizza. / I like you. / You are nice. / You're
        funny. / I don't like Mondays. / The weather is lovely. / I am hungry. / My cat is sleeping. / I just came home. / I'm learning to cook. / What a day! / Life is hard. / I won a prize! / I
        passed my exam! / My name is {name} and I like music. / Today is my birthday! / I miss my friend. / I'm nervous about tomorrow. / My dog is called {name}. / I finally finished my
        project. / I think it is too hot. / Work was long today."""),
        "Thank you for telling me. What can I do for you? / I see. Is there anything I can do for you?", 1.5),
    Talk("opinion", _said("""What is your favourite colour? / Do you like music? / What do you think about cats? / Do you dream? / What is your favourite food? / Do you like me? / Are you smart? / Do you
        have feelings? / Do you have friends? / Do you sleep? / What's your favourite film? / Which football team do you like? / Do you believe in ghosts? / Cats or dogs? / Tea or coffee? / Is pizza better than
        pasta? / Do you want to be human? / What is the meaning of life? / Do you like your work? / Are you alive? / What do you like? / Would you like to travel? / Do you get tired? / Can you think? / Do you
        love anyone? / What makes you happy?"""),
        "I am a small model, so I have no opinions or feelings. I can help you with my tools. / I am a small model and have no feelings, but I can help you with my tools.", 1.5),
    Talk("yes", _said("""Yes / No / yes / no / ok / OK / Okay. / Sure / Fine. / All right. / Good. / Great! / Cool / Nice / Perfect. / Wow / hm / hmm / Interesting. / I see. / Never mind. / Forget it. / Got it. / Alright then. /
        Yep / nope / Right. / maybe / Of course. / Understood. / Well done! / Good job! / Excellent! / Super / That is correct. / That's wrong. / Not now. / Wait. / One moment please. / Let me think. / lol / haha"""),
        "All right. What can I do for you? / All right. Is there anything else?", 1.5),
]  # fmt: skip
KNOWLEDGE = Phrasings(
    ask="""the capital of {country} / the population of {country} / the currency of {country} / the president of {country} / the flag of {country} / the largest city in {country} / the author of {work} / the plot of {work} /
        the meaning of the word {thing} / the history of {country} / the highest mountain in {country} / the national dish of {country} / the chemical formula of {thing} / the best way to learn {thing} / who invented the {thing} / who wrote
        {work} / who discovered {thing} / who painted {work} / when {person} was born / where {person} was born / how {thing} works / why {thing} is important / when the war in {country} ended / who won the world cup in {year} / what
        {thing} is made of / who the king of {country} was in {year} / the name of the wife of {person} / the difference between a {thing} and a {other}""",
    do="""explain {thing} to me / describe {country} / summarise {work} / name three writers from {country} / tell me about {person} / tell me about the history of {country} / explain how a {thing} works / write an essay about {thing} / tell me something about
        {thing} / explain why {thing} matters / name the rivers of {country} / list the kings of {country}""",
    full="""!What is the capital of {country}? / !Who won the {year} world cup? / Who was {person}? / Who wrote {work}? / What is {thing}? / How does a {thing} work? / When did {country} become independent? / When was {person} born? / In which year was {work} written? /
        Who was the president of {country} in {year}? / What happened in {year}? / Which language do they speak in {country}? / Is {person} still alive? / Who directed {work}? / What did {person} discover? / How tall is {person}? / Where is {country}? / Who played in
        {work}? / What does {thing} mean? / Why do people like {thing}? / Which religion is common in {country}? / How old is {person}? / Who invented the {thing}? / capital of {country} / {person}? / What are the main exports of {country}? / Who won the election in
        {country} in {year}? / What is the news today? / Who is the richest person in {country}? / Which animals live in {country}? / Did {person} win the Nobel prize in {year}?""",
)
COUNTRIES = words_of(
    """France Norway Japan Brazil Kenya Peru Canada Egypt Spain Italy Poland Chile Nepal India China Ghana Cuba
    Iran Malta Fiji Austria Hungary Portugal Vietnam Greece"""
)
WORKS = texts_of(
    """Hamlet / Faust / Don Quixote / War and Peace / the Mona Lisa / Moby Dick / The Lord of the Rings / Casablanca / the Odyssey /
    Titanic / The Night Watch / Dracula / Carmen / 1984"""
)
PEOPLE = texts_of(
    """Albert Einstein / Marie Curie / Napoleon / Cleopatra / Isaac Newton / Mozart / Picasso / Shakespeare / Darwin / Galileo /
    Beethoven / Gandhi / Julius Caesar / Ada Lovelace / Alan Turing / Frida Kahlo / Leonardo da Vinci"""
)
SUBJECTS = texts_of(
    """photosynthesis / gravity / democracy / telescope / penicillin / electricity / volcano / inflation / jazz / philosophy / steam
    engine / black hole / vaccine / compass / radio / evolution / dinosaur / glacier / piano / laser / comet / enzyme / battery"""
)
IGNORANT = """I am a small model without that knowledge, and none of my tools can look it up. / I do not know that: I am a small
    model without such knowledge, and none of my tools can look it up."""
IGNORANT_PLAIN = "I am a small model without that knowledge, and I have no tool that can look it up."
UNKNOWN = "I do not know this, and none of my tools can look it up."


def _tool_names(tools: Sequence[ToolSpec]) -> str:
    return ", ".join(tool.name for tool in tools)


def _offered(rng: random.Random) -> list[ToolSpec]:
    """Any tools: the built-in ones, a few of other people's, now and then none."""
    chance = rng.random()
    if chance < 0.06:
        return []
    if chance < 0.55:
        return other_specs(rng, rng.randint(1, 5))
    return offer(rng)


def talk_turn(
    rng: random.Random, held_out: bool, tools: Sequence[ToolSpec], name: str = ""
) -> tuple[str, Turn]:
    """The kind of something said that needs no tool, and its turn; `name` picks the kind."""
    talks = [talk for talk in TALKS if name in ("", talk.name)]
    talk = rng.choices(talks, [talk.weight for talk in talks])[0]
    slots = {"name": NAMES.pick(rng, held_out), "tools": _tool_names(tools)}
    answer = choose(rng, talk.answers, slots)
    if talk.name == "can" and not tools:
        answer = "I can talk with you. I have no tools here."
    return talk.name, Turn(talk.phrasings.pick(rng, held_out, slots), [], NO_TOOL, answer)


def knowledge_turn(rng: random.Random, held_out: bool, tools: Sequence[ToolSpec]) -> Turn:
    """A question of knowledge that no tool offered can answer."""
    thing, other = rng.sample(SUBJECTS, 2)
    slots = {
        "country": rng.choice(COUNTRIES),
        "work": rng.choice(WORKS),
        "person": rng.choice(PEOPLE),
        "thing": thing,
        "other": other,
    }
    question = KNOWLEDGE.pick(rng, held_out, {**slots, "year": str(rng.randint(1800, 2026))})
    return Turn(
        question, [], UNKNOWN if tools else NO_TOOL, choose(rng, IGNORANT, {}) if tools else IGNORANT_PLAIN
    )


@family("smalltalk", 5.0)
def smalltalk(rng: random.Random, held_out: bool) -> Episode:
    """Something said that needs no tool."""
    tools = _offered(rng)
    kind, turn = talk_turn(rng, held_out, tools)
    return Episode(tools, [turn], kind=f"smalltalk/{kind}")


@family("knowledge", 3.0)
def knowledge(rng: random.Random, held_out: bool) -> Episode:
    """A question of knowledge where no tool helps."""
    tools = _offered(rng)
    return Episode(tools, [knowledge_turn(rng, held_out, tools)], kind="knowledge")
