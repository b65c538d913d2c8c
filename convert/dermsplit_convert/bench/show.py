"""A measurement on the terminal."""

from pathlib import Path

from rich import box
from rich.table import Table

from dermsplit_convert.bench.document import WireReport
from dermsplit_convert.bench.tables import TextTable, coder_table, domain_table, main_table
from dermsplit_convert.tables import print_table


def print_report(report: WireReport, directory: Path) -> None:
    """Print the tables, the summary, and where the files lie, on stdout."""
    manifest = report.manifest
    title = f"{manifest.name} {manifest.id}, cut at {manifest.cut}: {report.summary.images:,} test images"
    print_table(rich_table(main_table(report.rows), title))
    domains = domain_table(report.rows)
    if domains.cells:
        print_table(rich_table(domains, "AUC less that of float32 features, by domain"))
    coders = coder_table(report.rows)
    if coders.cells:
        print_table(rich_table(coders, "Features: mean bytes by coder (and over their order-0 entropy)"))
    for line in report.summary.lines():
        print(line)
    print(directory)


def rich_table(text: TextTable, title: str) -> Table:
    """A table of cells for the terminal, the first column to the left and the others to the right."""
    table = Table(title=title, box=box.SIMPLE)
    for place, column in enumerate(text.columns):
        table.add_column(column.replace(": ", "\n").replace(", ", "\n"), justify="right" if place else "left")
    for row in text.cells:
        table.add_row(*row)
    return table
