"""Words, names and short texts that questions are about."""

import random

from training.families.phrasing import Pool, texts_of, words_of

WORDS = Pool(
    words_of(
        """apple banana cherry river mountain window garden castle button rocket planet silver golden forest bridge
    candle mirror pencil carpet bottle hammer ladder kitchen teacher doctor farmer singer painter sailor pilot
    lawyer writer monkey tiger zebra rabbit turtle dolphin falcon pigeon lizard spider beetle salmon otter
    badger hamster giraffe python kernel router server laptop keyboard monitor printer cable socket browser
    compiler variable function module happy angry quiet gentle clever brave honest lazy proud simple bright
    narrow hollow frozen ancient modern yellow purple orange crimson violet indigo level radar civic rotor
    madam kayak refrigerator committee bookkeeper mississippi parallel rhythm syzygy strength quixotic
    xylophone umbrella elephant chocolate strawberry restaurant hospital university library museum station
    airport harbour village market street avenue island desert valley glacier volcano thunder lightning
    rainbow blizzard breeze sunshine shadow twilight midnight morning evening summer winter autumn spring
    january tuesday weekend holiday birthday wedding festival concert theatre cinema football tennis hockey
    chess puzzle riddle secret treasure diamond emerald copper bronze marble granite cotton velvet leather
    wooden plastic paper letter parcel envelope stamp journal novel poem story legend history science physics
    chemistry biology algebra geometry triangle circle square rectangle hexagon sphere cube pyramid listen
    silent enlist stone onset notes dusty study night thing earth heart below elbow bored robed bottle coffee
    butter cheese pepper ginger garlic onion tomato potato carrot lettuce spinach pumpkin walnut almond raisin
    biscuit muffin pancake waffle noodle sausage burger pizza anna bob stats noon racecar deified repaper
    hello world openness freedom justice courage wisdom patience journey captain soldier general admiral
    emperor princess knight wizard dragon unicorn goblin giant mermaid phantom zeppelin wagon tractor bicycle
    scooter trolley ferry submarine helicopter balloon parachute compass telescope microscope
    internationalization counterrevolutionary electroencephalograph otorhinolaryngology pneumonia onomatopoeia"""
    )
)
NAMES = Pool(
    words_of(
        """Anna Ben Clara David Emma Felix Greta Hugo Ines Jonas Karla Leo Mara Nils Olga Paul Rosa Simon Tara Uwe
    Vera Walter Yara Zoe Alice Bob Carol Dave Erin Frank Grace Heidi Ivan Judy Mallory Niaj Oscar Peggy Rupert
    Sybil Trent Victor Wendy Aisha Bilal Chen Dmitri Elif Fatima Giulia Hiro Isabel Jamal Kenji Lucia Mateo
    Nadia Omar Priya Quentin Ravi Sofia Tomas Usha Viktor Wei Xin Yusuf Zara Liam Noah Mia Amelia Ethan Chloe
    Lucas Freya Oliver Ingrid Lars Astrid Sven Maja Piotr Katya Andrei Elena Marco Chiara Diego Carmen Pablo
    Lucie Pierre Camille"""
    )
)
SENTENCES = Pool(
    texts_of(
    """the quick brown fox jumps over the lazy dog / she sells sea shells by the sea shore / to be or not to be /
    all that glitters is not gold / the early bird catches the worm / a stitch in time saves nine / practice
    makes perfect / hello world / good morning everyone / we meet at noon on Friday / the train leaves at
    seven / my cat sleeps all day / it was a dark and stormy night / I like tea with milk / never odd or even
    / a man a plan a canal / this is a test / where there is smoke there is fire / actions speak louder than
    words / please close the door / the cake is in the oven / birds of a feather flock together / the report
    is due on Monday / knowledge is power / time flies like an arrow / Python is fun / do geese see god / the
    sun rises in the east / I left my keys at home / our meeting was moved to Tuesday / was it a car or a cat
    I saw / we will be late for dinner / her garden is full of roses / nothing ventured nothing gained / rain
    falls on the old roof / the soup was far too salty"""
)
)  # fmt: skip

_ONSETS = words_of("""b br c ch d dr f fl g gr h j k kl l m n p pl qu r s sh st t tr v w z""")
_VOWELS = ["a", "e", "i", "o", "u", "ai", "ea", "oo", "ou", "y"]
_ENDINGS = ["", "", "n", "r", "s", "t", "l", "m", "x", "ck", "nd", "st"]


def made_up(rng: random.Random) -> str:
    """A word that does not exist, of one to four syllables."""
    count = rng.choice((1, 2, 2, 3, 4))
    return "".join(rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_ENDINGS) for _ in range(count))


def word(rng: random.Random, held_out: bool) -> str:
    """A word: mostly a real one, sometimes one that does not exist, sometimes a name."""
    chance = rng.random()
    if chance < 0.3:
        return made_up(rng)
    if chance < 0.4:
        return NAMES.pick(rng, held_out)
    return WORDS.pick(rng, held_out)


def words(rng: random.Random, held_out: bool, fewest: int, most: int) -> list[str]:
    """Different words of one list."""
    count = rng.randint(fewest, most)
    if rng.random() < 0.2:
        return NAMES.sample(rng, held_out, count)
    if rng.random() < 0.2:
        return list(dict.fromkeys(made_up(rng) for _ in range(count)))
    return WORDS.sample(rng, held_out, count)


def sentence(rng: random.Random, held_out: bool) -> str:
    """A few words in a row, a sentence half of the time."""
    text = SENTENCES.pick(rng, held_out)
    if rng.random() < 0.5:
        text = " ".join(word(rng, held_out) for _ in range(rng.randint(2, 8)))
    if rng.random() < 0.3:
        text = text[:1].upper() + text[1:]
    return text + rng.choice(("", "", "", ".", "!"))
