"""What this machine offers, what is missing, and how to get it."""

import importlib.metadata
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from qwact.tools.errors import UserError


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report."""

    name: str
    ok: bool
    text: str


_NEEDED = ("torch", "transformers", "llguidance", "ipykernel", "jupyter_client")
_REMEDY = "install bubblewrap (apt-get install bubblewrap, dnf install bubblewrap) or allow user namespaces"
_FOR_CODE = ("numpy", "pandas", "matplotlib", "openpyxl")


def examine() -> Iterator[Check]:
    """Look at everything an agent needs here."""
    yield Check("qwact", True, f"{_version('qwact')}, Python {platform.python_version()}")
    yield (libraries := _libraries())
    if libraries.ok:  # nothing below can be tried without
        yield _device()
        yield _model()
        yield from _sandbox()
    yield _interpreter_packages()


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _missing(packages: Sequence[str]) -> str:
    return ", ".join(name for name in packages if find_spec(name) is None)


def _libraries() -> Check:
    if missing := _missing(_NEEDED):
        return Check("libraries", False, f"{missing} missing: pip install --force-reinstall qwact")
    return Check("libraries", True, ", ".join(f"{name} {_version(name)}" for name in _NEEDED))


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
        yield Check("sandbox", False, f"no walls come up, so no code is run: {reasons}; {_REMEDY}")
        return
    yield Check("sandbox", True, f"{status.tier}: {', '.join(status.layers)}")
    for name, reason in status.missing.items():
        yield Check("sandbox", True, f"{name} is not in use, and need not be: {reason}")


def _interpreter_packages() -> Check:
    if missing := _missing(_FOR_CODE):
        return Check("packages", False, f"{missing} missing: pip install 'qwact[interpreter]'")
    return Check("packages", True, f"{', '.join(_FOR_CODE)} for the code interpreter")
