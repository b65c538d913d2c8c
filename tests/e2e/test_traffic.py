"""All traffic of a check, as the browser tells it: the page, the bundle and one block of features."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dermsplit_contract.bundle import Bundle, open_bundle
from dermsplit_contract.wire import decode_request

from .telling import draw_domain
from .test_check import ANSWER_WITHIN_MS, PHONE, answer, choose, plain_body, read

CANARY = b"taken at home by nobody"
"""In the photo's file, beside the pixels."""

PAGE_FILE = re.compile(r"/(|assets/[\w.-]+|icon\.svg|icons/[\w.-]+|manifest\.webmanifest|service-worker\.js)")
BODILESS = ("Network.webSocketCreated", "Network.webTransportCreated", "Network.directTCPSocketCreated")


@dataclass
class Traffic:
    """What one page and its workers asked for."""

    requests: list[dict[str, Any]] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """Hear of every request and every socket of the page, with the headers that went over the network."""
        session = page.context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", lambda event: self.requests.append(event["request"]))
        for name in BODILESS:
            session.on(name, lambda _, name=name: self.others.append(name))
        session.send("Network.enable")
        # Workers have networks of their own.
        page.context.on("request", lambda request: self.requests.append({"url": request.url, "method": request.method}))

    def sent(self) -> list[dict[str, Any]]:
        """Those that could carry anything."""
        return [request for request in self.requests if request["method"] != "GET" or request.get("hasPostData")]


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=PHONE, locale="en-GB")
    yield context
    context.close()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo whose file says more than its pixels do."""
    path = tmp_path / "mole.jpg"
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    draw_domain("phone", 640).save(path, exif=exif, comment=CANARY)
    assert CANARY in path.read_bytes()
    return path


@pytest.fixture(scope="module")
def bundle(default_bundle: Path) -> Bundle:
    return open_bundle(default_bundle)


def is_known(url: str, server: str, bundle: Bundle) -> bool:
    """Whether an address is of the page, of the bundle's public files and metadata, or of the request with features."""
    if url.startswith(f"blob:{server}/"):
        return True
    parts = urlsplit(url)
    if f"{parts.scheme}://{parts.netloc}" != server or parts.query or parts.fragment:
        return False
    name, manifest = bundle.manifest.name, bundle.manifest
    public = {f"/bundles/{manifest.id}/{file}" for file, entry in manifest.files.items() if entry.public}
    known = public | {"/bundles", f"/bundles/{manifest.id}/manifest.json"}
    known |= {f"/v2/models/{name}/versions/{manifest.id}{ending}" for ending in ("", "/infer")}
    return parts.path in known or PAGE_FILE.fullmatch(parts.path) is not None


def test_a_check_sends_the_features_and_nothing_else(
    context: BrowserContext, server: str, photo: Path, bundle: Bundle
) -> None:
    page = context.new_page()
    traffic = Traffic()
    traffic.listen(page)
    page.goto(server)
    posts: list[Any] = []
    page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    choose(page, photo)
    answer(page)
    page.get_by_test_id("details-button").click()
    expect(page.get_by_test_id("tiles")).to_have_count(1, timeout=ANSWER_WITHIN_MS)
    assert len(traffic.requests) > 5
    strangers = [request["url"] for request in traffic.requests if not is_known(request["url"], server, bundle)]
    assert strangers == []
    assert traffic.others == []
    # Once by the page's network layer, once by the context's listener.
    assert {(request["method"], urlsplit(request["url"]).path) for request in traffic.sent()} == {
        ("POST", f"/v2/models/{bundle.manifest.name}/versions/{bundle.manifest.id}/infer")
    }
    (post,) = posts
    headers = {name.lower() for name in post.all_headers()}
    assert not headers & {"cookie", "authorization", "referer"}
    (tensor,) = decode_request(plain_body(post), int(post.headers["inference-header-content-length"])).inputs
    assert tensor.name == bundle.manifest.features.name
    assert list(tensor.data.shape) == [1, *bundle.manifest.features.shape]
    page.get_by_test_id("details-back").click()
    expect(page.locator("article")).to_have_attribute(
        "data-features-sha256", hashlib.sha256(tensor.data.tobytes()).hexdigest()
    )
    for body in (post.post_data_buffer, plain_body(post)):
        assert CANARY not in body
        assert len(body) < 0.2 * photo.stat().st_size


def test_a_dry_run_sends_nothing_at_all(context: BrowserContext, server: str, photo: Path, bundle: Bundle) -> None:
    page = context.new_page()
    traffic = Traffic()
    traffic.listen(page)
    page.goto(server)
    page.evaluate("localStorage.setItem('dermsplit.mode', 'dry')")
    choose(page, photo)
    page.get_by_test_id("use-photo").click()
    expect(page.locator("[data-screen]")).to_have_attribute("data-screen", "unsent", timeout=ANSWER_WITHIN_MS)
    assert traffic.sent() == []
    assert all(is_known(request["url"], server, bundle) for request in traffic.requests)
    assert int(read(page, "bytes-sent", "data-value")) > 0
