"""The gallery of what was rebuilt, and the frontier of likeness against bytes. They hold photos: never commit them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dermsplit_convert.cut_search.figure import CUT, FONT, GREY, HEAD, TAIL, new_figure, save
from dermsplit_convert.leakage.attack import Attacked
from dermsplit_convert.leakage.likeness import MEAN_PICTURE, NEAREST_PICTURE

SHOWN = 8
"""Photos in the gallery, from the worst rebuilt to the best."""

Column = tuple[str, NDArray[np.float32], NDArray[np.float64] | None]
"""Title, pictures, and the SSIM of each of them."""

COLOURS = {"ridge": HEAD, "decoder": TAIL}
MARKERS = {"ridge": "o", "decoder": "s"}


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
    """Write a PNG: mean SSIM against bytes under gzip, a point an attack; the baselines as lines across."""
    figure = new_figure(8, 5)
    axes = figure.subplots()
    for name, colour in COLOURS.items():
        points = [(one, found) for one in attacked for found in one.result.rebuilt if found.name == name]
        if not points:
            continue
        middle = [found.ssim.value for _, found in points]
        spread = [
            [found.ssim.value - found.ssim.low for _, found in points],
            [found.ssim.high - found.ssim.value for _, found in points],
        ]
        sizes = [one.result.gzip_bytes for one, _ in points]
        axes.errorbar(sizes, middle, yerr=spread, fmt=MARKERS[name], color=colour, capsize=2, label=name)
    for one in attacked:
        best = max(found.ssim.value for found in one.result.rebuilt if not found.baseline)
        label = f"{one.result.cut}, {one.coding}"
        axes.annotate(
            label, (one.result.gzip_bytes, best), xytext=(5, 5), textcoords="offset points", fontsize=FONT - 1
        )
    for found in attacked[0].result.rebuilt:
        if found.baseline:
            style = "--" if found.name == NEAREST_PICTURE else ":"
            colour = CUT if found.name == NEAREST_PICTURE else GREY
            axes.axhline(found.ssim.value, linestyle=style, color=colour, label=found.name.replace("_", " "))
    axes.set_xscale("log")
    axes.set(xlabel="features, bytes under gzip", ylabel="SSIM of the rebuilt picture, less is better")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25, which="both")
    axes.legend(frameon=False, fontsize=FONT)
    save(figure, path)
