"""What crosses, in every form, top to bottom:

open bundle -> read test part -> load pictures -> choose ranges -> measure features -> measure codecs -> judge -> write.
"""

import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from dermsplit_contract.bundle import Bundle, open_bundle
from dermsplit_convert.bench.cache import Cache
from dermsplit_convert.bench.document import WireReport, write_report
from dermsplit_convert.bench.forms import REFERENCE, THIS_BUNDLE, FeatureForm, picture_forms
from dermsplit_convert.bench.halves import Halves
from dermsplit_convert.bench.judged import Judged, load_pictures, read_judged
from dermsplit_convert.bench.measure import (
    Advance,
    Measured,
    calibration_count,
    feature_forms,
    measure_features,
    measure_pictures,
)
from dermsplit_convert.bench.rows import build_rows
from dermsplit_convert.bench.summary import summarise_bundle
from dermsplit_convert.inputs import SEED
from dermsplit_convert.quantise import LEVELS

FEATURE_NAMES = (REFERENCE, "FP16", *(f"UINT8, {levels} levels" for levels in LEVELS), THIS_BUNDLE)

Bar = Callable[[int], AbstractContextManager[Advance]]
"""Shows progress over so many images, and gives what is to be told of those done."""


@dataclass(frozen=True)
class WireOrder:
    """What to measure. ``most`` caps the test images; ``out`` takes the report and what has been measured so far."""

    bundle: Path
    predictions: Path
    data: Path
    out: Path
    most: int | None = None


def bench_wire(order: WireOrder, bar: Bar) -> WireReport:
    """Measure every form that is not measured yet, and write the report.

    Raises BundleError, DataInvalid and UsageError for an order that cannot be carried out, PhotoUnreadable for an
    image that is none.
    """
    bundle = open_bundle(order.bundle)
    judged = read_judged(order.predictions, bundle.manifest.split_sha256, order.most)
    measured = _measure_all(bundle, judged, order, bar)
    rows = build_rows(measured, judged)
    report = WireReport(bundle.manifest, rows, summarise_bundle(rows))
    write_report(report, order.out)
    return report


def _measure_all(bundle: Bundle, judged: Judged, order: WireOrder, bar: Bar) -> list[Measured]:
    cache = Cache(order.out, bundle.manifest.id, judged.images)
    codecs = picture_forms()
    found = {name: cache.load(name) for name in (*FEATURE_NAMES, *(form.name for form in codecs))}
    features_missing = any(found[name] is None for name in FEATURE_NAMES)
    missing = [form for form in codecs if found[form.name] is None]
    if features_missing or missing:
        pictures = load_pictures(order.data, judged.images, bundle.manifest.input.size)
        halves = Halves.of(bundle)
        with bar(len(pictures) * (features_missing + len(missing))) as advance:
            if features_missing:
                forms = _forms(bundle, halves, judged, order.data)
                for one in measure_features(halves, forms, pictures, bundle.manifest, advance):
                    cache.save(one)
                    found[one.name] = one
            for form in missing:
                found[form.name] = one = measure_pictures(halves, form, pictures, advance)
                cache.save(one)
    return [one for one in found.values() if one is not None]


def _forms(bundle: Bundle, halves: Halves, judged: Judged, data: Path) -> list[FeatureForm]:
    manifest = bundle.manifest
    count = min(calibration_count(manifest.features.values), len(judged.train_images))
    chosen = random.Random(SEED).sample(judged.train_images, count)
    calibration = load_pictures(data, chosen, manifest.input.size)
    return feature_forms(halves, calibration)
