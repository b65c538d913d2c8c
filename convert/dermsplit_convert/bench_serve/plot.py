"""Latency against throughput: a line a server, a dot a number of connections."""

from pathlib import Path

from dermsplit_convert.bench_serve.contenders import NOTHING, OURS
from dermsplit_convert.bench_serve.report import Report

# Okabe and Ito 2008, told apart by colour-blind people too, and a grey.
COLOURS = ("#D55E00", "#E69F00", "#999999", "#0072B2", "#56B4E9", "#009E73", "#CC79A7", "#000000")


def plot_loads(report: Report, path: Path) -> None:
    """Write a PNG: requests a second on one logarithmic axis, the median latency on the other."""
    from matplotlib.figure import Figure  # without pyplot: no window system, no figure left open

    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    shown = [name for name in report.names if name != NOTHING]
    for place, name in enumerate(shown):
        rates = [report.of_load(name, one, lambda load: load.rate).median for one in report.connections]
        times = [report.of_load(name, one, lambda load: load.p50).median for one in report.connections]
        width = 2.5 if name == OURS else 1.2
        axes.plot(rates, times, "o-", color=COLOURS[place % len(COLOURS)], linewidth=width, markersize=5, label=name)
    connections = ", ".join(map(str, report.connections))
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set(xlabel=f"right answers a second; dots at {connections} connections", ylabel="p50 latency, ms")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25, which="both")
    axes.legend(frameon=False)
    figure.savefig(path, dpi=120, format="png")
