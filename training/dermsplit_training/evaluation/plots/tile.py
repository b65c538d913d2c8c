"""One picture of a data set with what it is and what was said of it."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dermsplit_training.evaluation.outcome import Outcome
from dermsplit_training.evaluation.plots.figure import COLOURS, FONT, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RIGHT, WRONG = COLOURS[2], COLOURS[1]


def draw_tile(axes: "Axes", pixels: NDArray[np.uint8], outcome: Outcome, index: int) -> None:
    """Draw the pixels, uint8 [S, S, 3], of the outcome's picture of that index, its class and the answer beneath.

    The answer is the network's own, with its probability before calibration.

    The frame is green where the answer is right; where it is wrong it is red and broken, and the answer is crossed.
    """
    names = outcome.classes.names
    label, answer = outcome.classes.label_of(outcome.pictures[index]), int(outcome.answers[index])
    right = label == answer
    axes.imshow(pixels)
    axes.set_axis_on()
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(color=RIGHT if right else WRONG, linewidth=2.5, linestyle="-" if right else (0, (3, 1.5)))
    said = f"{plain(names[answer], longest=14)} {outcome.own_probabilities[index, answer]:.2f}"
    axes.set_xlabel(
        f"true: {plain(names[label], longest=14)}\n{'✓' if right else '✗'} {said}",
        fontsize=FONT - 1,
        color="black" if right else WRONG,
        labelpad=3,
    )
