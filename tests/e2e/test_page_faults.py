"""Cameras, photos and servers on their bad days: a plain word each, and the photo is never lost."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Request, Route, expect

from dermsplit_contract.bundle import Bundle, open_bundle
from dermsplit_convert.golden import draw_lesion
from tests.process import free_port

from . import faults
from .conftest import LaunchBrowser, Serve
from .faults import expect_screen, expect_trouble, result_of
from .test_check import ANSWER_WITHIN_MS, choose, open_page, plain_body

NO_CAMERA = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '%s'));"
FAKE_CAMERA = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")


@pytest.fixture(scope="module")
def photo(default_bundle: Path) -> Path:
    return faults.drawn_photo(default_bundle)


@pytest.fixture(scope="module")
def bundle(default_bundle: Path) -> Bundle:
    return open_bundle(default_bundle)


@pytest.fixture
def page(browser: Browser, server: str) -> Page:
    return open_page(browser, server)


def before_page(page: Page, code: str) -> Page:
    page.add_init_script(code)
    page.reload()
    return page


# --- camera -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("NotAllowedError", "camera_denied"),
        ("NotFoundError", "camera_absent"),
        ("NotReadableError", "camera_busy"),
    ],
)
def test_a_camera_that_cannot_be_had_leaves_the_other_ways(page: Page, photo: Path, name: str, kind: str) -> None:
    before_page(page, NO_CAMERA % name)
    page.get_by_test_id("check-button").click()
    expect_trouble(page, kind)
    page.get_by_test_id("file-input").set_input_files(photo)
    expect_screen(page, "review")


def test_over_plain_http_files_still_work(launch: LaunchBrowser, serve: Serve, photo: Path) -> None:
    """No camera, no own SHA-256, no storage for files: browsers keep them to secure pages."""
    port = free_port()
    with (
        serve("--allowed-hosts", "mole.test", port=port),
        launch("--host-resolver-rules=MAP mole.test 127.0.0.1") as browser,
    ):
        page = open_page(browser, f"http://mole.test:{port}")
        assert page.evaluate("[isSecureContext, typeof caches, typeof crypto.subtle]") == [
            False,
            "undefined",
            "undefined",
        ]
        page.get_by_test_id("check-button").click()
        expect_trouble(page, "camera_insecure")
        page.get_by_test_id("file-input").set_input_files(photo)
        expect_screen(page, "review")
        page.get_by_test_id("use-photo").click()
        result_of(page)


def test_a_camera_that_is_unplugged_midway(launch: LaunchBrowser, server: str, photo: Path) -> None:
    with launch(*FAKE_CAMERA) as browser:
        page = open_page(browser, server)
        page.get_by_test_id("check-button").click()
        expect(page.get_by_test_id("shutter")).to_be_enabled(timeout=ANSWER_WITHIN_MS)
        page.evaluate(
            "document.querySelector('video.live').srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))"
        )
        expect_trouble(page, "camera_absent")
        page.get_by_test_id("file-input").set_input_files(photo)
        expect_screen(page, "review")


# --- photos -----------------------------------------------------------------------------------------------------------


def test_all_eight_rotations_of_exif_give_the_same_features(page: Page, bundle: Bundle, tmp_path: Path) -> None:
    """A PNG carries EXIF too, and loses nothing on the way."""
    upright = Image.fromarray(draw_lesion(bundle.manifest.input.size, seed=4))
    turned = {
        1: upright,
        2: upright.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: upright.transpose(Image.Transpose.ROTATE_180),
        4: upright.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: upright.transpose(Image.Transpose.TRANSPOSE),
        6: upright.transpose(Image.Transpose.ROTATE_90),
        7: upright.transpose(Image.Transpose.TRANSVERSE),
        8: upright.transpose(Image.Transpose.ROTATE_270),
    }
    found = []
    for orientation, picture in turned.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        path = tmp_path / f"{orientation}.png"
        picture.save(path, exif=exif)
        choose(page, path)
        page.get_by_test_id("use-photo").click()
        found.append(result_of(page)[1])
        page.reload()
    assert found[0] is not None
    assert found == [found[0]] * 8


def odd_pictures(folder: Path) -> dict[str, Path]:
    lesion = Image.fromarray(draw_lesion(256, seed=5))
    clear = lesion.copy()
    clear.putalpha(Image.fromarray(np.linspace(0, 255, 256 * 256).reshape(256, 256).astype(np.uint8)))
    clear.save(folder / "alpha.png")
    lesion.convert("CMYK").save(folder / "cmyk.jpg", quality=95)
    lesion.resize((8000, 6000)).save(folder / "large.jpg", quality=80)
    lesion.convert("L").save(folder / "grey.png")
    return {path.stem: path for path in folder.iterdir()}


@pytest.mark.parametrize("name", ["alpha", "cmyk", "large", "grey"])
def test_odd_pictures_are_answered(page: Page, tmp_path: Path, name: str) -> None:
    """Transparency over white, four inks, 48 megapixels, one channel."""
    choose(page, odd_pictures(tmp_path)[name])
    page.get_by_test_id("use-photo").click()
    result_of(page)


# --- the server -------------------------------------------------------------------------------------------------------


def fail_once(page: Page, failure: Callable[[Route], None]) -> list[bytes]:
    """The bodies of all requests for an answer, the first of which fails."""
    bodies: list[bytes] = []

    def handle(route: Route) -> None:
        bodies.append(plain_body(route.request))
        if len(bodies) == 1:
            failure(route)
        else:
            route.continue_()

    page.route("**/infer", handle)
    return bodies


def answered(status: int, **headers: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status, headers=headers, body="")


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (answered(500), "server_refused"),
        (answered(502), "server_unreachable"),
        (answered(503), "server_busy"),
        (answered(429), "server_busy"),
        (answered(200), "reply_invalid"),
        (lambda route: route.abort("connectionreset"), "server_unreachable"),
        (lambda route: route.abort("internetdisconnected"), "server_unreachable"),
    ],
    ids=["500", "502", "503", "429", "an empty 200", "reset halfway", "offline"],
)
def test_features_are_kept_and_sent_again_on_the_persons_word(
    page: Page, photo: Path, failure: Callable[[Route], None], kind: str
) -> None:
    bodies = fail_once(page, failure)
    choose(page, photo)
    page.get_by_test_id("use-photo").click()
    expect_trouble(page, kind)
    page.wait_for_timeout(300)
    assert len(bodies) == 1
    page.get_by_test_id("trouble-action").click()
    result_of(page)
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]


def test_a_429_that_names_a_time_is_waited_for(page: Page, photo: Path) -> None:
    bodies = fail_once(page, answered(429, **{"Retry-After": "1"}))
    choose(page, photo)
    started = time.monotonic()
    page.get_by_test_id("use-photo").click()
    expect(page.get_by_test_id("countdown")).to_be_visible(timeout=ANSWER_WITHIN_MS)
    result_of(page)
    assert time.monotonic() - started >= 1
    assert len(bodies) == 2


def test_a_server_that_never_answers_is_given_up(page: Page, photo: Path) -> None:
    # The page waits half a minute; here a second, by the same clock of the browser.
    before_page(
        page,
        "const own = Object.getOwnPropertyDescriptor(XMLHttpRequest.prototype, 'timeout');"
        "Object.defineProperty(XMLHttpRequest.prototype, 'timeout', { ...own,"
        " set(value) { own.set.call(this, value / 30); } });",
    )
    held: list[Route] = []
    page.route("**/infer", lambda route: held.append(route))
    choose(page, photo)
    page.get_by_test_id("use-photo").click()
    expect_trouble(page, "server_slow")
    assert len(held) == 1


def test_an_answer_that_is_not_a_number_is_never_shown(page: Page, photo: Path) -> None:
    choose(page, photo)
    page.route("**/infer", lambda route: route.fulfill(status=200, body=reply_with_nan()))
    page.get_by_test_id("use-photo").click()
    expect_trouble(page, "reply_invalid")


def reply_with_nan() -> str:
    return (
        '{"model_name":"mole","model_version":"x","outputs":[{"name":"probabilities","datatype":"FP32","shape":[1,2],'
        '"data":[NaN,1.0]},{"name":"labels","datatype":"BYTES","shape":[2],"data":["benign","malignant"]},'
        '{"name":"decisions","datatype":"BYTES","shape":[1],"data":["not_suspicious"]}]}'
    )


# --- hands ------------------------------------------------------------------------------------------------------------


def posts_of(page: Page) -> list[Request]:
    posts: list[Request] = []
    page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    return posts


def test_a_double_tap_asks_once(page: Page, photo: Path) -> None:
    posts = posts_of(page)
    choose(page, photo)
    page.get_by_test_id("use-photo").evaluate("button => { button.click(); button.click(); button.click(); }")
    result_of(page)
    page.wait_for_timeout(300)
    assert len(posts) == 1


def test_back_while_sending_leaves_no_answer_behind(page: Page, photo: Path) -> None:
    held: list[Route] = []
    page.route("**/infer", lambda route: held.append(route))
    choose(page, photo)
    page.get_by_test_id("use-photo").click()
    while not held:
        page.wait_for_timeout(50)
    page.go_back()
    expect_screen(page, "review")
    page.unroute("**/infer")
    page.get_by_test_id("use-photo").click()
    result_of(page)


def test_two_tabs_ask_once_each(browser: Browser, server: str, photo: Path) -> None:
    first = open_page(browser, server)
    second = first.context.new_page()
    second.goto(server)
    posts = [posts_of(tab) for tab in (first, second)]
    for tab in (first, second):
        choose(tab, photo)
    for tab in (first, second):
        tab.get_by_test_id("use-photo").click()
    features = {result_of(tab)[1] for tab in (first, second)}
    assert len(features) == 1
    assert [len(each) for each in posts] == [1, 1]
