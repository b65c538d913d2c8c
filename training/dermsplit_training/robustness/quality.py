"""Where the page's quality coach should speak: AUC of ever worse photos beside what the page measures of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from rich.progress import Progress

from dermsplit_contract.measures import Interval
from dermsplit_training.evaluation import resampled
from dermsplit_training.evaluation.bootstrap import Measure, Weights, draw_groups, interval
from dermsplit_training.evaluation.part_metrics import group_names
from dermsplit_training.robustness.changes import Change, Pixels
from dermsplit_training.robustness.decide import Decide
from dermsplit_training.robustness.page_changes import PAGE_CHANGES
from dermsplit_training.robustness.page_measures import Figures, measure_pictures
from dermsplit_training.robustness.sweep import Shown

MOST_LOST = 0.02
"""AUC that a photo may cost before the page says so."""
BATCH = 64


@dataclass(frozen=True)
class Step:
    """One strength of one change: AUC, what was lost of it with a paired interval, and the page's measure.

    ``measured`` are the 5th, 50th and 95th percentile over the pictures.
    """

    change: str
    strength: float
    unit: str
    measure: str
    auc: float
    lost: Interval
    measured: tuple[float, float, float]


@dataclass(frozen=True)
class Limit:
    """From which value of its measure on the page should speak; None where AUC never falls by ``MOST_LOST``."""

    change: str
    measure: str
    strength: float | None
    value: float | None


def sweep_page_quality(decide: Decide, shown: Shown, seed: int, progress: Progress) -> tuple[list[Step], list[Limit]]:
    """Every step of ``PAGE_CHANGES`` on the pictures shown, and the limits that follow."""
    task = progress.add_task("Quality", total=1 + sum(len(change.strengths) for change, _ in PAGE_CHANGES))
    before = _probabilities(decide, shown, None, 0, seed)[0]
    progress.advance(task)
    unchanged = measure_pictures(np.asarray(shown.inputs))
    draws = draw_groups(group_names(shown.pictures))
    auc_before = resampled.auc(shown.malignant, before)
    steps, limits = [], []
    for change, name in PAGE_CHANGES:
        own = [_step(change, 0, name, float(auc_before(_ones(shown))[0]), _nothing(), getattr(unchanged, name))]
        for strength in change.strengths:
            after, measured = _probabilities(decide, shown, change, strength, seed)
            auc_after = resampled.auc(shown.malignant, after)

            def lost(weights: Weights, auc_after: Measure = auc_after) -> Figures:
                return auc_before(weights) - auc_after(weights)

            found = float(auc_after(_ones(shown))[0])
            own.append(_step(change, strength, name, found, interval(lost, draws), measured[name]))
            progress.advance(task)
        steps += own
        limits.append(find_limit(own))
    return steps, limits


def find_limit(steps: Sequence[Step]) -> Limit:
    """Where the loss first goes over ``MOST_LOST``, on straight lines between the steps, the unchanged one first.

    The measure's median there, but never so that more than one in twenty of the unchanged pictures lies beyond it.
    """
    first = steps[0]
    for last, this in pairwise(steps):
        if this.lost.value > MOST_LOST:
            part = (MOST_LOST - last.lost.value) / (this.lost.value - last.lost.value)
            value = last.measured[1] + part * (this.measured[1] - last.measured[1])
            low, middle, high = first.measured
            value = min(value, low) if this.measured[1] < middle else max(value, high)
            strength = last.strength + part * (this.strength - last.strength)
            return Limit(first.change, first.measure, strength, value)
    return Limit(first.change, first.measure, None, None)


def _probabilities(
    decide: Decide, shown: Shown, change: Change | None, strength: float, seed: int
) -> tuple[Figures, dict[str, Figures]]:
    found, measured = [], []
    for start in range(0, len(shown.pictures), BATCH):
        rows = slice(start, start + BATCH)
        pictures: Pixels = np.asarray(shown.inputs[rows])
        if change is not None:
            pictures = change.apply(pictures, strength, seed + start)
            measured.append(measure_pictures(pictures))
        found.append(decide(pictures, None if shown.metadata is None else shown.metadata[rows]).probabilities)
    names = dict.fromkeys(name for _, name in PAGE_CHANGES)
    together = {name: np.concatenate([getattr(one, name) for one in measured]) for name in names if measured}
    return np.concatenate(found), together


def _step(change: Change, strength: float, measure: str, auc: float, lost: Interval, measured: Figures) -> Step:
    low, middle, high = (float(value) for value in np.percentile(measured, (5, 50, 95)))
    return Step(change.name, strength, change.unit, measure, auc, lost, (low, middle, high))


def _nothing() -> Interval:
    return Interval(value=0.0, low=0.0, high=0.0)


def _ones(shown: Shown) -> Weights:
    return np.ones((1, len(shown.pictures)))
