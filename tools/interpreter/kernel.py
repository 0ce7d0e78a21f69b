"""The ipykernel inside the sandbox: on inherited sockets, without debugger, history or connection file."""

import os
import socket
import sys
from collections.abc import Callable, Mapping
from typing import Any

from qwact.tools.interpreter.interrupts import stop_code_only
from qwact.tools.interpreter.memory_reserve import keep_reserve
from qwact.tools.interpreter.plan import Plan
from qwact.tools.interpreter.plot_fonts import SUFFIXES, give_fonts

# A printing loop is stopped, not only cut, at this many times the text that is shown.
STOP_FACTOR = 20
# Messages that the host has not read yet. Above it zmq drops, silently, also the one that says "idle".
_MOST_QUEUED = 20_000
# Of one piece of HTML or SVG; the host takes no longer one.
MOST_MARKUP_CHARS = 8 << 20
_MARKUP = ("image/svg+xml", "text/html")
# What ipykernel sets for a person who sees colours.
_COLOURS, _NO_COLOURS = ("CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR"), {"TERM": "dumb", "NO_COLOR": "1"}
_CHANNELS = ("shell", "iopub", "stdin", "control")


class OutputLimitReached(KeyboardInterrupt):
    """The cell printed far more than can be shown. As a KeyboardInterrupt it passes `except Exception`."""


def prepare_kernel(plan: Plan) -> Callable[[], object]:
    """Load and build the kernel. Gives the function that serves until the sandbox ends."""
    sys.modules["debugpy"] = None  # type: ignore[assignment]  # costs a third of the start
    # Every traceback needs it, also that of an exception which leaves no descriptor to load it with.
    import pygments.formatters.terminal256  # type: ignore[import-untyped] # noqa: F401
    from ipykernel import iostream
    from IPython.core.history import HistoryManager

    if plan.program != "notebook":
        HistoryManager.enabled = False  # type: ignore[assignment]
    app = _kernel_app(plan.sockets).instance(transport="ipc", ip="sandbox", connection_file="none")
    app.config.Session.key = plan.key.encode()
    app.config.InteractiveShell.xmode = "Plain"
    app.config.InteractiveShell.colors = "NoColor"
    app.outstream_class = f"{__name__}.capped_stream"
    globals()["capped_stream"] = _capped_stream(iostream.OutStream, plan.limits.output)
    app.initialize([])
    stop_code_only(app.kernel)
    keep_reserve(app.shell)
    app.shell.system = app.shell.system_raw  # for `!command`: there are no terminals inside
    # Printing takes a socket that is made when it is first needed: the code may leave no descriptor for it.
    app.iopub_thread.schedule(lambda: app.iopub_thread.schedule(lambda: None))
    if plan.program != "notebook":  # a notebook shows more than a model can read, and colours too
        os.environ.update(_NO_COLOURS)
        for name in _COLOURS:
            os.environ.pop(name, None)
        _limit_results(app.shell, plan.limits.output)
    fonts = [bind.target for bind in plan.binds if bind.target.lower().endswith(SUFFIXES)]
    give_fonts(fonts, lambda call: app.shell.events.register("pre_execute", call))
    if "tools" in plan.sockets:
        app.kernel.tool_functions = _tool_functions(plan.sockets["tools"], app.shell)
    _forget_ourselves()
    start: Callable[[], object] = app.start
    return start


def _kernel_app(sockets: Mapping[str, int]) -> Any:
    """ipykernel's application, on sockets that listen already, and without a connection file."""
    import zmq
    from ipykernel import heartbeat, kernelapp

    def bind(socket: zmq.Socket[bytes], channel: str) -> int:
        socket.setsockopt(zmq.USE_FD, sockets[channel])
        socket.setsockopt(zmq.SNDHWM, _MOST_QUEUED)
        socket.bind(f"ipc://{channel}")  # the name is not used: the descriptor listens already
        return 1

    class Heartbeat(heartbeat.Heartbeat):
        def _bind_socket(self) -> None:
            bind(self.socket, "hb")

    class KernelApp(kernelapp.IPKernelApp):
        def _bind_socket(self, s: Any, port: int) -> int:
            channel = next(name for name in _CHANNELS if getattr(self, f"{name}_socket") is s)
            return bind(s, channel)

        def init_heartbeat(self) -> None:
            self.heartbeat = Heartbeat(zmq.Context(), (self.transport, self.ip, 1))  # type: ignore[no-untyped-call]
            self.heartbeat.start()

        def init_control(self, context: Any) -> None:
            super().init_control(context)  # type: ignore[no-untyped-call]
            # The debugger's own way to the shell socket: nothing can connect in here.
            self.debug_shell_socket.close()

        def init_connection_file(self) -> None:
            pass

        def write_connection_file(self, **kwargs: Any) -> None:
            pass

    return KernelApp


def _capped_stream(base: type, most: int) -> type:
    """An output stream that shows the first `most` characters of a cell. The host has its own limit."""

    class CappedStream(base):  # type: ignore[misc]
        _written = 0
        _cell: object = None

        def set_parent(self, parent: Any) -> None:
            self._written = 0
            super().set_parent(parent)

        def write(self, text: str) -> int:
            if not isinstance(text, str):
                raise TypeError(f"write() argument must be str, not {type(text).__name__}")
            clean = text.encode(
                "utf-8", "replace"
            ).decode()  # half a surrogate pair would lose the whole flush
            if not self._is_master_process():
                # A forked child has no thread that sends; its parent reads this descriptor.
                os.write(1 if self.name == "stdout" else 2, clean.encode())
                return len(text)
            room = most + 1 - self._written  # one more tells the host that there was more
            self._written += len(clean)
            if room > 0:
                super().write(clean[:room])
            if self._written > STOP_FACTOR * most:
                self._written = 0
                raise OutputLimitReached(f"more than {STOP_FACTOR * most} characters printed")
            return len(text)

    return CappedStream


def _limit_results(shell: Any, most: int) -> None:
    """Results are text, PNG, SVG and HTML only, and what is long is cut before it is sent."""
    formatter = shell.display_formatter
    room = {"text/plain": most, **dict.fromkeys(_MARKUP, MOST_MARKUP_CHARS)}
    formatter.active_types = [*room, "image/png"]
    plain = formatter.format

    def cut(value: object, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = plain(value, include=include, exclude=exclude)
        for kind, chars in room.items():
            if isinstance(text := data.get(kind), str):
                # One more tells the host that there was more; half a surrogate pair would lose the message.
                data[kind] = text[: chars + 1].encode("utf-8", "replace").decode()
        return data, metadata

    formatter.format = cut


def _tool_functions(descriptor: int, shell: Any) -> object:
    """Where the host finds them, to say which there are. It may say nothing."""
    from qwact.tools.interpreter.tool_call import MOST_CALL_BYTES
    from qwact.tools.interpreter.tool_functions import ToolFunctions

    return ToolFunctions(socket.socket(fileno=descriptor), shell, MOST_CALL_BYTES)


def _forget_ourselves() -> None:
    """The code inside finds no half-made package of ours."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "qwact"]:
        del sys.modules[name]
