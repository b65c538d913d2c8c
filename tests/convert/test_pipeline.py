import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from dermsplit_contract.bundle import Bundle, open_bundle
from dermsplit_contract.errors import BundleCorrupt, DataInvalid, IllegalCut, RunInvalid, UnsupportedModel, UsageError
from dermsplit_convert.pipeline import Order, convert

from . import tiny

EARLY = "bn_Conv1"
"""A cut behind three layers: so short a head is exported in no time."""


def run_with(place: Path, target: Path, **changes: object) -> Path:
    """A copy of the tiny run whose run.json says something else."""
    shutil.copytree(place / "run", target)
    fields = json.loads((target / "run.json").read_text())
    (target / "run.json").write_text(json.dumps({**fields, **changes}))
    return target


def test_bundle_says_what_the_run_said(tiny_place: Path, tiny_converted: Bundle) -> None:
    manifest = tiny_converted.manifest
    run = json.loads((tiny_place / "run" / "run.json").read_text())
    assert tiny_converted.directory.name == manifest.id
    assert (manifest.name, manifest.cut, manifest.backbone) == ("tiny", tiny.CUT, "MobileNetV2")
    assert (manifest.features.shape, manifest.features.datatype, manifest.features.levels) == ([2, 2, 56], "UINT8", 256)
    assert manifest.operating_points[0].threshold == run["operating_points"][0]["threshold"]
    assert manifest.temperature == tiny.TEMPERATURE
    assert manifest.versions["training/keras"] == "3"
    assert manifest.versions["convert/tensorflowjs"].startswith("4.")


def test_what_is_public_and_what_is_not(tiny_converted: Bundle) -> None:
    files = tiny_converted.manifest.files
    assert sorted(name for name, entry in files.items() if not entry.public) == [
        "tail.bin",
        "tail.keras",
        "tail.xml",
        "whole.keras",
    ]
    expected = {"CARD.md", "golden/features.bin", "golden/input.png", "golden/probabilities.json"}
    assert expected | {"head.tflite", "head/model.json"} <= {name for name, entry in files.items() if entry.public}


def test_golden_case_uses_the_levels(tiny_converted: Bundle) -> None:
    features, probabilities = tiny_converted.golden_features(), tiny_converted.golden_probabilities()
    assert features.shape == (1, 2, 2, 56)
    assert len(np.unique(features)) > 50
    assert probabilities.sum() == pytest.approx(1, abs=1e-6)


def test_card_says_what_a_reader_must_know(tiny_converted: Bundle) -> None:
    card = " ".join(tiny_converted.path("CARD.md").read_text().split())
    for words in (
        "not a diagnosis and not a medical device",
        "CC BY-NC 4.0",
        "weights learned from such data are non-commercial",
        "| Drawn | phone | test | network | 40 (10) | 0.500 (0.400 to 0.600) | 0.500 (0.400 to 0.600) | 0.750 |",
        "| Drawn | phone | test | baseline |",
        "ACK (actinic keratosis) is counted benign",
        "| sensitivity_95 | Drawn | test | network |",
        "2 x 2 x 56 = 224 values as UINT8, 224 bytes",
    ):
        assert words in card


def test_one_changed_byte_in_any_file_is_found(tiny_converted: Bundle, tmp_path: Path) -> None:
    copy = tmp_path / "bundle"
    shutil.copytree(tiny_converted.directory, copy)
    for name in tiny_converted.manifest.files:
        path = copy / name
        kept = path.read_bytes()
        path.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
        with pytest.raises(BundleCorrupt, match=name):
            open_bundle(copy)
        path.write_bytes(kept)
    assert open_bundle(copy).manifest.id == tiny_converted.manifest.id


def test_again_is_the_same_bundle_and_anything_else_there_is_left_alone(tiny_place: Path, tmp_path: Path) -> None:
    order = Order(tiny_place / "run", EARLY, "FP32")
    made = [convert(order, lambda identity: tmp_path / identity, report=str) for _ in range(2)]
    assert made[0].directory == made[1].directory
    assert [path.name for path in tmp_path.iterdir()] == [made[0].manifest.id]

    other = tmp_path / "there" / "other"
    other.mkdir(parents=True)
    (other / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="something else at"):
        convert(order, lambda _: other, report=str)
    assert [path.name for path in other.parent.iterdir()] == ["other"]
    assert [path.name for path in other.iterdir()] == ["notes.txt"]


def test_unquantised_bundles_need_no_data(tiny_place: Path, tmp_path: Path) -> None:
    order = Order(tiny_place / "run", EARLY, "FP16")
    bundle = convert(order, lambda identity: tmp_path / identity, report=str)
    assert bundle.manifest.features.levels is None
    assert bundle.golden_features().dtype == np.dtype("<f2")
    assert bundle.golden_features().shape == (1, 32, 32, 16)
    assert [path.name for path in tmp_path.iterdir()] == [bundle.manifest.id]


def test_orders_that_cannot_be_carried_out(tiny_place: Path, tmp_path: Path) -> None:
    run, data = tiny_place / "run", tiny_place / "data"
    short = run_with(tiny_place, tmp_path / "short", calibration_images=[f"drawn/{seed:03}.png" for seed in range(99)])
    bigger = run_with(tiny_place, tmp_path / "bigger", input_size=96)
    broken = run_with(tiny_place, tmp_path / "broken")
    (broken / "model.keras").write_bytes(b"PK not a model")
    cases: list[tuple[Order, type[Exception], str]] = [
        (Order(tmp_path, tiny.CUT, data=data), RunInvalid, "Expected a run directory"),
        (Order(run, tiny.CUT), UsageError, "give --data DIR"),
        (Order(run, tiny.CUT, data=tmp_path / "no"), UsageError, "found none at"),
        (Order(run, tiny.CUT, levels=8, data=data), UsageError, "256, 16, 4, 2, got 8"),
        (Order(run, tiny.CUT, data=data, name="Not A Name"), UsageError, "small letters"),
        (Order(run, "block_14_expand", data=data), IllegalCut, "block_13_project_BN and after it block_14_add"),
        (Order(short, tiny.CUT, data=data), DataInvalid, "at least 100 of the run's 99 .* found 99"),
        (Order(run, tiny.CUT, data=tmp_path), DataInvalid, "found 0"),
        (Order(bigger, tiny.CUT, data=data), UnsupportedModel, r"\[N, 96, 96, 3\] to \[N, 2\]"),
        (Order(broken, tiny.CUT, data=data), RunInvalid, "model.keras cannot be loaded"),
    ]
    for order, error, words in cases:
        with pytest.raises(error, match=words):
            convert(order, lambda identity: tmp_path / "made" / identity, report=str)
    assert not (tmp_path / "made").exists()
