"""No more bytes than the largest request that the bundles can take, inflated or not, and no more time than allowed."""

import asyncio
import zlib
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dermsplit_contract.errors import MalformedRequest, PayloadTooLarge, RequestTooSlow
from dermsplit_server.problems import problem

GZIP_WINDOW = 31
"""zlib's window bits for "a gzip member of the largest window"."""


class BodyLimit:
    """ASGI middleware. ``limit`` gives the cap in bytes at the time of the request, ``seconds`` the time for all of it.

    A body whose Content-Length is over the cap is refused before a byte of it is read, a chunked one at the chunk
    that goes over.
    """

    def __init__(self, app: ASGIApp, limit: Callable[[], int], seconds: float) -> None:
        self.app = app
        self.limit = limit
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.limit()
        announced = Headers(scope=scope).get("Content-Length", "")
        if announced.isdecimal() and int(announced[:20]) > limit:
            await problem(too_large(limit), scope["state"]["request_id"])(scope, receive, send)
            return
        arrived, whole = 0, False
        deadline = asyncio.get_running_loop().time() + self.seconds

        async def counted() -> Message:
            nonlocal arrived, whole
            if whole:
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError as error:
                raise RequestTooSlow(f"The body did not arrive within {self.seconds:g} seconds. Try again.") from error
            whole = not message.get("more_body", False)
            arrived += len(message.get("body", b""))
            if arrived > limit:
                raise too_large(limit)
            return message

        await self.app(scope, counted, send)


def inflate(body: bytes, limit: int) -> bytes:
    """Inflate one gzip member to at most ``limit`` bytes.

    Raises PayloadTooLarge where it holds more, MalformedRequest where it is cut short, damaged or followed by more.
    """
    inflater = zlib.decompressobj(GZIP_WINDOW)
    try:
        plain = inflater.decompress(body, limit + 1)
    except zlib.error as error:
        raise MalformedRequest("The body is not gzip, though its Content-Encoding says so.") from error
    if len(plain) > limit:
        raise too_large(limit)
    if not inflater.eof:
        raise MalformedRequest("The gzip body is cut short. Send it again, whole.")
    if inflater.unused_data:
        raise MalformedRequest("More bytes follow the gzip body; expected one gzip member.")
    return plain


def too_large(limit: int) -> PayloadTooLarge:
    """The refusal, with the cap."""
    return PayloadTooLarge(
        f"The body is larger than the {limit} bytes that the largest request can have.", limit_bytes=limit
    )
