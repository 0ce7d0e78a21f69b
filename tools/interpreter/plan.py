"""What is asked of one sandbox: plain data, written by the host and read by the warden and the launcher.

Standard library only, as everything that runs outside the host's own process.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any


class SetupFailed(Exception):
    """A layer could not be put in place. The message says which and why; no code was run."""


@dataclass(frozen=True)
class Bind:
    """One part of the host that the sandbox sees.

    Attributes:
        source: Where it lies on the host.
        target: Where the sandbox sees it.
        writable: Whether the sandbox may change it.
    """

    source: str
    target: str
    writable: bool = False


@dataclass(frozen=True)
class Limits:
    """What the code inside may use. Sizes in bytes.

    Attributes:
        memory: Memory of all processes together; also the private memory of each one.
        processes: Processes and threads together.
        file: Size of one file.
        disk: Everything in the work folder and the temporary folder.
        files: Files and folders in the work folder and the temporary folder.
        output: Characters of text that one cell may return.
    """

    memory: int
    processes: int
    file: int
    disk: int
    files: int
    output: int


@dataclass(frozen=True)
class Plan:
    """Everything that the warden and the launcher need to know.

    Attributes:
        tier: "bubblewrap", "namespaces", "landlock" or the word for no walls.
        program: "kernel", or "probe": put the walls up, try them, leave.
        host: Process id of the host; the sandbox ends when it does.
        uid: The user that the code runs as on the host: not 0, except without walls.
        python: The interpreter's command.
        code: Folder of these modules as the sandbox sees it.
        binds: What the sandbox sees.
        links: Symbolic links that the sandbox has: path and target.
        work: The work folder as the sandbox sees it.
        watched: Folders on the host that count against the disk limit.
        environment: The whole environment of the code.
        bwrap: Path of bubblewrap; empty where it is not used.
        sockets: Inherited descriptors of the listening sockets, by channel.
        key: The key that signs this session's messages.
        limits: What the code may use.
    """

    tier: str
    program: str
    host: int
    uid: int
    python: str
    code: str
    binds: tuple[Bind, ...]
    links: tuple[tuple[str, str], ...]
    work: str
    watched: tuple[str, ...]
    environment: dict[str, str]
    limits: Limits
    bwrap: str = ""
    sockets: dict[str, int] = field(default_factory=dict)
    key: str = ""

    def dumps(self) -> bytes:
        """As JSON."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def loads(cls, data: bytes) -> "Plan":
        """The plan that `dumps` wrote."""
        fields: dict[str, Any] = json.loads(data)
        fields["binds"] = tuple(Bind(**bind) for bind in fields["binds"])
        fields["links"] = tuple((path, target) for path, target in fields["links"])
        fields["watched"] = tuple(fields["watched"])
        fields["limits"] = Limits(**fields["limits"])
        return cls(**fields)
