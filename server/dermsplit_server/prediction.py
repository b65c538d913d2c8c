"""Run the tail, and let through nothing that is not a probability."""

import numpy as np

from dermsplit_contract.errors import InternalError
from dermsplit_contract.manifest import Manifest
from dermsplit_server.engines import Answers, Probabilities
from dermsplit_server.registry import Served
from dermsplit_server.validation import Question

SUM_TOLERANCE = 1e-3
"""How far a row's sum may be from 1: float32's rounding, not a mistake."""


def predict(served: Served, question: Question) -> Answers:
    """The tail's answers about N items, every row of probabilities and of domains in 0..1 with sum 1.

    Raises InternalError where the engine fails or answers anything else; a probability is never made up.
    """
    try:
        answers = served.tail(question.features, question.metadata)
    except Exception as error:
        raise InternalError("The engine failed on these features. Nothing was computed; try again later.") from error
    if not _are_answers(answers, served.manifest, len(question.features)):
        raise InternalError("The engine gave something that is not a probability, so there is no answer.")
    return answers


def _are_answers(answers: Answers, manifest: Manifest, items: int) -> bool:
    domains = manifest.domains
    if (answers.domains is None) != (domains is None):
        return False
    if not _are_probabilities(answers.probabilities, (items, len(manifest.labels))):
        return False
    return (
        domains is None or answers.domains is None or _are_probabilities(answers.domains, (items, len(domains.labels)))
    )


def _are_probabilities(values: Probabilities, shape: tuple[int, int]) -> bool:
    # NaN fails both comparisons, and no value of a row that adds up to 1 with none below 0 is far above 1.
    return bool(
        values.shape == shape
        and values.dtype == np.float32
        and values.min() >= 0
        and (np.abs(values.sum(axis=1) - 1) <= SUM_TOLERANCE).all()
    )
