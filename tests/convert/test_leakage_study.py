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
from dermsplit_convert.leakage.coding import Wanted, load_whole, own_coding
from dermsplit_convert.leakage.commands import commands
from dermsplit_convert.leakage.document import LeakageReport
from dermsplit_convert.leakage.record import read_record, summary_of
from dermsplit_convert.leakage.study import LeakageOrder, measure_leakage

from . import leaking


@pytest.fixture(scope="module")
def order(tmp_path_factory: pytest.TempPathFactory) -> LeakageOrder:
    place = tmp_path_factory.mktemp("leaking")
    leaking.draw_data(place / "data")
    split = leaking.write_rows(place / "split.csv", leaking.split_rows())
    bundle = leaking.build_bundle(place / "bundle")
    predictions = leaking.write_rows(place / "predictions.csv", leaking.prediction_rows())
    cuts = (Wanted(leaking.EARLIER, None), Wanted(leaking.CUT, 2), Wanted(leaking.CUT, 256, 1.0))
    return LeakageOrder(bundle, split, place / "data", place / "out", 120, 3, cuts, 3, 60, predictions)


@pytest.fixture(scope="module")
def report(order: LeakageOrder) -> LeakageReport:
    return measure_leakage(order, lambda _: None)


def _ssim(result: LeakageResult) -> dict[str, float]:
    return {one.name: one.ssim.value for one in result.rebuilt}


def test_what_leaks_is_ordered_as_it_must_be(report: LeakageReport) -> None:
    own, earlier, coarse, noisy = (one.result for one in report.attacked)
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
    assert likeness[0]["ridge"] > _ssim(noisy)["ridge"]
    assert report.attacked[3].coding == "256 levels, noise 1"
    assert likeness[0]["nearest_picture"] == likeness[1]["nearest_picture"]
    assert own.rebuilt[0].psnr.low > max(one.psnr.value for one in own.rebuilt if one.baseline)


def test_photos_are_recognised_among_all(report: LeakageReport) -> None:
    photo, lesion = report.attacked[0].result.ranks
    assert (photo.looked_for, photo.asked, photo.among, photo.chance_1) == ("same_photo", 24, 24, 1 / 24)
    assert photo.rank_1.low > 0.3
    assert (lesion.looked_for, lesion.asked, lesion.among) == ("same_lesion", 24, 23)
    assert lesion.chance_5 == pytest.approx(5 / 23)


def test_every_decoder_says_whether_it_trained(report: LeakageReport) -> None:
    assert len(report.notes) == 4
    assert all("beats the ridge" in note or "does not beat the ridge" in note for note in report.notes)


def test_the_optimisation_finds_the_picture_that_the_features_hold(report: LeakageReport) -> None:
    optimised = report.attacked[1].optimised
    assert optimised is not None
    assert optimised.pictures.shape == (3, 32, 32, 3)
    assert (optimised.places, optimised.result.images, optimised.result.steps) == ([0, 11, 23], 3, 60)
    found = {one.name: one for one in optimised.result.rebuilt}
    assert list(found) == ["optimised", "ridge", "decoder", "mean_picture", "nearest_picture"]
    assert found["optimised"].psnr.value > found["mean_picture"].psnr.value + 1.0
    assert found["optimised"].baseline is False
    assert found["ridge"].ssim.value == pytest.approx(report.attacked[1].ssim["ridge"][[0, 11, 23]].mean())


def test_what_it_costs_is_told_beside_what_leaks(report: LeakageReport) -> None:
    own, earlier, coarse, noisy = report.record().codings
    assert earlier.price is not None
    assert own.price is not None
    assert coarse.price is not None
    assert noisy.price is not None
    # Floats at an earlier cut change nothing, whole numbers of two levels much.
    assert (earlier.price.flips.value, earlier.price.auc_change.value) == (0.0, 0.0)
    assert earlier.price.images == 24
    assert coarse.price.flips.value >= own.price.flips.value
    assert own.head is not None
    assert earlier.head is not None
    assert own.head.macs > earlier.head.macs == 16 * 16 * 8 * 27
    assert own.leakage >= max(_ssim(own.result)[name] for name in ("ridge", "decoder")) - 1e-4
    assert own.gap == pytest.approx(own.leakage - _ssim(own.result)["nearest_picture"], abs=1e-4)
    assert earlier.features_sha256 != own.features_sha256 != noisy.features_sha256


def test_the_files_say_what_the_report_says(order: LeakageOrder, report: LeakageReport) -> None:
    record = read_record(order.out / "leakage.json")
    assert record == report.record()
    with (order.out / "leakage.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    ridge = next(row for row in rows if (row["what"], row["measure"]) == ("ridge", "ssim"))
    assert float(ridge["value"]) == _ssim(record.codings[0].result)["ridge"]
    text = (order.out / "leakage.md").read_text()
    assert text == report.markdown()
    assert text.count("| ridge regression |") == 8
    assert text.count("| optimisation |") == 4
    assert "| less uncut [95%] |" in text
    for name in ("gallery.png", "frontier.png"):
        with Image.open(order.out / name) as picture:
            assert min(picture.size) > 400


def test_the_figures_of_the_same_features_are_taken_and_no_others(order: LeakageOrder, report: LeakageReport) -> None:
    path, own = order.out / "leakage.json", report.attacked[0]
    opened = open_bundle(order.bundle)
    assert own_coding(opened, load_whole(opened)).sha256 == own.sha256
    assert summary_of(path, own.sha256) == own.result
    with pytest.raises(UsageError, match="Expected leakage measured on the features 000000000000"):
        summary_of(path, "0" * 64)
    with pytest.raises(UsageError, match="cannot be read"):
        summary_of(path.with_name("none.json"), own.sha256)
    with pytest.raises(UsageError, match="that `dermsplit leakage` writes"):
        summary_of(order.out / "leakage.csv", own.sha256)


def test_the_summary_fits_the_manifest(report: LeakageReport) -> None:
    fields = {**report.manifest.model_dump(), "leakage": report.attacked[0].result.model_dump()}
    assert Manifest.model_validate(fields).leakage == report.attacked[0].result
    assert report.manifest.leakage is None


def test_a_stopped_study_goes_on(order: LeakageOrder, report: LeakageReport) -> None:
    again = replace(order, cuts=())
    (decoder,) = (path for path in (order.out / "decoders").glob("second-256*") if "noise" not in path.name)
    before = (decoder / "best.keras").stat().st_mtime_ns
    steps: list[str] = []
    found = measure_leakage(again, steps.append)
    assert found.attacked[0].result == report.attacked[0].result
    assert (decoder / "best.keras").stat().st_mtime_ns == before
    assert not any("epoch 1" in step for step in steps)


def test_the_command_prints_the_figures(order: LeakageOrder) -> None:
    given = [str(order.bundle), "--data", str(order.data), "--out", str(order.out / "plain"), "--images", "120"]
    asked = ["--split", str(order.split), "--epochs", "0", "--optimise", "0", "--json"]
    run = CliRunner().invoke(commands, [*given, *asked])
    assert run.exit_code == 0, run.output
    (coding,) = json.loads(run.stdout)["codings"]
    assert [one["name"] for one in coding["result"]["rebuilt"]] == ["ridge", "mean_picture", "nearest_picture"]
    assert (coding["price"], coding["optimised"]) == (None, None)
    assert "there is no AUC" in run.stderr
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
