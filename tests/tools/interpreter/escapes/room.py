"""An interpreter beside a process of the same user that it may not touch."""

import os
import subprocess
import textwrap
from pathlib import Path

import psutil
from canaries import TOKEN, Outside

from qwact.tools.interpreter import CodeInterpreter
from qwact.tools.interpreter.result import CellResult

TOOLS = (Path(__file__).parent / "inside.py").read_text()


class Victim:
    """A stopped process of the sandbox's own user: a signal wakes it, ends it or waits for it."""

    def __init__(self, uid: int) -> None:
        user = {"user": uid, "group": uid, "extra_groups": []} if os.getuid() == 0 else {}
        self.process = subprocess.Popen(
            [f"sleep-{TOKEN}", "600"],
            executable="/bin/sleep",
            cwd="/",
            env={"ESCAPE_CANARY": TOKEN},
            **user,  # type: ignore[call-overload]
        )
        self._psutil = psutil.Process(self.process.pid)
        self._psutil.suspend()
        while self._psutil.status() != psutil.STATUS_STOPPED:
            pass
        self._before = self._facts()

    def _facts(self) -> dict[str, object]:
        with self._psutil.oneshot():
            status = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
            return {
                "state": self._psutil.status(),
                "pending signals": [line for line in status if line.startswith(("SigPnd", "ShdPnd"))],
                "nice": self._psutil.nice(),
                "affinity": self._psutil.cpu_affinity(),
                "io priority": self._psutil.ionice(),
                "limits": Path(f"/proc/{self.process.pid}/limits").read_text(),
                "policy": os.sched_getscheduler(self.process.pid),
                "group": os.getpgid(self.process.pid),
                "oom": Path(f"/proc/{self.process.pid}/oom_score_adj").read_text(),
            }

    def breaches(self) -> list[str]:
        """What was done to it since the last call."""
        if self.process.poll() is not None:
            return ["the victim was killed"]
        now = self._facts()
        changed = [f"the victim's {name} changed" for name in now if now[name] != self._before[name]]
        self._before = now
        return changed

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


class Room:
    """An interpreter with its victim; runs attempts and tells what they reached."""

    def __init__(self, outside: Outside, **settings: object) -> None:
        self.outside = outside
        before = _below()
        self.py = CodeInterpreter(**settings)  # type: ignore[arg-type]
        self.py.start()
        self.processes = sorted(_below() - before)
        self.uid = max(psutil.Process(process).uids().real for process in self.processes)
        self.victim = Victim(self.uid)
        own = outside.own(self.uid)
        listeners = outside.listeners
        names = {
            "SECRET": str(outside.secret), "PROGRAM": str(outside.program), "OPEN": str(outside.open),
            "FILE": str(outside.open / "file.txt"), "OWN": str(own), "SHARED": str(outside.shared),
            "HOME": str(Path.home()), "REPOSITORY": str(Path(__file__).resolve().parents[4]),
            "PORTS": listeners.ports, "STREAM": listeners.stream_path, "DATAGRAM": listeners.datagram_path,
            "ABSTRACT": listeners.abstract, "VICTIM": self.victim.process.pid, "QUEUE": outside.queue,
            "HOST": os.getpid(), "NEIGHBOUR": "", "DISKS": _disks(),
        }  # fmt: skip
        self.names = names

    def attempt(self, code: str, route: str = "kernel") -> CellResult:
        """Run one attempt in the kernel itself or in a program that it starts; it prints a verdict."""
        source = TOOLS + "".join(f"{name} = {value!r}\n" for name, value in self.names.items())
        source += f"def attempt():\n{textwrap.indent(code, '    ')}\nverdict(attempt)\n"
        if route == "child":
            source = (
                f"import subprocess, sys\nprint(subprocess.run([sys.executable, '-I', '-c', {source!r}], \
capture_output=True, text=True, timeout=9).stdout)"
            )
        return self.py.run(source)

    def breaches(self, text: str) -> list[str]:
        return self.outside.breaches(text) + self.victim.breaches()

    def close(self) -> None:
        self.py.close()
        self.victim.close()


def _below() -> set[int]:
    return {process.pid for process in psutil.Process().children(recursive=True)}


def _disks() -> list[str]:
    return [f"/dev/{name}" for name in os.listdir("/sys/block")] if os.path.isdir("/sys/block") else []
