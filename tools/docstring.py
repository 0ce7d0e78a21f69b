"""What a docstring says of a function and its arguments: Google, NumPy, reST and Epydoc style."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Docstring:
    """The parts of a docstring that a model needs.

    Attributes:
        description: The text in front of the sections; empty where there is none.
        arguments: What is said of each argument, by its name.
    """

    description: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)


def read_docstring(text: str | None) -> Docstring:
    """Take a docstring apart. Sections other than the arguments (returns, raises, examples) are left out."""
    if not text or not text.strip():
        return Docstring()
    import docstring_parser

    text = inspect.cleandoc(text)
    try:
        parsed = docstring_parser.parse(text)
    except docstring_parser.ParseError:  # no known style: all of it is description
        return Docstring(text)
    parts = [part.strip() for part in (parsed.short_description, parsed.long_description) if part]
    arguments = {
        parameter.arg_name.lstrip("*"): " ".join(parameter.description.split())
        for parameter in parsed.params
        if parameter.description
    }
    return Docstring("\n".join(parts), arguments)
