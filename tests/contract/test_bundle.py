"""A bundle opens when it is whole, and in no other case."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dermsplit_contract.bundle import (
    GOLDEN_FEATURES,
    GOLDEN_PROBABILITIES,
    MANIFEST_FILE,
    TAIL_KERAS,
    Bundle,
    open_bundle,
    seal_bundle,
)
from dermsplit_contract.errors import BundleCorrupt, BundleError, BundleInvalid, BundleMissing, UnknownFile
from dermsplit_contract.manifest import FeaturesSpec

FIELDS: dict[str, Any] = {
    "name": "mole",
    "backbone": "MobileNetV2",
    "cut": "block_13_project_BN",
    "input": {"size": 64},
    "features": {"shape": [2, 2, 3], "datatype": "UINT8", "levels": 256},
    "labels": ["benign", "malignant"],
    "malignant": ["malignant"],
    "temperature": 1.5,
    "prevalence": 0.2,
    "operating_points": [
        {"name": "sensitivity_95", "threshold": 0.1, "target_sensitivity": 0.95, "chosen_on": "validation"}
    ],
    "evaluations": [],
    "data": [],
    "weights_licence": "CC-BY-NC-4.0",
    "split_sha256": "0" * 64,
    "versions": {},
}


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    directory = tmp_path / "bundle"
    (directory / "head").mkdir(parents=True)
    (directory / "golden").mkdir()
    (directory / "head" / "model.json").write_text("{}")
    (directory / TAIL_KERAS).write_bytes(b"tail")
    (directory / GOLDEN_FEATURES).write_bytes(bytes(range(12)))
    (directory / GOLDEN_PROBABILITIES).write_text('{"probabilities": [[0.75, 0.25]]}')
    seal_bundle(directory, FIELDS, {"head/", GOLDEN_FEATURES})
    return directory


def test_sealed_bundle_opens_with_its_golden_case(sealed: Path) -> None:
    bundle = open_bundle(sealed)
    assert bundle.manifest.malignant_indices == [1]
    assert bundle.golden_features().shape == (1, 2, 2, 3)
    assert bundle.golden_features().dtype == np.uint8
    np.testing.assert_array_equal(bundle.golden_probabilities(), np.array([[0.75, 0.25]], dtype=np.float32))


def test_only_public_files_are_public(sealed: Path) -> None:
    bundle = open_bundle(sealed)
    assert bundle.public_path("head/model.json").read_text() == "{}"
    for name in (TAIL_KERAS, "../bundle/tail.keras", MANIFEST_FILE, "head", "", "/etc/passwd"):
        with pytest.raises(UnknownFile):
            bundle.public_path(name)
    assert bundle.path(TAIL_KERAS).read_bytes() == b"tail"
    with pytest.raises(UnknownFile):
        bundle.path("../bundle/tail.keras")


def test_the_id_follows_every_field_and_every_byte(sealed: Path) -> None:
    first = open_bundle(sealed).manifest.id
    assert seal_bundle(sealed, FIELDS, {"head/", GOLDEN_FEATURES}).id == first
    assert seal_bundle(sealed, {**FIELDS, "temperature": 1.25}, {"head/", GOLDEN_FEATURES}).id != first
    (sealed / TAIL_KERAS).write_bytes(b"liat")
    assert seal_bundle(sealed, FIELDS, {"head/", GOLDEN_FEATURES}).id != first


def edit(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], object]:
    def apply(directory: Path) -> None:
        document = json.loads((directory / MANIFEST_FILE).read_text())
        change(document)
        (directory / MANIFEST_FILE).write_text(json.dumps(document))

    return apply


@pytest.mark.parametrize(
    ("damage", "error", "words"),
    [
        (lambda d: (d / MANIFEST_FILE).unlink(), BundleMissing, "found none"),
        (lambda d: (d / MANIFEST_FILE).write_text("{"), BundleInvalid, "not valid"),
        (lambda d: (d / MANIFEST_FILE).write_bytes(b" " * (2 << 20)), BundleInvalid, "larger"),
        (edit(lambda m: m.update(surprise=1)), BundleInvalid, "surprise"),
        (edit(lambda m: m.update(malignant=["purple"])), BundleInvalid, "purple"),
        (edit(lambda m: m.update(temperature=9.0)), BundleCorrupt, "hashes to"),
        (edit(lambda m: m.update(id="f" * 16)), BundleCorrupt, "hashes to"),
        (lambda d: (d / TAIL_KERAS).write_bytes(b"tai"), BundleCorrupt, "Expected 4 bytes in tail.keras, found 3"),
        (lambda d: (d / TAIL_KERAS).write_bytes(b"tajl"), BundleCorrupt, "SHA-256"),
        (lambda d: (d / TAIL_KERAS).unlink(), BundleCorrupt, "tail.keras"),
        (lambda d: (d / "extra.bin").write_bytes(b""), BundleCorrupt, "extra.bin"),
        (lambda d: (d / "link").symlink_to("/etc/passwd"), BundleCorrupt, "link"),
    ],
)
def test_damaged_bundle_is_refused(
    sealed: Path, damage: Callable[[Path], object], error: type[BundleError], words: str
) -> None:
    damage(sealed)
    with pytest.raises(error, match=words) as caught:
        open_bundle(sealed)
    assert "Traceback" not in caught.value.detail


def test_golden_case_of_another_size_is_refused(sealed: Path) -> None:
    (sealed / GOLDEN_FEATURES).write_bytes(bytes(5))
    (sealed / GOLDEN_PROBABILITIES).write_text('{"probabilities": [0.1]}')
    bundle: Bundle = Bundle(sealed, seal_bundle(sealed, FIELDS, set()))
    with pytest.raises(BundleInvalid, match="5 values"):
        bundle.golden_features()
    with pytest.raises(BundleInvalid, match="one probability a label"):
        bundle.golden_probabilities()


@pytest.mark.parametrize(
    "spec",
    [
        {"shape": [2], "datatype": "UINT8"},
        {"shape": [2], "datatype": "FP32", "levels": 16},
        {"shape": [0], "datatype": "FP32"},
    ],
)
def test_features_spec_refuses_what_contradicts_itself(spec: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"levels|extent"):
        FeaturesSpec.model_validate(spec)


def test_bytes_of_an_item_follow_shape_and_datatype() -> None:
    assert FeaturesSpec(shape=[7, 7, 56], datatype="UINT8", levels=256).item_bytes == 2744
    assert FeaturesSpec(shape=[7, 7, 56], datatype="FP16").item_bytes == 5488
    assert FeaturesSpec(shape=[7, 7, 56], datatype="FP32").item_bytes == 10976
