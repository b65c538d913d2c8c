import csv
import gzip
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from dermsplit_contract.bundle import Bundle, open_bundle
from dermsplit_contract.errors import DataInvalid, UsageError
from dermsplit_contract.tensors import Tensor
from dermsplit_contract.wire import InferRequest, encode_request
from dermsplit_convert.bench.commands import bench
from dermsplit_convert.bench.document import WireReport
from dermsplit_convert.bench.forms import PictureForm, decode, picture_forms
from dermsplit_convert.bench.halves import Halves
from dermsplit_convert.bench.judged import read_judged
from dermsplit_convert.bench.progress import images_bar
from dermsplit_convert.bench.rows import Bytes, Row
from dermsplit_convert.bench.summary import smallest_picture, steady_picture, summarise_bundle
from dermsplit_convert.bench.wire import WireOrder, bench_wire
from dermsplit_convert.golden import draw_lesion

from . import tiny
from .judged import TEST_IMAGES


@pytest.fixture(scope="session")
def report(judged_order: WireOrder) -> WireReport:
    return bench_wire(judged_order, images_bar)


def test_every_form_has_its_row(report: WireReport) -> None:
    names = [row.sent for row in report.rows]
    assert names[:7] == [
        "FP32",
        "FP16",
        "UINT8, 256 levels",
        "UINT8, 16 levels",
        "UINT8, 4 levels",
        "UINT8, 2 levels",
        "this bundle",
    ]
    assert names[7:] == [form.name for form in picture_forms()]
    assert {row.images for row in report.rows} == {TEST_IMAGES}


def test_float32_is_the_reference(report: WireReport) -> None:
    reference = report.rows[0]
    assert (reference.flips, reference.largest_difference) == (0, 0.0)
    difference = reference.difference["all"]
    assert difference is not None
    assert (difference.value, difference.low, difference.high) == (0.0, 0.0, 0.0)
    assert reference.sizes["raw"].median == 896
    assert report.rows[1].sizes["raw"].median == 448


def test_the_bundles_row_is_what_its_request_weighs_and_decides(judged_order: WireOrder, report: WireReport) -> None:
    bundle = open_bundle(judged_order.bundle)
    halves = Halves.of(bundle)
    judged = read_judged(judged_order.predictions, bundle.manifest.split_sha256)
    pictures = np.stack([np.asarray(Image.open(judged_order.data / image)) for image in judged.images])
    wire = halves.form.to_wire(halves.features(pictures))
    bodies = [encode_request(InferRequest((Tensor("features", one[None]),)))[0] for one in wire]
    row = report.rows[6]
    assert (row.request.largest, row.sizes["raw"].largest) == (len(bodies[0]), 224)
    assert row.sizes["request, gzip 6"].mean == np.mean([len(gzip.compress(body, 6)) for body in bodies])
    assert row.sizes["gzip 6"].median == np.median([len(gzip.compress(one.tobytes(), 6)) for one in wire])
    said = [halves.say(given) for given in (halves.features(pictures), halves.form.from_wire(wire))]
    exact, sent = (one.malignant for one in said)
    threshold = bundle.manifest.operating_points[0].threshold
    assert row.flips == ((exact >= threshold) != (sent >= threshold)).sum()
    assert row.largest_difference == pytest.approx(np.abs(exact - sent).max(), abs=1e-6)
    assert row.upload_ms["0.75"] == pytest.approx(len(bodies[0]) * 8 / 750)


def test_fewer_levels_have_less_entropy_and_codecs_grow_with_quality(report: WireReport) -> None:
    entropies = [row.entropy for row in report.rows[2:6]]
    assert all(entropy is not None for entropy in entropies)
    assert entropies == sorted(entropies, key=lambda entropy: -(entropy or 0.0))
    for row in report.rows[2:7]:
        assert row.entropy is not None
        assert row.entropy <= row.sizes["packed"].mean
    for codec in ("JPEG", "WebP"):
        sizes = [row.request.median for row in report.rows if row.sent.startswith(codec)]
        assert sizes == sorted(sizes)
        assert sizes[0] < sizes[-1]


def test_the_files_say_what_the_report_says(judged_order: WireOrder, report: WireReport) -> None:
    found = json.loads((judged_order.out / "wire.json").read_text())
    assert found == json.loads(json.dumps(report.as_json()))
    with (judged_order.out / "wire.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["sent"] for row in rows] == [row.sent for row in report.rows]
    assert float(rows[6]["request, median bytes"]) == report.rows[6].request.median
    text = (judged_order.out / "wire.md").read_text()
    assert len(re.findall(r"^\| JPEG", text, re.M)) == 13
    assert all(line in text for line in report.summary.lines())
    with Image.open(judged_order.out / "wire.png") as plot:
        assert plot.size == (960, 600)


def test_a_stopped_measurement_goes_on_where_it_stopped(judged_order: WireOrder, report: WireReport) -> None:
    (judged_order.out / "measured" / "webp-50.npz").unlink()
    (judged_order.out / "measured" / "jpeg-10.npz").write_bytes(b"half")
    totals = []

    def bar(total: int):  # type: ignore[no-untyped-def]
        totals.append(total)
        return images_bar(total)

    assert bench_wire(judged_order, bar).as_json() == report.as_json()
    assert bench_wire(judged_order, bar).as_json() == report.as_json()
    assert totals == [2 * TEST_IMAGES]


def test_a_cap_draws_fewer_images(judged_order: WireOrder) -> None:
    sha = open_bundle(judged_order.bundle).manifest.split_sha256
    every, some = (read_judged(judged_order.predictions, sha, most) for most in (None, 12))
    assert (len(every.images), len(some.images), len(every.train_images)) == (TEST_IMAGES, 12, tiny.DRAWN)
    assert set(some.images) < set(every.images)
    assert not any(image in every.train_images for image in every.images)


def test_the_command_prints_the_figures(judged_order: WireOrder, report: WireReport) -> None:
    given = [str(judged_order.bundle), "--data", str(judged_order.data), "--out", str(judged_order.out)]
    run = [*given, "--predictions", str(judged_order.predictions)]
    printed = CliRunner().invoke(bench, ["wire", *run])
    assert printed.exit_code == 0, printed.output
    assert report.summary.lines()[0] in printed.stdout
    plain = CliRunner().invoke(bench, ["wire", *run, "--json"])
    assert json.loads(plain.stdout)["summary"]["flips"] == report.summary.flips


def test_bad_input_is_one_sentence(judged_order: WireOrder, tiny_converted: Bundle, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Give the run that the bundle was made of"):
        read_judged(judged_order.predictions, tiny_converted.manifest.split_sha256)
    with pytest.raises(DataInvalid, match="found no such file"):
        read_judged(tmp_path / "predictions.csv", "")
    (tmp_path / "predictions.csv").write_text("image,part\na.jpg,test\n")
    with pytest.raises(DataInvalid, match="no column 'data_set'"):
        read_judged(tmp_path / "predictions.csv", "")
    order = WireOrder(judged_order.bundle, judged_order.predictions, tmp_path, tmp_path / "out")
    with pytest.raises(DataInvalid, match=r"30 of 30 images are not below .* the first is 'drawn/test000.png'"):
        bench_wire(order, images_bar)
    neither = CliRunner().invoke(bench, ["wire", str(judged_order.bundle), "--data", str(tmp_path)])
    assert isinstance(neither.exception, UsageError)


def test_a_codec_gives_its_picture_back() -> None:
    picture = draw_lesion(48, 1)
    file = PictureForm("JPEG", 95).encode(picture)
    assert file[:3] == b"\xff\xd8\xff"
    assert np.abs(decode(file).astype(int) - picture).mean() < 4
    webp = PictureForm("WebP", 80).encode(picture)
    assert (webp[:4], webp[8:12]) == (b"RIFF", b"WEBP")
    assert decode(webp).shape == (48, 48, 3)


def _made(sent: str, request: float, auc: float, flips: int) -> Row:
    sizes = {name: Bytes(request, request, int(request), request) for name in ("request", "request, gzip 6", "raw")}
    return Row(sent, 1000, sizes, None, {"all": auc}, {"all": None}, flips, 0.0, {})


def test_the_rival_is_the_smallest_of_those_that_are_as_good() -> None:
    bundle = _made("this bundle", 300, 0.9000, 3)
    rows = [
        _made("FP32", 10, 0.9001, 0),
        bundle,
        _made("JPEG 50", 800, 0.8979, 90),
        _made("JPEG 60", 900, 0.8981, 5),
        _made("JPEG 90", 2000, 0.9005, 1),
        _made("WebP 80", 1000, 0.9100, 6),
    ]
    rival, steady = smallest_picture(rows, bundle), steady_picture(rows, bundle)
    assert rival is not None
    assert steady is not None
    assert (rival.sent, steady.sent) == ("JPEG 60", "JPEG 60")
    summary = summarise_bundle(rows)
    assert (summary.picture, summary.ratio) == ("JPEG 60", pytest.approx(1 / 3))
    assert summary.coder is None
    alone = summarise_bundle([rows[0], bundle])
    assert (alone.picture, alone.ratio, alone.steady_picture) == (None, None, None)
