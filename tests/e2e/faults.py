"""What the tests of bad days share: a photo, what a page said, and code put before the head's worker."""

import re
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from dermsplit_contract.bundle import GOLDEN_INPUT, open_bundle

from .test_check import ANSWER_WITHIN_MS

WORKER = "**/assets/head-*.js"
SOFTWARE_GRAPHICS = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")


def drawn_photo(default_bundle: Path) -> Path:
    """The golden input: a drawn lesion, so that these tests need no real images."""
    return open_bundle(default_bundle).path(GOLDEN_INPUT)


def expect_screen(page: Page, screen: str) -> None:
    expect(page.locator("[data-screen]")).to_have_attribute("data-screen", screen, timeout=ANSWER_WITHIN_MS)


def expect_trouble(page: Page, kind: str) -> None:
    """The trouble's screen with its own words, and no probability."""
    expect_screen(page, "trouble")
    expect(page.locator("[data-trouble]")).to_have_attribute("data-trouble", kind)
    expect(page.get_by_test_id("p-malignant")).to_have_count(0)


def result_of(page: Page) -> tuple[str | None, str | None]:
    """The back end and the SHA-256 of the features that the shown result comes from."""
    expect_screen(page, "result")
    article = page.locator("article.result")
    return article.get_attribute("data-backend"), article.get_attribute("data-features-sha256")


def before_worker(page: Page, code: str) -> None:
    """Let the head's worker run ``code`` before its own."""

    def put(route: Route) -> None:
        # Imports stay first: a module's own code runs after them wherever they stand.
        own = route.fetch()
        # The body is not compressed any more; the policies have to stay, or the browser refuses the worker.
        gone = ("content-encoding", "content-length")
        headers = {name: value for name, value in own.headers.items() if name not in gone}
        route.fulfill(body=f"{code};\n{own.text()}", headers=headers)

    page.route(re.compile(r"/assets/head-[\w-]+\.js$"), put)
