"""Whole numbers for a layer's weights, each rounding made good by the weights that are not yet rounded.

After GPTQ (Frantar et al. 2023, https://arxiv.org/abs/2210.17323): what counts is not how far each weight moves but how
far the layer's outputs do, on inputs that it really gets. The bias comes last and takes up what is left of their mean
(bias correction: Nagel et al. 2019, https://arxiv.org/abs/1906.04721).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dermsplit_convert.fold import half

Floats = NDArray[np.float32]

DAMPING = 0.01
"""Of the mean square of an input, added to every input's: keeps weights of inputs that hardly vary where they were."""

SMALLEST_STEP = 2.0**-24
"""The smallest number above zero that float16 has."""


@dataclass(frozen=True)
class WholeMatrix:
    """``numbers * step`` is the matrix: int8 [I, O], and float32 [O] that float16 holds exactly, as it does ``bias``
    float32 [O]."""

    numbers: NDArray[np.int8]
    step: Floats
    bias: Floats

    @property
    def matrix(self) -> Floats:
        """float32 [I, O], without any rounding: a product of 7 and 11 bits."""
        return self.numbers.astype(np.float32) * self.step


def round_matrix(matrix: Floats, bias: Floats, given: Floats, wanted: Floats, largest: int) -> WholeMatrix:
    """Whole numbers in -largest..largest such that ``given @ matrix + bias`` is near ``wanted``.

    ``matrix`` [I, O] and ``bias`` [O] are where to begin, ``given`` [P, I] inputs of the layer and ``wanted`` [P, O]
    what it should make of them. One step for each of the O outputs.
    """
    inputs = np.c_[given, np.ones(len(given))].astype(np.float64)
    squares = inputs.T @ inputs / len(inputs)
    damping = DAMPING * np.diag(squares).mean()
    damped = squares + damping * np.eye(len(squares))
    begun = np.vstack([matrix, bias]).astype(np.float64)
    fitted = np.linalg.solve(damped, inputs.T @ wanted / len(inputs) + damping * begun)
    widest = np.abs(fitted[:-1]).max(axis=0) / largest
    step = half(np.maximum(widest, SMALLEST_STEP).astype(np.float32))
    # The inputs that weigh most first, while there is most left to make good with; the bias, which stays a float, last.
    order = np.append(np.argsort(-np.diag(squares)[:-1], kind="stable"), len(matrix))
    left = fitted[order]
    shares = np.linalg.cholesky(np.linalg.inv(damped[np.ix_(order, order)])).T
    numbers = np.zeros(matrix.shape, np.int8)
    for place, row in enumerate(order[:-1]):
        numbers[row] = np.clip(np.round(left[place] / step), -largest, largest)
        error = left[place] - numbers[row] * step
        left[place + 1 :] -= np.outer(shares[place, place + 1 :] / shares[place, place], error)
    return WholeMatrix(numbers, step, half(left[-1].astype(np.float32)))
