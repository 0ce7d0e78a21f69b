"""What the sandbox sees of the host: the interpreter, the system's libraries, its own folders."""

import functools
import itertools
import os
import re
import sys
from pathlib import Path

from qwact.tools.errors import SandboxUnavailable
from qwact.tools.interpreter.folders import ETC_FILES, ETC_FOLDERS, SessionFolder
from qwact.tools.interpreter.plan import Bind
from qwact.tools.interpreter.plot_fonts import SUFFIXES

CODE = "/run/qwact"
_WORK = ("/work", "/workspace", "/sandbox")
_FONTS = "/run/qwact-fonts"
_CHINESE_FONT = re.compile(
    "cjk|notos(ans|erif)(sc|tc|jp|kr|hk)|sourcehan|wqy|wenquanyi|simhei|simsun|msyh|pingfang|heiti|songti|"
    "droidsansfallback|arial ?unicode|lxgw|harmonyos|hiragino",
    re.IGNORECASE,
)
_MOST_FONTS = 8
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")


def private_tree(folder: SessionFolder) -> tuple[tuple[Bind, ...], tuple[tuple[str, str], ...]]:
    """Binds and links of a tier that builds its own file tree."""
    binds, links = [], []
    for path in _SYSTEM:
        if os.path.islink(path):
            links.append((path, os.readlink(path)))
        elif os.path.isdir(path):
            binds.append(Bind(path, path))
    binds.append(Bind(str(folder.etc), "/etc"))
    binds += [Bind(path, path) for path in _existing(ETC_FOLDERS)]
    binds += [Bind(path, path) for path in interpreter_folders()]
    binds.append(Bind(_code_folder(), CODE))
    binds += [
        Bind(path, f"{_FONTS}/{number}/{os.path.basename(path)}") for number, path in enumerate(own_fonts())
    ]
    binds.append(Bind(str(folder.work), private_work(), writable=True))
    return tuple(binds), tuple(links)


def shared_tree(folder: SessionFolder) -> tuple[Bind, ...]:
    """What may be reached in the host's own file tree, for a tier that can only restrict it."""
    paths = [path for path in _SYSTEM if os.path.isdir(path)]
    paths += [
        *_existing(ETC_FILES),
        *_existing(ETC_FOLDERS),
        *interpreter_folders(),
        *own_fonts(),
        _code_folder(),
    ]
    binds = [Bind(path, path) for path in paths]
    binds += [Bind(str(path), str(path), writable=True) for path in (folder.work, folder.temporary)]
    return tuple(binds)


def private_work() -> str:
    """Where a private file tree has the work folder: never around something else that is mounted.

    A mount point inside the work folder would be made where the code inside can put a link.
    """
    taken = interpreter_folders()
    return next(path for path in _WORK if not any(f"{other}/".startswith(f"{path}/") for other in taken))


def environment(work: str, temporary: str) -> dict[str, str]:
    """The whole environment of the code. Nothing comes from the host's."""
    threads = str(min(4, os.cpu_count() or 1))
    return {
        "PATH": f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin",
        "HOME": work,
        "USER": "user",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "TMPDIR": temporary,
        "IPYTHONDIR": f"{temporary}/ipython",
        "JUPYTER_CONFIG_DIR": f"{temporary}/jupyter",
        "MPLCONFIGDIR": f"{temporary}/matplotlib",
        "XDG_CACHE_HOME": f"{temporary}/cache",  # otherwise the work folder gets a .cache
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        # One thread a core on a large machine would be most of the processes allowed.
        "OMP_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
    }


def interpreter_command() -> str:
    """This Python's own command without a way through other folders, as `tests/../.venv/bin/python` is one.

    The command itself may be a link: that is how a virtual environment is found.
    """
    folder, name = os.path.split(sys.executable)
    return os.path.join(os.path.realpath(folder), name)


def code_folder(private: bool) -> str:
    """Where the sandbox finds our own modules."""
    return CODE if private else _code_folder()


def _code_folder() -> str:
    return str(Path(__file__).resolve().parent)


def _existing(names: tuple[str, ...]) -> list[str]:
    return [path for path in (f"/etc/{name}" for name in names) if os.path.exists(path)]


@functools.cache
def own_fonts() -> tuple[str, ...]:
    """Font files with Chinese characters in this user's home, where plots inside would not find them.

    None for root: the user that it becomes could not read them.
    """
    if os.getuid() == 0:
        return ()
    data = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    folders = (f"{data}/fonts", os.path.expanduser("~/.fonts"))
    found = (
        os.path.join(folder, name)
        for top in folders
        for folder, _, names in os.walk(os.path.realpath(top))
        for name in sorted(names)
        if name.lower().endswith(SUFFIXES) and _CHINESE_FONT.search(name)
    )
    return tuple(itertools.islice((path for path in found if os.access(path, os.R_OK)), _MOST_FONTS))


def interpreter_folders() -> list[str]:
    """The folders of this Python and its packages, also those that links on the way to it lead through.

    Raises:
        SandboxUnavailable: One of them holds far more than an interpreter.
    """
    found = {sys.prefix, sys.base_prefix, os.path.realpath(sys.prefix), os.path.realpath(sys.base_prefix)}
    command = interpreter_command()
    while os.path.islink(command):
        command = os.path.normpath(os.path.join(os.path.dirname(command), os.readlink(command)))
        folder = os.path.dirname(os.path.dirname(command))
        if os.path.isdir(f"{folder}/lib/python{sys.version_info.major}.{sys.version_info.minor}"):
            found.add(folder)
    for folder in found:
        if Path.home().is_relative_to(folder) or folder == "/":
            raise SandboxUnavailable(
                f"Code was not run: Python's folder {folder} holds the whole home folder, which the code "
                "must not see. Use a virtual environment in a folder of its own."
            )
    outside = [path for path in found if not path.startswith("/usr/") and path != "/usr"]
    return sorted(path for path in outside if not any(path.startswith(f"{other}/") for other in outside))
