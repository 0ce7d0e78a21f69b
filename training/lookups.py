"""Tools that turn one value into another, for questions such as "mail it to the manager of Acme"."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Lookup:
    """A tool with one parameter whose result another tool needs: one line of lookups.txt.

    Attributes:
        name: Name of the tool.
        description: What it does.
        parameter: Its one parameter.
        takes: Kind of the parameter's value.
        gives: Field of the result.
        phrase: How a question names the result; `{x}` is the parameter's value.
    """

    name: str
    description: str
    parameter: str
    takes: str
    gives: str
    phrase: str


def _read() -> dict[str, list[Lookup]]:
    table: dict[str, list[Lookup]] = {}
    for line in Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines():
        kind, *rest = (part.strip() for part in line.split("|"))
        table.setdefault(kind, []).append(Lookup(*rest))
    return table


LOOKUPS = _read()
"""The tools by the kind of value they give."""
