"""Forms of a tail side by side, on real OpenVINO; NNCF is half a gigabyte to download, and left to the command."""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from dermsplit_contract.bundle import TAIL_BIN, TAIL_XML, open_bundle
from dermsplit_contract.errors import UnsupportedModel
from dermsplit_convert.bench.judged import read_judged
from dermsplit_convert.bench.wire import WireOrder
from dermsplit_convert.bench_serve.environments import MADE
from dermsplit_convert.bench_tail.forms import BFLOAT16, NNCF, SERVED, Form, make_forms
from dermsplit_convert.bench_tail.measure import Row, compare
from dermsplit_convert.bench_tail.report import NAME, write_report


@pytest.fixture(scope="module")
def rows(judged_order: WireOrder, tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    """Of the served tail, of it in bfloat16, and of one whose weights are half of what they were."""
    bundle = open_bundle(judged_order.bundle)
    spec = bundle.manifest.features
    judged = read_judged(judged_order.predictions, bundle.manifest.split_sha256)
    features = np.random.default_rng(4).integers(0, 256, (len(judged.images), *spec.shape)).astype(np.uint8)
    broken = tmp_path_factory.mktemp("broken")
    shutil.copy(bundle.path(TAIL_XML), broken)
    weights = np.fromfile(bundle.path(TAIL_BIN), np.float32)
    # Whole numbers, such as axes, lie between them, and look like next to nothing.
    np.where(np.abs(weights) > 1e-6, weights / 2, weights).astype(np.float32).tofile(broken / TAIL_BIN)
    served = bundle.path(TAIL_XML)
    forms = [Form(SERVED, served), Form(BFLOAT16, served, "bf16"), Form("halved", broken / TAIL_XML)]
    return compare(bundle, forms, features, judged, rounds=2)


def test_the_served_form_is_held_against_itself(rows: list[Row]) -> None:
    served = rows[0]
    assert (served.form, served.flips, served.difference) == (SERVED, 0, 0)
    assert served.time_ratio == (1, 1, 1)
    assert served.milliseconds > 0


def test_other_weights_are_seen(rows: list[Row]) -> None:
    bfloat16, halved = rows[1:]
    assert bfloat16.difference < 0.05 < halved.difference
    assert halved.flips > bfloat16.flips
    assert {row.images for row in rows} == {30}
    assert {row.weight_bytes for row in rows} == {rows[0].weight_bytes}
    low, high = halved.time_ratio[1:]
    assert 0 < low <= halved.time_ratio[0] <= high


def test_the_report_tells_the_rows(rows: list[Row], judged_order: WireOrder, tmp_path: Path) -> None:
    manifest = open_bundle(judged_order.bundle).manifest
    write_report(manifest, rows, tmp_path)
    told = json.loads((tmp_path / f"{NAME}.json").read_text())
    assert told["bundle"] == manifest.id
    assert [row["flips"] for row in told["rows"]] == [row.flips for row in rows]
    assert f"| halved | {rows[2].weight_bytes / 1e6:.1f} | {rows[2].flips} (" in (tmp_path / f"{NAME}.md").read_text()


def test_an_environment_without_nncf_is_one_sentence(judged_order: WireOrder, tmp_path: Path) -> None:
    """The environment says that it is made, and is this one."""
    from importlib.metadata import version

    place = tmp_path / "nncf"
    (place / "bin").mkdir(parents=True)
    (place / "bin" / "python").symlink_to(sys.executable)
    (place / MADE).write_text(json.dumps([NNCF, f"openvino=={version('openvino')}"]))
    bundle = open_bundle(judged_order.bundle)
    features = np.zeros((2, *bundle.manifest.features.shape), np.uint8)
    with pytest.raises(UnsupportedModel, match="nncf"):
        make_forms(bundle, features, tmp_path, tmp_path)
