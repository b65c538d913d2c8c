"""BentoML: a service with one API that takes and gives arrays. Its requests are JSON."""

import bentoml
import numpy as np
from tail import Tail


@bentoml.service(workers=1)
class Lesions:
    """One worker, as its documentation begins with."""

    def __init__(self) -> None:
        self.tail = Tail()

    @bentoml.api  # type: ignore[untyped-decorator]
    def predict(self, features: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        """Features [N, ...] to probabilities [N, C]."""
        answer: np.ndarray = self.tail(self.tail.from_numbers(features))  # type: ignore[type-arg]
        return answer
