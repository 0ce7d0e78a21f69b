import inspect

import pytest

from qwact.tools import Toolbox, tool
from qwact.tools.errors import InvalidTool


@tool
def add(a: int, b: int = 1) -> int:
    """Add two numbers."""
    return a + b


def test_the_tool_can_be_called_as_the_function() -> None:
    assert add(2, b=3) == 5
    assert add.__name__ == "add"
    assert str(inspect.signature(add)) == "(a: int, b: int = 1) -> int"


def test_name_and_description_come_from_the_function() -> None:
    assert (add.spec.name, add.spec.description) == ("add", "Add two numbers.")


def test_options() -> None:
    @tool(name="math.plus", description="Plus.", seconds=None, output_chars=100)
    def plus(a: int) -> int:
        return a + 1

    assert (plus.name, plus.description, plus.seconds, plus.output_chars) == ("math.plus", "Plus.", None, 100)
    assert plus(1) == 2


async def _wait(a: int) -> int:
    """Wait."""
    return a


def test_async_functions_stay_async() -> None:
    waiting = tool(_wait)
    assert waiting.is_async
    coroutine = waiting(3)
    assert inspect.iscoroutine(coroutine)
    coroutine.close()
    with Toolbox([waiting]) as toolbox:
        assert toolbox.call("_wait", {"a": 3}).text == "3"


def test_a_lambda_needs_a_name() -> None:
    with pytest.raises(InvalidTool, match=r"set it with name=\.\.\."):
        tool(lambda a: a)
    assert tool(name="same")(lambda a: a).name == "same"
