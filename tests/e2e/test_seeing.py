"""What the server could see: a picture made on the device of the features that were sent, and of nothing else."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Request, expect

from dermsplit_contract.bundle import Bundle
from dermsplit_contract.wire import decode_request
from dermsplit_convert.golden import draw_lesion

from .conftest import Serve
from .seeing import build_blind_bundle, build_seeing_bundle, picture_of
from .test_accessible import AXE, FAULTS
from .test_check import ANSWER_WITHIN_MS, answer, choose, open_page, plain_body, read
from .test_modes import choose_mode, expect_screen, posts_of

PIXELS = """canvas => [canvas.width, canvas.height,
  ...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]"""


@pytest.fixture(scope="module")
def seeing(default_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return build_seeing_bundle(default_bundle, tmp_path_factory.mktemp("seeing") / "bundle")


@pytest.fixture(scope="module")
def seeing_server(seeing: Bundle, serve: Serve) -> Iterator[str]:
    """URL of a server whose bundle carries a decoder for pages."""
    with serve("--bundles", str(seeing.directory)) as process:
        yield process.url


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Two drawn moles that the bundle that ships takes for moles, as it does not all drawn ones."""
    paths = {seed: tmp_path / f"{seed}.png" for seed in (1, 5)}
    for seed, path in paths.items():
        Image.fromarray(draw_lesion(320, seed)).save(path)
    return list(paths.values())


def features_in(post: Request) -> NDArray[np.uint8]:
    """The features uint8 [P, P, C] that a request carries."""
    header = int(post.headers["inference-header-content-length"])
    return np.asarray(decode_request(plain_body(post), header).inputs[0].data[0], dtype=np.uint8)


def drawn_on(canvas: Locator) -> NDArray[np.uint8]:
    width, height, *values = canvas.evaluate(PIXELS)
    return np.array(values, dtype=np.uint8).reshape(height, width, 4)[..., :3]


def show(page: Page) -> NDArray[np.uint8]:
    """Press the button, and read the picture that comes."""
    page.get_by_test_id("show-seen").click()
    rebuilt = page.get_by_test_id("seen-rebuilt")
    expect(rebuilt).to_be_visible(timeout=ANSWER_WITHIN_MS)
    return drawn_on(rebuilt)


def test_the_picture_is_of_what_was_sent_and_only_the_decoder_is_fetched_for_it(
    browser: Browser, seeing_server: str, seeing: Bundle, photos: list[Path]
) -> None:
    page = open_page(browser, seeing_server)
    posts, asked = posts_of(page), list[Request]()
    page.context.on("request", lambda request: asked.append(request))
    decoder = {name for name in seeing.manifest.files if name.startswith("decoder/")}
    pictures = []
    # The second time, the device has kept the decoder.
    for photo, fetched in zip(photos, (decoder, set[str]()), strict=True):
        page.goto(seeing_server)
        choose(page, photo)
        answer(page)
        page.get_by_test_id("details-button").click()
        asked.clear()
        pictures.append(show(page))
        base = f"{seeing_server}/bundles/{seeing.manifest.id}/"
        assert {(request.method, request.url) for request in asked} == {("GET", base + name) for name in fetched}
        # The decoder's weights are float16.
        assert np.abs(pictures[-1].astype(int) - picture_of(features_in(posts[-1]))).max() <= 1
    assert np.abs(pictures[0].astype(int) - pictures[1]).max() > 20
    assert len(posts) == len(photos)
    assert drawn_on(page.get_by_test_id("seen-photo")).shape == (seeing.manifest.input.size,) * 2 + (3,)
    said = page.get_by_test_id("seen").text_content() or ""
    assert re.search(r"800 test photos: 0\.77 on average.*reaches 0\.65", said)


def test_a_dry_run_shows_it_before_anything_is_sent(browser: Browser, seeing_server: str, photos: list[Path]) -> None:
    page = open_page(browser, seeing_server)
    posts = posts_of(page)
    choose_mode(page, "dry")
    choose(page, photos[0])
    page.get_by_test_id("use-photo").click()
    expect_screen(page, "unsent")
    picture = show(page)
    assert posts == []
    page.get_by_test_id("send-now").click()
    expect_screen(page, "result")
    assert np.abs(picture.astype(int) - picture_of(features_in(posts[0]))).max() <= 1


def test_a_decoder_that_cannot_be_fetched_takes_nothing_with_it(
    browser: Browser, seeing_server: str, photos: list[Path]
) -> None:
    page = open_page(browser, seeing_server)
    choose(page, photos[0])
    answer(page)
    page.get_by_test_id("details-button").click()
    page.route("**/decoder/*", lambda route: route.fulfill(status=200, body=b"{}"))
    page.get_by_test_id("show-seen").click()
    expect(page.get_by_test_id("seen").get_by_role("status")).to_contain_text(
        "could not make the picture", timeout=ANSWER_WITHIN_MS
    )
    expect(page.get_by_test_id("seen-rebuilt")).to_have_count(0)
    page.unroute("**/decoder/*")
    assert show(page).shape[2] == 3


@pytest.mark.parametrize(("locale", "scheme"), [("en-GB", "light"), ("ko-KR", "dark")])
def test_everyone_can_use_it_on_the_smallest_phone(
    browser: Browser, seeing_server: str, photos: list[Path], locale: str, scheme: str
) -> None:
    size = {"width": 320, "height": 640}
    page = open_page(browser, seeing_server, viewport=size, locale=locale, color_scheme=scheme)
    choose(page, photos[0])
    answer(page)
    page.get_by_test_id("details-button").click()
    page.get_by_test_id("show-seen").focus()
    page.keyboard.press("Enter")
    rebuilt = page.get_by_test_id("seen-rebuilt")
    expect(rebuilt).to_be_visible(timeout=ANSWER_WITHIN_MS)
    assert rebuilt.get_attribute("role") == "img"
    expect(page.locator(".beside")).to_be_focused()
    assert read(page, "seen-rebuilt", "aria-label")
    left, right = (page.get_by_test_id(name).bounding_box() for name in ("seen-photo", "seen-rebuilt"))
    assert left is not None
    assert right is not None
    assert left["y"] == right["y"]
    assert right["x"] + right["width"] <= 320
    page.evaluate(AXE.read_text())
    assert page.evaluate(FAULTS) == []


def test_a_bundle_without_a_decoder_offers_none(
    browser: Browser, default_bundle: Path, serve: Serve, photos: list[Path], tmp_path: Path
) -> None:
    blind = build_blind_bundle(default_bundle, tmp_path / "bundle")
    with serve("--bundles", str(blind.directory)) as process:
        page = open_page(browser, process.url)
        choose(page, photos[0])
        answer(page)
        page.get_by_test_id("details-button").click()
        expect(page.get_by_test_id("seen")).to_be_visible()
        expect(page.get_by_test_id("show-seen")).to_have_count(0)
