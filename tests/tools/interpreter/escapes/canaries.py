"""What the attempts aim at, outside the walls: only this side can see whether one was reached."""

import ctypes
import os
import secrets
import selectors
import shutil
import socket
import tempfile
import threading
from pathlib import Path

TOKEN = secrets.token_hex(12)  # in no source file, so that a traceback cannot show it


class Outside:
    """Canaries of the host, readable and writable for every user, so that only a wall can be in the way."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="escape-canaries-"))
        self.folder.chmod(0o755)
        self.secret = self._file("secret.txt", TOKEN, 0o644)
        self.program = self._file("program", f"#!/bin/sh\necho {TOKEN}\n", 0o755)
        self.open = self.folder / "open"
        self.open.mkdir()
        self.open.chmod(0o777)
        self.shared = Path(f"/dev/shm/escape-canary-{os.getpid()}")
        self.home = Path.home() / f".escape-canary-{TOKEN}"
        self.home.touch()
        self.shared.write_text(TOKEN)
        self.shared.chmod(0o666)
        self._file("open/file.txt", "as it was", 0o666)
        os.environ["ESCAPE_CANARY"] = TOKEN
        self.listeners = Listeners(self.open)
        self._system = _system()
        self._libc = ctypes.CDLL(None)
        self.queue: int = self._libc.msgget(0, 0o1666)
        message = ctypes.create_string_buffer(bytes([1, *bytes(7)]) + TOKEN.encode())
        self._libc.msgsnd(self.queue, message, len(TOKEN), 0)
        self._before = self._facts()

    def _file(self, name: str, text: str, mode: int) -> Path:
        path = self.folder / name
        path.write_text(text)
        path.chmod(mode)
        return path

    def _facts(self) -> dict[str, object]:
        """What of the writable canaries may not change."""
        facts: dict[str, object] = {}
        for path in sorted([*self.open.rglob("*"), self.shared]):
            status = path.lstat()
            text = path.read_text() if path.is_file() and not path.is_symlink() else ""
            names = tuple(os.listxattr(path, follow_symlinks=False))
            facts[str(path)] = (status.st_mode, status.st_mtime_ns, status.st_nlink, text, names)
        return facts

    def breaches(self, text: str) -> list[str]:
        """What of all this was reached since the last call."""
        found = ["a secret was read"] if TOKEN in text else []
        found += self.listeners.take()
        now = self._facts()
        found += [
            f"{path} was changed" for path in now | self._before if now.get(path) != self._before.get(path)
        ]
        self._before = now
        found += [f"written outside: {name}" for name in glob_outside()]
        if _system() != self._system:
            found.append("mounts, host name or settings of the machine were changed")
        return found

    def own(self, uid: int) -> Path:
        """A file that belongs to this user."""
        path = self.open / f"own-{uid}.txt"
        path.write_text("mine")
        os.chown(path, uid, uid)
        path.chmod(0o644)
        self._before = self._facts()
        return path

    def close(self) -> None:
        self.listeners.close()
        self._libc.msgctl(self.queue, 0, None)
        for path in (self.shared, self.home):
            path.unlink(missing_ok=True)
        shutil.rmtree(self.folder)
        del os.environ["ESCAPE_CANARY"]


def glob_outside() -> list[str]:
    """What an attempt left in the folders that every user may write to."""
    found = [f"{folder}/{name}" for folder in ("/tmp", "/var/tmp", "/dev/shm") for name in _names(folder)]
    for path in found:
        os.unlink(path)
    return found


def _names(folder: str) -> list[str]:
    return (
        [name for name in os.listdir(folder) if name.startswith("escaped")] if os.path.isdir(folder) else []
    )


def _system() -> list[str]:
    paths = (
        "/proc/self/mountinfo",
        "/proc/sys/kernel/core_pattern",
        "/proc/swaps",
        "/proc/sys/kernel/modprobe",
    )
    texts = [Path(path).read_text() for path in paths if os.path.exists(path)]
    return [*texts, socket.gethostname(), "".join(map(str, os.getgroups()))]


class Listeners:
    """Sockets of every reachable kind that note who comes."""

    def __init__(self, folder: Path) -> None:
        self.stream_path, self.datagram_path = str(folder / "stream"), str(folder / "datagram")
        self.abstract = f"\0escape-{TOKEN[:8]}-{os.getpid()}"
        kinds: dict[str, tuple[int, int, object]] = {
            "tcp": (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            "tcp6": (socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0)),
            "udp": (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            "unix": (socket.AF_UNIX, socket.SOCK_STREAM, self.stream_path),
            "unix datagram": (socket.AF_UNIX, socket.SOCK_DGRAM, self.datagram_path),
            "abstract": (socket.AF_UNIX, socket.SOCK_STREAM, self.abstract),
        }
        self._noted: list[str] = []
        self._selector = selectors.DefaultSelector()
        self.ports = {"tcp": 9, "tcp6": 9, "udp": 9}
        for name, (family, kind, address) in kinds.items():
            listening = socket.socket(family, kind)
            try:
                listening.bind(address)  # type: ignore[arg-type]
            except OSError:
                listening.close()  # a machine without IPv6
                continue
            if kind == socket.SOCK_STREAM:
                listening.listen(16)
            if name in self.ports:
                self.ports[name] = listening.getsockname()[1]
            listening.setblocking(False)
            self._selector.register(listening, selectors.EVENT_READ, name)
        for path in (self.stream_path, self.datagram_path):
            os.chmod(path, 0o777)
        self._end, ours = socket.socketpair()
        self._selector.register(ours, selectors.EVENT_READ, "end")
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.data == "end":
                    return
                listening = key.fileobj
                assert isinstance(listening, socket.socket)
                self._noted.append(f"the {key.data} listener was reached")
                if listening.type == socket.SOCK_STREAM:
                    listening.accept()[0].close()
                else:
                    listening.recv(1000)

    def take(self) -> list[str]:
        noted, self._noted = self._noted, []
        return noted

    def close(self) -> None:
        self._end.close()
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()
