"""The tiny bundle with a split of its own, for measurements on a test part."""

import csv
import shutil
from pathlib import Path

import numpy as np
from PIL import Image

from dermsplit_contract.bundle import Bundle, seal_bundle
from dermsplit_convert.bench.judged import split_hash
from dermsplit_convert.bench.wire import WireOrder
from dermsplit_convert.golden import draw_lesion
from dermsplit_convert.infer import infer
from dermsplit_convert.keras_file import load_model
from dermsplit_convert.pipeline import PUBLIC
from dermsplit_convert.split import with_probabilities

from . import tiny

TEST_IMAGES = 30


def build_judged(place: Path, tiny_place: Path, tiny_converted: Bundle) -> WireOrder:
    """In ``place``, the bundle with a predictions.csv, and 30 drawn test images whose labels it mostly gets."""
    shutil.copytree(tiny_place / "data", place / "data")
    pictures = np.stack([draw_lesion(tiny.SIZE, 3000 + seed) for seed in range(TEST_IMAGES)])
    for seed, picture in enumerate(pictures):
        Image.fromarray(picture).save(place / "data" / "drawn" / f"test{seed:03}.png")
    whole = with_probabilities(load_model(tiny_converted.path("whole.keras")), tiny.TEMPERATURE)
    said = infer(whole, pictures)[:, 1]
    malignant = (said > np.median(said)) ^ (np.arange(TEST_IMAGES) % 7 == 0)
    rows = [
        *(_row(f"drawn/{seed:03}.png", "train", seed, False, "dermoscopic") for seed in range(tiny.DRAWN)),
        *(
            _row(f"drawn/test{seed:03}.png", "test", 1000 + seed // 2, bool(malignant[seed]), "phone")
            for seed in range(TEST_IMAGES)
        ),
    ]
    with (place / "predictions.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    bundle = place / "bundle"
    shutil.copytree(tiny_converted.directory, bundle)
    (bundle / "manifest.json").unlink()
    fields = tiny_converted.manifest.model_dump(mode="json", exclude={"id", "files"})
    seal_bundle(bundle, {**fields, "split_sha256": split_hash(rows)}, PUBLIC)
    return WireOrder(bundle, place / "predictions.csv", place / "data", place / "out")


def _row(image: str, part: str, group: int, malignant: bool, domain: str) -> dict[str, str]:
    about = {"data_set": "Drawn", "domain": domain, "part": part, "group": str(group), "image": image}
    return {**about, "copy": "0", "label": "x", "malignant": str(int(malignant))}
