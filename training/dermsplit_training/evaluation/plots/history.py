"""How a run learned, epoch by epoch."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dermsplit_training.evaluation.plots.figure import End, bare, colour, label_ends, new_figure, plain, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes

AUC_KEY = "validation_auc"


def plot_history(rows: Sequence[dict[str, float]], path: Path) -> None:
    """Loss, accuracy and validation AUC over the epochs; rows are those of history.csv, at least one.

    A curve whose key is in no row is left out, and so is a panel without curves.
    """
    aucs = {key: _auc_name(key) for row in rows for key in row if key.startswith(AUC_KEY)}
    panels = {
        "Loss": {"loss": "train", "validation_loss": "validation"},
        "Accuracy": {
            "accuracy": "train",
            "validation_accuracy": "validation",
            "validation_balanced_accuracy": "validation, balanced",
        },
        "Validation AUC": aucs,
    }
    drawn = {title: keys for title, keys in panels.items() if any(key in row for row in rows for key in keys)}
    figure = new_figure(width=4.6 * max(1, len(drawn)), height=4)
    for (title, keys), axes in zip(drawn.items(), figure.subplots(1, len(drawn), squeeze=False)[0], strict=True):
        _panel(axes, rows, keys, f"{title}, {len(rows)} epoch{'s' * (len(rows) > 1)}")
    save(figure, path)


def _panel(axes: "Axes", rows: Sequence[dict[str, float]], keys: dict[str, str], title: str) -> None:
    from matplotlib.ticker import MaxNLocator

    ends = []
    for position, (key, name) in enumerate(keys.items()):
        points = [(row["epoch"], row[key]) for row in rows if np.isfinite(row.get(key, np.nan))]
        if not points:
            continue
        epochs, values = zip(*points, strict=True)
        axes.plot(epochs, values, marker="o", markersize=3, color=colour(position))
        ends.append(End(epochs[-1], values[-1], plain(name), colour(position)))
    first, last = rows[0]["epoch"], rows[-1]["epoch"]
    margin = max(0.5, 0.04 * (last - first))
    axes.set(xlabel="epoch", title=title, xlim=(first - margin, last + margin))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    bare(axes)
    label_ends(axes, ends)


def _auc_name(key: str) -> str:
    return key.removeprefix(AUC_KEY).removeprefix("_") or "all"
