"""Tables that people upload: file names, column names, values, and what pandas prints of them.

pandas is not needed here: every printed form used is one that plain Python can reproduce exactly.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from training.families.phrasing import Pool, texts_of, words_of
from training.families.words import NAMES, WORDS

Cell = int | float | str
Style = Callable[[str], str]

NUMBERS = Pool(
    texts_of(
    """price / quantity / revenue / profit / cost / age / height / weight / score / salary / temperature /
    rainfall / distance / duration / rating / population / area / speed / votes / clicks / visitors / units
    sold / unit price / total sales / order value / points / goals / calories / tax / discount / stock /
    orders / wind speed / humidity / grade / hours worked / page views / energy use / water level / heart rate
    / steps / balance / amount / interest rate / mileage / fuel used / response time / errors / downloads /
    yield / loan amount / monthly rent / test score / sugar content / delivery time / shipping cost / net
    income / expenses / attendance / birth rate / body mass / exam result / budget / bytes sent / memory use /
    lap time / pressure / carbon dioxide / parking fee / ticket price / floor space / students"""
)
)  # fmt: skip
LABELS = Pool(
    texts_of(
    """region / product / city / country / category / department / name / customer / store / team / brand / model
    / gender / status / species / school / class / player / supplier / project / channel / station / colour /
    item / employee / month / weekday / payment method / product name / customer type / sales rep / job title
    / account / branch / genre / artist / course / sport / crop / vehicle type / county / sector"""
)
)  # fmt: skip
DATES = ("date", "day", "order date", "timestamp", "invoice date")
VALUES = {
    "region": "North South East West Central", "country": "Norway Spain France Germany Italy Japan Brazil Kenya Chile",
    "city": "Oslo Madrid Paris Berlin Rome Tokyo Lima Nairobi Cairo Delhi", "gender": "female male other", "weekday": "Mon Tue Wed Thu Fri",
    "month": "Jan Feb Mar Apr May Jun", "status": "open closed pending paid", "colour": "red green blue black white", "channel": "web shop phone mail",
    "department": "Sales IT Finance HR Legal", "team": "Lions Tigers Bears Hawks Wolves", "class": "A B C D",
}  # fmt: skip
_FILES = Pool(
    words_of(
        """sales data report orders customers students weather products inventory survey results employees expenses
    prices measurements sensors visitors cities houses cars movies books games players flights patients
    invoices traffic energy budget stocks members shops scores transactions payments emissions harvest
    rainfall exam log export table"""
    )
)


@dataclass(frozen=True, slots=True)
class Table:
    """A file with a table in it.

    Attributes:
        file: Its name.
        columns: Values by column name, in the file's order.
        label: The name of a column of words.
        number: The name of a column of numbers.
        other: The name of a second one.
        date: The name of a column of days, if there is one.
    """

    file: str
    columns: dict[str, Sequence[Cell]]
    label: str
    number: str
    other: str
    date: str | None

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.columns[self.label])

    @property
    def load(self) -> str:
        """The code that reads the file."""
        if self.file.endswith(".xlsx"):
            return f"import pandas as pd\ndf = pd.read_excel({self.file!r})\n"
        separator = r", sep='\t'" if self.file.endswith(".tsv") else ""
        return f"import pandas as pd\ndf = pd.read_csv({self.file!r}{separator})\n"

    def text(self) -> str:
        """The file as comma-separated text."""
        lines = [",".join(self.columns)]
        lines += [",".join(str(value) for value in row) for row in zip(*self.columns.values(), strict=True)]
        return "\n".join(lines) + "\n"

    def head(self, count: int = 5) -> str:
        """What `print(df.head(count))` prints."""
        index = [str(row) for row in range(min(count, self.rows))]
        blocks = [[" " * len(index[0]), *index]]
        for name, values in self.columns.items():
            # pandas leaves room for a sign before every value, and before the names of numeric columns.
            title = name if isinstance(values[0], str) else f" {name}"
            cells = [title, *(f" {cell}" for cell in _printed(values[:count]))]
            blocks.append([cell.rjust(max(map(len, cells))) for cell in cells])
        return "\n".join(" ".join(line) for line in zip(*blocks, strict=True))


def _printed(values: Sequence[Cell]) -> list[str]:
    if not isinstance(values[0], float):
        return [str(value) for value in values]
    places = max(len(str(value).partition(".")[2]) for value in values)
    return [f"{value:.{places}f}" for value in values]


def _style(rng: random.Random) -> Style:
    return rng.choice(
        (str, str, _snake, _snake, str.title, str.title, str.capitalize, _camel, str.upper, _kebab)
    )


def _snake(name: str) -> str:
    return name.replace(" ", "_")


def _kebab(name: str) -> str:
    return name.replace(" ", "-")


def _camel(name: str) -> str:
    return name.title().replace(" ", "")


def _file_name(rng: random.Random, held_out: bool) -> str:
    name = _FILES.pick(rng, held_out)
    chance = rng.random()
    if chance < 0.2:
        name += f"_{rng.randint(2015, 2027)}"
    elif chance < 0.35:
        name = f"{WORDS.pick(rng, held_out)}{rng.choice('_-')}{name}"
    elif chance < 0.42:
        name = f"{name}{rng.randint(1, 99)}"
    return name + rng.choices((".csv", ".tsv", ".xlsx"), (88, 4, 8))[0]


def _label_values(rng: random.Random, held_out: bool, label: str, rows: int, *, unique: bool) -> list[str]:
    if not unique and label in VALUES:
        pool = VALUES[label].split()
    else:
        source = (
            NAMES if label in ("name", "customer", "player", "employee", "sales rep", "artist") else WORDS
        )
        pool = source.sample(rng, held_out, rows if unique else rng.randint(3, 5))
    if unique:
        return pool
    return [*pool[:2], *(rng.choice(pool) for _ in range(rows - 2))]


def _number_values(rng: random.Random, rows: int) -> list[Cell]:
    """Different numbers of which sums are exact in binary, so that no printed digit depends on summing order."""
    if rng.random() < 0.3:
        return [value / 4 for value in rng.sample(range(4, 2000), rows)]
    return list(rng.sample(range(1, rng.choice((60, 100, 1000, 10000))), rows))


def draw_table(rng: random.Random, held_out: bool, *, unique: bool = False) -> Table:
    """A table with a column of words (all different under `unique`), two or three of numbers, maybe one of days."""
    rows = rng.randint(5, 24)
    style = _style(rng)
    label = LABELS.pick(rng, held_out)
    names = NUMBERS.sample(rng, held_out, rng.randint(2, 3))
    columns: dict[str, Sequence[Cell]] = {}
    columns[style(label)] = _label_values(rng, held_out, label, rows, unique=unique)
    for name in names:
        columns[style(name)] = _number_values(rng, rows)
    day = None
    if rng.random() < 0.35:
        day = style(rng.choice(DATES))
        start = date(2020, 1, 1) + timedelta(days=rng.randrange(2500))
        columns[day] = [(start + timedelta(days=row)).isoformat() for row in range(rows)]
    order = list(columns)
    rng.shuffle(order)
    columns = {name: columns[name] for name in order}
    return Table(_file_name(rng, held_out), columns, style(label), style(names[0]), style(names[1]), day)


def loosely(name: str) -> str:
    """A column's name as people say it: in lower case, its words apart."""
    apart = "".join(f" {c}" if c.isupper() and i and name[i - 1].islower() else c for i, c in enumerate(name))
    return apart.replace("_", " ").replace("-", " ").lower()
