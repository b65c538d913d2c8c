"""What is told about a person, as a change of the calibrated log-odds, learned behind a finished network.

A network that has seen its training images is too sure of them to leave anything to age, sex and site. So these are
fitted on images that it has not seen, the validation part, with the network's own answer as a fixed offset. Nothing
told is zeros, and zeros change nothing: leaving it out costs nothing, by construction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from dermsplit_training.data.metadata import left_out
from dermsplit_training.networks.network import METADATA

PENALTIES = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)
"""Strengths of the L2 penalty that cross-validation chooses from, beside not telling anything."""

FOLDS = 5
OMITTED_COPIES = 4
"""How often each image counts with some of its fields left out, for each time that it counts with all."""

TOLD = "logits_told"
"""The layer that adds what is told to the logits."""

SURE = 2.0
"""Standard errors that a gain must exceed: a question that gains nothing is not to be asked."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Told:
    """``kernel`` float64 [M]: what each column of the metadata adds to the malignant log-odds.

    ``loss_without`` and ``loss_with`` are the cross-validated negative log-likelihoods, nats an image; ``error`` is the
    standard error of their difference, with a lesion or patient counted once.
    """

    kernel: Floats
    loss_without: float
    loss_with: float
    error: float

    @property
    def helps(self) -> bool:
        """Whether images that were not fitted were answered better with it, by more than chance would have it."""
        return self.loss_without - self.loss_with > SURE * self.error


def fit_told(
    log_odds: Floats,
    malignant: NDArray[np.bool_],
    encoded: NDArray[np.float32],
    fields: Sequence[str],
    omit: float,
    groups: NDArray[np.str_],
    seed: int,
) -> Told:
    """Fit the kernel to calibrated malignant log-odds [n] of images [n] with metadata [n, M], all of one part.

    The penalty is chosen by cross-validation over ``groups``, lesions or patients; each field is left out of copies of
    the images with the chance ``omit``, so that a single one told is right by itself.
    """
    from sklearn.model_selection import GroupKFold

    rng = np.random.default_rng(seed)
    # Fully told once, and then with gaps: what a person tells is anything between.
    times = 1 + (OMITTED_COPIES if omit else 0)
    rows = np.tile(np.arange(len(encoded)), times)
    told = [encoded, *[left_out(encoded, fields, omit, rng) for _ in range(times - 1)]]
    columns = np.concatenate(told).astype(np.float64)

    folds = list(GroupKFold(FOLDS).split(encoded, groups=groups))
    held = {penalty: np.zeros(len(encoded)) for penalty in PENALTIES}
    for penalty in PENALTIES:
        for fitting, judging in folds:
            chosen = np.isin(rows, fitting)
            kernel = _fit(log_odds[rows[chosen]], malignant[rows[chosen]], columns[chosen], penalty)
            held[penalty][judging] = _loss(log_odds[judging] + encoded[judging] @ kernel, malignant[judging])
    best = min(PENALTIES, key=lambda penalty: float(held[penalty].mean()))
    kernel = _fit(log_odds[rows], malignant[rows], columns, best)
    before = _loss(log_odds, malignant)
    error = _standard_error(before - held[best], groups)
    return Told(kernel, float(before.mean()), float(held[best].mean()), error)


def attach_told(network: keras.Model, kernel: Floats) -> keras.Model:
    """The network with a second input ``metadata`` float32 [N, M], whose log-odds are added to its logits [N, 2].

    Further outputs of the network stay as they are.
    """
    metadata = keras.Input((len(kernel),), name=METADATA)
    # Half to each side, so that the difference, the log-odds, changes by the kernel.
    halves = keras.layers.Dense(2, use_bias=False, trainable=False, dtype="float32", name="told")
    shift = halves(metadata)
    halves.set_weights([np.stack([-kernel, kernel], axis=1).astype(np.float32) / 2])
    logits, *others = network.outputs
    told: Any = keras.layers.Add(dtype="float32", name=TOLD)([logits, shift])
    return keras.Model([network.inputs[0], metadata], [told, *others] if others else told, name=network.name)


def without_told(network: keras.Model) -> keras.Model:
    """The network as it is when nothing is told: what ``attach_told`` added, if it did, is left out."""
    if TOLD not in {layer.name for layer in network.layers}:
        return network
    logits = network.get_layer(TOLD).input[0]
    others = network.outputs[1:]
    return keras.Model(network.inputs[0], [logits, *others] if others else logits, name=network.name)


def _fit(offset: Floats, malignant: NDArray[np.bool_], columns: Floats, penalty: float) -> Floats:
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    def objective(kernel: Floats) -> tuple[float, Floats]:
        odds = offset + columns @ kernel
        error = 1 / (1 + np.exp(-odds)) - malignant
        value = _loss(odds, malignant).mean() + penalty * (kernel**2).sum()
        return float(value), columns.T @ error / len(odds) + 2 * penalty * kernel

    found: Floats = minimize(objective, np.zeros(columns.shape[1]), jac=True, method="L-BFGS-B").x
    return found


def _standard_error(values: Floats, groups: NDArray[np.str_]) -> float:
    """Of the mean of values [n], where those of a group go together."""
    _, group_of = np.unique(groups, return_inverse=True)
    sums = np.bincount(group_of, weights=values - values.mean())
    return float(np.sqrt((sums**2).sum()) / len(values))


def _loss(log_odds: Floats, malignant: NDArray[np.bool_]) -> Floats:
    """Negative log-likelihood of each image: float64 [n]."""
    loss: Floats = np.logaddexp(0.0, np.where(malignant, -log_odds, log_odds))
    return loss
