"""What this machine offers, what is missing, and how to get it."""

import importlib.metadata
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from qwact.tools.errors import UserError


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report.

    Attributes:
        name: What was looked at.
        ok: Whether it is as it should be.
        text: What was found; when something is missing, also how to get it.
        is_needed: Whether everything depends on it; otherwise the line is a note.
    """

    name: str
    ok: bool
    text: str
    is_needed: bool = True

    @property
    def mark(self) -> str:
        """ "ok", "MISS" or, for what one can do without, "note"."""
        return "ok" if self.ok else "MISS" if self.is_needed else "note"


_NEEDED = ("torch", "transformers", "llguidance", "ipykernel", "jupyter_client")
_FOR_CODE = ("numpy", "pandas", "matplotlib", "scipy", "sympy", "seaborn", "openpyxl")
_WALLS = {
    "bubblewrap": "processes, mounts, network, ipc and host name of its own, without the host's",
    "user, process": "no process, mount, network or host name of the host is there",
    "private file tree": "interpreter, libraries and work folder, nothing else of the host",
    "own user": "root becomes a user that nobody else is, without any capability",
    "resource limits": "kept by Linux for each process: memory, processes, size of a file, open files",
    "Landlock": "which files may be read and written; signals and TCP ports, as far as this version goes",
    "seccomp": "no new socket, no ptrace, no namespaces, no io_uring, bpf or keyrings",
    "watchdog": "a process outside that ends what takes too much memory, disk, files or processes",
}
_REFUSED = "Code was not run: "
_PLOT = "import matplotlib.pyplot as plt\nplt.title('中文')\nplt.show()"


def examine() -> Iterator[Check]:
    """Look at everything an agent needs here."""
    yield Check("qwact", True, f"{_version('qwact')}, Python {platform.python_version()}")
    yield (libraries := _libraries())
    if libraries.ok:  # nothing below can be tried without
        yield _device()
        yield _model()
        yield from _sandbox()
    else:
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
    from qwact.tools.interpreter.sandbox import TIERS, remedy

    status = sandbox_status()
    tried = f"tried, the strongest first: {', '.join(TIERS)}"
    if status.tier is None:
        yield Check("sandbox", False, f"no walls come up, so no code is run; {tried}")
    else:
        yield Check("sandbox", True, f"{status.tier} is in force; {tried}")
    for layer in status.layers:
        meaning = next((text for name, text in _WALLS.items() if layer.startswith(name)), "")
        yield Check("wall", True, f"{layer}: {meaning}" if meaning else layer)
    for tier in TIERS:
        if reason := status.missing.get(tier):
            # A refusal for all tiers says by itself how to mend it.
            mend = "" if reason.startswith(_REFUSED) else f"; to have it, {remedy(tier)}"
            text = f"fell out: {reason.removeprefix(_REFUSED)}{mend}"
            yield Check(tier, False, text, is_needed=status.tier is None)
        elif tier != status.tier:
            yield Check(tier, True, "comes up too; not in use, because a stronger one does")
    yield (packages := _interpreter_packages())
    if packages.ok and status.tier:
        yield _plot()


def _interpreter_packages() -> Check:
    if missing := _missing(_FOR_CODE):
        return Check("packages", False, f"{missing} missing: pip install 'qwact[interpreter]'")
    return Check("packages", True, f"{', '.join(_FOR_CODE)} for the code interpreter")


def _plot() -> Check:
    """Draw a figure with Chinese text behind the walls."""
    from qwact.tools.interpreter import CodeInterpreter
    from qwact.tools.interpreter.plot_fonts import NO_FONT

    with CodeInterpreter() as interpreter:
        result = interpreter.run(_PLOT)
    if result.error or not result.files:
        return Check("plot", False, f"no figure came out of the sandbox: {result.error or result.text}")
    if NO_FONT in result.text:
        return Check("plot", False, NO_FONT.strip("[]"), is_needed=False)
    return Check("plot", True, "drawn behind the walls, Chinese text included")
