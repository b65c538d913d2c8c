"""robustness.png and quality.png: flips against the control, and what is told of worse pictures."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dermsplit_contract.measures import Interval, ShortcutResult
from dermsplit_training.evaluation.plots.figure import BLUE, FONT, GREY, bare, colour, new_figure, save
from dermsplit_training.robustness.record import QualityResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_shortcuts(results: Sequence[ShortcutResult], path: Path) -> None:
    """Share of flipped decisions with its 95% interval at each strength, the noise control in grey beside it."""
    figure = new_figure(width=7.5, height=1 + 0.26 * len(results))
    axes = figure.subplots()
    for row, found in enumerate(results):
        for offset, share, own in ((-0.15, found.flips, BLUE), (0.15, found.control_flips, GREY)):
            axes.plot([100 * share.low, 100 * share.high], [row + offset] * 2, color=own, linewidth=1.5)
            axes.plot(100 * share.value, row + offset, "o", color=own, markersize=4)
    names = [f"{found.change.replace('_', ' ')}, {found.strength:g} {found.unit}" for found in results]
    axes.set_yticks(range(len(results)), names, fontsize=FONT)
    axes.set_ylim(len(results) - 0.4, -0.6)
    axes.set_xlim(left=0)
    axes.set_xlabel("% of the decisions that flip, with 95% intervals; grey: noise of the same mean pixel change")
    axes.set_title(f"Changes that should not matter, {results[0].images:,} test images", loc="left", fontsize=10)
    bare(axes)
    save(figure, path)


def plot_quality(results: Sequence[QualityResult], path: Path) -> None:
    """AUC and the share declined against the strength, a panel a change, a curve a domain."""
    changes = [name for name in dict.fromkeys(found.change for found in results) if name != "none"]
    domains = list(dict.fromkeys(found.domain for found in results))
    figure = new_figure(width=2.6 * len(changes) + 1, height=4.8)
    panels = figure.subplots(2, len(changes), squeeze=False, sharey="row", sharex="col")
    for column, name in enumerate(changes):
        for position, domain in enumerate(domains):
            unit, best = "", 1.0 if name == "scale" else 0.0
            own = [(best, found) for found in results if found.change == "none" and found.domain == domain]
            for found in results:
                if found.change == name and found.domain == domain:
                    own.append((found.strength, found))
                    unit = found.unit
            own.sort(key=lambda pair: pair[0])
            strengths = [strength for strength, _ in own]
            for axes, values in (
                (panels[0, column], [found.auc for _, found in own]),
                (panels[1, column], [found.cannot_tell for _, found in own]),
            ):
                _curve(axes, strengths, values, colour(position), domain)
        panels[0, column].set_title(name, loc="left", fontsize=10)
        panels[1, column].set_xlabel(unit, fontsize=FONT)
    panels[0, 0].set_ylabel("AUC")
    panels[1, 0].set_ylabel("share declined")
    panels[0, -1].legend(fontsize=FONT, frameon=False)
    save(figure, path)


def _curve(axes: "Axes", strengths: Sequence[float], values: Sequence[Interval | None], own: str, name: str) -> None:
    value, low, high = (
        np.array([getattr(one, part) if one else np.nan for one in values]) for part in ("value", "low", "high")
    )
    axes.plot(strengths, value, "o-", color=own, markersize=3, linewidth=1.2, label=name)
    axes.fill_between(strengths, low, high, color=own, alpha=0.15, linewidth=0)
    bare(axes)
