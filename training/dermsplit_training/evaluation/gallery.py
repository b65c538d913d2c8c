"""Right and wrong answers of which the network was surest, as pictures."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dermsplit_training.evaluation.outcome import Outcome
from dermsplit_training.evaluation.plots.figure import new_figure, save
from dermsplit_training.evaluation.plots.tile import draw_tile

COLUMNS = 4
"""Pictures of either kind in a row."""


def draw_gallery(outcome: Outcome, inputs: NDArray[np.uint8], path: Path) -> None:
    """Draw, for each class of the test part, the surest right answers at the left and the surest wrong at the right.

    ``outcome`` and ``inputs``, uint8 [N, S, S, 3], hold all parts in the same order; copies are left out. The drawing
    shows patients' images: it belongs into the run directory alone.
    """
    rows = _rows(outcome)
    figure = new_figure(width=1.3 * 2 * COLUMNS + 0.4, height=1.7 * len(rows) + 0.4)
    grid = figure.subplots(
        len(rows), 2 * COLUMNS + 1, squeeze=False, width_ratios=[1] * COLUMNS + [0.2] + [1] * COLUMNS
    )
    for axes in grid.flat:
        axes.set_axis_off()
    for line, (right, wrong) in zip(grid, rows, strict=True):
        for axes, index in [*zip(line, right, strict=False), *zip(line[COLUMNS + 1 :], wrong, strict=False)]:
            draw_tile(axes, inputs[index], outcome, index)
    figure.suptitle("Test part: right answers the network was surest of (left), and wrong ones (right), class by class")
    save(figure, path)


def _rows(outcome: Outcome) -> list[tuple[list[int], list[int]]]:
    """Indices of right and of wrong answers, row by row; a row without either is left out."""
    labels, answers = outcome.labels, outcome.answers
    shown = np.array([part == "test" for part in outcome.parts]) & ~copies(outcome)
    surest = np.argsort(-outcome.own_probabilities.max(axis=1), kind="stable")
    each = 2 if len(outcome.classes.names) <= 3 else 1  # rows a class
    rows = []
    for column in range(len(outcome.classes.names)):
        own = surest[(shown & (labels == column))[surest]]
        right = own[answers[own] == column].tolist()
        wrong = own[answers[own] != column].tolist()
        pieces = [slice(start, start + COLUMNS) for start in range(0, each * COLUMNS, COLUMNS)]
        rows += [(right[piece], wrong[piece]) for piece in pieces if right[piece] or wrong[piece]]
    return rows


def copies(outcome: Outcome) -> NDArray[np.bool_]:
    """Which pictures are changed copies of others: bool [N]."""
    return np.array([picture.copy > 0 for picture in outcome.pictures], dtype=bool)
