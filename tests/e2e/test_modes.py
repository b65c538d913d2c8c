"""Where a check is computed: between phone and server, all on the phone, or not at all after the features."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from dermsplit_contract.bundle import GOLDEN_INPUT, Bundle, open_bundle

from .carrying import build_carrying_bundle, build_keeping_bundle
from .conftest import Serve
from .faults import expect_screen, expect_trouble
from .telling import DOMAINS, draw_domain
from .test_check import ANSWER_WITHIN_MS, answer, choose, open_page, plain_body, read

TAIL_WORKER = "**/assets/main-*.js"


@pytest.fixture(scope="module")
def drawn_photo(default_bundle: Path) -> Path:
    return open_bundle(default_bundle).path(GOLDEN_INPUT)


@pytest.fixture(scope="module")
def carrying(default_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return build_carrying_bundle(default_bundle, tmp_path_factory.mktemp("carrying") / "bundle")


@pytest.fixture(scope="module")
def carrying_server(carrying: Bundle, serve: Serve) -> Iterator[str]:
    """URL of a server whose bundle carries its tail for pages."""
    with serve("--bundles", str(carrying.directory)) as process:
        yield process.url


def posts_of(page: Page) -> list[Request]:
    posts: list[Request] = []
    page.on("request", lambda request: posts.append(request) if request.method != "GET" else None)
    return posts


def choose_mode(page: Page, mode: str) -> None:
    """From the start screen to settings and back."""
    expect(page.get_by_test_id("head-status")).to_have_attribute("data-stage", "ready", timeout=ANSWER_WITHIN_MS)
    page.get_by_test_id("settings-button").click()
    page.get_by_test_id(f"mode-{mode}").check()
    page.get_by_test_id("settings-back").click()


def test_a_dry_run_sends_nothing_and_shows_what_would_be_sent(browser: Browser, server: str, drawn_photo: Path) -> None:
    page = open_page(browser, server)
    posts = posts_of(page)
    choose_mode(page, "dry")
    choose(page, drawn_photo)
    page.get_by_test_id("use-photo").click()
    expect_screen(page, "unsent")
    expect(page.get_by_test_id("p-malignant")).to_have_count(0)
    assert posts == []
    would = int(read(page, "bytes-sent", "data-value"))
    with page.expect_download() as download:
        page.get_by_test_id("body-download").click()
    shown = download.value.path().read_bytes()
    assert len(shown) == would
    page.get_by_test_id("send-now").click()
    expect_screen(page, "result")
    assert [post.post_data_buffer for post in posts] == [shown]
    assert int(read(page, "bytes-sent", "data-value")) == would


def test_a_dry_run_is_remembered_and_can_be_left(browser: Browser, server: str, drawn_photo: Path) -> None:
    page = open_page(browser, server)
    posts = posts_of(page)
    choose_mode(page, "dry")
    page.goto(server)
    expect(page.get_by_test_id("mode-note")).to_contain_text("nothing is sent")
    choose(page, drawn_photo)
    page.get_by_test_id("use-photo").click()
    expect_screen(page, "unsent")
    page.go_back()
    expect_screen(page, "start")
    assert posts == []
    choose_mode(page, "split")
    expect(page.get_by_test_id("mode-note")).to_have_count(0)
    choose(page, drawn_photo)
    answer(page)
    assert len(posts) == 1


def test_a_server_that_keeps_its_tail_is_not_sent_anything_instead(
    browser: Browser, default_bundle: Path, serve: Serve, drawn_photo: Path, tmp_path: Path
) -> None:
    keeping = build_keeping_bundle(default_bundle, tmp_path / "bundle")
    with serve("--bundles", str(keeping.directory)) as process:
        page = open_page(browser, process.url)
        expect(page.get_by_test_id("head-status")).to_have_attribute("data-stage", "ready", timeout=ANSWER_WITHIN_MS)
        page.get_by_test_id("settings-button").click()
        expect(page.get_by_test_id("mode-phone")).to_be_disabled()
        page.get_by_test_id("settings-back").click()
        # Chosen when another bundle still offered it.
        page.evaluate("localStorage.setItem('dermsplit.mode', 'phone')")
        posts = posts_of(page)
        choose(page, drawn_photo)
        page.get_by_test_id("use-photo").click()
        expect_screen(page, "trouble")
        expect(page.locator("[data-trouble]")).to_have_attribute("data-trouble", "tail_absent")
        assert posts == []


def test_all_on_the_phone_gives_the_servers_answers_and_sends_nothing(
    browser: Browser, carrying_server: str, carrying: Bundle, tmp_path: Path
) -> None:
    split, whole = open_page(browser, carrying_server), open_page(browser, carrying_server)
    posts = posts_of(whole)
    choose_mode(whole, "phone")
    for domain in DOMAINS:
        photo = tmp_path / f"{domain}.png"
        draw_domain(domain, 480).save(photo)
        found = []
        for page in (split, whole):
            page.goto(carrying_server)
            choose(page, photo)
            page.get_by_test_id("use-photo").click()
            expect_screen(page, "result")
            decision = read(page, "answer", "data-decision")
            declined = decision == "cannot_tell"
            found.append((decision, None if declined else float(read(page, "p-malignant", "data-value"))))
        print(f"{domain}: split {found[0]}, all on the phone {found[1]}")
        assert found[0][0] == found[1][0]
        if found[0][1] is not None:
            assert found[1][1] == pytest.approx(found[0][1], abs=0.005)
    assert posts == []
    expect(whole.get_by_test_id("nothing-sent")).to_be_visible()
    whole.get_by_test_id("details-button").click()
    expect(whole.get_by_test_id("not-sent")).to_be_visible()
    reply = json.loads(whole.get_by_test_id("reply-json").text_content() or "")
    assert reply["model_version"] == carrying.manifest.id


def test_a_tails_worker_that_cannot_be_fetched_is_said_in_words(
    browser: Browser, carrying_server: str, drawn_photo: Path
) -> None:
    page = open_page(browser, "about:blank")
    page.route(TAIL_WORKER, lambda route: route.abort())
    page.goto(carrying_server)
    posts = posts_of(page)
    choose_mode(page, "phone")
    choose(page, drawn_photo)
    page.get_by_test_id("use-photo").click()
    expect_trouble(page, "tail_failed")
    page.unroute(TAIL_WORKER)
    page.get_by_test_id("trouble-action").click()
    expect_screen(page, "result")
    assert posts == []


def test_the_details_compare_where_it_is_computed(browser: Browser, carrying_server: str, drawn_photo: Path) -> None:
    page = open_page(browser, carrying_server)
    posts = posts_of(page)
    choose(page, drawn_photo)
    malignant = answer(page)
    page.get_by_test_id("details-button").click()
    page.get_by_test_id("again-here").click()
    values = page.get_by_test_id("place-malignant")
    expect(values).to_have_count(2, timeout=ANSWER_WITHIN_MS)
    there, here = (float(value.get_attribute("data-value") or "nan") for value in values.all())
    assert there == malignant
    assert here == pytest.approx(malignant, abs=0.005)
    assert len(posts) == 1
    hexed = page.get_by_test_id("hex").text_content() or ""
    found = bytes.fromhex("".join(line[5:28].replace(" ", "") for line in hexed.splitlines()))
    assert found == plain_body(posts[0])[:1024]
