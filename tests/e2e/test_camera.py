"""What the live view lets a person turn, and when it lets go of the camera.

Chromium's fake camera zooms; the light and the focus on a place it lacks.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import LaunchBrowser
from .test_check import ANSWER_WITHIN_MS, open_page

FAKE_CAMERA = ("--use-fake-device-for-media-stream",)
SETTINGS = "() => document.querySelector('video.live').srcObject.getVideoTracks()[0].getSettings()"
# A phone's camera beside the fake one's own abilities; what is asked of it is written down.
PHONE_CAMERA = """
const of = MediaStreamTrack.prototype;
const able = of.getCapabilities;
of.getCapabilities = function () {
  return { ...able.call(this), torch: true, focusMode: ["continuous", "single-shot"] };
};
window.asked = [];
of.applyConstraints = async (constraints) => void window.asked.push(constraints.advanced[0]);
"""


@pytest.fixture
def camera(launch: LaunchBrowser) -> Iterator[Browser]:
    with launch(*FAKE_CAMERA) as browser:
        yield browser


def allow(page: Page, server: str, *permissions: str) -> None:
    """As the person does who presses Allow; Playwright's own call knows no zoom."""
    told = page.context.new_cdp_session(page).send("Target.getTargetInfo")["targetInfo"]
    browser = page.context.browser
    assert browser is not None
    session = browser.new_browser_cdp_session()
    given: dict[str, Any] = {"browserContextId": told["browserContextId"], "origin": server}
    session.send("Browser.grantPermissions", {**given, "permissions": list(permissions)})


def look(page: Page) -> None:
    page.get_by_test_id("check-button").click()
    expect(page.get_by_test_id("shutter")).to_be_enabled(timeout=ANSWER_WITHIN_MS)


def settings_with(page: Page, name: str, value: float) -> dict[str, Any]:
    """The camera's settings once one of them is what was asked for: it is asked, and turns in its own time."""
    for _ in range(100):
        found: dict[str, Any] = page.evaluate(SETTINGS)
        if found[name] == value:
            return found
        page.wait_for_timeout(50)
    pytest.fail(f"expected {name} {value} within 5 s, found {found[name]}")


def test_a_camera_that_zooms_is_zoomed(camera: Browser, server: str) -> None:
    page = open_page(camera, server)
    allow(page, server, "videoCapture", "cameraPanTiltZoom")
    look(page)
    slider = page.get_by_test_id("camera-zoom")
    expect(slider).to_have_attribute("aria-valuetext", "1.0 times")
    before = page.evaluate(SETTINGS)
    slider.fill("250")
    expect(slider).to_have_attribute("aria-valuetext", "2.5 times")
    assert before["zoom"] == 100
    after = settings_with(page, "zoom", 250)
    assert (after["width"], after["height"]) == (before["width"], before["height"])
    page.get_by_test_id("shutter").click()
    expect(page.locator("[data-screen]")).to_have_attribute("data-screen", "review")


def test_without_the_permission_to_zoom_there_is_a_camera_all_the_same(camera: Browser, server: str) -> None:
    page = open_page(camera, server)
    allow(page, server, "videoCapture")
    look(page)
    expect(page.get_by_test_id("camera-zoom")).to_have_count(0)
    expect(page.get_by_test_id("torch")).to_have_count(0)


def test_a_tap_focuses_there_and_the_light_stays_on(camera: Browser, server: str) -> None:
    page = open_page(camera, "about:blank")
    page.add_init_script(PHONE_CAMERA)
    allow(page, server, "videoCapture")
    page.goto(server)
    look(page)
    assert page.evaluate("window.asked") == [{"focusMode": "continuous"}]
    page.get_by_test_id("torch").click()
    expect(page.get_by_test_id("torch")).to_have_attribute("aria-pressed", "true")
    middle = page.locator("video.live").bounding_box()
    assert middle is not None
    page.mouse.click(middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2)
    asked = page.evaluate("window.asked.at(-1)")
    assert (asked["torch"], asked["focusMode"]) == (True, "single-shot")
    assert asked["pointsOfInterest"][0] == {"x": pytest.approx(0.5), "y": pytest.approx(0.5)}


def test_a_page_that_is_hidden_lets_go_of_the_camera(launch: LaunchBrowser, server: str) -> None:
    hide = (
        "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
        " document.dispatchEvent(new Event('visibilitychange')); }"
    )
    with launch(*FAKE_CAMERA, "--use-fake-ui-for-media-stream") as browser:
        page = open_page(browser, server)
        page.get_by_test_id("check-button").click()
        expect(page.get_by_test_id("shutter")).to_be_enabled(timeout=ANSWER_WITHIN_MS)
        page.evaluate("window.track = document.querySelector('video.live').srcObject.getVideoTracks()[0]")
        page.evaluate(hide, True)
        assert page.evaluate("window.track.readyState") == "ended"
        # The page draws once a frame: before that the button is still the one of the camera that was let go.
        expect(page.get_by_test_id("shutter")).to_be_disabled()
        page.evaluate(hide, False)
        expect(page.get_by_test_id("shutter")).to_be_enabled(timeout=ANSWER_WITHIN_MS)
        assert page.evaluate("document.querySelector('video.live').srcObject.getVideoTracks()[0].readyState") == "live"
