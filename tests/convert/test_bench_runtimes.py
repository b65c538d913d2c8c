"""The head under several runtimes, in Chromium: TF.js in the page's own worker, and rivals of a few lines.

LiteRT.js and onnxruntime-web are a hundred megabytes to download, and left to the command.
"""

import csv
import gzip
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from dermsplit_contract.bundle import Bundle
from dermsplit_contract.errors import BundleMissing, UsageError
from dermsplit_convert.bench_runtimes.answer import Answer, judge
from dermsplit_convert.bench_runtimes.contenders import (
    APPS,
    BUNDLED,
    LITERT,
    ONNX,
    REFERENCE,
    RIVALS,
    Contender,
    Runtime,
    all_contenders,
    require_backends,
)
from dermsplit_convert.bench_runtimes.install import CONVERTER, install_npm, make_onnx, why_npm
from dermsplit_convert.bench_runtimes.measure import RuntimesOrder, bench_runtimes
from dermsplit_convert.bench_runtimes.report import NAME, RuntimesReport, write_report
from dermsplit_convert.bench_runtimes.row import Row, Visit, build_row, wire_bytes
from dermsplit_convert.bench_serve.environments import note_packages
from dermsplit_convert.bench_serve.failure import ContenderFailed
from dermsplit_convert.browser import chromium as starting
from dermsplit_convert.browser.site import find_page
from dermsplit_convert.cli import commands

GOLDEN = """
    export async function loadHead({ threads, model }) {
      if ((await fetch(model)).status !== 200) throw new Error("no model");
      const golden = await (await fetch(new URL("../bundle/golden/features.bin", import.meta.url))).arrayBuffer();
      return async (values, size) => {
        if (values.length !== size * size * 3) throw new Error("no picture");
        return Float32Array.from(new Uint8Array(golden), (value) => CHANGED);
      };
    }
"""
SCRIPTS = {
    "right.js": GOLDEN.replace("CHANGED", "value"),
    "wrong.js": GOLDEN.replace("CHANGED", "value < 128 ? value + 3 : value - 3"),
    "short.js": "export const loadHead = async () => async () => new Float32Array(3);",
    "broken.js": "export async function loadHead() { throw new Error('no kernel for Softsign'); }",
}


@pytest.fixture(scope="module")
def rows(tiny_converted: Bundle, tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    """Of two rounds. In CI, Chromium and the built page must be there."""
    try:
        find_page()
        missing = None if any(map(shutil.which, starting.NAMES)) else "no Chromium: install the package chromium"
    except UsageError as error:
        missing = str(error)
    if missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    place, apps = tmp_path_factory.mktemp("npm"), tmp_path_factory.mktemp("apps")
    shutil.copy(APPS / "rival.html", apps)
    contenders = [REFERENCE]
    for name, script in SCRIPTS.items():
        (apps / name).write_text(script)
        (place / name).mkdir()
        note_packages(place / name, ["made"])
        contenders.append(Contender(Runtime(name, name, name, "made", BUNDLED), "wasm"))
    none = Runtime("none", "right.js", "none", "no package!", BUNDLED)
    order = RuntimesOrder(tiny_converted.directory, place, 2, [*contenders, Contender(none, "wasm", 2)], apps)
    bundle, browser, found = bench_runtimes(order, str)
    assert bundle.manifest.id == tiny_converted.manifest.id
    assert int(browser.partition(".")[0]) > 100
    return found


def test_the_page_s_worker_is_what_the_others_are_held_against(rows: list[Row]) -> None:
    own, right = rows[:2]
    assert own.contender == REFERENCE
    assert own.answer is not None
    assert own.answer.right
    assert own.ratio is not None
    assert (own.ratio.low, own.ratio.median, own.ratio.high) == (1, 1, 1)
    assert own.cold_ms is not None
    assert own.warm_ms is not None
    assert own.cold_ms.low > own.warm_ms.low > 0
    assert own.runtime_bytes is not None
    assert own.runtime_bytes > 100_000
    assert right.answer == Answer(0, 0)
    assert right.ratio is not None
    assert 0 < right.ratio.low <= right.ratio.median <= right.ratio.high
    assert right.runtime_bytes == 0


def test_a_wrong_answer_is_said_to_be_wrong_and_not_timed(rows: list[Row]) -> None:
    wrong = next(row for row in rows if row.contender.name == "wrong.js")
    assert wrong.answer == Answer(0, 1)
    assert wrong.as_json()["right"] is False
    assert (wrong.error, wrong.cold_ms, wrong.warm_ms, wrong.ratio) == (None, None, None, None)


def test_one_that_fails_is_a_line(rows: list[Row]) -> None:
    errors = {row.contender.name: row.error or "" for row in rows if row.error}
    assert set(errors) == {"short.js", "broken.js", "none"}
    assert "no kernel for Softsign" in errors["broken.js"]
    assert "got 3" in errors["short.js"]
    assert errors["none"].startswith("not installed: ")
    assert not any("\n" in error for error in errors.values())


def test_the_report_tells_the_rows(rows: list[Row], tiny_converted: Bundle, tmp_path: Path) -> None:
    report = RuntimesReport(tiny_converted.manifest, "156", 2, rows)
    write_report(report, tmp_path)
    told = json.loads((tmp_path / f"{NAME}.json").read_text())
    assert (told["bundle"], told["browser"], told["rounds"]) == (tiny_converted.manifest.id, "156", 2)
    assert [row["right"] for row in told["rows"]] == [True, True, False, None, None, None]
    words = (tmp_path / f"{NAME}.md").read_text()
    assert "| wrong.js | wasm | 1 | WRONG: 0.0% off by 1, 100.0% further |  |  |  | 0 |" in words
    assert "- none on wasm, 2 threads did not run: not installed: " in words
    with (tmp_path / f"{NAME}.csv").open() as file:
        flat = list(csv.DictReader(file))
    assert [row["runtime"] for row in flat] == [row.contender.name for row in rows]
    assert (flat[0]["ratio_median"], flat[2]["ratio_median"], flat[2]["further_off"]) == ("1.0", "", "1.0")


def test_golden_features_may_be_off_as_in_the_page() -> None:
    whole = np.full((1, 100), 7, np.uint8)
    off = whole.copy()
    off[0, :2] = 8
    assert judge(off, whole) == Answer(0.02, 0)
    assert judge(off, whole).right
    off[0, 2] = 6
    assert not judge(off, whole).right
    off[0, :3] = (7, 7, 9)
    assert judge(off, whole) == Answer(0, 0.01)
    assert not judge(off, whole).right
    floats = np.array([[0.0, -4.0]], np.float32)
    assert judge(floats + np.float32(0.003), floats).right
    assert judge(floats + np.float32(0.005), floats) == Answer(0, 1)
    assert judge(np.array([[np.nan, -4.0]], np.float32), floats) == Answer(0, 0.5)


def test_ratios_are_of_the_same_round(tmp_path: Path) -> None:
    files = {"npm/a.wasm": b"a" * 900, "bundle/head.tflite": b"b" * 800, "made/head.onnx": b"c", "rival.html": b"d"}
    fetched = {}
    for place, (name, content) in enumerate(files.items()):
        fetched[name] = tmp_path / str(place)
        fetched[name].write_bytes(content)
    sizes = [len(gzip.compress(content, 9, mtime=0)) for content in files.values()]
    assert wire_bytes(fetched) == (sizes[0], sizes[1] + sizes[2])
    visits, reference = {0: Visit(9, 4), 1: Visit(7, 6), 2: Visit(8, 5)}, {0: Visit(1, 8), 2: Visit(1, 2)}
    row = build_row(Contender(LITERT, "wasm"), Answer(0.01, 0), visits, reference, fetched)
    assert row.ratio is not None
    assert (row.ratio.low, row.ratio.median, row.ratio.high) == (0.5, 1.5, 2.5)
    assert row.warm_ms is not None
    assert row.warm_ms.median == 5


def test_every_runtime_is_asked_on_what_it_has() -> None:
    said = [one.said for one in all_contenders(threads=3)]
    assert said[:3] == ["TF.js on wasm", "TF.js on webgl", "TF.js on webgpu"]
    assert said[3:6] == ["LiteRT.js on wasm", "LiteRT.js on wasm, 3 threads", "LiteRT.js on webgpu"]
    assert len(all_contenders(threads=1)) == 7
    assert {one.backend for one in all_contenders(("webgl",))} == {"wasm", "webgl"}
    assert all(rival.package.rpartition("@")[2].count(".") == 2 for rival in RIVALS)
    assert ONNX in {rival.model for rival in RIVALS}
    with pytest.raises(UsageError, match="got 'abacus'"):
        require_backends(["abacus"])
    missing = CliRunner().invoke(commands, ["bench", "runtimes", "nowhere"])
    assert isinstance(missing.exception, BundleMissing)


def test_what_npm_says_is_a_line_without_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = (
        "npm error code E404\nnpm error 404 Not Found - GET https://host/a - gone\nnpm error A complete log of it\n"
    )
    assert why_npm(printed) == "404 Not Found - GET - gone"
    assert why_npm("spawn failed\n") == "spawn failed"
    note_packages(tmp_path, ["a@1.0.0"])
    install_npm(tmp_path, "a@1.0.0")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ContenderFailed, match="npm is not on the path"):
        install_npm(tmp_path, "a@2.0.0")


def test_without_a_converter_it_is_a_line(tiny_converted: Bundle, tmp_path: Path) -> None:
    """The folder says that it holds the converter, and holds none."""
    (tmp_path / "tf2onnx").mkdir()
    note_packages(tmp_path / "tf2onnx", CONVERTER)
    with pytest.raises(ContenderFailed, match=r"tf2onnx does not convert the head: .*No module named"):
        make_onnx(tiny_converted, tmp_path / "head.onnx", tmp_path)
