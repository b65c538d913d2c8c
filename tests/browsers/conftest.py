"""The fixtures of the end-to-end tests: the server, and a Chromium to compare with."""

from tests.e2e.conftest import browser, chromium, launch, playwright_driver, serve

__all__ = ["browser", "chromium", "launch", "playwright_driver", "serve"]
