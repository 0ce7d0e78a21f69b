"""The folders of one session on the host."""

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

ETC_FILES = ("ld.so.cache", "localtime")
ETC_FOLDERS = ("alternatives", "fonts")
_PREFIX = "qwact-"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Between making a folder and holding it lies a moment.
_YOUNG_SECONDS = 60.0


class SessionFolder:
    """A private folder with what the sandbox sees of it, and the sockets, which it does not see.

    Attributes:
        path: The whole; only its owner can list it.
        work: The code's work folder.
        temporary: Temporary files, where the tier has no private one.
        etc: The few files of /etc that the sandbox sees.
        sockets: The kernel's sockets.
        output: Produced files, where no other folder is named for them; the sandbox does not see it.
        uid: Who owns `work` and `temporary`.
    """

    def __init__(self, uid: int) -> None:
        self.uid = uid
        remove_abandoned()
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        # Held as long as we live: so others can tell that the folder is in use.
        self._held = os.open(self.path, _FOLDER)
        fcntl.flock(self._held, fcntl.LOCK_EX)
        # The user that root becomes must get through; the name cannot be guessed or listed.
        self.path.chmod(0o711)
        self.work = self._own("work")
        self.temporary = self._own("tmp")
        self.sockets = self.path / "sockets"
        self.sockets.mkdir(0o700)
        self.output = self.path / "output"
        self.output.mkdir(0o700)
        self.etc = self._make_etc()

    def empty_work(self) -> None:
        """Remove everything from the work folder and the temporary folder."""
        for folder in (self.work, self.temporary):
            remove_tree(folder)
        self.work, self.temporary = self._own("work"), self._own("tmp")

    def empty_sockets(self) -> None:
        """Remove the sockets of a kernel that ended."""
        for path in self.sockets.iterdir():
            path.unlink()

    def remove(self) -> None:
        """Remove all of it."""
        remove_tree(self.path)
        if self._held >= 0:
            os.close(self._held)
            self._held = -1

    def _own(self, name: str) -> Path:
        folder = self.path / name
        folder.mkdir(0o700)
        if self.uid != os.getuid():
            try:
                os.chown(folder, self.uid, self.uid)
            except PermissionError as error:
                from qwact.tools.errors import (
                    SandboxUnavailable,
                )  # the warden, which loads this, has no errors

                remove_tree(self.path)
                raise SandboxUnavailable(
                    "Code was not run: root has no right here to become another user (CAP_CHOWN, "
                    "CAP_SETUID). Run as an ordinary user."
                ) from error
        return folder

    def _make_etc(self) -> Path:
        etc = self.path / "etc"
        etc.mkdir(0o755)
        (etc / "passwd").write_text("user:x:1000:1000:user:/tmp:/bin/sh\n")
        (etc / "group").write_text("user:x:1000:\n")
        (etc / "nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files\n")
        (etc / "hosts").write_text("127.0.0.1 localhost sandbox\n")
        for name in ETC_FILES:
            if os.path.isfile(f"/etc/{name}"):
                shutil.copyfile(f"/etc/{name}", etc / name)
        for name in ETC_FOLDERS:
            if os.path.isdir(f"/etc/{name}"):
                (etc / name).mkdir()
        for path in (etc, *etc.iterdir()):
            path.chmod(0o755 if path.is_dir() else 0o644)
        return etc


def remove_abandoned() -> None:
    """Remove the session folders of processes that were killed together with their wardens."""
    parent = tempfile.gettempdir()
    for name in os.listdir(parent):
        path = os.path.join(parent, name)
        if not name.startswith(_PREFIX) or not os.path.isdir(f"{path}/sockets"):
            continue
        try:
            folder = os.open(path, _FOLDER)
        except OSError:
            continue  # another user's, a link, or gone
        try:
            facts = os.fstat(folder)
            if facts.st_uid == os.getuid() and time.time() - facts.st_mtime > _YOUNG_SECONDS:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                remove_tree(path)
        except BlockingIOError:
            pass  # in use
        finally:
            os.close(folder)


def remove_tree(folder: str | Path) -> None:
    """Remove a tree that the code inside may have made deep or closed: shutil.rmtree stops at both."""
    with suppress(OSError):
        os.rmdir(folder)  # the usual case, without another process
        return
    command = ["rm", "-rf", "--one-file-system", "--", str(folder)]
    subprocess.run(command, stderr=subprocess.DEVNULL, check=False)
    if os.path.exists(folder):
        subprocess.run(["chmod", "-R", "u+rwX", "--", str(folder)], stderr=subprocess.DEVNULL, check=False)
        subprocess.run(command, stderr=subprocess.DEVNULL, check=False)
