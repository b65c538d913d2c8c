"""Take pictures of every screen, on phones and a desktop, light and dark, English and Korean, to be looked at.

    python -m tests.e2e.screenshots [DIR] [WORD]

With a word only of the sizes, themes and languages that have it in their name, such as ``phone-light-en``.

Those that the README shows go to docs/images as well. The photos are drawn; no image of anyone is in any of them. The
screens that need a network which tells domains apart are of the bundle in ``telling``.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, Route, sync_playwright

from dermsplit_contract.bundle import GOLDEN_INPUT, open_bundle
from tests.conftest import DEFAULT_BUNDLES, ROOT
from tests.process import COMMAND, free_port, serving

from .carrying import build_carrying_bundle
from .conftest import CHROMIUM_FLAGS
from .telling import build_telling_bundle, draw_domain

SIZES = {"phone": (390, 844), "small": (320, 640), "landscape": (844, 390), "desktop": (1280, 800)}
THEMES = ("light", "dark")
LOCALES = {"en": "en-GB", "ko": "ko-KR"}
SHOWN_IN_README = ("phone-light-en-start", "phone-light-en-review", "phone-light-en-result")
CAMERA = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]


def main() -> None:
    """Take all of them."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "screenshots"
    target.mkdir(parents=True, exist_ok=True)
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    (bundle,) = (path.parent for path in DEFAULT_BUNDLES.glob("*/manifest.json"))
    port = free_port()
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as driver:
        photo = Path(scratch) / "mole.png"
        draw_scene(open_bundle(bundle).path(GOLDEN_INPUT)).save(photo)
        feed = Path(scratch) / "camera.mjpeg"
        draw_scene(open_bundle(bundle).path(GOLDEN_INPUT)).save(feed, format="JPEG", quality=95)
        executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        flags = [*CHROMIUM_FLAGS, *CAMERA, f"--use-file-for-fake-video-capture={feed}"]
        browser = driver.chromium.launch(executable_path=executable, args=flags)
        with serving(COMMAND, "serve", "--port", str(port), port=port, output=Path(scratch) / "log") as server:
            take(target, word, browser, lambda page: walk(page, server.url, photo))
            take(target, word, browser, lambda page: walk_kept(page, server.url, photo))
        telling = build_telling_bundle(bundle, Path(scratch) / "telling")
        command = (COMMAND, "serve", "--bundles", str(telling.directory), "--port", str(port))
        with serving(*command, port=port, output=Path(scratch) / "log") as server:
            take(target, word, browser, lambda page: walk_telling(page, server.url, Path(scratch)))
        carrying = build_carrying_bundle(bundle, Path(scratch) / "carrying")
        command = (COMMAND, "serve", "--bundles", str(carrying.directory), "--port", str(port))
        with serving(*command, port=port, output=Path(scratch) / "log") as server:
            take(target, word, browser, lambda page: walk_modes(page, server.url, photo))
        browser.close()
    for name in SHOWN_IN_README if word in SHOWN_IN_README[0] else ():
        images = ROOT / "docs" / "images"
        images.mkdir(exist_ok=True)
        shutil.copy(target / f"{name}.png", images / f"{name.replace('-light-en', '')}.png")


def take(target: Path, word: str, browser: Browser, way: Callable[[Page], Iterator[str]]) -> None:
    """Go a way in every size, theme and language, and take a picture at every screen that it names.

    Of one whose name ends in ``-whole`` the picture is as long as the screen.
    """
    for size, theme, locale in product(SIZES, THEMES, LOCALES):
        if word not in f"{size}-{theme}-{locale}":
            continue
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if theme == "dark" else "light",
            locale=LOCALES[locale],
            device_scale_factor=2 if size == "phone" else 1,
            service_workers="block",
        )
        page = context.new_page()
        for screen in way(page):
            path = target / f"{size}-{theme}-{locale}-{screen}.png"
            page.screenshot(path=path, full_page=screen.endswith("-whole"))
            print(path)
        context.close()


def walk(page: Page, url: str, photo: Path) -> Iterator[str]:
    """Go the whole way once, and name every screen when it is on."""
    page.goto(url)
    page.wait_for_selector('[data-testid="head-status"][data-stage="ready"]', timeout=60_000)
    yield "start"
    page.get_by_test_id("check-button").click()
    page.wait_for_selector('[data-testid="shutter"]:enabled')
    page.wait_for_timeout(1500)
    yield "capture"
    page.get_by_test_id("file-input").set_input_files(photo)
    page.wait_for_selector("body[data-screen=review]")
    yield "review"
    # Held back until the picture is taken: on loopback the answer comes too soon to be seen.
    page.route("**/infer", lambda route: (page.wait_for_timeout(1500), route.continue_()))
    page.get_by_test_id("use-photo").click()
    page.wait_for_selector("body[data-screen=working]")
    page.wait_for_timeout(700)
    yield "working"
    page.wait_for_selector("body[data-screen=result]", timeout=60_000)
    yield "result"
    yield "result-whole"
    page.get_by_test_id("details-button").click()
    page.wait_for_selector("body[data-screen=details]")
    page.get_by_test_id("every-byte").locator("summary").click()
    # Where the bundle carries a decoder.
    if page.get_by_test_id("show-seen").count():
        page.get_by_test_id("show-seen").click()
        page.get_by_test_id("seen-rebuilt").wait_for()
        page.get_by_test_id("seen").scroll_into_view_if_needed()
        yield "seen"
    yield "details-whole"
    page.route("**/infer", lambda route: route.abort())
    page.goto(url)
    page.get_by_test_id("check-button").click()
    page.get_by_test_id("file-input").set_input_files(photo)
    page.get_by_test_id("use-photo").click()
    page.wait_for_selector("body[data-screen=trouble]", timeout=60_000)
    yield "trouble"


def walk_kept(page: Page, url: str, photo: Path) -> Iterator[str]:
    """Several photos of a mole that do not agree, what is kept of them, two checks side by side, and settings."""
    page.goto(url)
    _check(page, photo, 3)
    yield "several-whole"
    page.route("**/infer", _disagree)
    page.get_by_test_id("use-photo").click()
    page.wait_for_selector("body[data-screen=result]", timeout=60_000)
    yield "mixed"
    page.unroute("**/infer")
    _keep(page, "arm")
    page.goto(url)
    _check(page, photo, 1)
    page.get_by_test_id("use-photo").click()
    page.wait_for_selector("body[data-screen=result]", timeout=60_000)
    _keep(page, "arm")
    page.goto(url)
    page.wait_for_selector('[data-testid="history-entry"]')
    yield "history-whole"
    page.get_by_test_id("history-entry").nth(1).click()
    yield "entry-whole"
    page.get_by_test_id("remove").click()
    page.get_by_test_id("confirm-no").scroll_into_view_if_needed()
    yield "remove"
    page.get_by_test_id("confirm-no").click()
    page.get_by_test_id("compare-this").click()
    yield "compare-whole"
    page.get_by_test_id("history-back").click()
    page.get_by_test_id("history-back").click()
    page.wait_for_selector('[data-testid="head-status"][data-stage="ready"]', timeout=60_000)
    page.get_by_test_id("settings-button").click()
    yield "settings-whole"


def walk_modes(page: Page, url: str, photo: Path) -> Iterator[str]:
    """A dry run, and all of it on the phone, which a bundle has to offer."""
    page.goto(url)
    page.wait_for_selector('[data-testid="head-status"][data-stage="ready"]', timeout=60_000)
    page.get_by_test_id("settings-button").click()
    page.get_by_test_id("mode-dry").check()
    yield "modes"
    page.get_by_test_id("settings-back").click()
    page.context.set_offline(True)
    page.wait_for_selector('[data-testid="offline"]')
    yield "start-dry-offline"
    page.context.set_offline(False)
    _check(page, photo, 1)
    page.get_by_test_id("use-photo").click()
    page.wait_for_selector("body[data-screen=unsent]", timeout=60_000)
    yield "unsent"
    page.go_back()
    page.evaluate("localStorage.setItem('dermsplit.mode', 'phone')")
    page.goto(url)
    _check(page, photo, 1)
    page.get_by_test_id("use-photo").click()
    page.wait_for_selector("body[data-screen=result]", timeout=60_000)
    page.get_by_test_id("details-button").click()
    yield "phone-details-whole"


def _check(page: Page, photo: Path, photos: int) -> None:
    """From the start to the review of so many photos."""
    page.get_by_test_id("check-button").click()
    for taken in range(photos):
        if taken > 0:
            page.get_by_test_id("add-photo").click()
        page.get_by_test_id("file-input").set_input_files(photo)
        page.wait_for_selector("body[data-screen=review]")
        if taken > 0:
            page.locator(".thumb").nth(taken).wait_for()


def _keep(page: Page, site: str) -> None:
    page.get_by_test_id("keep-site").select_option(site)
    page.get_by_test_id("keep-button").click()
    page.wait_for_selector('[data-testid="keep"][data-state="kept"]')


def _disagree(route: Route) -> None:
    """The server's answer, of which the first photo is made calm and the last suspicious."""
    reply = json.loads(route.fetch().body())
    outputs = {output["name"]: output for output in reply["outputs"]}
    outputs["probabilities"]["data"] = [0.99, 0.01, 0.98, 0.02, 0.25, 0.75]
    outputs["decisions"]["data"] = ["not_suspicious", "not_suspicious", "suspicious"]
    route.fulfill(json=reply)


def walk_telling(page: Page, url: str, scratch: Path) -> Iterator[str]:
    """The screens that need a network which tells domains apart, takes metadata, or has to be waited for."""
    page.goto(url)
    page.wait_for_selector('[data-testid="head-status"][data-stage="ready"]', timeout=60_000)
    page.get_by_test_id("check-button").click()
    _upload(page, "phone", "file-input", scratch)
    page.get_by_test_id("tell").locator("summary").click()
    page.get_by_test_id("tell-age").fill("50")
    page.get_by_test_id("tell-site").select_option("trunk")
    page.get_by_test_id("use-photo").scroll_into_view_if_needed()
    yield "tell"
    # Busy once, for there is no waiting for a server that is not.
    page.route("**/infer", lambda route: route.fulfill(status=503, headers={"Retry-After": "5"}, body=""), times=1)
    page.get_by_test_id("use-photo").click()
    page.wait_for_selector('[data-testid="countdown"]', timeout=60_000)
    yield "busy"
    page.wait_for_selector("body[data-screen=result]", timeout=60_000)
    page.get_by_test_id("assume").locator("summary").click()
    page.get_by_test_id("assume-prevalence").select_option("50")
    page.get_by_test_id("p-shifted").scroll_into_view_if_needed()
    yield "what-if"
    page.get_by_test_id("details-button").click()
    page.get_by_test_id("told").scroll_into_view_if_needed()
    yield "told"
    page.get_by_test_id("details-back").click()
    for name, domain in (("skin-lens", "dermoscopic"), ("cannot-tell", "neither")):
        page.get_by_test_id("another").click()
        _upload(page, domain, "camera-app-input", scratch)
        page.get_by_test_id("use-photo").click()
        page.wait_for_selector("body[data-screen=result]", timeout=60_000)
        yield name


def _upload(page: Page, domain: str, test_id: str, scratch: Path) -> None:
    photo = scratch / f"{domain}.png"
    draw_domain(domain, 672).save(photo)
    page.get_by_test_id(test_id).set_input_files(photo)
    page.wait_for_selector("body[data-screen=review]")


def draw_scene(picture: Path) -> Image.Image:
    """The drawn lesion enlarged on a wider ground of its own border colour, as a camera would see it."""
    with Image.open(picture) as drawn:
        lesion = drawn.convert("RGB").resize((960, 960), Image.Resampling.BICUBIC)
    scene = Image.new("RGB", (1280, 960), lesion.getpixel((4, 480)))
    scene.paste(lesion, (160, 0))
    return scene


if __name__ == "__main__":
    main()
