"""Runs as a few lines in the terminal."""

from pathlib import Path

from rich.console import Console

from dermsplit_contract.measures import Interval
from dermsplit_training.evaluation.metrics import METRICS_FILE, Metrics, PartMetrics
from dermsplit_training.evaluation.wording import bracketed

console = Console()


def print_metrics(directory: Path) -> None:
    """Print what metrics.json of a directory says of the test part, warnings first, and where the report lies."""
    metrics = Metrics.model_validate_json((directory / METRICS_FILE).read_bytes())
    for warning in metrics.warnings:
        console.print(f"[yellow]{warning}[/yellow]", soft_wrap=True)
    for part in metrics.parts:
        if part.part == "test":
            _print_part(part)
    console.print(f"Report: {directory / 'report.md'}", soft_wrap=True)


def _print_part(part: PartMetrics) -> None:
    console.print(f"{part.model} on {part.data_set}, test part, {part.images} images, 95% intervals in brackets")
    console.print(f"  accuracy {_words(part.accuracy)}, majority rate {part.majority_rate:.3f}")
    console.print(f"  balanced accuracy {_words(part.balanced_accuracy)}")
    if part.malignancy is None:
        if part.macro_auc is not None:
            console.print(f"  AUC, mean over the classes {_words(part.macro_auc)}")
        return
    found = part.malignancy
    console.print(f"  AUC {_words(found.auc)}, calibration error {_words(found.calibration_error)}")
    for at in found.specificity_at:
        console.print(f"  specificity where sensitivity is {at.sensitivity:.0%} here {_words(at.specificity)}")
    for result in found.operating_results:
        rates = f"sensitivity {_words(result.sensitivity)}, specificity {_words(result.specificity)}"
        console.print(f"  {result.operating_point}: {rates}")


def _words(figure: Interval) -> str:
    return bracketed(figure).replace("[", r"\[")
