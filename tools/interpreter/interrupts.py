"""An interrupt stops the code of a cell, never the kernel around it, which would lose its answer."""

import functools
import threading
from signal import SIGINT, default_int_handler, signal
from typing import Any


def stop_code_only(kernel: Any) -> None:
    """From now on an interrupt that comes while ipykernel prepares a cell stops its code before it begins.

    One that comes after the code has ended does nothing. Meant for senders that have seen the cell's
    "execute_input", for before that ipykernel ignores interrupts.
    """
    shell = kernel.shell
    execute, run_cell, run_async = kernel.execute_request, shell.run_cell, shell.run_cell_async
    is_noted = False

    def note(*_: object) -> None:
        nonlocal is_noted
        is_noted = True

    @functools.wraps(execute)
    async def noted(stream: Any, ident: Any, parent: Any) -> None:
        nonlocal is_noted
        if _is_main_thread():
            is_noted = False
            signal(SIGINT, note)  # until ipykernel itself puts back the handler of its idle time
        await execute(stream, ident, parent)

    @functools.wraps(run_cell)
    def stoppable(*args: Any, **options: Any) -> Any:
        if not _is_main_thread():
            return run_cell(*args, **options)
        try:
            try:
                signal(SIGINT, default_int_handler)
                return run_cell(*args, **options)
            finally:
                signal(SIGINT, note)
        except KeyboardInterrupt as error:  # between two lines of IPython
            signal(SIGINT, note)
            return _stopped(shell, error)

    @functools.wraps(run_async)
    async def unless_noted(*args: Any, **options: Any) -> Any:
        return _stopped(shell, KeyboardInterrupt()) if is_noted else await run_async(*args, **options)

    kernel.shell_handlers["execute_request"] = noted
    shell.run_cell, shell.run_cell_async = stoppable, unless_noted


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _stopped(shell: Any, error: KeyboardInterrupt) -> Any:
    from IPython.core.interactiveshell import ExecutionResult

    result = ExecutionResult(None)  # type: ignore[no-untyped-call]
    result.error_in_exec = error
    shell.showtraceback((type(error), error, error.__traceback__))
    return result
