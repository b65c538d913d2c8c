"""What a measurement of a tail's forms leaves: a table on the terminal, tail.json and tail.md."""

import json
from collections.abc import Sequence
from pathlib import Path

from dermsplit_contract.manifest import Manifest
from dermsplit_convert.bench.tables import TextTable
from dermsplit_convert.bench_tail.measure import Row

NAME = "tail"


def form_table(rows: Sequence[Row]) -> TextTable:
    """A row a form."""
    columns = ["tail", "MB of weights", "flips", "largest change", "AUC", "ms an item", "time over float32"]
    return TextTable(columns, [_cells(row) for row in rows])


def as_json(manifest: Manifest, rows: Sequence[Row]) -> dict[str, object]:
    """Plain JSON."""
    return {"bundle": manifest.id, "model": manifest.name, "rows": [row.as_json() for row in rows]}


def write_report(manifest: Manifest, rows: Sequence[Row], directory: Path) -> None:
    """Write both files; those of an earlier measurement are replaced."""
    directory.mkdir(parents=True, exist_ok=True)
    text = json.dumps(as_json(manifest, rows), indent=2, allow_nan=False) + "\n"
    (directory / f"{NAME}.json").write_text(text, encoding="utf-8")
    notes = (
        f"{title(manifest, rows)}. Flips are decisions that differ from those of the served form; times are of one "
        "item on one thread, the forms in turn."
    )
    words = f"# The tail in fewer bits\n\n{notes}\n\n{form_table(rows).markdown()}\n"
    (directory / f"{NAME}.md").write_text(words, encoding="utf-8")


def title(manifest: Manifest, rows: Sequence[Row]) -> str:
    """Of which bundle, over how many images."""
    return f"{manifest.name} {manifest.id}, {rows[0].images:,} test images"


def _cells(row: Row) -> list[str]:
    middle, low, high = row.time_ratio
    return [
        row.form,
        f"{row.weight_bytes / 1e6:.1f}",
        f"{row.flips} ({row.flips / row.images:.2%})",
        f"{row.difference:.4f}",
        "-" if row.auc is None else f"{row.auc:.4f}",
        f"{row.milliseconds:.2f}",
        f"{middle:.2f} ({low:.2f} to {high:.2f})",
    ]
