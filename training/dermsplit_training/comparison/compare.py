"""A comparison from top to bottom: from run directories to one table, its plots and its files."""

from collections.abc import Sequence
from pathlib import Path

from dermsplit_contract.errors import UsageError
from dermsplit_training.comparison.best_cut import Costs, find_costs
from dermsplit_training.comparison.comparison import (
    CURVE_FILE,
    FIGURES_FILE,
    LOSSES_FILE,
    PAGE_FILE,
    PLOT_FILE,
    Comparison,
)
from dermsplit_training.comparison.document import as_markdown
from dermsplit_training.comparison.finished import Finished, read_finished, require_same_classes
from dermsplit_training.comparison.inflation import find_pairs
from dermsplit_training.comparison.page import describe
from dermsplit_training.comparison.plots import plot_accuracies, plot_curve, plot_losses
from dermsplit_training.comparison.rows import make_rows
from dermsplit_training.learning.state import read_history
from dermsplit_training.progress_bar import console


def compare_runs(directories: Sequence[Path], failed: Sequence[str] = (), with_cuts: bool = True) -> Comparison:
    """Compare finished runs. ``failed`` says which are missing; ``with_cuts`` looks for each network's best cut.

    Raises UsageError without a run, RunInvalid for a directory that is none or for runs of different classes.
    """
    runs = [read_finished(directory) for directory in dict.fromkeys(directories)]
    if not runs:
        missing = f" {failed[0]}" if failed else ""
        raise UsageError(f"Expected at least one finished run to compare, found none.{missing}")
    require_same_classes(runs)
    rows = make_rows(runs, _CostsOnce().find if with_cuts else _not_asked)
    metrics = runs[0].metrics
    return Comparison(
        classes=metrics.classes,
        malignant=metrics.malignant,
        rows=rows,
        inflation=find_pairs(rows),
        failed=list(failed),
    )


def write_comparison(comparison: Comparison, directories: Sequence[Path], out: Path) -> None:
    """Write comparison.md, comparison.json, comparison.png, losses.png and, where there is one, curve.png.

    ``directories`` are the runs that were compared. Raises UsageError where the folder cannot be written.
    """
    histories = {directory.name: read_history(directory) for directory in directories}
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / FIGURES_FILE).write_text(comparison.model_dump_json(indent=2) + "\n", encoding="utf-8")
        (out / PAGE_FILE).write_text(as_markdown(describe(comparison)), encoding="utf-8")
        plot_accuracies(comparison.rows, out / PLOT_FILE)
        plot_losses({name: rows for name, rows in histories.items() if rows}, out / LOSSES_FILE)
        if comparison.curve:
            plot_curve(comparison.curve, comparison.auc_name, out / CURVE_FILE)
    except OSError as error:
        raise UsageError(f"'{out}' cannot be written: {error.strerror}. Give another folder with --out.") from error


class _CostsOnce:
    """Asks once for each network, however many recipes train it."""

    def __init__(self) -> None:
        self._known: dict[str, Costs] = {}

    def find(self, run: Finished) -> Costs:
        sections = (run.recipe.network, run.recipe.top, run.recipe.metadata)
        key = "".join(section.model_dump_json() for section in sections)
        if key not in self._known:
            console.print(f"Looking for the best cut of {run.name} …", soft_wrap=True)
            self._known[key] = find_costs(run.directory)
        return self._known[key]


def _not_asked(_: Finished) -> Costs:
    return Costs(why="Left out by --no-cuts.")
