"""What is kept on the phone: asked for, shown, compared, saved, deleted, and never sent."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from dermsplit_contract.bundle import GOLDEN_INPUT, open_bundle

from .test_check import ANSWER_WITHIN_MS, PHONE, answer, choose, open_page, plain_body, read

NO_DATABASE = (
    "Object.defineProperty(window, 'indexedDB', { get() { throw new DOMException('no', 'SecurityError'); } });"
)
NO_DELETE = "IDBObjectStore.prototype.delete = () => { throw new DOMException('no', 'UnknownError'); };"
FULL = "IDBObjectStore.prototype.add = () => { throw new DOMException('no room', 'QuotaExceededError'); };"


@pytest.fixture(scope="module")
def drawn_photo(default_bundle: Path) -> Path:
    return open_bundle(default_bundle).path(GOLDEN_INPUT)


def keep(page: Page, site: str) -> None:
    """Keep the check whose result is shown."""
    page.get_by_test_id("keep-site").select_option(site)
    page.get_by_test_id("keep-button").click()
    expect(page.get_by_test_id("keep")).to_have_attribute("data-state", "kept", timeout=ANSWER_WITHIN_MS)


def expect_kept(page: Page, count: int) -> None:
    expect(page.get_by_test_id("history-entry")).to_have_count(count)


def kept_bytes(page: Page) -> list[bytes]:
    """Every photo in the database, read beside the page."""
    photos = page.evaluate(
        """() => new Promise((resolve, reject) => {
            const open = indexedDB.open("dermsplit");
            open.onerror = () => reject(open.error);
            open.onsuccess = () => {
              const all = open.result.transaction("checks").objectStore("checks").getAll();
              const photos = () => all.result.flatMap((check) => check.photos);
              all.onsuccess = () => resolve(photos().map((it) => [...new Uint8Array(it)]));
            };
        })"""
    )
    return [bytes(photo) for photo in photos]


def everything_of(context: BrowserContext) -> list[Request]:
    """Every request of any page and worker from now on, in a list that grows."""
    requests: list[Request] = []
    context.on("request", lambda request: requests.append(request))
    return requests


def test_nothing_of_what_is_kept_leaves_the_phone(
    browser: Browser, server: str, drawn_photo: Path, tmp_path: Path
) -> None:
    context = browser.new_context(viewport=PHONE, locale="en-GB", accept_downloads=True)
    requests = everything_of(context)
    page = context.new_page()
    page.goto(server)
    expect_kept(page, 0)
    choose(page, drawn_photo)
    malignant = answer(page)
    keep(page, "arm")
    page.get_by_test_id("another").click()
    page.get_by_test_id("file-input").set_input_files(drawn_photo)
    answer(page)
    keep(page, "leg")
    checked = len(requests)
    page.goto(server)
    expect_kept(page, 2)
    page.get_by_test_id("history-entry").nth(1).click()
    expect(page.get_by_test_id("entry")).to_contain_text("arm")
    expect(page.get_by_test_id("entry")).to_contain_text(
        f"{malignant * 100:.0f}%" if 0.01 <= malignant <= 0.99 else "%"
    )
    assert page.locator(".shots img").first.evaluate("it => it.decode().then(() => it.naturalWidth)") >= 32
    page.get_by_test_id("compare-this").click()
    expect(page.get_by_test_id("compare").locator("img")).to_have_count(2)
    page.get_by_test_id("compare-second").select_option(index=1)
    page.get_by_test_id("history-back").click()
    page.get_by_test_id("history-back").click()
    page.get_by_test_id("settings-button").click()
    with page.expect_download() as download:
        page.get_by_test_id("export").click()
    file = tmp_path / "all.html"
    download.value.save_as(file)
    assert file.read_text().count("data:image/jpeg;base64,") == 2
    photos = kept_bytes(page)
    assert [photo[:3] for photo in photos] == [b"\xff\xd8\xff"] * 2
    page.get_by_test_id("settings-back").click()
    page.get_by_test_id("history-entry").first.click()
    page.get_by_test_id("remove").click()
    page.get_by_test_id("confirm-yes").click()
    expect_kept(page, 1)

    own = [request for request in requests if not request.url.startswith(("blob:", "data:"))]
    assert all(request.url.startswith(f"{server}/") and "?" not in request.url for request in own)
    posts = [request for request in own if request.method != "GET"]
    assert len(posts) == 2
    assert all(request in requests[:checked] for request in posts)
    assert all(request.post_data_buffer is None for request in own if request.method == "GET")
    lengths = {int(read_header(post)) for post in posts}
    for post in posts:
        body = plain_body(post)
        assert min(lengths) + 1 <= len(body) <= 100_000
        assert all(photo[20:60] not in body for photo in photos)
        assert b"arm" not in body[: max(lengths)]
    context.close()


def bar_colours(page: Page) -> set[str]:
    """What the browser may paint its own bar with."""
    metas = page.locator('meta[name="theme-color"]')
    return set(metas.evaluate_all("found => found.map(({ content }) => content)"))


def read_header(request: Request) -> str:
    return request.headers["inference-header-content-length"]


def test_nothing_is_kept_unasked(browser: Browser, server: str, drawn_photo: Path) -> None:
    page = open_page(browser, server)
    choose(page, drawn_photo)
    answer(page)
    expect(page.get_by_test_id("keep")).to_have_attribute("data-state", "asked")
    page.goto(server)
    expect_kept(page, 0)
    assert kept_bytes(page) == []


@pytest.mark.parametrize(("script", "state"), [(NO_DATABASE, "refused"), (FULL, "full")])
def test_where_nothing_can_be_kept_the_check_goes_on(
    browser: Browser, server: str, drawn_photo: Path, script: str, state: str
) -> None:
    page = open_page(browser, "about:blank")
    page.add_init_script(script)
    page.goto(server)
    choose(page, drawn_photo)
    answer(page)
    page.get_by_test_id("keep-button").click()
    expect(page.get_by_test_id("keep")).to_have_attribute("data-state", state)
    expect(page.get_by_test_id("keep").locator(".note")).to_contain_text("The answer above is not affected.")
    expect(page.get_by_test_id("answer")).to_be_visible()
    page.get_by_test_id("another").click()
    expect(page.locator("[data-screen]")).not_to_have_attribute("data-screen", "result")


def test_settings_change_look_and_language_and_delete_all(browser: Browser, server: str, drawn_photo: Path) -> None:
    page = open_page(browser, server, color_scheme="light")
    choose(page, drawn_photo)
    answer(page)
    keep(page, "hand")
    page.goto(server)
    page.get_by_test_id("settings-button").click()
    assert int(read(page, "storage", "data-checks")) == 1
    assert int(read(page, "storage", "data-bytes")) == sum(map(len, kept_bytes(page)))
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_test_id("theme-dark").check()
    assert page.evaluate(ground) != light
    assert bar_colours(page) == {"#101615"}
    page.get_by_test_id("language-ko").check()
    expect(page.locator("h1")).to_have_text("설정")
    page.reload()
    assert page.evaluate(ground) != light
    page.get_by_test_id("settings-button").click()
    expect(page.locator("h1")).to_have_text("설정")
    page.get_by_test_id("theme-system").check()
    assert page.evaluate(ground) == light
    assert bar_colours(page) == {"#101615", "#f6f8f7"}
    page.get_by_test_id("remove-all").click()
    page.get_by_test_id("confirm-yes").click()
    expect(page.get_by_test_id("storage")).to_have_attribute("data-checks", "0")
    page.go_back()
    expect(page.locator("[data-screen]")).to_have_attribute("data-screen", re.compile("start"))
    expect_kept(page, 0)


def test_a_check_that_the_browser_will_not_delete_is_still_there_and_said_so(
    browser: Browser, server: str, drawn_photo: Path
) -> None:
    page = open_page(browser, "about:blank")
    page.add_init_script(NO_DELETE)
    page.goto(server)
    choose(page, drawn_photo)
    answer(page)
    keep(page, "leg")
    page.goto(server)
    page.get_by_test_id("history-entry").click()
    page.get_by_test_id("remove").click()
    page.get_by_test_id("confirm-yes").click()
    expect(page.get_by_test_id("not-removed")).to_contain_text("it is still kept")
    page.get_by_test_id("history-back").click()
    expect_kept(page, 1)


def test_two_checks_of_several_photos_lie_side_by_side(browser: Browser, server: str, drawn_photo: Path) -> None:
    page = open_page(browser, server)
    for photos in (2, 1):
        choose(page, drawn_photo)
        for _ in range(photos - 1):
            page.get_by_test_id("add-photo").click()
            page.get_by_test_id("file-input").set_input_files(drawn_photo)
            expect(page.get_by_test_id("thumbnails")).to_be_visible(timeout=ANSWER_WITHIN_MS)
        answer(page)
        keep(page, "arm")
        page.goto(server)
    page.get_by_test_id("compare-button").click()
    expect(page.get_by_test_id("compare").locator("img")).to_have_count(3)
    for part in (".shots img:first-child", ".facts-list"):
        tops = page.locator(f".beside {part}").evaluate_all("found => found.map(it => it.getBoundingClientRect().top)")
        assert len(tops) == 2
        assert tops[0] == pytest.approx(tops[1], abs=0.5)
