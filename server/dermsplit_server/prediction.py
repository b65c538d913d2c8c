"""Run the tail, and let through nothing that is not a probability."""

import numpy as np

from dermsplit_contract.errors import InternalError
from dermsplit_server.engines import Features, Probabilities
from dermsplit_server.registry import Served

SUM_TOLERANCE = 1e-3
"""How far a row's sum may be from 1: float32's rounding, not a mistake."""


def predict(served: Served, features: Features) -> Probabilities:
    """Features [N, *shape] -> probabilities float32 [N, C], every row in 0..1 with sum 1.

    Raises InternalError where the engine fails or answers anything else; a probability is never made up.
    """
    try:
        probabilities = served.tail(features)
    except Exception as error:
        raise InternalError("The engine failed on these features. Nothing was computed; try again later.") from error
    if not _are_probabilities(probabilities, (len(features), len(served.manifest.labels))):
        raise InternalError("The engine gave something that is not a probability, so there is no answer.")
    return probabilities


def _are_probabilities(values: Probabilities, shape: tuple[int, int]) -> bool:
    return bool(
        values.shape == shape
        and values.dtype == np.float32
        and np.isfinite(values).all()
        and (values >= 0).all()
        and (values <= 1 + SUM_TOLERANCE).all()
        and (np.abs(values.sum(axis=1) - 1) <= SUM_TOLERANCE).all()
    )
