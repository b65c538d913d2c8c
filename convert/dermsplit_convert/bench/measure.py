"""What the network answers, and what crosses, in each form."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.errors import DataInvalid
from dermsplit_contract.manifest import Manifest
from dermsplit_contract.tensors import Tensor
from dermsplit_contract.wire import InferRequest, encode_request
from dermsplit_convert.bench.coders import coded_sizes, count_values, order0_bytes, shrink
from dermsplit_convert.bench.forms import REFERENCE, FeatureForm, PictureForm, decode
from dermsplit_convert.bench.halves import Halves
from dermsplit_convert.decisions import Said, concatenate
from dermsplit_convert.infer import BATCH
from dermsplit_convert.pipeline import FEWEST_IMAGES, MOST_CALIBRATION_VALUES, MOST_IMAGES
from dermsplit_convert.quantise import LEVELS, calibrate

Advance = Callable[[int], None]
"""Told of so many images done."""

REQUEST, GZIP_REQUEST = "request", "request, gzip 6"


@dataclass(frozen=True)
class Measured:
    """One form over N images.

    ``said`` is what the tail made of it; ``sizes`` are bytes, int64 [N], by coder and of the whole request
    body. A picture's request is its file alone, which favours it. ``entropy`` is the mean bytes of an order-0 code.
    """

    name: str
    said: Said
    sizes: dict[str, NDArray[np.int64]]
    entropy: float | None = None


def calibration_count(values: int) -> int:
    """How many training images ranges are taken from where one has so many features."""
    return min(MOST_IMAGES, max(FEWEST_IMAGES, MOST_CALIBRATION_VALUES // values))


def feature_forms(halves: Halves, calibration: NDArray[np.uint8]) -> list[FeatureForm]:
    """Floats, whole numbers with ranges from training images uint8 [N, S, S, 3], and the bundle as it is.

    Raises DataInvalid for fewer than 100 images.
    """
    if len(calibration) < FEWEST_IMAGES:
        raise DataInvalid(
            f"Expected at least {FEWEST_IMAGES} training images to take ranges from, found {len(calibration)}."
        )
    features = halves.features(calibration)
    quantisers = [calibrate(features, levels, halves.say).quantiser for levels in LEVELS]
    return [
        FeatureForm(REFERENCE, "FP32"),
        FeatureForm("FP16", "FP16"),
        *(FeatureForm(f"UINT8, {one.levels} levels", "UINT8", one) for one in quantisers),
        halves.form,
    ]


def measure_features(
    halves: Halves, forms: Sequence[FeatureForm], pictures: NDArray[np.uint8], manifest: Manifest, advance: Advance
) -> list[Measured]:
    """Run the head once over uint8 [N, S, S, 3], and the tail once a form."""
    answers: list[list[Said]] = [[] for _ in forms]
    sizes: list[list[dict[str, int]]] = [[] for _ in forms]
    counts = [np.zeros((manifest.features.shape[-1], form.levels or 0), np.int64) for form in forms]
    for batch in _batches(pictures):
        features = halves.features(batch)
        for place, form in enumerate(forms):
            wire = form.to_wire(features)
            answers[place].append(halves.say(form.from_wire(wire)))
            sizes[place].extend(_sizes(one, form.levels, manifest.features.name) for one in wire)
            if form.levels:
                counts[place] += count_values(wire.astype(np.uint8), form.levels)
        advance(len(batch))
    return [
        Measured(
            form.name,
            concatenate(answers[place]),
            {name: np.array([one[name] for one in sizes[place]], np.int64) for name in sizes[place][0]},
            order0_bytes(counts[place], len(pictures)) if form.levels else None,
        )
        for place, form in enumerate(forms)
    ]


def measure_pictures(halves: Halves, form: PictureForm, pictures: NDArray[np.uint8], advance: Advance) -> Measured:
    """Compress and decode uint8 [N, S, S, 3], and run the whole network on what is left."""
    answers: list[Said] = []
    sizes: list[int] = []
    for batch in _batches(pictures):
        files = [form.encode(picture) for picture in batch]
        sizes.extend(map(len, files))
        answers.append(halves.say(halves.features(np.stack([decode(file) for file in files]))))
        advance(len(batch))
    return Measured(form.name, concatenate(answers), {REQUEST: np.array(sizes, np.int64)})


def _sizes(wire: NDArray[np.generic], levels: int | None, name: str) -> dict[str, int]:
    body, _ = encode_request(InferRequest((Tensor(name, wire[None]),)))
    return {**coded_sizes(wire, levels), REQUEST: len(body), GZIP_REQUEST: len(shrink(body))}


def _batches(pictures: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    for start in range(0, len(pictures), BATCH):
        yield pictures[start : start + BATCH]
