"""Questions that are answered in one batch get the answers that they get alone."""

from typing import Any

import numpy as np
import pytest

from dermsplit_server.cluster.together import Asked, answer_together
from dermsplit_server.engines import Answers, Features, Metadata


class Adding:
    """Tells from which features and metadata a row came, and counts its calls."""

    engine = "none"

    def __init__(self, domains: bool) -> None:
        self.domains, self.batches = domains, list[int]()

    def __call__(self, features: Features, metadata: Metadata | None = None) -> Answers:
        self.batches.append(len(features))
        told = np.zeros(len(features)) if metadata is None else metadata.sum(axis=1)
        rows = np.stack([features.sum(axis=1), told], axis=1).astype(np.float32)
        return Answers(rows, rows + 1 if self.domains else None)


def asked(bundle: str, *values: int, told: float | None = None) -> Asked:
    features = np.array(values, np.uint8)[:, None]
    metadata = None if told is None else np.full((len(values), 1), told, np.float32)
    return Asked(bundle, features, metadata)


def test_rows_go_back_to_their_questions_and_bundles() -> None:
    tails: dict[str, Any] = {"a": Adding(True), "b": Adding(False)}
    questions = [asked("a", 1, 2), asked("b", 9), asked("a", 3, told=0.5), asked("b", 8)]
    found = answer_together(tails, questions)
    assert [part[0].tolist() for part in found] == [[[1, 0], [2, 0]], [[9, 0]], [[3, 0.5]], [[8, 0]]]
    assert found[0][1].tolist() == [[2, 1], [3, 1]]
    assert found[1][1] is None
    assert (tails["a"].batches, tails["b"].batches) == ([3], [2])


@pytest.mark.parametrize("told", [None, 0.25])
def test_one_question_alone(told: float | None) -> None:
    [found] = answer_together({"a": Adding(False)}, [asked("a", 7, told=told)])
    assert found[0].tolist() == [[7, told or 0]]
