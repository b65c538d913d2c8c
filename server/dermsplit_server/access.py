"""Who may ask the tail, and how often: both optional, and neither says why it refused."""

import hashlib
import hmac
import time
from collections import OrderedDict

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from dermsplit_contract.errors import DermsplitError, KeyRequired, TooManyRequests
from dermsplit_server.problems import problem

INFERENCE = "/v2/models/"
MINUTE = 60.0
MOST_CLIENTS = 10_000
"""Clients remembered at a time. One that is forgotten starts afresh."""


class AccessCheck:
    """ASGI middleware for POSTs below ``/v2/models/``.

    ``keys`` are SHA-256 digests, in hexadecimal digits, of what may stand in ``Authorization: Bearer``; none lets
    everybody in. ``rate`` is requests a minute for each key, or each address where there are no keys; None is no limit.
    """

    def __init__(self, app: ASGIApp, keys: list[str], rate: int | None) -> None:
        self.app = app
        self.keys = [key.lower().encode() for key in keys]
        self.buckets = None if rate is None else Buckets(rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        error = self._refusal(scope) if _asks_the_tail(scope) else None
        if error is None:
            await self.app(scope, receive, send)
        else:
            await problem(error, scope["state"]["request_id"])(scope, receive, send)

    def _refusal(self, scope: Scope) -> DermsplitError | None:
        client = str((scope.get("client") or ("",))[0])
        if self.keys:
            digest = _digest(Headers(scope=scope).getlist("Authorization"))
            # Every key is compared, each in constant time, so the time tells nothing about them.
            if not sum(hmac.compare_digest(digest, key) for key in self.keys):
                return KeyRequired("Send a valid API key: Authorization: Bearer KEY. The operator gives them out.")
            client = digest.decode()
        if self.buckets is not None and not self.buckets.take(client, time.monotonic()):
            return TooManyRequests(f"At most {self.buckets.rate} requests a minute are answered. Try again later.")
        return None


class Buckets:
    """A token bucket for each client: ``rate`` at first, and as many again over a minute."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str, now: float) -> bool:
        """Whether one more request of this client is within its rate at second ``now``."""
        left, since = self._left.pop(client, (float(self.rate), now))
        left = min(self.rate, left + (now - since) * self.rate / MINUTE)
        allowed = left >= 1
        self._left[client] = (left - 1 if allowed else left, now)
        if len(self._left) > MOST_CLIENTS:
            self._left.popitem(last=False)
        return allowed


def _asks_the_tail(scope: Scope) -> bool:
    return bool(scope["type"] == "http" and scope["method"] == "POST" and scope["path"].startswith(INFERENCE))


def _digest(authorizations: list[str]) -> bytes:
    """SHA-256 of the key that was sent; of nothing where none was, or two."""
    scheme, _, key = (authorizations[0] if len(authorizations) == 1 else "").partition(" ")
    sent = key.strip() if scheme.lower() == "bearer" else ""
    return hashlib.sha256(sent.encode("latin-1", "replace")).hexdigest().encode()
