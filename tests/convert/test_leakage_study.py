import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from dermsplit_contract.bundle import open_bundle, seal_bundle
from dermsplit_contract.errors import DermsplitError, IllegalCut, UnknownLayer, UnsupportedModel, UsageError
from dermsplit_contract.manifest import Manifest
from dermsplit_contract.measures import LeakageResult
from dermsplit_convert.cut_search.measured import read_measured
from dermsplit_convert.leakage.coding import Wanted
from dermsplit_convert.leakage.commands import commands
from dermsplit_convert.leakage.document import LeakageReport
from dermsplit_convert.leakage.study import LeakageOrder, measure_leakage

from . import leaking


@pytest.fixture(scope="module")
def order(tmp_path_factory: pytest.TempPathFactory) -> LeakageOrder:
    place = tmp_path_factory.mktemp("leaking")
    leaking.draw_data(place / "data")
    split = leaking.write_rows(place / "split.csv", leaking.split_rows())
    bundle = leaking.build_bundle(place / "bundle")
    cuts = (Wanted(leaking.EARLIER, None), Wanted(leaking.CUT, 2))
    return LeakageOrder(bundle, split, place / "data", place / "out", 120, 3, cuts)


@pytest.fixture(scope="module")
def report(order: LeakageOrder) -> LeakageReport:
    return measure_leakage(order, lambda _: None)


def _ssim(result: LeakageResult) -> dict[str, float]:
    return {one.name: one.ssim.value for one in result.rebuilt}


def test_what_leaks_is_ordered_as_it_must_be(report: LeakageReport) -> None:
    own, earlier, coarse = (one.result for one in report.attacked)
    assert [(one.cut, one.datatype, one.levels) for one in (own, earlier, coarse)] == [
        (leaking.CUT, "UINT8", 256),
        (leaking.EARLIER, "FP32", None),
        (leaking.CUT, "UINT8", 2),
    ]
    assert (own.item_bytes, earlier.item_bytes, coarse.item_bytes) == (8 * 8 * 16, 16 * 16 * 8 * 4, 8 * 8 * 16)
    assert coarse.gzip_bytes < own.gzip_bytes
    assert (own.side, own.training_images, own.images, own.groups) == (32, 120, 24, 12)
    likeness = [_ssim(one) for one in (own, earlier, coarse)]
    assert list(likeness[0]) == ["ridge", "decoder", "mean_picture", "nearest_picture"]
    assert likeness[0]["ridge"] > likeness[0]["mean_picture"]
    assert likeness[0]["ridge"] > likeness[2]["ridge"]
    assert likeness[0]["nearest_picture"] == likeness[1]["nearest_picture"]
    assert own.rebuilt[0].psnr.low > max(one.psnr.value for one in own.rebuilt if one.baseline)


def test_photos_are_recognised_among_all(report: LeakageReport) -> None:
    photo, lesion = report.attacked[0].result.ranks
    assert (photo.looked_for, photo.asked, photo.among, photo.chance_1) == ("same_photo", 24, 24, 1 / 24)
    assert photo.rank_1.low > 0.3
    assert (lesion.looked_for, lesion.asked, lesion.among) == ("same_lesion", 24, 23)
    assert lesion.chance_5 == pytest.approx(5 / 23)


def test_every_decoder_says_whether_it_trained(report: LeakageReport) -> None:
    assert len(report.notes) == 3
    assert all("beats the ridge" in note or "does not beat the ridge" in note for note in report.notes)


def test_the_files_say_what_the_report_says(order: LeakageOrder, report: LeakageReport) -> None:
    assert json.loads((order.out / "leakage.json").read_text()) == report.as_json()
    summary = LeakageResult.model_validate_json((order.out / "summary.json").read_text())
    assert summary == report.attacked[0].result
    with (order.out / "leakage.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    ridge = next(row for row in rows if (row["what"], row["measure"]) == ("ridge", "ssim"))
    assert float(ridge["value"]) == _ssim(summary)["ridge"]
    assert (order.out / "leakage.md").read_text() == report.markdown()
    assert report.markdown().count("| ridge regression |") == 3
    layers = [leaking.EARLIER, leaking.CUT]
    highest = read_measured(order.out / "measured.json", layers)
    best = max(_ssim(one.result)[name] for one in report.attacked[::2] for name in ("ridge", "decoder"))
    assert highest[leaking.CUT].leakage == round(best, 4)
    for name in ("gallery.png", "frontier.png"):
        with Image.open(order.out / name) as picture:
            assert min(picture.size) > 400


def test_the_summary_fits_the_manifest(report: LeakageReport) -> None:
    fields = {**report.manifest.model_dump(), "leakage": report.attacked[0].result.model_dump()}
    assert Manifest.model_validate(fields).leakage == report.attacked[0].result
    assert report.manifest.leakage is None


def test_a_stopped_study_goes_on(order: LeakageOrder, report: LeakageReport) -> None:
    again = replace(order, cuts=())
    (decoder,) = (path for path in (order.out / "decoders").iterdir() if path.name.startswith("second-256"))
    before = (decoder / "best.keras").stat().st_mtime_ns
    steps: list[str] = []
    found = measure_leakage(again, steps.append)
    assert found.attacked[0].result == report.attacked[0].result
    assert (decoder / "best.keras").stat().st_mtime_ns == before
    assert not any("epoch 1" in step for step in steps)


def test_the_command_prints_the_figures(order: LeakageOrder) -> None:
    given = [str(order.bundle), "--data", str(order.data), "--out", str(order.out / "plain"), "--images", "120"]
    run = CliRunner().invoke(commands, [*given, "--split", str(order.split), "--epochs", "0", "--json"])
    assert run.exit_code == 0, run.output
    (coding,) = json.loads(run.stdout)["codings"]
    assert [one["name"] for one in coding["rebuilt"]] == ["ridge", "mean_picture", "nearest_picture"]
    neither = CliRunner().invoke(commands, given)
    assert isinstance(neither.exception, UsageError)


@pytest.mark.parametrize(
    ("cut", "error"), [("nowhere", UnknownLayer), ("logits", IllegalCut)], ids=["unknown", "illegal"]
)
def test_other_cuts_must_be_legal(order: LeakageOrder, cut: str, error: type[DermsplitError]) -> None:
    with pytest.raises(error):
        measure_leakage(replace(order, cuts=(Wanted(cut, None),)), lambda _: None)


def test_a_bundle_without_a_head_for_keras_is_refused(order: LeakageOrder, tmp_path: Path) -> None:
    opened = open_bundle(order.bundle)
    (tmp_path / "tail.keras").write_bytes(opened.path("tail.keras").read_bytes())
    seal_bundle(tmp_path, opened.manifest.model_dump(mode="json", exclude={"id", "files"}), set())
    with pytest.raises(UnsupportedModel, match=r"has no whole\.keras, so it holds no head that Keras can run"):
        measure_leakage(replace(order, bundle=tmp_path), lambda _: None)


def test_features_are_attacked_as_they_are_sent(report: LeakageReport) -> None:
    own = report.attacked[0].pictures["ridge"]
    assert own.shape == (24, 32, 32, 3)
    assert 0.0 <= own.min() <= own.max() <= 1.0
    assert not np.array_equal(own, report.attacked[2].pictures["ridge"])
