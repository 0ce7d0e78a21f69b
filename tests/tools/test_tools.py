import subprocess
import sys

import pytest

import qwact.tools


def test_every_public_name_is_there() -> None:
    for name in qwact.tools.__all__:
        assert getattr(qwact.tools, name) is not None
    with pytest.raises(AttributeError, match="Nonsense"):
        qwact.tools.Nonsense  # noqa: B018


def test_heavy_modules_are_loaded_only_where_they_are_needed() -> None:
    script = (
        "import sys, qwact.tools; print(*[name for name in "
        "('torch', 'transformers', 'jupyter_client', 'jsonschema', 'pydantic', 'docstring_parser', 'numpy') "
        "if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []
