"""What the commands print, as rich tables."""

from collections.abc import Callable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from dermsplit_contract.manifest import Manifest
from dermsplit_convert.cut_search.candidate import Candidate
from dermsplit_convert.cuts import BITS
from dermsplit_convert.verify import Check

UNLIMITED = 10_000

Column = tuple[str, Callable[[Candidate], str]]


def cuts_table(title: str, candidates: Sequence[Candidate]) -> Table:
    """One row a cut, from input to output; columns for what was measured where anything was."""
    caption = (
        "bytes of the features, whole numbers packed: on the wire each takes a byte, and gzip brings them near this; "
        "download: the head's float32 weights"
    )
    table = Table(title=title, caption=caption, box=box.SIMPLE)
    columns = [column for column in COLUMNS if any(column[1](one) for one in candidates)]
    for name, _ in columns:
        table.add_column(name, justify="left" if name in ("layer", "shape") else "right")
    for one in candidates:
        table.add_row(*(show(one) for _, show in columns))
    return table


def _packed(bits: int) -> Column:
    names = {32: "FP32", 16: "FP16"}
    return f"{names.get(bits, f'{bits} bits')}\nbytes", lambda one: f"{one.cut.packed_bytes(bits):,}"


COLUMNS: tuple[Column, ...] = (
    ("layer", lambda one: one.layer),
    ("shape", lambda one: "x".join(str(extent) for extent in one.cut.shape)),
    ("values", lambda one: f"{one.cut.values:,}"),
    *(_packed(bits) for bits in BITS),
    ("head\nM MACs", lambda one: f"{one.cut.head.macs / 1e6:,.1f}"),
    ("tail\nM MACs", lambda one: f"{one.cut.tail.macs / 1e6:,.1f}"),
    ("head\nparameters", lambda one: f"{one.cut.head.parameters:,}"),
    ("tail\nparameters", lambda one: f"{one.cut.tail.parameters:,}"),
    ("download\nKB", lambda one: f"{one.cut.head.download_bytes / 1000:,.1f}"),
    ("head\nms", lambda one: f"{one.times.head_ms:.1f}" if one.times else ""),
    ("tail\nms", lambda one: f"{one.times.tail_ms:.1f}" if one.times else ""),
    ("flips", lambda one: "" if one.measured.flips is None else f"{one.measured.flips:.2%}"),
    ("leakage", lambda one: "" if one.measured.leakage is None else f"{one.measured.leakage:g}"),
)
"""What stands above a column, and what of a candidate in it; nothing where it was not measured."""


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
