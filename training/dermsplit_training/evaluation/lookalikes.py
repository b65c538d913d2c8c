"""Pictures that the network sees as alike though they are not: where it has to draw its finest line."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dermsplit_training.evaluation.gallery import copies
from dermsplit_training.evaluation.outcome import Outcome
from dermsplit_training.evaluation.plots.figure import FONT, new_figure, save
from dermsplit_training.evaluation.plots.tile import draw_tile

PAIRS = 8
ACROSS = 4
"""Pairs in a row of the drawing."""
BLOCK = 512


@dataclass(frozen=True)
class Lookalikes:
    """Two pictures by their index in the outcome, a benign and a malignant one, or of two classes.

    ``distance`` is the cosine distance of their embeddings, 0 (the same direction) to 2.
    """

    first: int
    second: int
    distance: float


def draw_lookalikes(
    outcome: Outcome, embeddings: NDArray[np.float32], inputs: NDArray[np.uint8], path: Path
) -> list[Lookalikes]:
    """Draw the pairs of ``find_lookalikes`` with what was said of each; nothing where there is none.

    ``outcome``, ``embeddings`` [N, F] and ``inputs``, uint8 [N, S, S, 3], hold all parts in the same order. The
    drawing shows patients' images: it belongs into the run directory alone.
    """
    pairs = find_lookalikes(outcome, embeddings)
    if not pairs:
        return []
    rows = -(-len(pairs) // ACROSS)
    figure = new_figure(width=2.7 * min(ACROSS, len(pairs)), height=1.85 * rows)
    boxes = figure.subfigures(rows, min(ACROSS, len(pairs)), squeeze=False, wspace=0.03).flat
    for number, (box, pair) in enumerate(zip(boxes, pairs, strict=False), start=1):
        box.suptitle(f"pair {number}, distance {pair.distance:.3f}", fontsize=FONT)
        for axes, index in zip(box.subplots(1, 2), (pair.first, pair.second), strict=True):
            draw_tile(axes, inputs[index], outcome, index)
    save(figure, path)
    return pairs


def find_lookalikes(outcome: Outcome, embeddings: NDArray[np.float32], most: int = PAIRS) -> list[Lookalikes]:
    """The nearest pairs of one benign and one malignant test picture, or of different classes, nearest first.

    ``embeddings``, float32 [N, F], are the network's pooled features of all pictures in the outcome's order. No
    picture is in two pairs, copies in none. Where malignancy is known, the first picture of a pair is the benign one.
    """
    test = np.flatnonzero(np.array([part == "test" for part in outcome.parts], dtype=bool) & ~copies(outcome))
    units = embeddings[test].astype(np.float64)
    units /= np.maximum(np.linalg.norm(units, axis=1, keepdims=True), 1e-12)
    kind = outcome.malignant.astype(np.int64)[test] if outcome.classes.malignant else outcome.labels[test]

    near = _nearest_others(units, kind, most)
    pairs: list[Lookalikes] = []
    taken: set[int] = set()
    for distance, one, other in sorted(near):
        if len(pairs) < most and not taken & {one, other}:
            taken |= {one, other}
            first, second = sorted((one, other), key=lambda index: (kind[index], index))
            pairs.append(Lookalikes(int(test[first]), int(test[second]), distance))
    return pairs


def _nearest_others(units: NDArray[np.float64], kind: NDArray[np.int64], most: int) -> list[tuple[float, int, int]]:
    """The ``most`` nearest pictures of another kind for each picture: as many as greedy pairing can ever ask for."""
    found = []
    for start in range(0, len(units), BLOCK):
        distances = 1 - units[start : start + BLOCK] @ units.T
        distances[kind[start : start + BLOCK, None] == kind[None]] = np.inf
        order = np.argsort(distances, axis=1, kind="stable")[:, :most]
        for row, columns in enumerate(order):
            found += [
                (max(0.0, float(distances[row, column])), start + row, int(column))
                for column in columns
                if np.isfinite(distances[row, column])
            ]
    return found
