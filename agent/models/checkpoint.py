"""Finding a checkpoint and checking its files, before anything heavy is loaded."""

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qwact.tools.errors import ModelError

FAMILIES = ("qwen2", "qwen2_moe", "qwen3", "qwen3_moe", "qwen3_next")
"""Values of `model_type` that can be loaded."""

_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_INDEX = "model.safetensors.index.json"
_WEIGHTS = "model.safetensors"
_LARGEST_HEADER = 100_000_000  # bytes; what the safetensors library accepts


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A folder whose files have been checked.

    Attributes:
        name: As the person gave it.
        folder: Where it is.
        config: Its `config.json`.
        parameters: Numbers in its weights.
        end_ids: Ids that end a turn by its generation settings.
    """

    name: str
    folder: Path
    config: dict[str, Any]
    parameters: int
    end_ids: tuple[int, ...]

    @property
    def tokenizer_file(self) -> Path:
        """The vocabulary."""
        return self.folder / "tokenizer.json"


def find_checkpoint(name: str) -> Checkpoint:
    """Find a checkpoint by its folder or its hub name, fetching it if need be, and check its files.

    Raises:
        ModelError: It is missing, broken or of another family; one sentence.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return check_checkpoint(folder, name)
    if folder.exists():
        raise ModelError(f"{name} is a file; give the folder that holds the checkpoint's config.json")
    if not _HUB_NAME.fullmatch(name) or name.startswith("."):
        raise ModelError(
            f"there is no model {name!r}: give 'pocket', a folder with a checkpoint, or a hub name such as "
            "'Qwen/Qwen2.5-7B-Instruct'"
        )
    from qwact.agent.models.hub import fetch  # only here: the hub's client takes a while to import

    return fetch(name)


def check_checkpoint(folder: Path, name: str) -> Checkpoint:
    """Check the files of a checkpoint's folder; see `find_checkpoint`."""
    config = read_json(folder / "config.json", name)
    check_family(config, name)
    if not (folder / "tokenizer.json").is_file():
        raise ModelError(f"{name} has no tokenizer.json: fetch the checkpoint's files again")
    parameters = sum(_parameters_in(file, name) for file in _weight_files(folder, name))
    generation = folder / "generation_config.json"
    settings = [config] + ([read_json(generation, name)] if generation.is_file() else [])
    end_ids = {token for setting in settings for token in _as_ids(setting.get("eos_token_id"))}
    return Checkpoint(name, folder, config, parameters, tuple(sorted(end_ids)))


def check_family(config: dict[str, Any], name: str) -> None:
    """Raise `ModelError` unless the config's `model_type` can be loaded."""
    family = config.get("model_type")
    if family == "qwen":
        raise ModelError(
            f"{name} is a first-generation Qwen checkpoint (model_type 'qwen'), which qwact cannot load yet: "
            "use a later one such as 'Qwen/Qwen2.5-7B-Instruct'"
        )
    if family not in FAMILIES:
        raise ModelError(f"{name} has model_type {family!r}; qwact loads {', '.join(FAMILIES)}")


def _weight_files(folder: Path, name: str) -> list[Path]:
    if (folder / _INDEX).is_file():
        shards = read_json(folder / _INDEX, name).get("weight_map")
        if not isinstance(shards, dict) or not shards:
            raise ModelError(f"{name} has a broken {_INDEX}: fetch it again")
        files = [folder / shard for shard in sorted(set(shards.values()))]
    else:
        files = [folder / _WEIGHTS]
    missing = [file.name for file in files if not file.is_file()]
    if not missing:
        return files
    if len(files) == 1 and any(folder.glob("pytorch_model*.bin")):
        raise ModelError(f"{name} has its weights only in pytorch_model.bin: convert them to safetensors")
    raise ModelError(f"{name} lacks its weights ({', '.join(missing)}): fetch the checkpoint's files again")


def _parameters_in(file: Path, name: str) -> int:
    """Numbers in one safetensors file, by its header; also notices a file that was cut off."""
    try:
        with file.open("rb") as stream:
            size = int.from_bytes(stream.read(8), "little")
            if size > _LARGEST_HEADER:
                raise ValueError("no safetensors header")
            header = json.loads(stream.read(size))
        header.pop("__metadata__", None)
        wanted = 8 + size + max(entry["data_offsets"][1] for entry in header.values())
        parameters: int = sum(math.prod(entry["shape"]) for entry in header.values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ModelError(
            f"{name} has broken weights in {file.name} ({first_line(error)}): fetch it again"
        ) from None
    found = file.stat().st_size
    if found != wanted:
        raise ModelError(
            f"{name} has broken weights in {file.name} ({found:,} bytes, not {wanted:,}): fetch it again"
        )
    return parameters


def read_json(file: Path, name: str) -> dict[str, Any]:
    """The object in one of a checkpoint's JSON files, or `ModelError`."""
    try:
        content = json.loads(file.read_bytes())
    except FileNotFoundError:
        raise ModelError(f"{name} has no {file.name}: it is no checkpoint, or not all of it") from None
    except (OSError, ValueError) as error:
        raise ModelError(f"{name} has a broken {file.name} ({first_line(error)}): fetch it again") from None
    if not isinstance(content, dict):
        raise ModelError(f"{name} has a broken {file.name} (it holds no object): fetch it again")
    return content


def _as_ids(value: object) -> list[int]:
    values = value if isinstance(value, list) else [value]
    return [token for token in values if isinstance(token, int)]


def first_line(error: Exception) -> str:
    """The beginning of an error's text, to be put into a sentence."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
