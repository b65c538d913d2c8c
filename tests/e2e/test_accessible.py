"""axe finds nothing serious on any screen, in both languages and both themes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from dermsplit_contract.bundle import GOLDEN_INPUT, open_bundle
from tests.conftest import ROOT

from .conftest import LaunchBrowser
from .test_check import ANSWER_WITHIN_MS, choose

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
FAULTS = """async () => (await axe.run()).violations
  .filter(({ impact }) => impact === "serious" || impact === "critical")
  .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(", ")}`)"""


@pytest.fixture(scope="module")
def drawn_photo(default_bundle: Path) -> Path:
    return open_bundle(default_bundle).path(GOLDEN_INPUT)


def shows(page: Page, screen: str) -> None:
    expect(page.locator("[data-screen]")).to_have_attribute("data-screen", screen, timeout=ANSWER_WITHIN_MS)


def faults_on(page: Page, screen: str) -> list[str]:
    """What axe finds serious or critical on the screen that should be on."""
    shows(page, screen)
    page.evaluate(AXE.read_text())
    return [f"{screen}: {fault}" for fault in page.evaluate(FAULTS)]


def walk(page: Page, server: str, photo: Path, seen: Callable[[str], None]) -> None:
    """Every screen but the live camera once; ``seen`` is called while each of them is on."""
    page.goto(server)
    seen("start")
    choose(page, photo)
    seen("review")
    page.get_by_test_id("add-photo").click()
    page.get_by_test_id("file-input").set_input_files(photo)
    expect(page.get_by_test_id("thumbnails")).to_be_visible(timeout=ANSWER_WITHIN_MS)
    seen("review")
    held: list[Route] = []
    page.route("**/infer", lambda route: held.append(route), times=1)
    page.get_by_test_id("use-photo").click()
    expect(page.locator("main .step.doing")).to_have_count(1)
    seen("working")
    expect(page.locator(".step.done").first).to_be_visible(timeout=ANSWER_WITHIN_MS)
    while not held:
        page.wait_for_timeout(50)
    held[0].abort()
    seen("trouble")
    page.get_by_test_id("trouble-action").click()
    seen("result")
    page.get_by_test_id("keep-button").click()
    expect(page.get_by_test_id("keep")).to_have_attribute("data-state", "kept", timeout=ANSWER_WITHIN_MS)
    page.get_by_test_id("details-button").click()
    for folded in ("every-byte", "reply"):
        page.get_by_test_id(folded).locator("summary").click()
    seen("details")
    page.goto(server)
    page.get_by_test_id("history-entry").click()
    seen("entry")
    page.get_by_test_id("remove").click()
    seen("entry")
    page.get_by_test_id("confirm-no").click()
    page.get_by_test_id("history-back").click()
    seen("start")
    page.get_by_test_id("settings-button").click()
    seen("settings")
    page.get_by_test_id("mode-dry").check()
    page.get_by_test_id("settings-back").click()
    seen("start")
    choose(page, photo)
    page.get_by_test_id("use-photo").click()
    seen("unsent")


@pytest.mark.parametrize(("locale", "scheme"), [("en-GB", "light"), ("ko-KR", "dark")])
def test_every_screen(browser: Browser, server: str, drawn_photo: Path, locale: str, scheme: str) -> None:
    context = browser.new_context(
        viewport={"width": 320, "height": 640}, locale=locale, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    faults: list[str] = []
    walk(page, server, drawn_photo, lambda screen: faults.extend(faults_on(page, screen)))
    assert faults == []
    context.close()


def test_the_live_camera(launch: LaunchBrowser, server: str) -> None:
    with launch("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream") as browser:
        page = browser.new_page(locale="en-GB")
        page.goto(server)
        page.get_by_test_id("check-button").click()
        page.wait_for_selector('[data-testid="shutter"]:enabled')
        assert faults_on(page, "capture") == []
