"""The built page, one bundle and the harness on a loopback address, for a browser that verifies."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Thread

from dermsplit_contract.bundle import Bundle
from dermsplit_contract.errors import UsageError

HARNESS = Path(__file__).with_name("harness.html")
WORKER = re.compile(r"new Worker\(.{0,40}?[`'\"](head-[\w.-]+\.js)[`'\"]")
"""How a built page starts the worker of its head; the name is relative to the script that says so."""


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


@dataclass
class Beside:
    """What is served beside page and bundle: folders by the prefix of their addresses, such as ``npm/``.

    ``headers`` go with every answer, and ``fetched`` gathers what was asked for and found, by its name.
    """

    folders: Mapping[str, Path] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    fetched: dict[str, Path] = field(default_factory=dict)


@contextmanager
def serving(page: Path, bundle: Bundle, beside: Beside | None = None) -> Iterator[str]:
    """Serve ``/harness.html``, ``/bundle/...`` and the page's own files; gives the address, ending in a slash."""
    handler = partial(_Handler, page=page, bundle=bundle, beside=beside or Beside())
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
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def __init__(self, *arguments: object, page: Path, bundle: Bundle, beside: Beside) -> None:
        self._bundle, self._beside = bundle, beside
        super().__init__(*arguments, directory=str(page))  # type: ignore[arg-type]

    def translate_path(self, path: str) -> str:
        """The file behind an address, noted as fetched where there is one."""
        name = path.partition("?")[0].lstrip("/")
        found = self._file(name, path)
        if Path(found).is_file():
            self._beside.fetched[name] = Path(found)
        return found

    def end_headers(self) -> None:
        """Add those that were asked for."""
        for name, value in self._beside.headers.items():
            self.send_header(name, value)
        super().end_headers()

    def _file(self, name: str, path: str) -> str:
        """Of the bundle only what its manifest lists, of a folder beside only what lies in it."""
        if name == "harness.html":
            return str(HARNESS)
        if name.startswith("bundle/"):
            listed = name.removeprefix("bundle/")
            return str(self._bundle.directory / listed) if listed in self._bundle.manifest.files else ""
        for prefix, folder in self._beside.folders.items():
            if name.startswith(prefix):
                inside = (folder / name.removeprefix(prefix)).resolve()
                return str(inside) if inside.is_relative_to(folder.resolve()) else ""
        return super().translate_path(path)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""
