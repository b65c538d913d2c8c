"""A first and a second visit: bytes that cross, and the time until a photo is answered."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dermsplit_contract.bundle import GOLDEN_INPUT, Bundle
from dermsplit_contract.errors import UsageError
from dermsplit_convert.bench_browser.slow_line import slow_line
from dermsplit_convert.browser.chromium import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page, Response

SLOW_DOWN = 4
"""The processor's, by the browser's own tools; its workers are not slowed by them."""
ANSWER_WITHIN_MS = 180_000
READY_WITHIN_S = 120


@dataclass(frozen=True)
class Visit:
    """Bytes as they crossed, bodies only, and seconds from the first request to an answer, a photo chosen at once."""

    name: str
    page_bytes: int
    runtime_bytes: int
    bundle_bytes: int
    seconds: float

    @property
    def all_bytes(self) -> int:
        """Everything that was fetched."""
        return self.page_bytes + self.runtime_bytes + self.bundle_bytes


def time_visits(bundle: Bundle, rounds: int) -> list[Visit]:
    """Cold and warm visits in turns, each cold one in a fresh browser profile.

    Raises MissingExtra without Chromium or Playwright, UsageError where the server does not start.
    """
    visits = []
    with _server(bundle.directory) as port, slow_line(port) as slow, chromium() as browser:
        for _ in range(rounds):
            context = browser.new_context(viewport={"width": 390, "height": 844})
            page = context.new_page()
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOW_DOWN})
            for name in ("cold", "warm"):
                visits.append(_visit(page, f"http://127.0.0.1:{slow}/", name, bundle.path(GOLDEN_INPUT)))
            context.close()
    return visits


def _visit(page: "Page", address: str, name: str, photo: Path) -> Visit:
    sizes: dict[str, int] = {}

    def note(response: "Response") -> None:
        url = response.url.removeprefix(address)
        # What a cache gave has a body of less than nothing.
        size = max(0, response.request.sizes()["responseBodySize"])
        if name == "cold" and not size:
            # The browser's tools do not see the body of a worker's own script.
            size = int(response.headers.get("content-length", "0"))
        sizes[url] = max(size, sizes.get(url, 0))

    page.goto("about:blank")
    page.context.on("response", note)
    page.set_default_timeout(ANSWER_WITHIN_MS)
    started = time.monotonic()
    page.goto(address)
    page.get_by_test_id("check-button").click()
    page.get_by_test_id("file-input").set_input_files(photo)
    page.get_by_test_id("use-photo").click()
    page.locator("article.result").wait_for()
    seconds = time.monotonic() - started
    page.context.remove_listener("response", note)
    bundle = sum(size for url, size in sizes.items() if url.startswith("bundles"))
    runtime = sum(size for url, size in sizes.items() if url.endswith(".wasm") or _is_worker(url))
    return Visit(name, sum(sizes.values()) - bundle - runtime, runtime, bundle, seconds)


def _is_worker(url: str) -> bool:
    return url.endswith(".js") and not url.rpartition("/")[2].startswith("index-")


@contextmanager
def _server(directory: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [str(Path(sys.executable).with_name("dermsplit")), "serve", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--bundles", str(directory)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(process, port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/v2/health/ready", timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise UsageError("The server did not start with this bundle. Run `dermsplit serve --bundles BUNDLE` to see why.")
