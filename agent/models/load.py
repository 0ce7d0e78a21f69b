"""`load_model`: from a name to a model."""

from importlib.resources import files
from pathlib import Path

from qwact.agent.models.protocol import Model
from qwact.tools.errors import ModelError, UserError


def load_model(
    name: str | Path = "pocket",
    *,
    dtype: str | None = None,
    device: str | None = None,
    attn_implementation: str | None = None,
    quantization: str | None = None,
) -> Model:
    """Load a model.

    Args:
        name: "pocket" (shipped with qwact), a folder with a checkpoint, or a hub name such as
            "Qwen/Qwen2.5-7B-Instruct".
        dtype: "float32", "bfloat16" or "float16"; by default the checkpoint's own, but float32 for a model of
            less than a billion parameters on a CPU.
        device: "cpu", "cuda", "cuda:1"; by default CUDA if there is one.
        attn_implementation: "sdpa", "eager", "flash_attention_2"; by default transformers' choice.
        quantization: Not there yet.

    Raises:
        ModelError: The model is missing, broken, of another family, or too large for the device.
        UserError: The name is a URL; models behind a server are not there yet.
    """
    name = str(name)
    if name.startswith(("http://", "https://")):
        raise UserError(f"{name} is a server, which qwact cannot use yet: name a folder or a hub name")
    if quantization is not None:
        raise ModelError(
            f"quantization={quantization!r} is not there yet: leave it out, or use dtype='bfloat16'"
        )

    from qwact.agent.models.checkpoint import check_checkpoint, find_checkpoint
    from qwact.agent.models.wire_format import wire_format

    checkpoint = check_checkpoint(_pocket_folder(), "pocket") if name == "pocket" else find_checkpoint(name)

    format = wire_format(checkpoint)

    from qwact.agent.models.local import LocalModel  # takes seconds, so after all that can be told before

    return LocalModel(
        checkpoint,
        dtype=dtype,
        device=device,
        attn_implementation=attn_implementation,
        default_format=format,
    )


def _pocket_folder() -> Path:
    folder = Path(str(files("qwact.agent.models").joinpath("pocket")))
    if not (folder / "config.json").is_file():
        raise ModelError("the model 'pocket' is not in this installation of qwact: install it again")
    return folder
