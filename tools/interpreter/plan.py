"""What is asked of one sandbox: plain data, written by the host and read by the warden and the launcher.

Standard library only, as everything that runs outside the host's own process. Named tuples, because the
module of dataclasses takes as long to load as the rest of the warden.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple


class SetupFailed(Exception):
    """A layer could not be put in place. The message says which and why; no code was run."""


class Bind(NamedTuple):
    """One part of the host that the sandbox sees.

    Attributes:
        source: Where it lies on the host.
        target: Where the sandbox sees it.
        writable: Whether the sandbox may change it.
    """

    source: str
    target: str
    writable: bool = False


class Limits(NamedTuple):
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


class Plan(NamedTuple):
    """Everything that the warden and the launcher need to know.

    Attributes:
        tier: "bubblewrap", "namespaces", "landlock" or the word for no walls.
        program: "kernel"; "notebook", a kernel for people, with results of every kind; or "probe": put the
            walls up, try them, leave.
        host: Process id of the host; the sandbox ends when it does.
        uid: The user that the code runs as on the host: not 0, except without walls.
        python: The interpreter's command.
        code: Folder of these modules as the sandbox sees it.
        binds: What the sandbox sees.
        links: Symbolic links that the sandbox has: path and target.
        folder: The session's folder on the host: removed when the host is killed.
        work: The work folder as the sandbox sees it.
        watched: Folders on the host that count against the disk limit.
        environment: The whole environment of the code.
        bwrap: Path of bubblewrap; empty where it is not used.
        sockets: Inherited descriptors of the sockets, by channel: those that listen, and that of the tools.
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
    folder: str
    work: str
    watched: tuple[str, ...]
    environment: Mapping[str, str]
    limits: Limits
    bwrap: str
    sockets: Mapping[str, int]
    key: str

    def dumps(self) -> bytes:
        """As JSON."""
        return json.dumps(self._asdict()).encode()

    @classmethod
    def loads(cls, data: bytes) -> "Plan":
        """The plan that `dumps` wrote."""
        fields: dict[str, Any] = json.loads(data)
        fields["binds"] = tuple(Bind(*bind) for bind in fields["binds"])
        fields["links"] = tuple((path, target) for path, target in fields["links"])
        fields["watched"] = tuple(fields["watched"])
        fields["limits"] = Limits(*fields["limits"])
        return cls(**fields)
