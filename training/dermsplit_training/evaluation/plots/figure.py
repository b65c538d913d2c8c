"""What all pictures of a run share: colours, figures without a window, labels beside their curves."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito 2008: told apart by colour-blind people too. Without their yellow, which is lost on white.
BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"
COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, "#000000")
GREY = "#888888"
DPI = 120
FONT = 8
LONGEST_NAME = 28


@dataclass(frozen=True)
class End:
    """The last point of a curve in data units, with what is to be written beside it."""

    x: float
    y: float
    text: str
    colour: str


def new_figure(width: float, height: float) -> "Figure":
    """An empty figure of so many inches, laid out so that nothing is cut off."""
    from matplotlib.figure import Figure  # without pyplot: no window system, no figure left open

    return Figure(figsize=(width, height), layout="constrained")


def save(figure: "Figure", path: Path) -> None:
    """Write the figure as a PNG."""
    figure.savefig(path, dpi=DPI, format="png")


def colour(position: int) -> str:
    """The colour of the curve of that position; after the last one they begin anew."""
    return COLOURS[position % len(COLOURS)]


def plain(name: str, longest: int = LONGEST_NAME) -> str:
    """A name from the data as it can be drawn: on one line, not overlong, and no formula where it has a dollar sign."""
    line = " ".join(name.split())
    cut = line if len(line) <= longest else f"{line[: longest - 1]}…"
    return cut.replace("$", r"\$")


def bare(axes: "Axes") -> None:
    """Take away the frame's upper and right side and lay a faint grid behind the curves."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25)
    axes.set_axisbelow(True)


def label_ends(axes: "Axes", ends: Sequence[End]) -> None:
    """Write each curve's name to the right of its end, far enough from each other to be read.

    The limits of the axes have to be final.
    """
    height = axes.bbox.height / axes.figure.dpi * 72  # points
    gap = 1.5 * FONT / height
    low, high = axes.get_ylim()
    place = -1.0
    free = 1 + gap - gap * len(ends)
    for rank, end in enumerate(sorted(ends, key=lambda end: end.y)):
        wished = (end.y - low) / (high - low)
        place = max(place + gap, min(wished, free + gap * rank))
        axes.annotate(
            end.text,
            (end.x, end.y),
            xytext=(1.03, place),
            textcoords="axes fraction",
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": end.colour, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 3},
            color=end.colour,
            fontsize=FONT,
            va="center",
        )
