"""One row a recipe: the figures of its runs, with a 95% interval for one run and the range over several seeds."""

import json
from collections.abc import Callable, Sequence

from pydantic import Field

from dermsplit_contract.measures import Interval, Record
from dermsplit_training.comparison.best_cut import Costs
from dermsplit_training.comparison.finished import Finished
from dermsplit_training.data.split import PARTS, Part
from dermsplit_training.evaluation.metrics import PartMetrics
from dermsplit_training.recipe import Recipe


class Figure(Record):
    """Of one run: its value and 95% interval. Of several: their mean, the smallest and the largest value."""

    value: float
    low: float
    high: float
    runs: int = Field(ge=1)

    @property
    def lines(self) -> tuple[str, str]:
        """The value, and in square brackets its interval or in round ones its range."""
        if self.runs == 1:
            return f"{self.value:.3f}", f"[{self.low:.3f}, {self.high:.3f}]"
        return f"{self.value:.3f}", f"({self.low:.3f} to {self.high:.3f})"

    @property
    def text(self) -> str:
        """Both in one line."""
        return " ".join(self.lines)


class PartFigures(Record):
    """How a recipe's networks did on one part, all data sets together."""

    images: int
    majority_rate: float = Field(description="Accuracy of always answering the commonest class of this part")
    accuracy: Figure
    balanced_accuracy: Figure
    auc: Figure | None = Field(description="Malignant against benign; where malignancy is not known, macro")
    sensitivity: Figure | None = Field(description="At the first operating point")
    specificity: Figure | None
    specificity_at_95: Figure | None = Field(
        description="Where sensitivity is 95% on this part's own ROC curve, whatever the threshold"
    )


class Row(Record):
    """One recipe with one number of train images: what is said of it in the table."""

    series: str = Field(description="The recipe's name; two recipes of one name have the run's folder added")
    train_per_class: int = Field(description="The most train images of a class; 0: all")
    seeds: list[int]
    runs: list[str] = Field(description="The run directories")
    split_sha256: list[str] = Field(description="One, unless the runs were not trained on one split")
    split_by: str
    leaked_groups: int
    leaked_test_images: int
    parts: dict[str, PartFigures]
    parameters: int
    costs: Costs
    warnings: list[str] = Field(description="The runs' own, worst first")

    @property
    def label(self) -> str:
        """What the table calls the row."""
        return f"{self.series}, {self.train_per_class} a class" if self.train_per_class else self.series

    @property
    def test(self) -> PartFigures:
        """The figures that count."""
        return self.parts["test"]


def make_rows(runs: Sequence[Finished], costs: Callable[[Finished], Costs]) -> list[Row]:
    """Group the runs by their recipes, seeds aside, in the order they come in; ``costs`` says what a network costs."""
    named = _series_names(runs)
    groups: dict[tuple[str, int], list[Finished]] = {}
    for run in runs:
        groups.setdefault((named[_series_key(run.recipe)], run.recipe.split.train_per_class), []).append(run)
    return [_row(series, size, own, costs(own[0])) for (series, size), own in groups.items()]


def _row(series: str, size: int, runs: list[Finished], costs: Costs) -> Row:
    return Row(
        series=series,
        train_per_class=size,
        seeds=[run.recipe.train.seed for run in runs],
        runs=[str(run.directory) for run in runs],
        split_sha256=sorted({run.split_sha256 for run in runs}),
        split_by=runs[0].recipe.split.by,
        leaked_groups=max(run.metrics.leaked_groups for run in runs),
        leaked_test_images=max(run.metrics.leaked_test_images for run in runs),
        parts={part: figures for part in PARTS if (figures := _part(runs, part)) is not None},
        parameters=runs[0].metrics.parameters,
        costs=costs,
        warnings=_warnings(runs),
    )


def _warnings(runs: list[Finished]) -> list[str]:
    ranked = [(rank, warning) for run in runs for rank, warning in enumerate(run.metrics.warnings)]
    return list(dict.fromkeys(warning for _, warning in sorted(ranked, key=lambda pair: pair[0])))


def _part(runs: list[Finished], part: Part) -> PartFigures | None:
    measured = [found for run in runs if (found := run.part(part)) is not None]
    if len(measured) < len(runs):
        return None
    known = bool(runs[0].metrics.malignant)
    return PartFigures(
        images=measured[0].images,
        majority_rate=sum(one.majority_rate for one in measured) / len(measured),
        accuracy=_figure([one.accuracy for one in measured]),
        balanced_accuracy=_figure([one.balanced_accuracy for one in measured]),
        auc=_figure_if_known([_auc(one, known) for one in measured]),
        sensitivity=_figure_if_known([_at_first_point(one, "sensitivity") for one in measured]),
        specificity=_figure_if_known([_at_first_point(one, "specificity") for one in measured]),
        specificity_at_95=_figure_if_known([_specificity_at_95(one) for one in measured]),
    )


def _auc(part: PartMetrics, malignancy_known: bool) -> Interval | None:
    if not malignancy_known:
        return part.macro_auc
    return part.malignancy.auc if part.malignancy else None


def _at_first_point(part: PartMetrics, what: str) -> Interval | None:
    if part.malignancy is None or not part.malignancy.operating_results:
        return None
    found: Interval = getattr(part.malignancy.operating_results[0], what)
    return found


def _specificity_at_95(part: PartMetrics) -> Interval | None:
    known = part.malignancy.specificity_at if part.malignancy else []
    return next((at.specificity for at in known if at.sensitivity == 0.95), None)


def _figure_if_known(values: Sequence[Interval | None]) -> Figure | None:
    found = [value for value in values if value is not None]
    return _figure(found) if len(found) == len(values) else None


def _figure(values: Sequence[Interval]) -> Figure:
    if len(values) == 1:
        return Figure(value=values[0].value, low=values[0].low, high=values[0].high, runs=1)
    numbers = [one.value for one in values]
    return Figure(value=sum(numbers) / len(numbers), low=min(numbers), high=max(numbers), runs=len(numbers))


def _series_key(recipe: Recipe) -> str:
    fields = recipe.model_dump(mode="json")
    fields["train"].pop("seed")
    fields["split"].pop("train_per_class")
    return json.dumps(fields, sort_keys=True)


def _series_names(runs: Sequence[Finished]) -> dict[str, str]:
    """A name for every recipe: its own, or with the folder of its first run where two recipes share it."""
    first: dict[str, Finished] = {}
    for run in runs:
        first.setdefault(_series_key(run.recipe), run)
    names = [run.name for run in first.values()]
    return {
        key: run.name if names.count(run.name) == 1 else f"{run.name} ({run.directory.name})"
        for key, run in first.items()
    }
