"""Every attack on the features of one cut and coding: ridge -> decoder -> compare -> look up -> read attributes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.measures import AttributeResult, LeakageResult, RankResult
from dermsplit_convert.leakage.attributes import Known, Reading, read_attribute
from dermsplit_convert.leakage.coding import Sent
from dermsplit_convert.leakage.decoder import Decoder, Pairs, train_decoder
from dermsplit_convert.leakage.likeness import baselines, compare, result
from dermsplit_convert.leakage.optimise import Optimised
from dermsplit_convert.leakage.ranks import rank_lesions, rank_photos, views_of
from dermsplit_convert.leakage.record import HeadCost, Price
from dermsplit_convert.leakage.ridge import Ridge, fit_ridge
from dermsplit_convert.leakage.sample import Sample

Floats = NDArray[np.float32]
Report = Callable[[str], None]
People = Mapping[tuple[str, str], list[str]]

RIDGE, DECODER = "ridge", "decoder"


@dataclass(frozen=True)
class Material:
    """What all attacks share: the sample, its photos float32 [N, P, P, 3] in 0..1, and what is known of the people.

    Arrays hold the images that are learned from, then the held-out ones, then the test images.
    """

    sample: Sample
    photos: Floats
    people: People

    def learn(self, values: Floats) -> Floats:
        """Rows of the images that attackers learn from."""
        return values[: len(self.sample.learn)]

    def held_out(self, values: Floats) -> Floats:
        """Rows of the images that choose penalties and epochs."""
        return values[len(self.sample.learn) : -len(self.sample.test)]

    def test(self, values: Floats) -> Floats:
        """Rows of the test images."""
        return values[-len(self.sample.test) :]


@dataclass(frozen=True)
class Attacked:
    """The figures of one coding; ``pictures`` are float32 [N, P, P, 3] of the test images by attack or baseline.

    ``best`` is the attack that does best on held-out images; ``sha256`` says which features these are. What was not
    asked for is None.
    """

    result: LeakageResult
    coding: str
    noise: float
    sha256: str
    pictures: dict[str, Floats]
    ssim: dict[str, NDArray[np.float64]]
    best: str
    notes: list[str]
    decoder: Decoder | None = None
    head: HeadCost | None = None
    price: Price | None = None
    optimised: Optimised | None = None


def attack(sent: Sent, material: Material, epochs: int, directory: Path, report: Report) -> Attacked:
    """Attack features as they were sent, of all images of the material. No decoder is trained for 0 epochs."""
    report(f"{sent.cut}, {sent.coding}: ridge regression")
    groups = material.sample.test.groups
    flat = material.photos.reshape(len(material.photos), -1)
    ridge = fit_ridge(
        material.learn(sent.received),
        material.learn(flat),
        material.held_out(sent.received),
        material.held_out(flat),
    )
    pictures = {RIDGE: _rebuild(ridge, material.test(sent.received), material)}
    best, notes, decoder = RIDGE, list[str](), None
    if epochs:
        decoder = _train(sent, material, ridge, epochs, directory, report)
        pictures[DECODER] = decoder.predict(material.test(sent.received))
        # Chosen on held-out images, as an attacker would.
        best = DECODER if decoder.learned else RIDGE
        notes.append(_verdict(sent, decoder))
    attacks = list(pictures)
    pictures |= baselines(material.photos[: -len(groups)], material.test(material.photos))
    report(f"{sent.cut}, {sent.coding}: comparing")
    found = {name: compare(own, material.test(material.photos)) for name, own in pictures.items()}
    rebuilt = [result(name, name not in attacks, own, groups) for name, own in found.items()]
    figures = LeakageResult(
        cut=sent.cut,
        datatype=sent.form.datatype,
        levels=sent.form.levels,
        item_bytes=sent.item_bytes,
        gzip_bytes=sent.gzip_bytes,
        side=material.photos.shape[1],
        training_images=len(material.photos) - len(groups),
        images=len(groups),
        groups=len(set(groups.tolist())),
        rebuilt=rebuilt,
        ranks=_ranks(sent, material, pictures[best]),
        attributes=_attributes(sent, material),
    )
    ssim = {name: own.ssim for name, own in found.items()}
    return Attacked(figures, sent.coding, sent.noise, sent.sha256, pictures, ssim, best, notes, decoder)


def _ranks(sent: Sent, material: Material, rebuilt: Floats) -> list[RankResult]:
    groups, learned = material.sample.test.groups, material.sample.learn.groups
    asked, known = views_of(material.test(sent.received)), views_of(material.learn(sent.received))
    found = [rank_photos(rebuilt, material.test(material.photos), groups), rank_lesions(asked, known, groups, learned)]
    return [one for one in found if one is not None]


def _rebuild(ridge: Ridge, features: Floats, material: Material) -> Floats:
    return ridge.predict(features).reshape(-1, *material.photos.shape[1:])


def _train(sent: Sent, material: Material, ridge: Ridge, epochs: int, directory: Path, report: Report) -> Decoder:
    learn = Pairs(material.learn(sent.received), material.learn(material.photos))
    held_out = Pairs(material.held_out(sent.received), material.held_out(material.photos))

    def told(epoch: int, loss: float) -> None:
        report(f"{sent.cut}, {sent.coding}: decoder, epoch {epoch} of {epochs}, held-out loss {loss:.4f}")

    report(f"{sent.cut}, {sent.coding}: decoder, {epochs} epochs")
    return train_decoder(ridge, learn, held_out, epochs, directory, told)


def _verdict(sent: Sent, decoder: Decoder) -> str:
    said = "beats" if decoder.learned else "does not beat"
    why = "" if decoder.learned else ": it did not train, and its figures say nothing"
    return (
        f"{sent.cut}, {sent.coding}: the decoder ({decoder.epochs} epochs) {said} the ridge and the mean picture on "
        f"held-out images (loss {decoder.loss:.4f} against {decoder.ridge_loss:.4f} and {decoder.mean_loss:.4f}){why}."
    )


def _attributes(sent: Sent, material: Material) -> list[AttributeResult]:
    sample, views = material.sample, views_of(sent.received)
    found = []
    for (data_set, attribute), values in material.people.items():
        known = Known(np.array(values), np.concatenate([part.groups for part in sample.parts]))
        start, readings = 0, []
        for part in sample.parts:
            rows = slice(start, start := start + len(part))
            readings.append(Reading([view[rows] for view in views], Known(known.values[rows], known.groups[rows])))
        if one := read_attribute(data_set, attribute, *readings):
            found.append(one)
    return found
