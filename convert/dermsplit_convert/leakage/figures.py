"""The gallery of what was rebuilt, and the frontier of likeness against bytes. They hold photos: never commit them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dermsplit_convert.cut_search.figure import CUT, FONT, GREY, TAIL, new_figure, save
from dermsplit_convert.leakage.attack import Attacked
from dermsplit_convert.leakage.likeness import MEAN_PICTURE, NEAREST_PICTURE
from dermsplit_convert.leakage.reached import reached

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN = 8
"""Photos in the gallery, from the worst rebuilt to the best."""

Column = tuple[str, NDArray[np.float32], NDArray[np.float64] | None]
"""Title, pictures, and the SSIM of each of them."""


def draw_gallery(attacked: Sequence[Attacked], photos: NDArray[np.float32], path: Path) -> None:
    """Write a PNG: a row a photo, float32 [N, P, P, 3] in 0..1; columns photo, attacks of every coding, baselines."""
    own = attacked[0]
    order = np.argsort(own.ssim[own.best])
    chosen = order[np.linspace(0, len(order) - 1, min(SHOWN, len(order))).astype(int)]
    columns: list[Column] = [("photo", photos, None)]
    for one in attacked:
        for name in (found.name for found in one.result.rebuilt if not found.baseline):
            columns.append((f"{one.result.cut}\n{one.coding}\n{name}", one.pictures[name], one.ssim[name]))
    for name in (NEAREST_PICTURE, MEAN_PICTURE):
        columns.append((f"no features\n{name.replace('_', ' ')}", own.pictures[name], own.ssim[name]))
    figure = new_figure(1.5 * len(columns), 1.6 * len(chosen) + 0.6)
    grid = figure.subplots(len(chosen), len(columns), squeeze=False)
    for row, photo in enumerate(chosen):
        for column, (title, pictures, ssim) in enumerate(columns):
            axes = grid[row, column]
            axes.imshow(np.clip(pictures[photo], 0, 1))
            axes.set_axis_off()
            if row == 0:
                axes.set_title(title, fontsize=FONT - 2)
            if ssim is not None:
                axes.text(0.03, 0.04, f"{ssim[photo]:.2f}", transform=axes.transAxes, fontsize=FONT - 2, color="white")
    save(figure, path)


def draw_frontier(attacked: Sequence[Attacked], path: Path) -> None:
    """Write a PNG: mean SSIM of the best attack against bytes, and against AUC where there is one.

    A point a cut and coding; the baselines, which need no features, are lines across.
    """
    priced = all(one.price for one in attacked)
    figure = new_figure(12 if priced else 7, 5)
    panels = figure.subplots(1, 2 if priced else 1, squeeze=False)[0]
    panels[0].set_xscale("log")
    _panel(panels[0], attacked, "features, bytes under gzip", lambda one: one.result.gzip_bytes)
    if priced:
        _panel(panels[1], attacked, "AUC, more is better", lambda one: one.price.auc.value if one.price else 0.0)
    panels[0].set_ylabel("SSIM of the best attack, less is better")
    panels[0].legend(frameon=False, fontsize=FONT)
    save(figure, path)


def _panel(axes: "Axes", attacked: Sequence[Attacked], label: str, read: Callable[[Attacked], float]) -> None:
    axes.plot([read(one) for one in attacked], [reached(one) for one in attacked], "o", color=TAIL)
    for number, one in enumerate(attacked):
        words = f"{one.result.cut}, {one.coding}"
        place = (read(one), reached(one))
        # Every other name stands below its point, since codings of one cut lie close together.
        axes.annotate(words, place, xytext=(4, -9 if number % 2 else 4), textcoords="offset points", fontsize=FONT - 2)
    for found in attacked[0].result.rebuilt:
        if found.baseline:
            style = "--" if found.name == NEAREST_PICTURE else ":"
            colour = CUT if found.name == NEAREST_PICTURE else GREY
            axes.axhline(found.ssim.value, linestyle=style, color=colour, label=found.name.replace("_", " "))
    axes.set_xlabel(label)
    axes.margins(x=0.2)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25, which="both")
