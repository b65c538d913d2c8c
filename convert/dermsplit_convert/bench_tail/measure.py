"""Forms of a tail side by side, top to bottom:

open bundle -> read test part -> features as they are sent -> make the forms -> ask each -> time them in turn -> judge.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.bundle import HEAD_TFLITE, NUMPY_DTYPE, Bundle, open_bundle
from dermsplit_contract.errors import UnsupportedModel
from dermsplit_convert.bench.auc import auc
from dermsplit_convert.bench.judged import Judged, load_pictures, read_judged
from dermsplit_convert.bench_tail.forms import Form, Tail, make_forms
from dermsplit_convert.decisions import Judge, Said
from dermsplit_convert.infer import LiteHead
from dermsplit_convert.inputs import SEED
from dermsplit_convert.openvino import has_openvino

CALIBRATION = 300
"""Train pictures that set the ranges; NNCF's own default."""
TIMED = 200
"""Calls of a form in a round."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class TailOrder:
    """What to measure. ``most`` caps the test images, ``environments`` is where NNCF's is kept."""

    bundle: Path
    predictions: Path
    data: Path
    environments: Path
    most: int | None = None
    rounds: int = 5


@dataclass(frozen=True)
class Row:
    """A form over N test images: ``flips`` of decisions and the largest ``difference`` of the malignant probability
    against the served form, ``milliseconds`` for one item, median of the rounds' medians, and ``time_ratio`` over the
    served form's within a round: median, lowest, highest."""

    form: str
    images: int
    weight_bytes: int
    flips: int
    difference: float
    auc: float | None
    milliseconds: float
    time_ratio: tuple[float, float, float]

    def as_json(self) -> dict[str, object]:
        """Plain JSON."""
        return asdict(self)


def bench_tail(order: TailOrder, say: Say) -> tuple[Bundle, list[Row]]:
    """Measure every form.

    Raises BundleError, DataInvalid, UsageError, MissingExtra where NNCF cannot be had, and UnsupportedModel for a
    bundle without a tail for OpenVINO or with one that has no 8-bit form.
    """
    bundle = open_bundle(order.bundle)
    if not has_openvino(bundle):
        raise UnsupportedModel(f"The bundle {bundle.manifest.id} has no tail for OpenVINO. Convert its run again.")
    judged = read_judged(order.predictions, bundle.manifest.split_sha256, order.most)
    say(f"features of {len(judged.images):,} test and {CALIBRATION} train pictures")
    drawn = random.Random(SEED).sample(judged.train_images, min(CALIBRATION, len(judged.train_images)))
    features, shown = (_features(bundle, order.data, images) for images in (judged.images, drawn))
    with tempfile.TemporaryDirectory() as scratch:
        say("quantising the tail")
        forms = make_forms(bundle, shown, Path(scratch), order.environments)
        say("asking every form")
        return bundle, compare(bundle, forms, features, judged, order.rounds)


def compare(
    bundle: Bundle, forms: Sequence[Form], features: NDArray[np.generic], judged: Judged, rounds: int
) -> list[Row]:
    """A row for each form, the first being what the others are held against, over features [N, ...] as sent."""
    metadata = bundle.manifest.metadata.width if bundle.manifest.metadata else 0
    tails = [Tail(form, metadata) for form in forms]
    said = [_said(bundle, tail, features) for tail in tails]
    return _rows(forms, said, [_round(tails, features[:TIMED]) for _ in range(rounds)], judged)


def _features(bundle: Bundle, data: Path, images: Sequence[str]) -> NDArray[np.generic]:
    """[N, ...] in the datatype that is sent, from the head as Python clients run it."""
    spec, head = bundle.manifest.features, LiteHead(bundle.path(HEAD_TFLITE))
    pictures = load_pictures(data, images, bundle.manifest.input.size)
    found = [head(pictures[place : place + 1].astype(np.float32)) for place in range(len(pictures))]
    return np.concatenate(found).astype(NUMPY_DTYPE[spec.datatype])


def _said(bundle: Bundle, tail: Tail, features: NDArray[np.generic]) -> Said:
    manifest = bundle.manifest
    judge = Judge(manifest.malignant_indices, manifest.operating_points[0], manifest.domains)
    answers = [tail(features[place : place + 1]) for place in range(len(features))]
    return judge([np.concatenate(column) for column in zip(*answers, strict=True)])


def _round(tails: Sequence[Tail], features: NDArray[np.generic]) -> list[float]:
    """Median milliseconds of one item, a form after the other for each item, so that all meet the same machine."""
    spent: list[list[float]] = [[] for _ in tails]
    for place in range(len(features)):
        for tail, times in zip(tails, spent, strict=True):
            began = time.perf_counter()
            tail(features[place : place + 1])
            times.append((time.perf_counter() - began) * 1000)
    return [statistics.median(times) for times in spent]


def _rows(forms: Sequence[Form], said: Sequence[Said], rounds: Sequence[list[float]], judged: Judged) -> list[Row]:
    rows = []
    for place, (form, answers) in enumerate(zip(forms, said, strict=True)):
        ratios = [times[place] / times[0] for times in rounds]
        rows.append(
            Row(
                form.name,
                len(judged.images),
                form.weight_bytes,
                answers.flips(said[0]),
                float(np.abs(answers.malignant - said[0].malignant).max()),
                auc(answers.malignant, judged.malignant),
                statistics.median(times[place] for times in rounds),
                (statistics.median(ratios), min(ratios), max(ratios)),
            )
        )
    return rows
