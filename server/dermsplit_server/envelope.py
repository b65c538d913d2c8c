"""Round every request: its id, one line in the log, the security headers, and a problem for what nobody foresaw.

The line holds method, route template, status, milliseconds and request id. Never an address, a query, a body, a
tensor or a probability: nothing that was sent can be found in the log.
"""

import logging
import re
import time
from collections.abc import Iterable
from random import Random

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dermsplit_contract.errors import InternalError
from dermsplit_server.logs import log_failure
from dermsplit_server.metrics import Metrics
from dermsplit_server.problems import problem

log = logging.getLogger("dermsplit.requests")

REQUEST_ID = "X-Request-ID"
_WELL_FORMED_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_random = Random()

POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self'; "
    "img-src 'self' blob: data:; media-src 'self' blob:; style-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": POLICY,
    # Both together allow SharedArrayBuffer, which threads of WebAssembly need.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_RAW_REQUEST_ID = REQUEST_ID.lower().encode()
_RAW_SECURITY_HEADERS = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
"""As ASGI wants them, made once."""


class Envelope:
    """ASGI middleware, the outermost one."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = request_id_of(scope["headers"])
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = {name for name, _ in message["headers"]}
                message["headers"] = [
                    *(header for header in message["headers"] if header[0] != _RAW_REQUEST_ID),
                    *(header for header in _RAW_SECURITY_HEADERS if header[0] not in given),
                    (_RAW_REQUEST_ID, request_id.encode()),
                ]
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception as error:
            log_failure(request_id, error)
            if status:
                raise
            failed = InternalError(f"The server failed. Its log says more under request id {request_id}.")
            await problem(failed, request_id)(scope, receive, send_with_headers)
        finally:
            tell(self.metrics, scope["method"], _template(scope), status, time.perf_counter() - started, request_id)


def tell(metrics: Metrics, method: str, route: str, status: int, seconds: float, request_id: str) -> None:
    """Count a request that was answered, and write its line."""
    metrics.answered(route, status, seconds)
    if log.isEnabledFor(logging.INFO):
        ms = seconds * 1000
        fields = {"method": method, "route": route, "status": status, "ms": round(ms, 1), "request_id": request_id}
        log.info("%s %s %s %.1f ms %s", method, route, status, ms, request_id, extra=fields)


def request_id_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The client's own id where it is short and plain, else a new one. Header names are in small letters."""
    for name, value in headers:
        if name == _RAW_REQUEST_ID:
            return value.decode() if _WELL_FORMED_ID.fullmatch(value) else _new_id()
    return _new_id()


def _new_id() -> str:
    # Nothing rests on its being hard to guess, and the system's random numbers cost more than the rest of this file.
    return f"{_random.getrandbits(128):032x}"


def _template(scope: Scope) -> str:
    """The route's path with its placeholders. A path that no route knows may hold anything, so it is not told."""
    return getattr(scope.get("route"), "path", "(page)" if scope["method"] in ("GET", "HEAD") else "(no route)")
