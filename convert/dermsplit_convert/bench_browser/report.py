"""What was measured, as tables and as browser.csv."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich import box
from rich.table import Table

from dermsplit_contract.manifest import Manifest
from dermsplit_convert.bench_browser.heads import SLACK, BackendTimes
from dermsplit_convert.bench_browser.visits import Visit
from dermsplit_convert.tables import print_table

CSV = "browser.csv"


def print_report(manifest: Manifest, times: Sequence[BackendTimes], share: float, visits: Sequence[Visit]) -> None:
    """Two tables on stdout, and the bar that the head's share of the work sets."""
    print_table(heads_table(manifest, times, share))
    print_table(visits_table(visits))


def heads_table(manifest: Manifest, times: Sequence[BackendTimes], share: float) -> Table:
    """A row a back end; ``share`` is the head's part of the multiply-accumulates."""
    title = f"{manifest.name} {manifest.id}: head against whole network, in Chromium"
    caption = f"the head has {share:.2f} of the multiply-accumulates: the bar is a ratio of {share + SLACK:.2f}"
    table = Table(title=title, caption=caption, box=box.SIMPLE)
    table.add_column("back end")
    for column in ("head ms", "whole ms", "ratio", "ratios of the rounds", "bar"):
        table.add_column(column, justify="right")
    for one in times:
        if one.error is not None:
            table.add_row(one.backend, f"not run: {one.error}", *[""] * 4)
            continue
        spread = f"{min(one.ratios):.2f} to {max(one.ratios):.2f}"
        met = "met" if one.ratio <= share + SLACK else "not met"
        table.add_row(one.backend, f"{one.head_ms:.1f}", f"{one.whole_ms:.1f}", f"{one.ratio:.2f}", spread, met)
    return table


def visits_table(visits: Sequence[Visit]) -> Table:
    """Bytes of the first round and median seconds, cold and warm."""
    caption = "1.6 Mb/s and 150 ms of round trip, the page's thread slowed four times; a photo is chosen at once"
    table = Table(title="Visits", caption=caption, box=box.SIMPLE)
    table.add_column("visit")
    for column in ("page", "runtime", "bundle", "all bytes", "seconds to the answer", "of the rounds"):
        table.add_column(column, justify="right")
    for name in dict.fromkeys(one.name for one in visits):
        own = [one for one in visits if one.name == name]
        seconds = [one.seconds for one in own]
        sizes = (own[0].page_bytes, own[0].runtime_bytes, own[0].bundle_bytes, own[0].all_bytes)
        spread = f"{min(seconds):.1f} to {max(seconds):.1f}"
        table.add_row(name, *(f"{size:,}" for size in sizes), f"{np.median(seconds):.1f}", spread)
    return table


def write_csv(times: Sequence[BackendTimes], visits: Sequence[Visit], directory: Path) -> None:
    """One line a figure: what, of which, in which round, value, unit."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / CSV).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["what", "of", "round", "value", "unit"])
        for one in times:
            writer.writerow(["head", one.backend, "median", one.head_ms, "ms"])
            writer.writerow(["whole network", one.backend, "median", one.whole_ms, "ms"])
            writer.writerows(["ratio", one.backend, turn, ratio, ""] for turn, ratio in enumerate(one.ratios))
        for turn, visit in enumerate(visits):
            writer.writerow(["answer", visit.name, turn // 2, visit.seconds, "s"])
            writer.writerow(["fetched", visit.name, turn // 2, visit.all_bytes, "bytes"])
