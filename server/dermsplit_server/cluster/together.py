"""Several questions as one batch, and the rows of its answer back to where they belong."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from dermsplit_server.engines import Answers, Features, Metadata, Tail


@dataclass(frozen=True)
class Asked:
    """What one request asks of one bundle's tail."""

    bundle: str
    features: Features
    metadata: Metadata | None


def answer_together(tails: dict[str, Tail], asked: list[Asked]) -> list[tuple[Any, ...]]:
    """One call of the engine for each bundle that is asked; each question's rows go back to its place."""
    found: list[tuple[Any, ...]] = [()] * len(asked)
    for bundle in dict.fromkeys(one.bundle for one in asked):
        places = [place for place, one in enumerate(asked) if one.bundle == bundle]
        features = np.concatenate([asked[place].features for place in places])
        answers = tails[bundle](features, _metadata([asked[place] for place in places]))
        start = 0
        for place in places:
            end = start + len(asked[place].features)
            found[place] = tuple(_rows(answers, start, end))
            start = end
    return found


def _metadata(asked: list[Asked]) -> Metadata | None:
    """Their metadata below each other, zeros where one tells nothing, None where nobody tells anything."""
    widths = {one.metadata.shape[1] for one in asked if one.metadata is not None}
    if not widths:
        return None
    width = widths.pop()
    told = [np.zeros((len(one.features), width), np.float32) if one.metadata is None else one.metadata for one in asked]
    return np.concatenate(told)


def _rows(answers: Answers, start: int, end: int) -> list[Any]:
    return [None if part is None else part[start:end] for part in answers]
