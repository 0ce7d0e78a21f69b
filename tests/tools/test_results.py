from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path

import numpy as np
import pytest
from pydantic import BaseModel

from qwact.tools import ToolOutput
from qwact.tools.errors import SandboxUnavailable
from qwact.tools.results import as_explanation, as_output


@dataclass
class Point:
    x: int
    y: float


class Person(BaseModel):
    name: str
    home: Point


class Color(Enum):
    RED = "red"


class Own:
    def __str__(self) -> str:
        return "my own text"


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ("as it is\n", "as it is\n"),
        ("", "(no output)"),
        (" \n", "(no output)"),
        (None, "(no output)"),
        (3, "3"),
        (2.5, "2.5"),
        (True, "true"),
        ({"city": "Tromsø", "now": [1, None]}, '{"city": "Tromsø", "now": [1, null]}'),
        ((1, "a"), '[1, "a"]'),
        (Point(1, 2.5), '{"x": 1, "y": 2.5}'),
        (Person(name="A", home=Point(1, 2.0)), '{"name": "A", "home": {"x": 1, "y": 2.0}}'),
        (Color.RED, "red"),
        ({"day": date(2024, 2, 29), "price": Decimal("1.50")}, '{"day": "2024-02-29", "price": "1.50"}'),
        (np.float64(1.5), "1.5"),
        ([np.int64(3), np.array([1, 2])], "[3, [1, 2]]"),
        (Own(), "my own text"),
        (b"\xff\xfe", "b'\\xff\\xfe'"),
        (Path("a/b.txt"), "a/b.txt"),
    ],
)
def test_any_value_becomes_text(result: object, text: str) -> None:
    assert as_output(result) == ToolOutput(text)


def test_a_value_that_holds_itself_becomes_text() -> None:
    loop: list[object] = [1]
    loop.append(loop)
    assert as_output(loop).text == "[1, [...]]"


def test_an_output_is_kept_with_its_files() -> None:
    output = ToolOutput("done", (Path("a.png"),))
    assert as_output(output) is output


def test_an_error_whose_message_fails() -> None:
    class Odd(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert as_explanation(Odd()) == "Odd: (its message cannot be shown: RuntimeError)"


def test_errors_of_qwact_speak_for_themselves() -> None:
    assert as_explanation(SandboxUnavailable("No walls here.")) == "No walls here."
