"""The REST side of a Jupyter Kernel Gateway, Enterprise Gateway or Jupyter Server.

https://jupyter-kernel-gateway.readthedocs.io/en/latest/websocket-mode.html
"""

import json
import logging
import re
import urllib.error
import urllib.parse
import urllib.request
from contextlib import ExitStack
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

from qwact.tools.errors import UserError

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

_REST_SECONDS, _CLOSE_SECONDS = 60.0, 5.0
_MOST_REST_BYTES, _MOST_MESSAGE_BYTES = 1 << 20, 32 << 20

# The websocket client writes headers, and with them the token, to its log at level DEBUG.
LOG = logging.getLogger("qwact.gateway")
LOG.setLevel(logging.INFO)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would take the token to another host."""

    def redirect_request(self, *_: Any) -> None:
        return None


class GatewayClient:
    """Starts, interrupts and ends kernels. The token is in no message and in no repr.

    Attributes:
        url: Where the gateway is.

    Raises:
        UserError: The url or the token cannot be used. Also of every method, when the gateway does not do it.
    """

    def __init__(self, url: str, token: str) -> None:
        self.url = _checked_url(url)
        if not re.fullmatch(r"[\x21-\x7e]*", token):
            raise UserError("GatewayInterpreter: token= may hold printable ASCII without spaces only.")
        if token and urllib.parse.urlsplit(self.url).scheme == "http" and not _is_loopback(self.url):
            LOG.warning("the token and all code go unencrypted to %s: use https", self.url)
        self._headers = {"Authorization": f"token {token}"} if token else {}
        self._opener = urllib.request.build_opener(_NoRedirects)

    def start_kernel(self, name: str) -> str:
        """Start a kernel of this name; gives its id."""
        answer = self._ask("POST", "/api/kernels", {"name": name}, f"to start a kernel named {name!r}")
        kernel = answer.get("id") if isinstance(answer, dict) else None
        if not isinstance(kernel, str) or not re.fullmatch(r"[\w-]{1,100}", kernel):
            raise self._not_a_gateway()
        return kernel

    def interrupt_kernel(self, kernel: str) -> None:
        """Interrupt what it runs."""
        self._ask("POST", f"/api/kernels/{kernel}/interrupt", {}, "to interrupt a kernel")

    def end_kernel(self, kernel: str) -> None:
        """End it."""
        self._ask("DELETE", f"/api/kernels/{kernel}", None, "to end a kernel")

    def open_websocket(self, kernel: str, session: str, stack: ExitStack) -> "ClientConnection":
        """The way to a kernel's channels; `stack` closes it."""
        try:
            from websockets.exceptions import WebSocketException
            from websockets.sync.client import connect
        except ImportError as error:
            raise UserError("A remote kernel needs websockets: pip install 'qwact[gateway]'.") from error
        try:
            connection = connect(
                f"ws{self.url.removeprefix('http')}/api/kernels/{kernel}/channels?session_id={session}",
                additional_headers=self._headers,
                open_timeout=_REST_SECONDS,
                close_timeout=_CLOSE_SECONDS,
                max_size=_MOST_MESSAGE_BYTES,
                compression=None,
                logger=LOG,
            )
            return stack.enter_context(connection)
        except (OSError, ValueError, WebSocketException) as error:
            raise UserError(
                f"The gateway at {self.url} opens no websocket to its kernel ({type(error).__name__}): "
                "check that a proxy before it lets websockets through."
            ) from None

    def _ask(self, method: str, path: str, body: object, aim: str) -> object:
        data = None if body is None else json.dumps(body).encode()
        headers = {**self._headers, "Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with self._opener.open(request, timeout=_REST_SECONDS) as response:
                answer = response.read(_MOST_REST_BYTES)
            return json.loads(answer) if answer else None
        except urllib.error.HTTPError as error:
            error.close()
            raise self._refused(error.code, aim) from None
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            raise UserError(
                f"The gateway at {self.url} cannot be reached ({reason}): check url=, and that it runs."
            ) from None
        except (ValueError, RecursionError):
            raise self._not_a_gateway() from None

    def _refused(self, code: int, aim: str) -> UserError:
        if code == 401:
            return UserError(f"The gateway at {self.url} refuses the token: check token=.")
        if code == 403:
            return UserError(
                f"The gateway at {self.url} refuses {aim} (HTTP 403): check token=, and how many kernels it "
                "allows."
            )
        if code in (404, 405) or 300 <= code < 400:
            return UserError(
                f"The server at {self.url} has no way {aim} (HTTP {code}): check url= and kernel=."
            )
        return UserError(f"The gateway at {self.url} failed {aim} (HTTP {code}): check kernel= and its log.")

    def _not_a_gateway(self) -> UserError:
        return UserError(f"The server at {self.url} does not answer as a Jupyter gateway does: check url=.")


def _checked_url(url: str) -> str:
    try:
        parts = urllib.parse.urlsplit(url.rstrip("/"))
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        parts, port = urllib.parse.urlsplit(""), ""
    secret = parts.username is not None or parts.query or parts.fragment
    if parts.scheme not in ("http", "https") or not parts.hostname or secret:
        raise UserError(
            "GatewayInterpreter: url= must be like https://host:8888/path, without user, password or '?': "
            "the token goes to token=."
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{port}{parts.path}"


def _is_loopback(url: str) -> bool:
    host = urllib.parse.urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or bool(re.fullmatch(r"127(\.\d{1,3}){3}", host))
