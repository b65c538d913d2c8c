"""What the features give away, top to bottom:

open bundle -> draw sample -> load photos -> for each cut and coding: send, attack, optimise, price -> write. The
decoder of the bundle's own coding is written, where it is asked for, as soon as it is trained.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dermsplit_contract.bundle import open_bundle
from dermsplit_contract.errors import UsageError
from dermsplit_contract.manifest import Manifest
from dermsplit_convert.bench.judged import load_pictures, read_judged
from dermsplit_convert.cuts import check_cut, find_cuts
from dermsplit_convert.leakage.attack import Attacked, Material, Report, attack
from dermsplit_convert.leakage.carried import DecoderRecord, result_of, write_decoder
from dermsplit_convert.leakage.coding import Coding, Sent, Wanted, load_whole, other_coding, own_coding
from dermsplit_convert.leakage.document import LeakageReport, write_figures, write_report
from dermsplit_convert.leakage.likeness import compare, result
from dermsplit_convert.leakage.network import DESIGN
from dermsplit_convert.leakage.optimise import OPTIMISED, Descent, Optimised
from dermsplit_convert.leakage.people import read_people
from dermsplit_convert.leakage.price import Prices
from dermsplit_convert.leakage.record import HeadCost, OptimisedResult
from dermsplit_convert.leakage.sample import Sample, read_sample

if TYPE_CHECKING:
    import keras

SIDE = 80
"""Pixels of the pictures that attackers rebuild: enough for shape, colour and the larger structures of a lesion."""

MOST_VALUES = 250_000_000
"""Features of all images held at once: a gigabyte of float32, of which an attack makes about three more."""


HELD_OUT_OPTIMISED = 2
"""Held-out images that choose the weight of the optimisation's prior: it takes as long for each as for a test image."""


@dataclass(frozen=True)
class LeakageOrder:
    """What to attack. ``split`` is a run's split.csv or predictions.csv; ``images`` are training images.

    ``optimised`` is how many test images the optimisation attacks, in ``steps`` steps. ``predictions`` is the run's
    predictions.csv, for AUC and flips; without it there are none. ``decoder_out`` is where the decoder of the bundle's
    own coding is to lie, None for nowhere.
    """

    bundle: Path
    split: Path
    data: Path
    out: Path
    images: int
    epochs: int
    cuts: tuple[Wanted, ...] = ()
    optimised: int = 0
    steps: int = 300
    predictions: Path | None = None
    decoder_out: Path | None = None


def measure_leakage(order: LeakageOrder, report: Report) -> LeakageReport:
    """Attack the bundle, then the other cuts and codings of its network, and write the report.

    Raises BundleError, UnsupportedModel, CutError, DataInvalid and UsageError for an order that cannot be carried
    out, PhotoUnreadable for an image that is none.
    """
    if order.decoder_out and not order.epochs:
        raise UsageError("Expected --epochs of at least 1 with --decoder-out: a decoder that is kept must be trained.")
    bundle = open_bundle(order.bundle)
    sample = read_sample(order.split, bundle.manifest.split_sha256, order.images)
    whole = load_whole(bundle)
    for one in order.cuts:
        _check_size(one.layer, check_cut(whole, one.layer).shape[1:], len(sample.everything))
    report(f"loading {len(sample.everything):,} photos")
    pictures = load_pictures(order.data, sample.everything.images, bundle.manifest.input.size)
    material = Material(sample, _small(pictures), read_people(order.data, sample.everything))
    prices = _prices(order, bundle.manifest, whole, report)
    heads = {
        cut.layer: HeadCost(macs=cut.head.macs, download_bytes=cut.head.download_bytes) for cut in find_cuts(whole)
    }
    study = _Study(order, pictures, material, prices, heads, report)
    own = own_coding(bundle, whole)
    attacked = [study.attack(own)]
    if order.decoder_out and (decoder := attacked[0].decoder):
        record = DecoderRecord(features_sha256=attacked[0].sha256, result=result_of(attacked[0].result))
        write_decoder(order.decoder_out, decoder.model, own.form, record)
    for one in order.cuts:
        report(f"{one.layer}: choosing the quantiser's ranges")
        attacked.append(study.attack(other_coding(bundle.manifest, whole, one, pictures[: len(sample.learn)])))
        # A study takes an hour: what is found is kept where it stops.
        write_figures(LeakageReport(bundle.manifest, attacked), order.out)
    finished = LeakageReport(bundle.manifest, attacked)
    write_report(finished, material.test(material.photos), order.out)
    return finished


def _prices(order: LeakageOrder, manifest: Manifest, whole: "keras.Model", report: Report) -> Prices | None:
    if order.predictions is None:
        return None
    judged = read_judged(order.predictions, manifest.split_sha256)
    report(f"asking the uncut network about {len(judged.images):,} test images")
    uncut = other_coding(manifest, whole, Wanted(manifest.cut, None), np.empty(0, np.uint8))
    return Prices.of(judged, load_pictures(order.data, judged.images, manifest.input.size), uncut.say)


@dataclass(frozen=True)
class _Study:
    """What all codings are attacked with, pictures being uint8 [N, S, S, 3] in the order of the sample."""

    order: LeakageOrder
    pictures: NDArray[np.uint8]
    material: Material
    prices: Prices | None
    heads: Mapping[str, HeadCost]
    report: Report

    def attack(self, coding: Coding) -> Attacked:
        self.report(f"{coding.cut}: running the head")
        sent = coding.send(self.pictures, len(self.material.sample.test))
        key = _key(sent, self.order.epochs, self.material.sample)
        found = attack(sent, self.material, self.order.epochs, self.order.out / "decoders" / key, self.report)
        optimised = self._optimise(coding, sent, found) if self.order.optimised else None
        if self.prices:
            self.report(f"{sent.cut}, {sent.coding}: asking the tail")
        price = self.prices.price(coding.say) if self.prices else None
        return replace(found, head=self.heads[sent.cut], price=price, optimised=optimised)

    def _optimise(self, coding: Coding, sent: Sent, attacked: Attacked) -> Optimised:
        self.report(f"{sent.cut}, {sent.coding}: optimising {self.order.optimised} pictures, {self.order.steps} steps")
        material = self.material
        learned = material.learn(sent.received)
        spread = np.maximum(learned.reshape(-1, learned.shape[-1]).std(axis=0), 1e-6)
        descent = Descent(coding.head, material.learn(material.photos).mean(axis=0), spread, self.order.steps)
        few = _spread_out(len(material.sample.held_out), HELD_OUT_OPTIMISED)
        weight = descent.choose(material.held_out(sent.received)[few], material.held_out(material.photos)[few])
        places = _spread_out(len(material.sample.test), self.order.optimised)
        rebuilt = descent.rebuild(material.test(sent.received)[places], weight)
        photos, groups = material.test(material.photos)[places], material.sample.test.groups[places]
        baselines = {one.name for one in attacked.result.rebuilt if one.baseline}
        shown = {OPTIMISED: rebuilt, **{name: pictures[places] for name, pictures in attacked.pictures.items()}}
        results = [result(name, name in baselines, compare(own, photos), groups) for name, own in shown.items()]
        found = OptimisedResult(images=len(places), steps=self.order.steps, prior=weight, rebuilt=results)
        return Optimised(places, found, rebuilt)


def _spread_out(count: int, wanted: int) -> list[int]:
    return [int(place) for place in np.linspace(0, count - 1, min(wanted, count))]


def _check_size(layer: str, shape: tuple[int, ...], images: int) -> None:
    values = int(np.prod(shape))
    if values * images > MOST_VALUES:
        raise UsageError(
            f"{values:,} values cross at '{layer}', too many to hold those of {images:,} images: "
            f"take at most --images {MOST_VALUES // values * 5 // 6}, or a later cut."
        )


def _key(sent: Sent, epochs: int, sample: Sample) -> str:
    """A name for the decoder of one coding, so that a stopped training goes on and no other is taken for it."""
    said = "\n".join([sent.sha256, DESIGN, str(epochs), *(" ".join(part.images) for part in sample.parts)])
    return (
        f"{sent.cut}-{sent.coding.replace(',', '').replace(' ', '-')}-{hashlib.sha256(said.encode()).hexdigest()[:8]}"
    )


def _small(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """uint8 [N, S, S, 3] to what attackers are after, float32 [N, P, P, 3] in 0..1, P even and at most 80."""
    side = min(SIDE, pictures.shape[1]) // 2 * 2
    small = [np.asarray(Image.fromarray(one).resize((side, side), Image.Resampling.BILINEAR)) for one in pictures]
    photos: NDArray[np.float32] = np.stack(small).astype(np.float32) / np.float32(255.0)
    return photos
