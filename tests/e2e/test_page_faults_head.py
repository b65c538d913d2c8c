"""The head on its bad days: damaged files, dead workers, lost graphics, no storage. The answer stays the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, Worker, expect

from . import faults
from .conftest import LaunchBrowser
from .faults import SOFTWARE_GRAPHICS, before_worker, expect_screen, expect_trouble, result_of
from .test_check import choose, open_page

HEAD = "**/bundles/*/head/*.bin"


@pytest.fixture(scope="module")
def photo(default_bundle: Path) -> Path:
    return faults.drawn_photo(default_bundle)


@pytest.fixture(scope="module")
def features(browser: Browser, server: str, photo: Path) -> str:
    """SHA-256 of the photo's features on WebAssembly, which is the same on every device."""
    page = open_page(browser, server)
    backend, found = check(page, photo)
    assert backend == "wasm"
    assert found is not None
    return found


@pytest.fixture(scope="module")
def graphics(launch: LaunchBrowser) -> Iterator[Browser]:
    """A browser with WebGL, computed in software."""
    with launch(*SOFTWARE_GRAPHICS) as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Page:
    """A page that has not asked for anything yet."""
    return open_page(browser, "about:blank")


def check(page: Page, photo: Path) -> tuple[str | None, str | None]:
    choose(page, photo)
    page.get_by_test_id("use-photo").click()
    return result_of(page)


# --- files ------------------------------------------------------------------------------------------------------------


def damaged(how: str, body: bytes) -> bytes:
    if how == "one bit":
        return body[:1000] + bytes([body[1000] ^ 1]) + body[1001:]
    return body[: len(body) // 2] if how == "cut short" else b"<!doctype html><title>Please log in</title>"


@pytest.mark.parametrize("how", ["one bit", "cut short", "a proxy's page"])
def test_a_damaged_head_is_fetched_once_again_and_used_only_whole(
    page: Page, server: str, photo: Path, features: str, how: str
) -> None:
    asked: list[str] = []

    def damage_first(route: Route) -> None:
        asked.append(route.request.url)
        body = route.fetch().body()
        route.fulfill(body=damaged(how, body) if len(asked) == 1 else body)

    page.route(HEAD, damage_first)
    page.goto(server)
    assert check(page, photo) == ("wasm", features)
    assert len(asked) == 2


@pytest.mark.parametrize("how", ["cut short", "a proxy's page"])
def test_a_head_that_stays_damaged_is_never_run(page: Page, server: str, photo: Path, how: str) -> None:
    page.route(HEAD, lambda route: route.fulfill(body=damaged(how, route.fetch().body())))
    page.goto(server)
    choose(page, photo)
    page.get_by_test_id("use-photo").or_(page.get_by_test_id("trouble-action")).first.click()
    expect_trouble(page, "head_corrupt")


def test_a_head_that_was_fetched_once_is_not_fetched_again(page: Page, server: str, photo: Path, features: str) -> None:
    page.goto(server)
    check(page, photo)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    assert check(page, photo) == ("wasm", features)
    assert [url for url in asked if "/head/" in url or "/golden/" in url] == []


# --- storage ----------------------------------------------------------------------------------------------------------

NO_STORAGE = {
    "full": "for (const [type, name] of [[Cache, 'put'], [Storage, 'setItem'], [IDBObjectStore, 'add']])"
    " type.prototype[name] = () => { throw new DOMException('full', 'QuotaExceededError'); };",
    "evicted": "caches.keys().then((names) => names.forEach((name) => caches.delete(name)));",
    "private": "for (const name of ['caches', 'localStorage', 'indexedDB']) Object.defineProperty(window, name,"
    " { get() { throw new DOMException('no', 'SecurityError'); } });",
}


@pytest.mark.parametrize("state", list(NO_STORAGE))
def test_storage_that_is_not_there_costs_no_answer(
    page: Page, server: str, photo: Path, features: str, state: str
) -> None:
    page.add_init_script(NO_STORAGE[state])
    page.goto(server)
    assert check(page, photo) == ("wasm", features)
    page.reload()
    assert check(page, photo) == ("wasm", features)


# --- the worker -------------------------------------------------------------------------------------------------------


def head_worker(page: Page) -> Worker:
    return next(worker for worker in page.workers if "/head-" in worker.url)


def ready_page(page: Page, address: str, photo: Path) -> None:
    """A page whose head has answered once, back at the start."""
    page.goto(address)
    check(page, photo)
    page.get_by_test_id("another").click()
    page.go_back()
    expect_screen(page, "start")


def test_a_worker_that_throws_is_replaced(page: Page, server: str, photo: Path, features: str) -> None:
    ready_page(page, server, photo)
    head_worker(page).evaluate("void setTimeout(() => { throw new Error('out of memory'); })")
    page.wait_for_timeout(200)
    assert check(page, photo) == ("wasm", features)


def test_a_worker_that_dies_in_silence_is_replaced(page: Page, server: str, photo: Path, features: str) -> None:
    page.clock.install()
    ready_page(page, server, photo)
    head_worker(page).evaluate("void setTimeout(() => self.close())")
    page.wait_for_timeout(200)
    choose(page, photo)
    page.get_by_test_id("use-photo").click()
    expect_screen(page, "working")
    # What it takes to give it up: 20 s.
    for _ in range(5):
        page.clock.fast_forward(6000)
        page.wait_for_timeout(100)
    # On another back end than the one that it died on, where there is one.
    assert result_of(page)[1] == features


def test_a_worker_that_cannot_be_fetched_is_said_in_words(page: Page, server: str, photo: Path, features: str) -> None:
    page.route(faults.WORKER, lambda route: route.abort())
    page.goto(server)
    choose(page, photo)
    page.get_by_test_id("use-photo").click()
    expect_trouble(page, "head_failed")
    page.unroute(faults.WORKER)
    page.get_by_test_id("trouble-action").click()
    assert result_of(page) == ("wasm", features)


# --- back ends --------------------------------------------------------------------------------------------------------


def test_without_simd_the_decision_is_the_same(page: Page, server: str, photo: Path) -> None:
    """Other code adds in another order, so a few features may fall to the level beside theirs; the label never does."""
    page.goto(server)
    check(page, photo)
    decision = page.get_by_test_id("answer").get_attribute("data-decision")
    fetched: list[str] = []
    page.context.on("request", lambda request: fetched.append(request.url))
    before_worker(page, "WebAssembly.validate = () => false")
    page.reload()
    assert check(page, photo)[0] == "wasm"
    assert page.get_by_test_id("answer").get_attribute("data-decision") == decision
    assert [url for url in fetched if "tfjs-backend-wasm-" in url and "simd" not in url]


@pytest.mark.parametrize("lacking", ["OffscreenCanvas", "SharedArrayBuffer"], ids=["no worker canvas", "no threads"])
def test_a_poor_browser_answers_the_same(page: Page, server: str, photo: Path, features: str, lacking: str) -> None:
    before_worker(page, f"delete self.{lacking}")
    page.goto(server)
    assert check(page, photo) == ("wasm", features)


def test_one_wasm_file_is_fetched_the_one_that_this_browser_runs(page: Page, server: str, photo: Path) -> None:
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.goto(server)
    check(page, photo)
    fetched = [url.rpartition("/")[2] for url in asked if url.endswith(".wasm")]
    assert len(fetched) == 1
    assert fetched[0].startswith("tfjs-backend-wasm-simd-")
    assert not [url for url in asked if "webgl" in url or "webgpu" in url]


def test_without_webassembly_the_graphics_processor_is_the_way_out(graphics: Browser, server: str, photo: Path) -> None:
    page = open_page(graphics, "about:blank")
    before_worker(page, "delete self.WebAssembly")
    page.goto(server)
    backend, _ = check(page, photo)
    assert backend == "webgl"


def test_the_remembered_back_end_is_used(graphics: Browser, server: str, photo: Path, default_bundle: Path) -> None:
    page = open_page(graphics, "about:blank")
    page.add_init_script(remembered(default_bundle.name))
    page.goto(server)
    backend, _ = check(page, photo)
    assert backend == "webgl"


def remembered(bundle_id: str) -> str:
    """As after a survey that found WebGL the fastest for this bundle."""
    return (
        f"for (const key of ['last', '{bundle_id}']) localStorage.setItem(`dermsplit.backend.${{key}}`,"
        " JSON.stringify({ backend: 'webgl', browser: navigator.userAgent }));"
    )


def test_a_graphics_processor_that_computes_wrongly_is_not_used(
    graphics: Browser, server: str, photo: Path, features: str, default_bundle: Path
) -> None:
    """As one does that has half precision only: what it reads back is off, and the self-test finds out."""
    page = open_page(graphics, "about:blank")
    page.add_init_script(remembered(default_bundle.name))
    before_worker(
        page,
        "for (const name of ['readPixels', 'getBufferSubData']) { const own = WebGL2RenderingContext.prototype[name];"
        " WebGL2RenderingContext.prototype[name] = function (...all) { const found = own.apply(this, all);"
        " for (const given of all) if (given instanceof Float32Array)"
        " for (let i = 0; i < given.length; i++) given[i] += 3; return found; }; }",
    )
    page.goto(server)
    assert check(page, photo) == ("wasm", features)


def test_a_lost_webgl_context_is_made_up_for(
    graphics: Browser, server: str, photo: Path, features: str, default_bundle: Path
) -> None:
    page = open_page(graphics, "about:blank")
    page.add_init_script(remembered(default_bundle.name))
    before_worker(
        page,
        "const get = OffscreenCanvas.prototype.getContext; self.contexts = [];"
        "OffscreenCanvas.prototype.getContext = function (...all) { const made = get.apply(this, all);"
        " self.contexts.push(made); return made; }",
    )
    page.goto(server)
    assert check(page, photo)[0] == "webgl"
    page.get_by_test_id("another").click()
    head_worker(page).evaluate(
        "self.contexts.forEach((it) => it && it.getExtension && it.getExtension('WEBGL_lose_context')?.loseContext())"
    )
    expect(page.get_by_test_id("file-input")).to_be_attached()
    page.get_by_test_id("file-input").set_input_files(photo)
    expect_screen(page, "review")
    page.get_by_test_id("use-photo").click()
    assert result_of(page) == ("wasm", features)
