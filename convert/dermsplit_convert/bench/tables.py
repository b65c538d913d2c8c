"""The rows as text: one table of what crosses and what it costs, one of how near coders come to the entropy."""

from collections.abc import Sequence
from dataclasses import dataclass

from dermsplit_convert.bench.coders import CODERS, GZIP, RAW
from dermsplit_convert.bench.measure import GZIP_REQUEST
from dermsplit_convert.bench.rows import ALL, MEGABITS, Row
from dermsplit_convert.bench.summary import to_entropy


@dataclass(frozen=True)
class TextTable:
    """Cells as they are printed."""

    columns: list[str]
    cells: list[list[str]]

    def markdown(self) -> str:
        """As a Markdown table, the numbers to the right."""
        rule = ["---", *(["--:"] * (len(self.columns) - 1))]
        return "\n".join("| " + " | ".join(row) + " |" for row in [self.columns, rule, *self.cells])


def main_table(rows: Sequence[Row]) -> TextTable:
    """Bytes, AUC by domain, difference to float32, flips and upload times, a row a form."""
    parts = list(rows[0].auc)
    columns = [
        "sent",
        "request: median",
        "p95",
        "largest",
        "request, gzip",
        "features",
        "features, gzip",
        *(f"AUC {part}" for part in parts),
        "less float32 [95%]",
        "flips",
        *(f"ms at {rate:g} Mb/s" for rate in MEGABITS),
    ]
    return TextTable(columns, [_main_cells(row, parts) for row in rows])


def domain_table(rows: Sequence[Row]) -> TextTable:
    """The difference of the AUC to float32 in each domain; no rows where there is one domain only."""
    domains = [part for part in rows[0].auc if part != ALL]
    cells = [[row.sent, *(_difference(row, domain) for domain in domains)] for row in rows]
    return TextTable(["sent", *(f"{domain} [95%]" for domain in domains)], cells if domains else [])


def coder_table(rows: Sequence[Row]) -> TextTable:
    """Mean bytes of whole-number features by coder, each with its ratio to the order-0 entropy in brackets."""
    quantised = [row for row in rows if row.entropy]
    cells = []
    for row in quantised:
        ratios = to_entropy(row)
        coded = [f"{row.sizes[name].mean:,.0f} ({ratios[name]:.2f})" for name in CODERS]
        cells.append([row.sent, f"{row.entropy:,.0f}", *coded])
    return TextTable(["sent", "entropy", *CODERS], cells)


def csv_columns(row: Row) -> dict[str, object]:
    """A row flattened for a CSV file."""
    flat: dict[str, object] = {"sent": row.sent, "images": row.images}
    for coder in ("request", GZIP_REQUEST, *CODERS):
        size = row.sizes.get(coder)
        for name in ("median", "p95", "largest", "mean"):
            flat[f"{coder}, {name} bytes"] = "" if size is None else getattr(size, name)
    flat["order-0 entropy, mean bytes"] = "" if row.entropy is None else row.entropy
    for part, value in row.auc.items():
        difference = row.difference[part]
        flat[f"auc_{part}"] = "" if value is None else value
        for name in ("value", "low", "high"):
            flat[f"difference_{part}_{name}"] = "" if difference is None else getattr(difference, name)
    flat |= {"flips": row.flips, "flip_share": row.flip_share, "largest_difference": row.largest_difference}
    return flat | {f"upload_ms_at_{rate}": time for rate, time in row.upload_ms.items()}


def _main_cells(row: Row, parts: Sequence[str]) -> list[str]:
    sizes = row.sizes
    return [
        row.sent,
        f"{row.request.median:,.0f}",
        f"{row.request.p95:,.0f}",
        f"{row.request.largest:,}",
        *(f"{sizes[name].median:,.0f}" if name in sizes else "" for name in (GZIP_REQUEST, RAW, GZIP)),
        *("-" if row.auc[part] is None else f"{row.auc[part]:.4f}" for part in parts),
        _difference(row, ALL),
        f"{row.flips} ({row.flip_share:.1%})",
        *(f"{time:,.1f}" for time in row.upload_ms.values()),
    ]


def _difference(row: Row, part: str) -> str:
    found = row.difference[part]
    return "-" if found is None else f"{found.value:+.4f} [{found.low:+.4f}, {found.high:+.4f}]"
