import pytest

from qwact.tools.docstring import read_docstring

GOOGLE = """Weather of a city.

    Now or later.

    Args:
        city (str): Name of
            the city.
        unit: Unit.

    Returns:
        Degrees.
    """
NUMPY = """Weather of a city.

    Now or later.

    Parameters
    ----------
    city : str
        Name of the city.
    unit
        Unit.

    Returns
    -------
    float
    """
REST = """Weather of a city.

    Now or later.

    :param city: Name of the city.
    :param str unit: Unit.
    :returns: Degrees.
    """
EPYDOC = """Weather of a city.

    Now or later.

    @param city: Name of the city.
    @param unit: Unit.
    @return: Degrees.
    """


@pytest.mark.parametrize("text", [GOOGLE, NUMPY, REST, EPYDOC], ids=["google", "numpy", "rest", "epydoc"])
def test_every_style_gives_the_same(text: str) -> None:
    found = read_docstring(text)
    assert found.description == "Weather of a city.\nNow or later."
    assert found.arguments == {"city": "Name of the city.", "unit": "Unit."}


@pytest.mark.parametrize("text", [None, "", "  \n "])
def test_no_docstring_describes_nothing(text: str | None) -> None:
    assert read_docstring(text).description == ""
    assert read_docstring(text).arguments == {}
