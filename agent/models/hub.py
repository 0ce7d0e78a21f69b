"""Checkpoints by their hub name: from what was fetched before, else from the hub."""

from pathlib import Path

from huggingface_hub import get_hf_file_metadata, hf_hub_download, hf_hub_url, snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError

from qwact.agent.models.checkpoint import Checkpoint, check_checkpoint, check_family, first_line, read_json
from qwact.tools.errors import ModelError

_FILES = ["*.json", "*.jinja", "*.safetensors"]
_PATIENCE = 10.0  # seconds for the hub's first answer


def fetch(name: str) -> Checkpoint:
    """The checkpoint of that name. One that was fetched before is used as it is, with no look at the hub.

    Raises:
        ModelError: The hub cannot be reached or does not give it, or it cannot be loaded; one sentence.
    """
    try:
        return check_checkpoint(
            Path(snapshot_download(name, allow_patterns=_FILES, local_files_only=True)), name
        )
    except HFValidationError:
        raise ModelError(f"{name!r} is no valid hub name") from None
    except (OSError, ModelError):
        return check_checkpoint(_download(name), name)  # never fetched, or not all of it


def _download(name: str) -> Path:
    try:
        # One question, without a second try: the others try for half a minute where there is no network.
        get_hf_file_metadata(hf_hub_url(name, "config.json"), timeout=_PATIENCE)
        # Another family is refused before its weights are fetched.
        check_family(read_json(Path(hf_hub_download(name, "config.json")), name), name)
        return Path(snapshot_download(name, allow_patterns=_FILES))
    except ModelError:
        raise
    except HfHubHTTPError as error:
        status = error.response.status_code if error.response is not None else "no"
        reason = f"it answered with status {status}; check the name, and run `hf auth login` if it is gated"
    except Exception as error:  # the client's errors are those of whichever HTTP library it was built on
        reason = f"{first_line(error)}; find a network, or give a folder"
    raise ModelError(f"cannot get {name} from the hub: {reason}")
