"""What a trial is judged by: the validation part alone, so that the test part stays unseen."""

from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from dermsplit_contract.errors import DataInvalid
from dermsplit_contract.measures import Interval
from dermsplit_training.comparison.finished import read_finished
from dermsplit_training.evaluation.metrics import PartMetrics
from dermsplit_training.learning.state import read_history
from dermsplit_training.recipe import Recipe

NAMES = {"auc": "AUC", "accuracy": "accuracy", "balanced_accuracy": "balanced accuracy", "loss": "loss", "last": "AUC"}
"""Of train.keep; where the last epoch is kept whatever it is worth, trials are judged by their AUC."""


@dataclass(frozen=True)
class Score:
    """A validation figure, and the accuracy of always answering the commonest class of that part."""

    value: float
    majority_rate: float

    def text(self, recipe: Recipe) -> str:
        """The figure, an accuracy never without the majority rate."""
        beside = f" (majority rate {self.majority_rate:.3f})" if recipe.train.keep == "accuracy" else ""
        return f"{self.value:.4f}{beside}"


def score_name(recipe: Recipe) -> str:
    """What the figure is called."""
    return f"validation {NAMES[recipe.train.keep]}"


def lower_is_better(recipe: Recipe) -> bool:
    """Whether the smallest figure wins."""
    return recipe.train.keep == "loss"


def read_score(directory: Path, recipe: Recipe) -> Score:
    """The figure of a finished run by which its recipe keeps an epoch; the AUC is of malignancy where that is known.

    Raises RunInvalid for a directory that is no finished run, DataInvalid where the figure is not defined.
    """
    run = read_finished(directory)
    part = run.part("validation")
    value = None if part is None else _value(part, directory, recipe.train.keep)
    if part is None or value is None or not isfinite(value):
        raise DataInvalid(
            f"The {score_name(recipe)} of '{directory}' is not defined: too few classes or images are in the "
            "validation part. Search with another train.keep."
        )
    return Score(value, part.majority_rate)


def _value(part: PartMetrics, directory: Path, keep: str) -> float | None:
    if keep == "loss":
        return min((row["validation_loss"] for row in read_history(directory)), default=None)
    if keep in ("accuracy", "balanced_accuracy"):
        found: Interval = getattr(part, keep)
        return found.value
    auc = part.malignancy.auc if part.malignancy else part.macro_auc
    return auc.value if auc else None
