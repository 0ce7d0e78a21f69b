"""Finding, checking and loading checkpoints; every failure is one sentence."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from qwact.agent.models.load import load_model
from qwact.agent.models.local import LocalModel
from qwact.agent.models.protocol import Generated
from qwact.prompts.segments import Text
from qwact.tools.errors import ModelError, UserError

Copied = Callable[..., Path]


def reason(name: Path | str, **options: Any) -> str:
    """Why it cannot be loaded."""
    with pytest.raises(UserError) as error:
        load_model(str(name), device="cpu", **options)
    message = str(error.value)
    assert "\n" not in message
    return message


def test_a_folder_is_loaded_and_writes(qwen3_folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    model = load_model(str(qwen3_folder), device="cpu")
    assert (model.name, model.context_tokens, model.default_format) == (str(qwen3_folder), 1024, "react")
    *_, end = model.conversation().generate([Text("hello")], max_tokens=3)
    assert isinstance(end, Generated)
    assert capfd.readouterr() == ("", "")


def test_a_small_model_on_a_cpu_is_float32_unless_told_otherwise(qwen3_folder: Path) -> None:
    for dtype, expected in ((None, torch.float32), ("bfloat16", torch.bfloat16)):
        model = load_model(str(qwen3_folder), device="cpu", dtype=dtype)
        assert isinstance(model, LocalModel)
        assert model.network.dtype is expected


def test_attention_implementations_agree(qwen3_folder: Path) -> None:
    logits = []
    for name in ("sdpa", "eager"):
        model = load_model(str(qwen3_folder), device="cpu", attn_implementation=name)
        assert isinstance(model, LocalModel)
        with torch.inference_mode():
            logits.append(model.network(torch.tensor([[1, 2, 3]])).logits)
    torch.testing.assert_close(*logits, atol=1e-4, rtol=1e-4)


def test_sharded_weights(copied: Copied) -> None:
    folder = copied()
    tensors = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    names = sorted(tensors)
    shards = {"model-00001-of-00002.safetensors": names[::2], "model-00002-of-00002.safetensors": names[1::2]}
    for shard, members in shards.items():
        save_file({name: tensors[name] for name in members}, folder / shard, metadata={"format": "pt"})
    index = {"metadata": {}, "weight_map": {name: shard for shard in shards for name in shards[shard]}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    load_model(str(folder), device="cpu")
    (folder / "model-00002-of-00002.safetensors").unlink()
    assert "lacks its weights (model-00002-of-00002.safetensors)" in reason(folder)


def test_no_such_model() -> None:
    for name in ("nowhere", "/no/such/folder", "./x", "~/no-such-folder"):
        assert f"there is no model '{name}'" in reason(name)


def test_a_file_is_no_checkpoint(qwen3_folder: Path) -> None:
    assert "is a file" in reason(qwen3_folder / "config.json")


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("config.json", "has no config.json"),
        ("tokenizer.json", "has no tokenizer.json"),
        ("model.safetensors", "lacks its weights (model.safetensors)"),
    ],
)
def test_a_missing_file_is_named(copied: Copied, file: str, words: str) -> None:
    assert words in reason(copied(without=(file,)))


def test_weights_in_the_old_form_only(copied: Copied) -> None:
    folder = copied(without=("model.safetensors",))
    (folder / "pytorch_model.bin").write_bytes(b"")
    assert "convert them to safetensors" in reason(folder)


@pytest.mark.parametrize("size", [0, 4, 300, -1])
def test_weights_that_were_cut_off(copied: Copied, size: int) -> None:
    file = copied() / "model.safetensors"
    file.write_bytes(file.read_bytes()[:size])
    assert "broken weights in model.safetensors" in reason(file.parent)


def test_weights_that_lack_a_tensor(copied: Copied) -> None:
    file = copied() / "model.safetensors"
    tensors = load_file(file)
    del tensors["model.layers.1.mlp.up_proj.weight"]
    save_file(tensors, file, metadata={"format": "pt"})
    assert "lacks 1 of its weights, or has them in another shape" in reason(file.parent)


def test_weights_of_another_shape(copied: Copied) -> None:
    assert "shape" in reason(copied(intermediate_size=128))


def test_a_broken_config(copied: Copied) -> None:
    folder = copied()
    for content in ("{", "[]", ""):
        (folder / "config.json").write_text(content)
        assert "broken config.json" in reason(folder)


@pytest.mark.parametrize(
    ("family", "words"),
    [("llama", "has model_type 'llama'; qwact loads qwen2"), ("qwen", "first-generation Qwen checkpoint")],
)
def test_another_family(copied: Copied, family: str, words: str) -> None:
    assert words in reason(copied(model_type=family))


def test_a_model_too_large_for_the_device_is_refused_with_the_sizes(copied: Copied) -> None:
    file = copied() / "model.safetensors"
    # A header that promises 15 TB of weights, in a file of that size that takes no room on the disk.
    size = 15 * 10**12
    header = json.dumps({"x": {"dtype": "BF16", "shape": [size // 2], "data_offsets": [0, size]}}).encode()
    file.write_bytes(len(header).to_bytes(8, "little") + header)
    try:
        os.truncate(file, 8 + len(header) + size)
    except OSError:
        pytest.skip("the file system has no sparse files of 15 TB")
    assert "needs 15000.0 GB as bfloat16, and cpu has" in reason(file.parent)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"dtype": "int3"}, "dtype 'int3' is not known"),
        ({"quantization": "int4"}, "quantization='int4' is not there yet"),
        ({"attn_implementation": "telepathy"}, "cannot be loaded"),
    ],
)
def test_a_wrong_option_is_named(qwen3_folder: Path, options: dict[str, str], words: str) -> None:
    assert words in reason(qwen3_folder, **options)


@pytest.mark.parametrize("device", ["warp", "cuda:99"])
def test_an_unknown_device_is_named(qwen3_folder: Path, device: str) -> None:
    with pytest.raises(ModelError, match=f"no device '{device}'"):
        load_model(str(qwen3_folder), device=device)


def test_a_server_is_not_there_yet() -> None:
    assert "is a server" in reason("http://127.0.0.1:8000/v1")


def test_a_hub_name_without_a_network(tmp_path: Path) -> None:
    code = "from qwact.agent.models import load_model; load_model('Qwen/Qwen2.5-0.5B-Instruct')"
    environment = {**os.environ, "HF_HOME": str(tmp_path), "HF_ENDPOINT": "http://127.0.0.1:9"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120
    )
    last = done.stderr.strip().splitlines()[-1]
    assert "cannot get Qwen/Qwen2.5-0.5B-Instruct from the hub: [Errno 111] Connection refused" in last


def test_importing_models_loads_neither_torch_nor_transformers() -> None:
    code = (
        "import sys, qwact.agent.models; print({'torch', 'transformers', 'llguidance'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_lazy_names() -> None:
    from qwact.agent import models

    assert models.LocalModel is LocalModel
    with pytest.raises(AttributeError, match="Nothing"):
        _ = models.Nothing
