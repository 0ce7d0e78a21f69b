"""The calculator, as a tool."""

from decimal import Decimal

from qwact.tools.arithmetic import evaluate
from qwact.tools.arithmetic_functions import Number
from qwact.tools.tool import Tool


class Calculator(Tool):
    """Evaluates an arithmetic expression exactly and gives its value."""

    seconds = None

    def run(self, expression: str) -> str:
        """Work it out.

        Args:
            expression: Arithmetic expression, such as 2 * (3 + 4) or sqrt(2) / 3.
        """
        return written(evaluate(expression))


def written(value: Number) -> str:
    """A number as people write it: an int in full, a float to 12 significant digits (15 from 1e9 on).

    >>> written(0.1 + 0.2), written(2.0), written(1e-5), written(1e300)
    ('0.3', '2', '0.00001', '1e+300')
    """
    if isinstance(value, int):
        return str(value)
    text = f"{value:.12g}" if abs(value) < 1e9 else f"{value:.15g}"
    if "e" in text and 1e-9 <= abs(value) < 1e15:
        text = format(Decimal(text), "f")
    return "0" if text == "-0" else text
