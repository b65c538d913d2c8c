"""A connection that may not dawdle: uvicorn waits for a request's head for ever, and reads one of any size.

`dermsplit serve` takes it, and so does `uvicorn --http dermsplit_server.connection:Connection`.
"""

import asyncio
from functools import cache
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from dermsplit_contract.errors import DermsplitError, MalformedRequest, PayloadTooLarge, RequestTooSlow
from dermsplit_server.envelope import request_id_of, tell
from dermsplit_server.metrics import METRICS, Metrics
from dermsplit_server.overload import STATE, Overload
from dermsplit_server.refusal import Refusal
from dermsplit_server.settings import Settings, read_settings

LARGEST_HEAD = 32 * 1024
"""Bytes of request line and headers together."""
UNREAD = "(unread)"
"""The route of a request whose head was never whole."""


class Connection(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 protocol with a deadline for the head of a request, and a cap on its bytes.

    The clock runs from the first moment of a connection, and from the first byte after a response: so nobody holds a
    connection by sending nothing, by sending a header letter by letter, or by going on with a body already answered.
    """

    settings: ClassVar[Settings | None] = None

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._seconds = (self.settings or _from_environment()).header_timeout
        self._clock: asyncio.TimerHandle | None = None
        self._since = 0.0
        self._head_bytes = 0
        self._in_body = False
        self._refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See asyncio.Protocol."""
        super().connection_made(transport)
        self._start_clock()

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._clock is None and (self.cycle is None or self.cycle.response_complete):
            self._start_clock()
        super().data_received(data)
        if self._clock is not None and not self._in_body:
            # Still no whole head, so all of it was head.
            self._head_bytes += len(data)
            if self._head_bytes > LARGEST_HEAD and not self.transport.is_closing():
                self._refuse(_too_large())

    def on_headers_complete(self) -> None:
        """The parser's word that the head is whole."""
        self._stop_clock()
        self._in_body = True
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > LARGEST_HEAD:
            # The parser passes it on as an error of its own, and no request is started.
            raise ValueError("the head is too large")
        last = self.parser.get_http_version() == "1.0" or not self.parser.should_keep_alive()
        refusal = self._refusal(last)
        if refusal is None:
            super().on_headers_complete()
            return
        self._refused = True
        # The rest of it is read and thrown away, for no longer than a head may take.
        self._start_clock()
        self.transport.write(refusal)
        if last:
            self.transport.close()

    def on_body(self, body: bytes) -> None:
        """The parser's word of more bytes of the body."""
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The parser's word that the body is whole."""
        self._in_body = False
        if self._refused:
            self._refused = False
            self._stop_clock()
            self._start_clock()
        else:
            super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._stop_clock()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """What uvicorn says to bytes that are no request, worded as every problem is."""
        self._stop_clock()
        headers = self.headers or []
        large = sum(len(name) + len(value) for name, value in headers) > LARGEST_HEAD
        self._refuse(_too_large() if large else MalformedRequest("The bytes are not a request of HTTP/1.1."))

    def _refusal(self, last: bool) -> bytes | None:
        """What a request gets that comes while the queue is full."""
        overload: Overload | None = self.app_state.get(STATE)
        # Behind a request that is still worked on, or that waits for a word to go on, the usual way is the sure one.
        if overload is None or self.expect_100_continue or not (self.cycle is None or self.cycle.response_complete):
            return None
        return overload.refusal(self.parser.get_method(), self.url, self.headers, last=last)

    def _start_clock(self) -> None:
        self._since = self.loop.time()
        self._head_bytes = 0
        self._clock = self.loop.call_later(self._seconds, self._out_of_time)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _out_of_time(self) -> None:
        self._clock = None
        if self._head_bytes and not self._refused and (self.cycle is None or self.cycle.response_complete):
            self._refuse(RequestTooSlow(f"The headers did not arrive within {self._seconds:g} seconds. Try again."))
        else:
            self.shutdown()

    def _refuse(self, error: DermsplitError) -> None:
        self._stop_clock()
        # A new id: the headers at hand may be half read, or those of the request before.
        request_id = request_id_of(())
        self.transport.write(Refusal(error).told(request_id, last=True))
        self.transport.close()
        metrics: Metrics | None = self.app_state.get(METRICS)
        if metrics is not None:
            tell(metrics, "-", UNREAD, error.status, self.loop.time() - self._since, request_id)


def connection_of(settings: Settings) -> type[Connection]:
    """The protocol with these settings, for uvicorn's ``http``; without them it reads the environment."""
    return type("Connection", (Connection,), {"settings": settings})


@cache
def _from_environment() -> Settings:
    return read_settings()


def _too_large() -> PayloadTooLarge:
    return PayloadTooLarge(f"Request line and headers may have {LARGEST_HEAD} bytes together, and more came.")
