"""From what a run's models said to what can be read of it: metrics.json, plots and report.md."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dermsplit_training.data.split import PARTS
from dermsplit_training.evaluation.gallery import draw_gallery
from dermsplit_training.evaluation.lookalikes import Lookalikes, draw_lookalikes
from dermsplit_training.evaluation.metrics import METRICS_FILE, Metrics, PartMetrics
from dermsplit_training.evaluation.outcome import Outcome
from dermsplit_training.evaluation.part_metrics import measure_part
from dermsplit_training.evaluation.plots.confusion import plot_confusion
from dermsplit_training.evaluation.plots.curves import curves_of, plot_precision_recall, plot_roc
from dermsplit_training.evaluation.plots.history import plot_history
from dermsplit_training.evaluation.plots.reliability import plot_reliability
from dermsplit_training.evaluation.plots.subgroups import plot_subgroups
from dermsplit_training.evaluation.report_text import PLOTS_FOLDER, write_report
from dermsplit_training.evaluation.subgroups import measure_subgroups
from dermsplit_training.evaluation.warnings import Leaks, warnings_of
from dermsplit_training.recipe import Recipe


def report_run(
    directory: Path,
    recipe: Recipe,
    network: Outcome,
    baseline: Outcome | None,
    leaks: Leaks,
    split_sha256: str,
    parameters: int,
    rows: Sequence[dict[str, float]],
    embeddings: NDArray[np.float32] | None,
    inputs: NDArray[np.uint8],
) -> Metrics:
    """Measure a run's models and write metrics.json, the plots and report.md into its directory.

    The outcomes hold the test part, and what else there is. ``leaks`` are ``Leaks``, ``parameters`` the network's,
    ``rows`` those of history.csv. ``embeddings``, float32 [N, F], are the network's pooled features, and ``inputs``,
    uint8 [N, S, S, 3], the pixels of all pictures, both in the outcomes' order; without embeddings no look-alikes are
    drawn.
    """
    outcomes = [network] if baseline is None else [network, baseline]
    metrics = build_metrics(recipe, outcomes, leaks, split_sha256, parameters)
    unfinished = directory / f"{METRICS_FILE}.part"
    unfinished.write_text(metrics.model_dump_json(indent=2) + "\n", encoding="utf-8")
    unfinished.replace(directory / METRICS_FILE)

    folder = directory / PLOTS_FOLDER
    folder.mkdir(exist_ok=True)
    plots = _draw_plots(folder, metrics, [outcome.of("test") for outcome in outcomes], rows)
    plots.append(folder / "gallery.png")
    draw_gallery(network, inputs, plots[-1])
    pairs: list[Lookalikes] = []
    if embeddings is not None:
        pairs = draw_lookalikes(network, embeddings, inputs, folder / "lookalikes.png")
    if pairs:
        plots.append(folder / "lookalikes.png")
    write_report(directory, recipe, metrics, network, rows, plots, pairs)
    return metrics


def build_metrics(
    recipe: Recipe, outcomes: Sequence[Outcome], leaks: Leaks, split_sha256: str, parameters: int
) -> Metrics:
    """Measure every part of the outcomes, the network's first; warnings and subgroups are the network's."""
    network = outcomes[0]
    parts = [found for outcome in outcomes for part in PARTS for found in measure_part(outcome, part)]
    return Metrics(
        run=recipe.name,
        classes=list(network.classes.names),
        malignant=list(network.classes.malignant),
        split_sha256=split_sha256,
        split_by=recipe.split.by,
        leaked_groups=leaks[0],
        leaked_test_images=leaks[1],
        parameters=parameters,
        warnings=warnings_of(network, parts, leaks),
        parts=parts,
        subgroups=measure_subgroups(network),
    )


def _draw_plots(
    folder: Path, metrics: Metrics, tests: Sequence[Outcome], rows: Sequence[dict[str, float]]
) -> list[Path]:
    """Draw what there is to draw of the test parts, the network's first, and return what was drawn."""
    drawn: list[Path] = []

    def path(name: str) -> Path:
        drawn.append(folder / f"{name}.png")
        return drawn[-1]

    measured = [part for part in metrics.parts if part.part == "test" and part.model == tests[0].model]
    if rows:
        plot_history(rows, path("history"))
    if curves := curves_of(tests):
        plot_roc(curves, len(tests[0].pictures), path("roc"))
        plot_precision_recall(curves, len(tests[0].pictures), path("precision_recall"))
    plot_confusion(whole(measured).confusion, metrics.classes, path("confusion"))
    plot_reliability(tests[0], path("reliability"))
    if metrics.subgroups:
        plot_subgroups(metrics.subgroups, measured, path("subgroups"))
    return drawn


def whole(parts: Sequence[PartMetrics]) -> PartMetrics:
    """Of one model's measurements of one part, that of all data sets together, or of the only one."""
    return parts[-1]
