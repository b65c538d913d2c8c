"""The built page, one bundle and the harness on a loopback address, for a browser that verifies."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Thread

from dermsplit_contract.bundle import Bundle
from dermsplit_contract.errors import UsageError

HARNESS = Path(__file__).with_name("harness.html")
WORKER = re.compile(r"new Worker\(.{0,40}?[`'\"]([\w.-]+\.js)[`'\"]")
"""How a built page starts its worker; the name is relative to the script that says so."""


def find_page() -> Path:
    """The folder of the page that ships with the server. Raises UsageError where it is not built."""
    # Found by its place, not imported: convert knows nothing of the server but its files.
    server = find_spec("dermsplit_server")
    page = Path(server.origin).parent / "page" if server and server.origin else None
    if page is None or not (page / "index.html").is_file():
        raise UsageError("The page is not built, and its worker is what a browser verifies. Run `make page` first.")
    return page


def find_worker(page: Path) -> str:
    """The head worker's script, relative to the page's folder. Raises UsageError where there is none."""
    for script in sorted((page / "assets").glob("*.js")):
        found = WORKER.search(script.read_text(encoding="utf-8"))
        if found and (page / "assets" / found[1]).is_file():
            return f"assets/{found[1]}"
    raise UsageError(f"The page in '{page}' starts no worker that can be found. Build it again with `make page`.")


@contextmanager
def serving(page: Path, bundle: Bundle) -> Iterator[str]:
    """Serve ``/harness.html``, ``/bundle/...`` and the page's own files; gives the address, ending in a slash."""
    handler = partial(_Handler, page=page, bundle=bundle)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


class _Handler(SimpleHTTPRequestHandler):
    extensions_map = {  # noqa: RUF012 - as in the base class
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".wasm": "application/wasm",
    }

    def __init__(self, *arguments: object, page: Path, bundle: Bundle) -> None:
        self._bundle = bundle
        super().__init__(*arguments, directory=str(page))  # type: ignore[arg-type]

    def translate_path(self, path: str) -> str:
        """The file behind an address: of the bundle only those that its manifest lists."""
        name = path.partition("?")[0].lstrip("/")
        if name == "harness.html":
            return str(HARNESS)
        if name.startswith("bundle/"):
            listed = name.removeprefix("bundle/")
            return str(self._bundle.directory / listed) if listed in self._bundle.manifest.files else ""
        return super().translate_path(path)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""
