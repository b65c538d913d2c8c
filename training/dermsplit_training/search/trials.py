"""The trials of a search, and the best of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from dermsplit_training.search.score import Score


@dataclass(frozen=True)
class Trial:
    """Settings that were tried, as --set takes them; ``score`` is None where the training diverged."""

    number: int
    lines: Sequence[str]
    score: Score | None


def best_trial(trials: Sequence[Trial], lower: bool) -> Trial | None:
    """The first of the trials with the best score; None where none has one."""
    best: Trial | None = None
    for trial in trials:
        if trial.score and (best is None or best.score is None or is_better(trial.score, best.score, lower)):
            best = trial
    return best


def is_better(one: Score, other: Score, lower: bool) -> bool:
    """Whether the first score is better than the second, equal ones are not."""
    return one.value < other.value if lower else one.value > other.value
