"""Every kind of picture that shows no lesion, by name: those that the gate learns from, and those kept for judging."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dermsplit_training.gate.negatives import disturbed, drawings, textures, unseen
from dermsplit_training.gate.negatives.photos import bundled_photos, crops, photos_of

Pixels = NDArray[np.uint8]
Draw = Callable[[np.random.Generator, int], Pixels]

DRAWN: dict[str, Draw] = {
    "noise": textures.noise,
    "flat": textures.flat,
    "stripes": textures.stripes,
    "leaves": textures.leaves,
    "regions": textures.regions,
    "shapes": drawings.shapes,
    "text": drawings.text,
    "screen": drawings.screen,
}
"""Kinds that are drawn from nothing, from a generator and the picture's side in pixels."""

MADE = ("plain_skin", "shuffled", "mosaic", "blurred", "negative")
"""Kinds that are made from images of lesions."""

UNSEEN: dict[str, Draw] = {
    "cells": unseen.cells,
    "marble": unseen.marble,
    "fractal": unseen.fractal,
    "face_drawing": unseen.face,
    "thing_drawing": unseen.thing,
}
"""Kinds that no gate learns from."""


def draw(name: str, count: int, seed: int, size: int) -> Pixels:
    """``count`` pictures of a kind of ``DRAWN`` or ``UNSEEN``: uint8 [count, size, size, 3]."""
    kind = {**DRAWN, **UNSEEN}[name]
    return np.stack([kind(np.random.default_rng((seed, index)), size) for index in range(count)])


def make(name: str, count: int, seed: int, images: NDArray[np.uint8]) -> Pixels:
    """At most ``count`` pictures of a kind of ``MADE`` from images uint8 [N, S, S, 3], each drawn: uint8 [n, S, S, 3].

    Fewer are made where images lack what the kind needs, such as a corner of plain skin.
    """
    made: list[Pixels] = []
    for index in range(count):
        rng = np.random.default_rng((seed, index))
        chosen = [np.asarray(images[place]) for place in rng.integers(len(images), size=9)]
        if name == "mosaic":
            made.append(disturbed.mosaic(rng, chosen))
        elif name == "plain_skin":
            found = (disturbed.plain_skin(rng, one) for one in chosen)
            made.extend([next((skin for skin in found if skin is not None), chosen[0][:0])])
        else:
            made.append(getattr(disturbed, name)(rng, chosen[0]))
    kept = [one for one in made if len(one)]
    return np.stack(kept) if kept else images[:0]


def photographs(data: Path | None, count: int, seed: int, size: int) -> dict[str, tuple[int, Pixels]]:
    """Cut-outs of photographs of other things by where they come from.

    Each with the number of photographs, and uint8 [count, size, size, 3]; none where there are no photographs.
    """
    sources: dict[str, Sequence[Path]] = {
        "sample_photos": bundled_photos(),
        "other_photos": photos_of(data) if data else [],
    }
    return {
        name: (len(found), np.stack(crops(np.random.default_rng(seed), found, count, size)))
        for name, found in sources.items()
        if found
    }
