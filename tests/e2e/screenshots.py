"""Take pictures of every screen, phone and desktop, light and dark, English and Korean, to be looked at.

    python -m tests.e2e.screenshots [DIR]

Those that the README shows go to docs/images as well. The photo is drawn; no image of anyone is in any of them.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from dermsplit_contract.bundle import GOLDEN_INPUT, open_bundle
from tests.conftest import DEFAULT_BUNDLES, ROOT
from tests.process import COMMAND, free_port, serving

from .conftest import CHROMIUM_FLAGS

SIZES = {"phone": (390, 844), "desktop": (1280, 800)}
THEMES = ("light", "dark")
LOCALES = {"en": "en-GB", "ko": "ko-KR"}
SHOWN_IN_README = ("phone-light-en-start", "phone-light-en-review", "phone-light-en-result")
CAMERA = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]


def main() -> None:
    """Take all of them."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "screenshots"
    target.mkdir(parents=True, exist_ok=True)
    (bundle,) = (path.parent for path in DEFAULT_BUNDLES.glob("*/manifest.json"))
    port = free_port()
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as driver:
        photo = Path(scratch) / "mole.png"
        draw_scene(open_bundle(bundle).path(GOLDEN_INPUT)).save(photo)
        feed = Path(scratch) / "camera.mjpeg"
        draw_scene(open_bundle(bundle).path(GOLDEN_INPUT)).save(feed, format="JPEG", quality=95)
        executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        flags = [*CHROMIUM_FLAGS, *CAMERA, f"--use-file-for-fake-video-capture={feed}"]
        with serving(COMMAND, "serve", "--port", str(port), port=port, output=Path(scratch) / "log") as server:
            browser = driver.chromium.launch(executable_path=executable, args=flags)
            for size, theme, locale in product(SIZES, THEMES, LOCALES):
                for screen, page in walk(browser, server.url, size, theme, locale, photo):
                    name = f"{size}-{theme}-{locale}-{screen}"
                    page.screenshot(path=target / f"{name}.png")
                    print(target / f"{name}.png")
            browser.close()
    for name in SHOWN_IN_README:
        images = ROOT / "docs" / "images"
        images.mkdir(exist_ok=True)
        shutil.copy(target / f"{name}.png", images / f"{name.replace('-light-en', '')}.png")


def walk(browser: Browser, url: str, size: str, theme: str, locale: str, photo: Path) -> Iterator[tuple[str, Page]]:
    """Go the whole way once, and give the page at every screen."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        locale=LOCALES[locale],
        device_scale_factor=2 if size == "phone" else 1,
    )
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector('[data-testid="head-status"][data-stage="ready"]', timeout=60_000)
    yield "start", page
    page.get_by_test_id("check-button").click()
    page.wait_for_selector('[data-testid="shutter"]:enabled')
    page.wait_for_timeout(1500)
    yield "capture", page
    page.get_by_test_id("file-input").set_input_files(photo)
    page.wait_for_selector("body[data-screen=review]")
    yield "review", page
    # Held back until the picture is taken: on loopback the answer comes too soon to be seen.
    page.route("**/infer", lambda route: (page.wait_for_timeout(1500), route.continue_()))
    page.get_by_test_id("use-photo").click()
    page.wait_for_selector("body[data-screen=working]")
    page.wait_for_timeout(700)
    yield "working", page
    page.wait_for_selector("body[data-screen=result]", timeout=60_000)
    yield "result", page
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    yield "result-below", page
    page.get_by_test_id("details-button").click()
    page.wait_for_selector("body[data-screen=details]")
    yield "details", page
    page.route("**/infer", lambda route: route.abort())
    page.goto(url)
    page.get_by_test_id("check-button").click()
    page.get_by_test_id("file-input").set_input_files(photo)
    page.get_by_test_id("use-photo").click()
    page.wait_for_selector("body[data-screen=trouble]", timeout=60_000)
    yield "trouble", page
    context.close()


def draw_scene(picture: Path) -> Image.Image:
    """The drawn lesion enlarged on a wider ground of its own border colour, as a camera would see it."""
    with Image.open(picture) as drawn:
        lesion = drawn.convert("RGB").resize((960, 960), Image.Resampling.BICUBIC)
    scene = Image.new("RGB", (1280, 960), lesion.getpixel((4, 480)))
    scene.paste(lesion, (160, 0))
    return scene


if __name__ == "__main__":
    main()
