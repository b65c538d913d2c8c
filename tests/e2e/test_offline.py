"""The page opens without a connection, keeps no reply, and a new version takes over cleanly."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dermsplit_contract.bundle import GOLDEN_INPUT, open_bundle
from dermsplit_server.settings import read_settings
from tests.process import COMMAND, free_port, serving

from .carrying import build_carrying_bundle
from .conftest import Serve
from .test_check import ANSWER_WITHIN_MS, PHONE, answer, choose, read

KEPT = """async () => {
  const kept = {};
  for (const name of await caches.keys()) {
    kept[name] = (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname);
  }
  return kept;
}"""

WORKERS = """async () => {
  const { installing, waiting, active } = await navigator.serviceWorker.getRegistration();
  return { installing: installing?.state, waiting: waiting?.state, active: active?.state };
}"""


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=PHONE, locale="en-GB")
    yield context
    context.close()


@pytest.fixture(scope="module")
def drawn_photo(default_bundle: Path) -> Path:
    return open_bundle(default_bundle).path(GOLDEN_INPUT)


def open_and_keep(context: BrowserContext, url: str) -> Page:
    """A page whose files are kept for offline."""
    page = context.new_page()
    page.goto(url)
    expect_ready(page)
    page.evaluate("navigator.serviceWorker.ready")
    # From its second opening on, the page is the service worker's.
    page.reload()
    expect_ready(page)
    assert page.evaluate("navigator.serviceWorker.controller !== null")
    return page


def expect_ready(page: Page) -> None:
    expect(page.get_by_test_id("head-status")).to_have_attribute("data-stage", "ready", timeout=ANSWER_WITHIN_MS)


def expect_kept(page: Page, name: str, there: bool) -> None:
    # Not by wait_for_function, which the page's policy forbids to evaluate text.
    for _ in range(300):
        if (name in page.evaluate(KEPT)) == there:
            return
        page.wait_for_timeout(100)
    found = f"{list(page.evaluate(KEPT))}, service workers {page.evaluate(WORKERS)}"
    pytest.fail(f"expected {name} {'to be kept' if there else 'to be gone'} within 30 s, found {found}")


def expect_waiting(page: Page) -> None:
    for _ in range(300):
        found = page.evaluate(WORKERS)
        if found["waiting"] == "installed":
            return
        page.wait_for_timeout(100)
    pytest.fail(f"expected a new service worker to wait within 30 s, found {found}")


def expect_screen(page: Page, screen: str) -> None:
    expect(page.locator("[data-screen]")).to_have_attribute("data-screen", screen, timeout=ANSWER_WITHIN_MS)


def test_the_page_opens_offline_and_says_what_needs_the_server(
    context: BrowserContext, serve: Serve, drawn_photo: Path
) -> None:
    with serve() as process:
        page = open_and_keep(context, process.url)
        expect(page.get_by_test_id("offline")).to_have_count(0)
    context.set_offline(True)
    page.reload()
    expect(page.get_by_test_id("offline")).to_contain_text("the answer needs the server")
    expect_ready(page)
    choose(page, drawn_photo)
    page.get_by_test_id("use-photo").click()
    expect_screen(page, "trouble")
    expect(page.locator("[data-trouble]")).to_have_attribute("data-trouble", "server_unreachable")
    page.get_by_test_id("trouble-leave").click()
    expect_screen(page, "review")


def test_all_on_the_phone_works_offline(
    context: BrowserContext, default_bundle: Path, serve: Serve, drawn_photo: Path, tmp_path: Path
) -> None:
    carrying = build_carrying_bundle(default_bundle, tmp_path / "bundle")
    with serve("--bundles", str(carrying.directory)) as process:
        page = open_and_keep(context, process.url)
        choose(page, drawn_photo)
        split = answer(page)
        page.evaluate("localStorage.setItem('dermsplit.mode', 'phone')")
        page.goto(process.url)
        choose(page, drawn_photo)
        once = answer(page)
    context.set_offline(True)
    page.reload()
    expect(page.get_by_test_id("offline")).to_be_visible()
    choose(page, drawn_photo)
    assert answer(page) == once
    assert once == pytest.approx(split, abs=0.005)
    assert page.locator("article").get_attribute("data-place") == "phone"


def test_no_reply_is_kept(context: BrowserContext, server: str, default_bundle: Path, drawn_photo: Path) -> None:
    page = open_and_keep(context, server)
    choose(page, drawn_photo)
    answer(page)
    kept: dict[str, list[str]] = page.evaluate(KEPT)
    bundle = json.loads((default_bundle / "manifest.json").read_text())["id"]
    (shell,) = (name for name in kept if name.startswith("dermsplit-page-"))
    assert set(kept) == {shell, f"dermsplit-bundle-{bundle}"}
    assert f"/bundles/{bundle}/manifest.json" in kept[f"dermsplit-bundle-{bundle}"]
    assert all(path.startswith(f"/bundles/{bundle}/") for path in kept[f"dermsplit-bundle-{bundle}"])
    assert {"/", "/bundles", "/manifest.webmanifest"} <= set(kept[shell])
    assert not [path for paths in kept.values() for path in paths if "/v2/" in path]


def test_a_new_version_takes_over_once_the_old_pages_are_closed(context: BrowserContext, tmp_path: Path) -> None:
    built = tmp_path / "page"
    shutil.copytree(read_settings().page, built)
    port = free_port()
    arguments = ("serve", "--port", str(port))
    with serving(COMMAND, *arguments, port=port, output=tmp_path / "log", DERMSPLIT_PAGE=str(built)) as process:
        page = open_and_keep(context, process.url)
        (old,) = (name for name in page.evaluate(KEPT) if name.startswith("dermsplit-page-"))
        worker = built / "service-worker.js"
        for stale in built.glob("service-worker.js.*"):
            stale.unlink()
        worker.write_text(worker.read_text().replace(old.removeprefix("dermsplit-page-"), "0" * 16))
        page.reload()
        expect_kept(page, "dermsplit-page-0000000000000000", there=True)
        # Its files are being kept before it is installed; a page that is opened sooner belongs to the old one again.
        expect_waiting(page)
        assert old in page.evaluate(KEPT)
        page.close()
        page = context.new_page()
        page.goto(process.url)
        expect_kept(page, old, there=False)
        expect_ready(page)
        assert read(page, "head-status", "data-stage") == "ready"


def test_it_can_be_installed(context: BrowserContext, server: str) -> None:
    page = context.new_page()
    page.goto(server)
    session = context.new_cdp_session(page)
    found = session.send("Page.getAppManifest")
    assert found["errors"] == []
    manifest = json.loads(found["data"])
    assert (manifest["display"], manifest["start_url"]) == ("standalone", "./")
    for icon in manifest["icons"]:
        assert page.request.get(f"{server}/{icon['src']}").ok
    purposes = {icon.get("purpose", "any") for icon in manifest["icons"] if icon["sizes"] == "512x512"}
    assert purposes == {"any", "maskable"}
