"""A Chromium that verifies heads: no window, no network, and graphics computed in software where there is no card."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dermsplit_contract.errors import MissingExtra

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # WebGL and WebGPU on the processor: right for correctness, of no use for speed.
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
)


@contextmanager
def chromium() -> Iterator["Browser"]:
    """Start the Chromium of this machine. Raises MissingExtra where it or Playwright is missing."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ModuleNotFoundError as error:
        raise MissingExtra(
            "Verifying in a browser needs Playwright, which is not installed. Run `pip install playwright`."
        ) from error
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        raise MissingExtra(
            f"Verifying in a browser needs one of {', '.join(NAMES)} on the path, found none. Install chromium."
        )
    with sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path=path, args=list(FLAGS))
        except Error as error:
            raise MissingExtra(f"Chromium at '{path}' does not start: {error.message.splitlines()[0]}") from error
        try:
            yield browser
        finally:
            browser.close()
