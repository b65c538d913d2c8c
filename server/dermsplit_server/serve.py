"""`dermsplit serve`: take the port, load the bundles, say that it is ready, and serve until stopped."""

import errno
import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from rich.console import Console

from dermsplit_contract.errors import UsageError
from dermsplit_server.app import create_app
from dermsplit_server.connection import connection_of
from dermsplit_server.logs import set_up_logs
from dermsplit_server.settings import Settings
from dermsplit_server.shelf import Shelf

BACKLOG = 2048


def serve(settings: Settings, console: Console) -> None:
    """Serve until a signal stops it. Raises UsageError for a port that is taken and for a phone that cannot reach this
    computer, BundleError where no bundle is good.

    All of that is found out before anything listens, so a failed start never answers a request.
    """
    set_up_logs(settings.log_level, settings.log_format)
    certificate = None
    if settings.phone:
        # Here, since only this needs the extra.
        from dermsplit_server.phone import for_phone

        phone = for_phone(settings)
        settings, certificate = phone.settings, phone.certificate
    with _listener(settings.host, settings.port) as listener:
        shelf = Shelf(settings)
        registry = shelf.open()
        for error in registry.refused.values() if not registry.bundles else ():
            raise error
        manifest = registry.default.manifest
        port = listener.getsockname()[1]
        url = _url(settings.host, port, "https" if certificate else "http")
        notice = f"dermsplit is ready on {url} (model {manifest.name}, bundle {manifest.id})"
        app = create_app(settings, shelf)
        config = uvicorn.Config(
            app,
            http=connection_of(settings),
            ws="none",
            access_log=False,
            server_header=False,
            log_level="warning",
            backlog=BACKLOG,
            ssl_certfile=certificate.file if certificate else None,
        )

        def tell() -> None:
            console.print(notice, highlight=False, soft_wrap=True)
            if certificate:
                from dermsplit_server.phone import show

                show(console, url, certificate)

        _Server(config, tell).run(sockets=[listener])


class _Server(uvicorn.Server):
    """uvicorn, with a word when it listens."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            # Nobody is kept from an answer because the disk that the output goes to is full.
            with suppress(OSError):
                self.on_ready()


def _listener(host: str, port: int) -> socket.socket:
    """A socket bound to the address. It listens later, so nobody connects before the server is ready."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[
            0
        ]
        listener = socket.socket(family, kind)
    except OSError as error:
        raise UsageError(f"'{host}' is not an address of this computer. Give one with --host.") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise UsageError(f"Port {port} is in use on {host}. Stop what uses it, or give another --port.") from error
        raise UsageError(f"The server may not listen on {host}, port {port}. Give another --host or --port.") from error
    return listener


def _url(host: str, port: int, scheme: str) -> str:
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
