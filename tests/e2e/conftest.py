"""A real Chromium against a real server process with the bundle that ships."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.process import COMMAND, Process, free_port, serving

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

Serve = Callable[..., AbstractContextManager[Process]]
LaunchBrowser = Callable[..., AbstractContextManager[Browser]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Serve:
    """Start `dermsplit serve` with the default bundle; a context manager of its process."""

    def start(*arguments: str, port: int | None = None) -> AbstractContextManager[Process]:
        port = port or free_port()
        output = tmp_path_factory.mktemp("server") / "output.txt"
        return serving(COMMAND, "serve", "--port", str(port), *arguments, port=port, output=output)

    return start


@pytest.fixture(scope="session")
def server(serve: Serve) -> Iterator[str]:
    """URL of a server with the default bundle."""
    with serve() as process:
        yield process.url


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium. In CI it must be there."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    if os.environ.get("CI"):
        pytest.fail("CI has no Chromium: `make browser` installs it")
    pytest.skip("no Chromium: install the package chromium, or run `make browser` as root")


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def launch(playwright_driver: Playwright, chromium: str) -> LaunchBrowser:
    """Start a Chromium with more flags, for example a fake camera."""

    @contextmanager
    def start(*flags: str) -> Iterator[Browser]:
        browser = playwright_driver.chromium.launch(executable_path=chromium, args=[*CHROMIUM_FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()

    return start


@pytest.fixture(scope="session")
def browser(launch: LaunchBrowser) -> Iterator[Browser]:
    """One Chromium without a camera, shared by the tests that need none."""
    with launch("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=device-count=0") as browser:
        yield browser
