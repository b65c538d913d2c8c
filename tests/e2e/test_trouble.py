"""On a bad day the page says in words what happened, invents nothing, and loses nothing."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from dermsplit_contract.bundle import GOLDEN_INPUT, open_bundle
from tests.process import free_port

from .conftest import LaunchBrowser, Serve
from .test_check import ANSWER_WITHIN_MS, answer, choose, open_page


@pytest.fixture(scope="module")
def drawn_photo(default_bundle: Path) -> Path:
    """The golden input: a drawn lesion, so that these tests need no real images."""
    return open_bundle(default_bundle).path(GOLDEN_INPUT)


def expect_trouble(page: Page) -> None:
    expect(page.locator("[data-screen]")).to_have_attribute("data-screen", "trouble", timeout=ANSWER_WITHIN_MS)
    expect(page.get_by_test_id("p-malignant")).to_have_count(0)


def test_a_refused_camera_leaves_the_other_ways_in(launch: LaunchBrowser, server: str, drawn_photo: Path) -> None:
    with launch("--use-fake-ui-for-media-stream=deny", "--use-fake-device-for-media-stream") as browser:
        page = open_page(browser, server)
        page.get_by_test_id("check-button").click()
        expect_trouble(page)
        page.get_by_test_id("file-input").set_input_files(drawn_photo)
        expect(page.locator("[data-screen]")).to_have_attribute("data-screen", "review")
        answer(page)


def test_a_file_chosen_while_the_camera_fails_is_not_lost(browser: Browser, server: str, drawn_photo: Path) -> None:
    page = open_page(browser, "about:blank")
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => new Promise((_, reject) => {"
        " window.failCamera = () => reject(new DOMException('none', 'NotFoundError')); });"
    )
    page.goto(server)
    page.get_by_test_id("check-button").click()
    chooser = page.get_by_test_id("file-input").element_handle()
    assert chooser is not None
    page.evaluate("window.failCamera()")
    expect_trouble(page)
    chooser.set_input_files(drawn_photo)
    expect(page.locator("[data-screen]")).to_have_attribute("data-screen", "review", timeout=ANSWER_WITHIN_MS)


@pytest.mark.parametrize(
    "content", [b"", b"not a picture", b"\xff\xd8\xff\xe0cut short"], ids=["empty", "text", "jpeg"]
)
def test_a_file_that_is_no_picture(browser: Browser, server: str, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mole.jpg"
    path.write_bytes(content)
    page = open_page(browser, server)
    page.get_by_test_id("check-button").click()
    page.get_by_test_id("file-input").set_input_files(path)
    expect_trouble(page)


def test_a_server_that_goes_away_loses_nothing(browser: Browser, serve: Serve, drawn_photo: Path) -> None:
    port = free_port()
    with serve(port=port) as process:
        page = open_page(browser, process.url)
        choose(page, drawn_photo)
        page.wait_for_load_state("networkidle")
    page.get_by_test_id("use-photo").click()
    expect_trouble(page)
    with serve(port=port):
        page.get_by_test_id("trouble-action").click()
        expect(page.locator("[data-screen]")).to_have_attribute("data-screen", "result", timeout=ANSWER_WITHIN_MS)


def test_a_corrupted_head_is_never_run(browser: Browser, server: str, drawn_photo: Path) -> None:
    page = open_page(browser, "about:blank")
    fetched: list[str] = []

    def corrupt(route: Route) -> None:
        fetched.append(route.request.url)
        body = bytearray(route.fetch().body())
        body[len(body) // 2] ^= 1
        route.fulfill(body=bytes(body), content_type="application/octet-stream")

    page.route("**/bundles/*/head/*.bin", corrupt)
    page.goto(server)
    page.get_by_test_id("check-button").click()
    page.get_by_test_id("file-input").set_input_files(drawn_photo)
    page.get_by_test_id("use-photo").or_(page.get_by_test_id("trouble-action")).first.click()
    expect_trouble(page)
    assert fetched


@pytest.mark.parametrize(
    "reply",
    [
        '{"model_name":"mole","model_version":"x","outputs":[]}',
        '{"model_name":"mole","model_version":"x","outputs":[{"name":"probabilities","datatype":"FP32","shape":[1,2],'
        '"data":[0.9,0.9]},{"name":"labels","datatype":"BYTES","shape":[2],"data":["benign","malignant"]},'
        '{"name":"decisions","datatype":"BYTES","shape":[1],"data":["not_suspicious"]}]}',
        "<html>hello</html>",
    ],
    ids=["no outputs", "sum is not one", "a proxy's page"],
)
def test_a_reply_that_is_none_gives_no_probability(
    browser: Browser, server: str, drawn_photo: Path, reply: str
) -> None:
    page = open_page(browser, server)
    page.route("**/infer", lambda route: route.fulfill(status=200, content_type="application/json", body=reply))
    choose(page, drawn_photo)
    page.get_by_test_id("use-photo").click()
    expect_trouble(page)


def test_a_busy_server_is_asked_again_when_it_said(browser: Browser, server: str, drawn_photo: Path) -> None:
    page = open_page(browser, server)
    bodies: list[bytes | None] = []
    times: list[float] = []

    def busy_once(route: Route) -> None:
        bodies.append(route.request.post_data_buffer)
        times.append(time.monotonic())
        if len(bodies) == 1:
            route.fulfill(status=503, headers={"Retry-After": "3"}, body="")
        else:
            route.continue_()

    page.route("**/infer", busy_once)
    choose(page, drawn_photo)
    page.get_by_test_id("use-photo").click()
    countdown = page.get_by_test_id("countdown")
    expect(countdown).to_have_text(re.compile(r"Sending again in [1-3] s\."), timeout=ANSWER_WITHIN_MS)
    expect(page.locator("[data-screen]")).to_have_attribute("data-screen", "result", timeout=ANSWER_WITHIN_MS)
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]
    assert times[1] - times[0] >= 3


def test_waiting_for_a_busy_server_can_be_cancelled(browser: Browser, server: str, drawn_photo: Path) -> None:
    page = open_page(browser, server)
    asked: list[str] = []

    def busy(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=503, headers={"Retry-After": "2"}, body="")

    page.route("**/infer", busy)
    choose(page, drawn_photo)
    page.get_by_test_id("use-photo").click()
    expect(page.get_by_test_id("countdown")).to_be_visible(timeout=ANSWER_WITHIN_MS)
    page.get_by_test_id("cancel").click()
    expect(page.locator("[data-screen]")).to_have_attribute("data-screen", "review")
    page.wait_for_timeout(2500)
    assert len(asked) == 1


def test_a_heic_photo_is_told_in_plain_words(browser: Browser, server: str, tmp_path: Path) -> None:
    path = tmp_path / "mole.heic"
    path.write_bytes(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(200))
    page = open_page(browser, server)
    page.get_by_test_id("check-button").click()
    page.get_by_test_id("file-input").set_input_files(path)
    expect_trouble(page)
    expect(page.locator("h1")).to_contain_text("HEIC")


@pytest.mark.parametrize("way", ["drop", "paste"])
@pytest.mark.parametrize("screen", ["start", "capture"])
def test_a_photo_can_be_dropped_or_pasted(
    browser: Browser, server: str, drawn_photo: Path, way: str, screen: str
) -> None:
    page = open_page(browser, server)
    if screen == "capture":
        page.get_by_test_id("check-button").click()
        expect(page.locator("[data-screen]")).not_to_have_attribute("data-screen", "start")
    page.evaluate(
        """([way, bytes]) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], "mole.png", { type: "image/png" }));
            document.querySelector("main").dispatchEvent(way === "drop"
              ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
              : new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        [way, list(drawn_photo.read_bytes())],
    )
    expect(page.locator("[data-screen]")).to_have_attribute("data-screen", "review", timeout=ANSWER_WITHIN_MS)
