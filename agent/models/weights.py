"""Loading a checkpoint's weights through transformers: device, dtype, and whether they fit."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil
import torch
import transformers

from qwact.agent.models.checkpoint import Checkpoint, first_line
from qwact.tools.errors import ModelError

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}

_SMALL = 1_000_000_000
"""Below this many parameters the CPU computes in float32, which every CPU does at full speed."""


def pick_device(name: str | None) -> torch.device:
    """The device of that name; without one, CUDA if there is one, else the CPU.

    Raises:
        ModelError: There is no such device.
    """
    if name is None:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, NotImplementedError):
        raise ModelError(
            f"there is no device {name!r} here: give 'cpu', 'cuda' or 'cuda:0', or leave it out"
        ) from None
    return device


def pick_dtype(name: str | None, checkpoint: Checkpoint, device: torch.device) -> torch.dtype:
    """The dtype of that name; without one, the checkpoint's own, but float32 for a small model on a CPU.

    Raises:
        ModelError: There is no such dtype.
    """
    if name is None and device.type == "cpu" and checkpoint.parameters < _SMALL:
        return torch.float32
    wanted = name or checkpoint.config.get("dtype") or checkpoint.config.get("torch_dtype") or "bfloat16"
    if wanted not in DTYPES:
        raise ModelError(f"dtype {wanted!r} is not known: give one of {', '.join(DTYPES)}")
    return DTYPES[wanted]


def load_network(
    checkpoint: Checkpoint, *, device: torch.device, dtype: torch.dtype, attn_implementation: str | None
) -> Any:
    """The checkpoint's network on the device, ready to be run.

    Raises:
        ModelError: It does not fit the device, its weights are incomplete, or the attention implementation is
            not available.
    """
    _check_fits(checkpoint, device, dtype)
    try:
        with _quiet():
            network, report = transformers.AutoModelForCausalLM.from_pretrained(
                checkpoint.folder,
                dtype=dtype,
                attn_implementation=attn_implementation,
                local_files_only=True,
                output_loading_info=True,
            )
            network.to(device)
    except torch.OutOfMemoryError:
        raise ModelError(f"{checkpoint.name} does not fit into what is free on {device}") from None
    except (OSError, ValueError, ImportError, RuntimeError, TypeError, KeyError) as error:
        raise ModelError(f"{checkpoint.name} cannot be loaded: {first_line(error)}") from error
    # transformers fills what is missing with random numbers and goes on.
    missing = sorted(map(str, (*report["missing_keys"], *report["mismatched_keys"])))
    if missing:
        raise ModelError(
            f"{checkpoint.name} lacks {len(missing)} of its weights, or has them in another shape "
            f"({missing[0]}, ...): fetch it again"
        )
    return network.eval()


def _check_fits(checkpoint: Checkpoint, device: torch.device, dtype: torch.dtype) -> None:
    needed = checkpoint.parameters * dtype.itemsize
    free = torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else psutil.virtual_memory().available
    if needed > free:
        raise ModelError(
            f"{checkpoint.name} needs {_gigabytes(needed)} as {_name(dtype)}, and {device} has "
            f"{_gigabytes(free)} free: use a smaller model, a smaller dtype or another device"
        )


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bars and no notices from transformers inside; as it was afterwards."""
    from transformers.utils import logging

    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
