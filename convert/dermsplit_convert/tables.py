"""What the commands print, as rich tables."""

from rich import box
from rich.console import Console
from rich.table import Table

from dermsplit_contract.manifest import ITEM_SIZE, Manifest
from dermsplit_convert.cuts import Cut
from dermsplit_convert.verify import Check

UNLIMITED = 10_000


def cuts_table(network: str, cuts: list[Cut]) -> Table:
    """One row a legal cut, from input to output."""
    caption = "bytes of the features; head and tail in millions of MACs and in parameters; download: head's weights"
    table = Table(title=f"{network}: {len(cuts)} legal cuts", caption=caption, box=box.SIMPLE)
    for column in ("layer", "shape"):
        table.add_column(column)
    costs = ("head\nM MACs", "tail\nM MACs", "head\nparameters", "tail\nparameters", "download\nKB")
    numbers = ("values", *(f"{datatype}\nbytes" for datatype in ITEM_SIZE), *costs)
    for column in numbers:
        table.add_column(column, justify="right")
    for cut in cuts:
        table.add_row(
            cut.layer,
            "x".join(str(extent) for extent in cut.shape),
            f"{cut.values:,}",
            *(f"{cut.values * size:,}" for size in ITEM_SIZE.values()),
            *(f"{cost.macs / 1e6:,.1f}" for cost in (cut.head, cut.tail)),
            *(f"{cost.parameters:,}" for cost in (cut.head, cut.tail)),
            f"{cut.head.download_bytes / 1000:,.1f}",
        )
    return table


def checks_table(manifest: Manifest, source: str, checks: list[Check]) -> Table:
    """One row a check; flips are decisions that came out differently."""
    title = f"{manifest.name} {manifest.id}, cut at {manifest.cut}"
    caption = f"{source}; decisions at {manifest.operating_points[0].name}"
    table = Table(title=title, caption=caption, box=box.SIMPLE)
    for column in ("check", "of"):
        table.add_column(column)
    for column in ("largest difference", "bound", "flips"):
        table.add_column(column, justify="right")
    table.add_column("result")
    for check in checks:
        table.add_row(
            check.name,
            check.unit,
            f"{check.difference:.2e}",
            "none" if check.bound is None else f"{check.bound:g}",
            "" if check.flips is None else f"{check.flips} of {check.images}",
            ("[green]passed" if check.passed else "[red]failed") if check.bound is not None else "reported",
        )
    return table


def print_table(table: Table) -> None:
    """Print a table on stdout in full: a cell cut short would be worse than a long line."""
    needed = Console(width=UNLIMITED).measure(table).maximum
    Console(width=max(Console().width, needed)).print(table)
