"""What a finished network decides of pictures, as the server would: malignant probability, and whether it can tell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.decision import decide as decide_by
from dermsplit_contract.measures import DomainSpec, OperatingPoint
from dermsplit_training.evaluation.calibrate import softmax
from dermsplit_training.learning.infer import predictor


@dataclass(frozen=True)
class Answers:
    """Malignant probabilities float64 [N] and decisions [N]."""

    probabilities: NDArray[np.float64]
    decisions: NDArray[np.str_]


Decide = Callable[[NDArray[np.uint8], NDArray[np.float32] | None], Answers]
"""From pictures uint8 [n, S, S, 3] and their metadata [n, M], if the network takes any, to answers."""


def decider(
    network: keras.Model,
    temperature: float,
    malignant: Sequence[int],
    point: OperatingPoint,
    domains: DomainSpec | None,
) -> Decide:
    """How a finished network decides at an operating point; ``malignant`` are columns of its logits.

    With ``domains`` its second output gives the threshold, and declines what it marks as neither.
    """
    runner = predictor(network)

    def decide(pictures: NDArray[np.uint8], metadata: NDArray[np.float32] | None) -> Answers:
        inputs = pictures.astype(np.float32)
        outputs = runner.predict_on_batch(inputs if metadata is None else [inputs, metadata])
        logits = np.asarray(outputs[0] if isinstance(outputs, list | tuple) else outputs)
        probabilities = softmax(logits / temperature)[:, list(malignant)].sum(axis=1)
        shares = None if domains is None else np.asarray(outputs[1])
        return Answers(probabilities, decide_by(point, probabilities, domains, shares))

    return decide
