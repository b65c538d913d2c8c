"""The page, as the web folder builds and compresses it: plain files, whatever no other route answers."""

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dermsplit_contract.errors import UnknownFile
from dermsplit_server.precompressed import PrecompressedFiles

INDEX = "index.html"
FOREVER, ASK_AGAIN = "public, max-age=31536000, immutable", "no-cache"
SMALLEST_GZIP = 500
"""Bytes below which compression is not worth its header."""


class Page:
    """ASGI application for what is left over. Files of ``assets/`` have their hash in their name and never change."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        # What its build did not compress is compressed here.
        self.files: ASGIApp = GZipMiddleware(
            PrecompressedFiles(directory=directory, html=True, check_dir=False), minimum_size=SMALLEST_GZIP
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(404)
        if not (self.directory / INDEX).is_file():
            if scope["path"] != "/":
                raise HTTPException(404)
            raise UnknownFile("The page is not built: run `make page`. The API is there, see GET /docs.")
        caching = FOREVER if scope["path"].startswith("/assets/") else ASK_AGAIN

        async def send_with_caching(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 206, 304):
                message["headers"] = [*message["headers"], (b"cache-control", caching.encode())]
            await send(message)

        await self.files(scope, receive, send_with_caching)
