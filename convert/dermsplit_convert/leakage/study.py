"""What the features give away, top to bottom:

open bundle -> draw sample -> load photos -> for each cut and coding: send, attack -> write.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dermsplit_contract.bundle import Bundle, open_bundle
from dermsplit_contract.errors import UsageError
from dermsplit_convert.bench.judged import load_pictures
from dermsplit_convert.cuts import check_cut
from dermsplit_convert.leakage.attack import Attacked, Material, Report, attack
from dermsplit_convert.leakage.coding import Coding, Wanted, load_whole, other_coding, own_coding
from dermsplit_convert.leakage.document import LeakageReport, write_report
from dermsplit_convert.leakage.people import read_people
from dermsplit_convert.leakage.sample import Sample, read_sample

SIDE = 80
"""Pixels of the pictures that attackers rebuild: enough for shape, colour and the larger structures of a lesion."""

MOST_VALUES = 150_000_000
"""Features of all images held at once."""


@dataclass(frozen=True)
class LeakageOrder:
    """What to attack. ``split`` is a run's split.csv or predictions.csv; ``images`` are training images."""

    bundle: Path
    split: Path
    data: Path
    out: Path
    images: int
    epochs: int
    cuts: tuple[Wanted, ...] = ()


def measure_leakage(order: LeakageOrder, report: Report) -> LeakageReport:
    """Attack the bundle, then the other cuts and codings of its network, and write the report.

    Raises BundleError, UnsupportedModel, CutError, DataInvalid and UsageError for an order that cannot be carried
    out, PhotoUnreadable for an image that is none.
    """
    bundle = open_bundle(order.bundle)
    sample = read_sample(order.split, bundle.manifest.split_sha256, order.images)
    whole = load_whole(bundle)
    for one in order.cuts:
        _check_size(one.layer, check_cut(whole, one.layer).shape[1:], len(sample.everything))
    report(f"loading {len(sample.everything):,} photos")
    pictures = load_pictures(order.data, sample.everything.images, bundle.manifest.input.size)
    material = Material(sample, _small(pictures), read_people(order.data, sample.everything))
    attacked = [_attack(bundle, own_coding(bundle, whole), pictures, material, order, report)]
    for one in order.cuts:
        report(f"{one.layer}: choosing the quantiser's ranges")
        coding = other_coding(bundle.manifest, whole, one, pictures[: len(sample.learn)])
        attacked.append(_attack(bundle, coding, pictures, material, order, report))
    finished = LeakageReport(bundle.manifest, attacked)
    write_report(finished, material.test(material.photos), order.out)
    return finished


def _attack(
    bundle: Bundle,
    coding: Coding,
    pictures: NDArray[np.uint8],
    material: Material,
    order: LeakageOrder,
    report: Report,
) -> Attacked:
    report(f"{coding.cut}: running the head")
    sent = coding.send(pictures, len(material.sample.test))
    key = _key(bundle.manifest.id, sent.cut, sent.coding, str(order.epochs), material.sample)
    return attack(sent, material, order.epochs, order.out / "decoders" / key, report)


def _check_size(layer: str, shape: tuple[int, ...], images: int) -> None:
    values = int(np.prod(shape))
    if values * images > MOST_VALUES:
        raise UsageError(
            f"{values:,} values cross at '{layer}', too many to hold those of {images:,} images: "
            f"take at most --images {MOST_VALUES // values * 5 // 6}, or a later cut."
        )


def _key(bundle: str, cut: str, coding: str, epochs: str, sample: Sample) -> str:
    """A name for the decoder of one coding, so that a stopped training goes on and no other is taken for it."""
    said = "\n".join([bundle, cut, coding, epochs, *(" ".join(part.images) for part in sample.parts)])
    return f"{cut}-{coding.replace(' ', '-')}-{hashlib.sha256(said.encode()).hexdigest()[:8]}"


def _small(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """uint8 [N, S, S, 3] to what attackers are after, float32 [N, P, P, 3] in 0..1, P even and at most 80."""
    side = min(SIDE, pictures.shape[1]) // 2 * 2
    small = [np.asarray(Image.fromarray(one).resize((side, side), Image.Resampling.BILINEAR)) for one in pictures]
    photos: NDArray[np.float32] = np.stack(small).astype(np.float32) / np.float32(255.0)
    return photos
