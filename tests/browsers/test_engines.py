"""The page in Firefox and in WebKitGTK gives what it gives in Chromium.

`make browsers` installs Debian's browsers, where it may, and runs this file; `make test` does not. WebKitGTK needs a
display, a virtual one will do. It shares Safari's engine, not its decoders, its camera or its limits of memory.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, ImageCms
from playwright.sync_api import Browser as Chromium

from dermsplit_contract.bundle import GOLDEN_INPUT, open_bundle
from tests.e2e.conftest import Serve
from tests.e2e.faults import result_of
from tests.e2e.quarters import SHOWN, are_shown, save_quarters
from tests.e2e.test_check import answer, choose, open_page
from tests.process import Process, free_port

from .drivers import Browser, launched

READY = "[data-testid=head-status][data-stage=ready]"
DISPLAY_P3 = {b"rXYZ": (33758, 15807, -69), b"gXYZ": (19135, 45367, 2745), b"bXYZ": (10296, 4363, 51385)}
"""Colours of the primaries as ICC has them, in 1/65536."""


@dataclass(frozen=True)
class Answer:
    malignant: float
    features: str
    """SHA-256 of the features."""


@pytest.fixture(scope="module")
def photos(default_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A drawn lesion as phones save photos: as it is, turned by EXIF, with the colours of Display P3."""
    folder = tmp_path_factory.mktemp("photos")
    drawn = Image.open(open_bundle(default_bundle).path(GOLDEN_INPUT)).convert("RGB").resize((480, 640))
    turned = Image.Exif()
    turned[0x0112] = 6
    # Not symmetrical, or it would not show which way is up.
    drawn.paste((90, 60, 50), (0, 0, 480, 90))
    drawn.save(folder / "plain.jpg", quality=95)
    drawn.save(folder / "turned.jpg", quality=95, exif=turned)
    drawn.save(folder / "p3.jpg", quality=95, icc_profile=display_p3())
    drawn.save(folder / "p3.png", icc_profile=display_p3())
    return {path.name: path for path in sorted(folder.iterdir())}


def display_p3() -> bytes:
    """The profile of sRGB with other primaries."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for entry in range(132, 132 + 12 * int.from_bytes(profile[128:132], "big"), 12):
        primary = DISPLAY_P3.get(bytes(profile[entry : entry + 4]))
        if primary is not None:
            # After the eight bytes that name the tag's type.
            start = int.from_bytes(profile[entry + 4 : entry + 8], "big") + 8
            profile[start : start + 12] = b"".join(value.to_bytes(4, "big", signed=True) for value in primary)
    return bytes(profile)


@pytest.fixture(scope="module")
def server(serve: Serve) -> Iterator[str]:
    with serve() as process:
        yield process.url


@pytest.fixture(scope="module")
def expected(browser: Chromium, server: str, photos: dict[str, Path]) -> dict[str, Answer]:
    """What Chromium gives for each photo."""
    found = {}
    for name, photo in photos.items():
        page = open_page(browser, server)
        choose(page, photo)
        malignant = answer(page)
        features = result_of(page)[1]
        assert features is not None
        found[name] = Answer(malignant, features)
        page.context.close()
    return found


@contextmanager
def opened(engine: str, url: str, place: Path) -> Iterator[Browser]:
    """The page in a browser; nothing may have gone wrong in its console by the end."""
    with launched(engine, place) as browser:
        browser.open(url)
        browser.find(READY)
        yield browser
        assert browser.errors(url) == []


def check(browser: Browser, url: str, photo: Path) -> Answer:
    browser.open(url)
    browser.find(READY)
    browser.click("check-button")
    browser.choose_file(photo)
    browser.expect_screen("review")
    browser.click("use-photo")
    browser.expect_screen("result")
    malignant = float(browser.read("[data-testid=p-malignant]", "data-value"))
    return Answer(malignant, browser.read("article.result", "data-features-sha256"))


engines = pytest.mark.parametrize("engine", ["firefox", "webkit"])


@engines
def test_a_photo_gets_the_features_and_the_answer_of_chromium(
    engine: str, server: str, photos: dict[str, Path], expected: dict[str, Answer], tmp_path: Path
) -> None:
    with opened(engine, server, tmp_path) as browser:
        found = {name: check(browser, server, photo) for name, photo in photos.items()}
    print(engine, found)
    assert found == expected
    # The turned photo is another picture, or this test would not see whether it was turned.
    assert found["turned.jpg"].features != found["plain.jpg"].features == found["p3.jpg"].features


@engines
def test_a_large_turned_photo_is_shown_upright(engine: str, server: str, tmp_path: Path) -> None:
    photo = tmp_path / "quarters.jpg"
    save_quarters(photo)
    with opened(engine, server, tmp_path) as browser:
        browser.click("check-button")
        browser.choose_file(photo)
        browser.expect_screen("review")
        shown = browser.run(SHOWN)
    assert are_shown(shown), shown


@engines
def test_all_on_the_phone_agrees_and_works_when_the_server_is_gone(
    engine: str, serve: Serve, photos: dict[str, Path], expected: dict[str, Answer], tmp_path: Path
) -> None:
    def phone(browser: Browser, process: Process) -> float:
        found = check(browser, process.url, photos["plain.jpg"])
        assert browser.read("article.result", "data-place") == "phone"
        assert found.features == expected["plain.jpg"].features
        return found.malignant

    port = free_port()
    with launched(engine, tmp_path) as browser:
        with serve(port=port) as process:
            browser.open(process.url)
            browser.find(READY)
            browser.run("await navigator.serviceWorker.ready; localStorage.setItem('dermsplit.mode', 'phone')")
            browser.reload()
            browser.find(READY)
            there = phone(browser, process)
            assert browser.errors(process.url) == []
        browser.reload()
        browser.find(READY)
        assert phone(browser, process) == there
    assert there == pytest.approx(expected["plain.jpg"].malignant, abs=0.005)
