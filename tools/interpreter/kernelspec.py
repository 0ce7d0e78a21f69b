"""The kernelspec by which JupyterLab, nbclient and papermill find the sandboxed kernel."""

import json
import sys
import tempfile
from pathlib import Path

from qwact.tools.errors import UserError

NAME = "qwact-sandbox"
DISPLAY_NAME = "Python (qwact sandbox)"


def kernelspec() -> dict[str, object]:
    """The content of kernel.json."""
    refusal = "this kernel starts through the provisioner qwact-sandbox only: update jupyter_client to 8"
    return {
        # A client that knows no provisioners would run this, without walls: so it runs nothing.
        "argv": [sys.executable, "-c", f"raise SystemExit({refusal!r})", "{connection_file}"],
        "display_name": DISPLAY_NAME,
        "language": "python",
        "interrupt_mode": "signal",
        "metadata": {"debugger": False, "kernel_provisioner": {"provisioner_name": NAME}},
    }


def install_kernelspec(prefix: Path | None = None) -> Path:
    """Install the kernelspec; gives its folder.

    Args:
        prefix: Folder of the environment that is to have it; None installs it for the user.

    Raises:
        UserError: The folder cannot be written.
    """
    from jupyter_client.kernelspec import KernelSpecManager

    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "kernel.json").write_text(json.dumps(kernelspec(), indent=1), encoding="utf-8")
        try:
            installed = KernelSpecManager().install_kernel_spec(
                folder, NAME, user=prefix is None, prefix=None if prefix is None else str(prefix)
            )
        except OSError as error:
            raise UserError(
                f"The kernel cannot be installed in {error.filename}: {error.strerror}; name "
                "another folder with --prefix."
            ) from error
    return Path(installed)
