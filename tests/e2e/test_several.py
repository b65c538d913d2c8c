"""Up to three photos of one mole: one request, one answer."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from dermsplit_contract.bundle import GOLDEN_INPUT, open_bundle
from dermsplit_contract.wire import decode_request
from tests.process import COMMAND, free_port, serving

from .test_check import ANSWER_WITHIN_MS, answer, choose, open_page, plain_body, read


@pytest.fixture(scope="module")
def drawn_photo(default_bundle: Path) -> Path:
    return open_bundle(default_bundle).path(GOLDEN_INPUT)


def add(page: Page, photo: Path, count: int) -> None:
    page.get_by_test_id("add-photo").click()
    page.get_by_test_id("file-input").set_input_files(photo)
    expect(page.get_by_test_id("thumbnails").locator("button")).to_have_count(count, timeout=ANSWER_WITHIN_MS)


def test_three_photos_cross_in_one_request_and_agree(browser: Browser, server: str, drawn_photo: Path) -> None:
    page = open_page(browser, server)
    posts: list[Request] = []
    page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    choose(page, drawn_photo)
    add(page, drawn_photo, 2)
    add(page, drawn_photo, 3)
    expect(page.get_by_test_id("add-photo")).to_have_count(0)
    page.get_by_test_id("remove-photo").click()
    expect(page.get_by_test_id("thumbnails").locator("button")).to_have_count(2)
    add(page, drawn_photo, 3)
    answer(page)
    assert len(posts) == 1
    (features,) = decode_request(plain_body(posts[0]), int(posts[0].headers["inference-header-content-length"])).inputs
    assert features.data.shape[0] == 3
    assert (features.data[0] == features.data[1]).all()
    assert read(page, "together", "data-photos") == "3"
    assert read(page, "together", "data-suspicious") in ("0", "3")
    assert read(page, "answer", "data-decision") in ("suspicious", "not_suspicious")


def test_photos_that_do_not_agree_give_no_answer_but_the_worst(
    browser: Browser, server: str, drawn_photo: Path
) -> None:
    page = open_page(browser, server)

    def disagree(route: Route) -> None:
        reply = json.loads(route.fetch().body())
        outputs = {output["name"]: output for output in reply["outputs"]}
        outputs["probabilities"]["data"] = [0.99, 0.01, 0.25, 0.75]
        outputs["decisions"]["data"] = ["not_suspicious", "suspicious"]
        route.fulfill(json=reply)

    page.route("**/infer", disagree)
    choose(page, drawn_photo)
    add(page, drawn_photo, 2)
    assert answer(page) == 0.75
    assert read(page, "answer", "data-decision") == "mixed"
    expect(page.get_by_test_id("answer")).to_contain_text("We cannot tell: your photos do not agree.")
    assert read(page, "together", "data-suspicious") == "1"


def test_a_server_that_takes_fewer_photos_is_asked_for_no_more(
    browser: Browser, drawn_photo: Path, tmp_path: Path
) -> None:
    port = free_port()
    arguments = ("serve", "--port", str(port))
    with serving(COMMAND, *arguments, port=port, output=tmp_path / "log", DERMSPLIT_MAX_BATCH="2") as process:
        page = open_page(browser, process.url)
        page.wait_for_load_state("networkidle")
        choose(page, drawn_photo)
        add(page, drawn_photo, 2)
        expect(page.get_by_test_id("add-photo")).to_have_count(0)
        answer(page)
        assert read(page, "together", "data-photos") == "2"
