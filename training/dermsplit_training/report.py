"""Runs, evaluations and data sets as tables in the terminal."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from dermsplit_contract.measures import Evaluation, Interval
from dermsplit_contract.run import Run
from dermsplit_training.stats import DataReport

console = Console()


def print_run(run: Run, out: Path) -> None:
    """Print what a finished run is worth and where it lies."""
    print_evaluations(run.evaluations)
    point = run.operating_points[0]
    console.print(
        f"Best epoch {run.best_epoch} of {run.epochs}, temperature {run.temperature:.3f}, "
        f"{point.name} at {point.threshold:.4f}, {run.seconds / 60:.0f} min"
    )
    console.print(f"Run: {out}", soft_wrap=True)


def print_evaluations(evaluations: Sequence[Evaluation]) -> None:
    """A few lines a model and data set, 95% intervals in brackets; narrow, so that no figure is cut off."""
    for found in evaluations:
        result = found.operating_results[0]
        console.print(f"{found.model} on {found.data_set}, {found.part} part, {found.images} images")
        console.print(f"  AUC {_words(found.auc)}, calibration error {found.calibration_error:.3f}")
        console.print(f"  sensitivity {_words(result.sensitivity)}, specificity {_words(result.specificity)}")
        console.print(f"  accuracy {_words(found.accuracy)}, majority rate {found.majority_rate:.3f}")


def print_data(report: DataReport) -> None:
    """Images of each data set and diagnosis by part."""
    table = Table("data set", "diagnosis", "label", "train", "validation", "test", "all")
    for count in report.counts:
        by_part = [count.images.get(part, 0) for part in ("train", "validation", "test")]
        table.add_row(count.data_set, count.diagnosis, count.label, *map(str, by_part), str(sum(by_part)))
    console.print(table)
    for name, (images, groups) in report.sizes.items():
        console.print(f"{name}: {images} images of {groups} lesions or patients")


def _words(figure: Interval) -> str:
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]".replace("[", r"\[")
