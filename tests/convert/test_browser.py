"""Chromium and the built page, as for the end-to-end tests."""

import os
import shutil
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from dermsplit_contract.bundle import Bundle
from dermsplit_contract.errors import MissingExtra, UsageError, VerificationFailed
from dermsplit_convert.browser import chromium as starting
from dermsplit_convert.browser.check import BackendCheck, compare_features, require_browser, verify_browser
from dermsplit_convert.browser.site import Beside, find_page, find_worker, serving
from dermsplit_convert.browser.table import browser_table
from dermsplit_convert.golden import draw_lesion

from . import tiny


@pytest.fixture(scope="module")
def drawn() -> Any:
    """Pictures, uint8 [40, S, S, 3]."""
    return np.stack([draw_lesion(tiny.SIZE, 500 + seed) for seed in range(40)])


@pytest.fixture(scope="session")
def page() -> Path:
    """The built page, where there is a Chromium to run it. In CI both must be there."""
    missing = None
    if not any(shutil.which(name) for name in starting.NAMES):
        missing = "no Chromium: install the package chromium, or run `make browser` as root"
    try:
        built = find_page()
    except UsageError as error:
        missing = str(error)
    if missing and os.environ.get("CI"):
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)
    return built


def test_the_pages_worker_gives_what_keras_gives(tiny_converted: Bundle, page: Path, drawn: Any) -> None:
    wasm, none = verify_browser(tiny_converted, drawn[:6], ("wasm", "abacus"), page)
    assert (wasm.backend, wasm.error, wasm.images, wasm.passed) == ("wasm", None, 6, True)
    assert wasm.golden_difference is not None
    assert wasm.golden_difference <= 1
    assert wasm.features_difference is not None
    assert wasm.features_difference <= 1
    assert wasm.probability_difference is not None
    assert wasm.probability_difference < 0.02
    assert none.error is not None
    assert "abacus" in none.error
    assert none.passed is None
    require_browser([wasm, none])
    console = Console(width=200, record=True, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    console.print(browser_table(tiny_converted.manifest, "6 drawn pictures", [wasm, none]))
    text = console.export_text()
    assert "passed" in text
    assert "not run: " in text


def test_a_head_in_whole_numbers_is_the_same_in_the_page(tiny_int8: Bundle, page: Path, drawn: Any) -> None:
    (wasm,) = verify_browser(tiny_int8, drawn[:6], ("wasm",), page)
    assert (wasm.error, wasm.passed, wasm.flips) == (None, True, 0)
    assert wasm.golden_difference is not None
    assert wasm.golden_difference <= 1
    assert wasm.probability_difference is not None
    assert wasm.probability_difference < 0.02


def test_another_head_is_refused_by_the_workers_self_test(
    tiny_converted: Bundle, page: Path, drawn: Any, tmp_path: Path
) -> None:
    shutil.copytree(tiny_converted.directory, tmp_path / "bundle")
    spoilt = Bundle(tmp_path / "bundle", tiny_converted.manifest)
    golden = spoilt.path("golden/features.bin")
    golden.write_bytes(bytes(255 - byte for byte in golden.read_bytes()))
    (check,) = verify_browser(spoilt, drawn[:1], ("wasm",), page)
    assert check.error is not None
    assert "golden features are off" in check.error
    with pytest.raises(VerificationFailed, match="none did: wasm: "):
        require_browser([check])


def test_only_listed_files_are_served(tiny_converted: Bundle, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("page")
    with serving(tmp_path, tiny_converted) as address:
        assert urllib.request.urlopen(f"{address}index.html").read() == b"page"
        assert b"Comlink" in urllib.request.urlopen(f"{address}harness.html").read()
        model = urllib.request.urlopen(f"{address}bundle/head/model.json").read()
        assert model == tiny_converted.path("head/model.json").read_bytes()
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{address}bundle/../../run/run.json")
        assert refused.value.code == 404
        refused.value.close()


def test_folders_beside_the_page_are_served_with_headers_and_noted(tiny_converted: Bundle, tmp_path: Path) -> None:
    for name in ("page", "beside"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.mjs").write_text(name)
    beside = Beside({"npm/": tmp_path / "beside"}, {"Cross-Origin-Opener-Policy": "same-origin"})
    with serving(tmp_path / "page", tiny_converted, beside) as address:
        with urllib.request.urlopen(f"{address}npm/a.mjs") as answer:
            assert answer.read() == b"beside"
            assert answer.headers["Content-Type"] == "text/javascript"
            assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert urllib.request.urlopen(f"{address}a.mjs").read() == b"page"
        for outside in ("npm/../page/a.mjs", "npm/b.mjs"):
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(f"{address}{outside}")
            assert refused.value.code == 404
            refused.value.close()
    assert set(beside.fetched) == {"npm/a.mjs", "a.mjs"}


def test_the_worker_is_found_by_how_the_page_starts_it(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "index-1.js").write_text("x=new Worker(new URL(new URL(`head-2.js`,import.meta.url).href))")
    with pytest.raises(UsageError, match="make page"):
        find_worker(tmp_path)
    (tmp_path / "assets" / "head-2.js").write_text("")
    assert find_worker(tmp_path) == "assets/head-2.js"


def test_without_chromium_it_says_so(
    tiny_converted: Bundle, drawn: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "head-2.js").write_text("new Worker(`head-2.js`)")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingExtra, match="Install chromium"):
        verify_browser(tiny_converted, drawn, page=tmp_path)


def test_features_are_compared_in_levels_or_in_shares_of_the_largest() -> None:
    whole = np.array([[0, 10, 20, 30]], np.uint8)
    assert compare_features(whole + np.array([[0, 0, 1, 0]], np.uint8), whole) == (1.0, 0.25)
    floats = np.array([[0.0, -4.0]], np.float32)
    assert compare_features(np.array([[0.5, -4.0]], np.float32), floats) == (0.125, 0.5)


def test_a_back_end_that_differs_fails() -> None:
    good = BackendCheck("wasm", None, 5, 0.0, 1.0, 0.001, 1e-4, 0, 10.0, True)
    bad = BackendCheck("webgl", None, 5, 0.0, 2.0, 0.5, 0.3, 2, 10.0, False)
    require_browser([good])
    with pytest.raises(VerificationFailed, match="webgl: the head differs from Keras by 2 in features"):
        require_browser([good, bad])
