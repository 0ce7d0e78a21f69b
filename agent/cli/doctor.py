"""What this machine offers, what is missing, and how to get it."""

import importlib.metadata
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec

from qwact.tools.errors import UserError


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report."""

    name: str
    ok: bool
    text: str


def examine() -> Iterator[Check]:
    """Look at everything an agent needs here."""
    yield Check("qwact", True, f"{_version('qwact')}, Python {platform.python_version()}")
    yield _libraries()
    yield _device()
    yield _model()
    yield from _sandbox()
    yield _interpreter_packages()


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _libraries() -> Check:
    names = ("torch", "transformers", "llguidance", "ipykernel", "jupyter_client")
    return Check("libraries", True, ", ".join(f"{name} {_version(name)}" for name in names))


def _device() -> Check:
    import psutil
    import torch

    if torch.cuda.is_available():
        free, total = torch.cuda.mem_get_info()
        text = f"{torch.cuda.get_device_name()}, {free / 2**30:.0f} of {total / 2**30:.0f} GiB free"
        return Check("device", True, text)
    memory = psutil.virtual_memory()
    return Check(
        "device",
        True,
        f"CPU, {torch.get_num_threads()} threads, {memory.available / 2**30:.0f} of "
        f"{memory.total / 2**30:.0f} GiB free; no CUDA, so models above about 1 B parameters will be slow",
    )


def _model() -> Check:
    from qwact.agent.models import load_model

    try:
        model = load_model("pocket")
    except UserError as error:
        return Check("pocket model", False, str(error))
    model.close()
    return Check("pocket model", True, f"loads; reads {model.context_tokens} tokens")


def _sandbox() -> Iterator[Check]:
    from qwact.tools.interpreter import sandbox_status

    status = sandbox_status()
    if status.tier is None:
        reasons = "; ".join(f"{tier}: {reason}" for tier, reason in status.missing.items())
        yield Check("sandbox", False, f"no walls come up, so no code is run: {reasons}")
        return
    yield Check("sandbox", True, f"{status.tier}: {', '.join(status.layers)}")
    for name, reason in status.missing.items():
        yield Check("sandbox", True, f"{name} is not in use: {reason}")


def _interpreter_packages() -> Check:
    missing = [name for name in ("numpy", "pandas", "matplotlib") if find_spec(name) is None]
    if missing:
        return Check("packages", False, f"{', '.join(missing)} missing: pip install 'qwact[interpreter]'")
    return Check("packages", True, "numpy, pandas and matplotlib for the code interpreter")
