"""Bytes against AUC, one line a codec, one dot a form of the features."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dermsplit_convert.bench.forms import THIS_BUNDLE, picture_forms
from dermsplit_convert.bench.rows import ALL, Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito 2008: told apart by colour-blind people too.
COLOURS = {"JPEG": "#E69F00", "WebP": "#CC79A7", "features": "#0072B2", THIS_BUNDLE: "#D55E00"}


def plot_bytes(rows: Sequence[Row], path: Path) -> None:
    """Write a PNG: the median request in bytes on a logarithmic axis, the AUC over all images on the other."""
    from matplotlib.figure import Figure  # without pyplot: no window system, no figure left open
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    codec_of = {form.name: form.codec for form in picture_forms()}
    for codec in dict.fromkeys(codec_of.values()):
        line = [row for row in rows if codec_of.get(row.sent) == codec]
        axes.plot(_bytes(line), _aucs(line), "o-", color=COLOURS[codec], markersize=4, label=f"{codec}, quality")
        for row in line:
            _label(axes, row, row.sent.removeprefix(codec).strip())
    features = [row for row in rows if row.sent not in codec_of and row.sent != THIS_BUNDLE]
    axes.plot(_bytes(features), _aucs(features), "s", color=COLOURS["features"], label="features")
    for together in _near(features):
        _label(axes, together[0], "\n".join(row.sent for row in together))
    bundle = [row for row in rows if row.sent == THIS_BUNDLE]
    axes.plot(_bytes(bundle), _aucs(bundle), "*", color=COLOURS[THIS_BUNDLE], markersize=14, label=THIS_BUNDLE)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set(xlabel="request, median bytes", ylabel="AUC, all test images")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25, which="both")
    axes.legend(frameon=False, loc="lower right")
    figure.savefig(path, dpi=120, format="png")


def _near(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows by where they are drawn: those of one place share a label, which could not be read otherwise."""
    places: dict[tuple[float, float], list[Row]] = {}
    for row in rows:
        places.setdefault((row.request.median, round(row.auc[ALL] or float("nan"), 3)), []).append(row)
    return list(places.values())


def _bytes(rows: Sequence[Row]) -> list[float]:
    return [row.request.median for row in rows]


def _aucs(rows: Sequence[Row]) -> list[float]:
    return [row.auc[ALL] or float("nan") for row in rows]


def _label(axes: "Axes", row: Row, text: str) -> None:
    place = (row.request.median, row.auc[ALL] or float("nan"))
    axes.annotate(text, place, xytext=(4, 4), textcoords="offset points", fontsize=7)
