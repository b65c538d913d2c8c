"""What the page says where the network tells kinds of pictures apart, may be told more, or cannot tell."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Request, expect

from dermsplit_contract.bundle import Bundle, open_bundle
from dermsplit_contract.wire import LENGTH_HEADER, InferRequest, decode_reply, decode_request, encode_request

from .conftest import Serve
from .telling import AGE_SLOPE, DOMAINS, MALE_SHIFT, PREVALENCE, build_telling_bundle, draw_domain
from .test_check import answer, choose, open_page, plain_body, read

DOCTOR = "see a doctor whatever this says"


@pytest.fixture(scope="module")
def bundle_that_ships(default_bundle: Path) -> Bundle:
    return open_bundle(default_bundle)


@pytest.fixture(scope="module")
def telling(default_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return build_telling_bundle(default_bundle, tmp_path_factory.mktemp("telling") / "bundle")


@pytest.fixture(scope="module")
def telling_server(telling: Bundle, serve: Serve) -> Iterator[str]:
    """URL of a server with a bundle that tells domains apart and takes metadata."""
    with serve("--bundles", str(telling.directory)) as process:
        yield process.url


@pytest.fixture(scope="module")
def photos(telling: Bundle, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One drawn photo of each domain."""
    folder = tmp_path_factory.mktemp("photos")
    for domain in DOMAINS:
        draw_domain(domain, telling.manifest.input.size).save(folder / f"{domain}.png")
    return {domain: folder / f"{domain}.png" for domain in DOMAINS}


def log_odds(probability: float) -> float:
    return float(np.log(probability / (1 - probability)))


def posts_of(page: Page) -> list[Request]:
    """Every POST of the page from now on, in a list that grows."""
    posts: list[Request] = []
    page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    return posts


def asked_in(request: Request) -> InferRequest:
    return decode_request(plain_body(request), int(request.headers[LENGTH_HEADER.lower()]))


@pytest.mark.parametrize("domain", ["phone", "dermoscopic"])
def test_the_answer_is_told_for_its_kind_of_picture(
    browser: Browser, telling_server: str, photos: dict[str, Path], telling: Bundle, domain: str
) -> None:
    page = open_page(browser, telling_server)
    choose(page, photos[domain])
    answer(page)
    assert read(page, "domain", "data-domain") == domain
    assert [test.get_attribute("data-domain") for test in page.locator(".test").all()] == [domain]
    (shown,) = (
        evaluation
        for evaluation in telling.manifest.evaluations
        if (evaluation.domain, evaluation.part, evaluation.model) == (domain, "test", "network")
    )
    found = shown.operating_results[0].sensitivity
    expect(page.locator(".test")).to_contain_text(
        f"of 100 malignant ones it pointed out {found.value * 100:.0f} "
        f"(probably {found.low * 100:.0f} to {found.high * 100:.0f})"
    )
    share = {"phone": "about 45% were malignant", "dermoscopic": "about one in five was malignant"}[domain]
    expect(page.get_by_test_id("prevalence")).to_contain_text(share)


def test_of_a_picture_that_is_no_mole_nothing_is_told(
    browser: Browser, telling_server: str, photos: dict[str, Path]
) -> None:
    page = open_page(browser, telling_server)
    choose(page, photos["neither"])
    page.get_by_test_id("use-photo").click()
    heading = page.get_by_test_id("answer")
    expect(heading).to_have_text("We cannot tell from this photo.", timeout=60_000)
    assert heading.get_attribute("data-decision") == "cannot_tell"
    for test_id in ("p-malignant", "p-benign", "prevalence", "assume"):
        expect(page.get_by_test_id(test_id)).to_have_count(0)
    expect(page.locator("svg.probabilities")).to_have_count(0)
    told = page.locator("main").inner_text()
    assert DOCTOR in told
    assert "benign" not in told.lower()
    assert "Nothing suspicious" not in told
    page.get_by_test_id("another").click()
    expect(page.locator("[data-screen]")).not_to_have_attribute("data-screen", "result")


def test_a_camera_photo_that_reads_as_a_skin_lens_picture_says_so(
    browser: Browser, telling_server: str, photos: dict[str, Path]
) -> None:
    page = open_page(browser, telling_server)
    page.get_by_test_id("check-button").click()
    page.get_by_test_id("camera-app-input").set_input_files(photos["dermoscopic"])
    answer(page)
    expect(page.locator(".note[data-testid=domain]")).to_contain_text("skin lens")


def test_a_rarer_disease_is_shown_as_the_server_would(
    browser: Browser, telling_server: str, photos: dict[str, Path], telling: Bundle
) -> None:
    page = open_page(browser, telling_server)
    posts = posts_of(page)
    choose(page, photos["phone"])
    malignant = answer(page)
    page.get_by_test_id("assume").locator("summary").click()
    expect(page.get_by_test_id("p-shifted")).to_have_count(0)
    page.get_by_test_id("assume-prevalence").select_option("50")
    shifted = float(read(page, "p-shifted", "data-value"))
    by_hand = log_odds(malignant) + log_odds(1 / 50) - log_odds(PREVALENCE["phone"])
    assert log_odds(shifted) == pytest.approx(by_hand, abs=1e-6)
    told = InferRequest(asked_in(posts[0]).inputs, parameters={"prevalence": 1 / 50})
    body, headers = encode_request(told)
    reply = httpx.post(posts[0].url, content=body, headers=headers).raise_for_status()
    output = decode_reply(reply.content, None).output("shifted_probabilities")
    assert output is not None
    assert shifted == pytest.approx(float(output.data[0, telling.manifest.malignant_indices].sum()), abs=1e-5)
    assert float(read(page, "p-malignant", "data-value")) == malignant


def test_what_is_told_is_sent_and_shown_to_the_number(
    browser: Browser, telling_server: str, photos: dict[str, Path]
) -> None:
    page = open_page(browser, telling_server)
    posts = posts_of(page)
    choose(page, photos["phone"])
    untold = answer(page)
    assert [tensor.name for tensor in asked_in(posts[0]).inputs] == ["features"]
    page.get_by_test_id("another").click()
    page.get_by_test_id("file-input").set_input_files(photos["phone"])
    page.get_by_test_id("tell").locator("summary").click()
    page.get_by_test_id("tell-age").fill("50")
    page.get_by_test_id("tell-sex").select_option("male")
    page.get_by_test_id("tell-site").select_option("trunk")
    told = answer(page)
    assert log_odds(told) == pytest.approx(log_odds(untold) + AGE_SLOPE * 0.5 + MALE_SHIFT, abs=1e-3)
    features, metadata = asked_in(posts[1]).inputs
    np.testing.assert_array_equal(features.data, asked_in(posts[0]).inputs[0].data)
    assert (metadata.name, metadata.datatype) == ("metadata", "FP32")
    np.testing.assert_array_equal(metadata.data, np.float32([[0.5, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]]))
    page.get_by_test_id("details-button").click()
    expect(page.get_by_test_id("told-numbers")).to_have_text("0.5 1 0 1 0 1 0 0 0 0 0 0")
    expect(page.get_by_test_id("told")).to_contain_text("chest, back or belly")
    # All that is remembered is which back end the device runs best.
    remembered = json.loads(page.evaluate("JSON.stringify(localStorage)"))
    assert all(name.startswith("dermsplit.backend.") for name in remembered)


def test_an_age_that_is_none_is_not_sent(browser: Browser, telling_server: str, photos: dict[str, Path]) -> None:
    page = open_page(browser, telling_server)
    posts = posts_of(page)
    choose(page, photos["phone"])
    page.get_by_test_id("tell").locator("summary").click()
    page.get_by_test_id("tell-age").fill("500")
    expect(page.get_by_text("This age is not sent.")).to_be_visible()
    answer(page)
    assert [tensor.name for tensor in asked_in(posts[0]).inputs] == ["features"]


def test_a_bundle_that_metadata_does_not_help_asks_for_none(
    browser: Browser, server: str, bundle_that_ships: Bundle, photos: dict[str, Path]
) -> None:
    metadata = bundle_that_ships.manifest.metadata
    page = open_page(browser, server)
    choose(page, photos["phone"])
    expect(page.get_by_test_id("tell")).to_have_count(1 if metadata is not None and metadata.helps else 0)


WHATEVER = {
    "en-GB": "see a doctor whatever this says",
    "ko-KR": "결과와 관계없이 진료를 받으세요",
}


@pytest.mark.parametrize("locale", sorted(WHATEVER))
def test_a_result_says_all_that_it_must_in_both_languages(
    browser: Browser, telling_server: str, photos: dict[str, Path], locale: str
) -> None:
    page = open_page(browser, telling_server, locale=locale)
    choose(page, photos["phone"])
    malignant = answer(page)
    counted = page.get_by_test_id("frequency").inner_text()
    assert "100" in counted
    assert f"{malignant * 100:.0f}" in counted
    expect(page.locator("svg.probabilities")).to_be_visible()
    expect(page.get_by_test_id("prevalence")).to_be_visible()
    expect(page.locator(".test li")).to_have_count(3)
    letters = page.locator(".abcde .letter")
    assert letters.all_inner_texts() == ["A", "B", "C", "D", "E"]
    expect(page.locator("main")).to_contain_text(WHATEVER[locale])
    expect(page.locator("main")).to_contain_text({"en-GB": "not a diagnosis", "ko-KR": "진단이 아닙니다"}[locale])
