"""What a model said of pictures whose labels are known: the one thing that every measure and plot starts from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.decision import reached
from dermsplit_contract.measures import OperatingPoint
from dermsplit_training.data.classes import Classes
from dermsplit_training.data.picture import Picture
from dermsplit_training.data.split import Part
from dermsplit_training.evaluation.calibrate import softmax


@dataclass(frozen=True)
class Outcome:
    """A model's answers, everything in the order of ``pictures``.

    ``logits`` are the network's own, float32 [N, C], before any calibration; ``probabilities`` are calibrated, float64
    [N, C], rows that add up to 1. ``points`` are empty where malignancy is not known. ``told`` [N] is the domain that
    the network takes each picture for, None where it tells none apart.
    """

    model: str
    pictures: Sequence[Picture]
    parts: Sequence[Part]
    classes: Classes
    logits: NDArray[np.float32]
    probabilities: NDArray[np.float64]
    points: Sequence[OperatingPoint]
    told: NDArray[np.str_] | None = None

    @property
    def labels(self) -> NDArray[np.int64]:
        """The true class of each picture, a column of ``probabilities``: int64 [N]."""
        return self.classes.labels(self.pictures)

    @property
    def own_probabilities(self) -> NDArray[np.float64]:
        """The network's own, before calibration: float64 [N, C], rows that add up to 1."""
        return softmax(self.logits)

    @property
    def answers(self) -> NDArray[np.int64]:
        """The class of each picture's highest logit, before calibration: int64 [N]. It is what accuracies are of."""
        answers: NDArray[np.int64] = self.logits.argmax(axis=1)
        return answers

    @property
    def malignant(self) -> NDArray[np.bool_]:
        """Whether each picture is malignant: bool [N]. Only where ``classes.malignant`` is not empty."""
        return np.isin(self.labels, self.classes.malignant_indices)

    @property
    def malignant_probabilities(self) -> NDArray[np.float64]:
        """Calibrated probability of all malignant classes together: float64 [N]."""
        together: NDArray[np.float64] = self.probabilities[:, self.classes.malignant_indices].sum(axis=1)
        return together

    def suspicious(self, point: OperatingPoint) -> NDArray[np.bool_]:
        """Whether each picture is, at the operating point, by the threshold of the domain it is taken for: bool [N]."""
        return reached(point, self.malignant_probabilities, self.told)

    def of(self, part: Part) -> "Outcome":
        """The same model on the pictures of one part."""
        return self.where(np.array([own == part for own in self.parts], dtype=bool))

    def where(self, mask: NDArray[np.bool_]) -> "Outcome":
        """The same model on the pictures that the mask, bool [N], is true for."""
        chosen = np.flatnonzero(mask)
        return replace(
            self,
            pictures=[self.pictures[index] for index in chosen],
            parts=[self.parts[index] for index in chosen],
            logits=self.logits[chosen],
            probabilities=self.probabilities[chosen],
            told=None if self.told is None else self.told[chosen],
        )
