"""A measurement on the terminal."""

from pathlib import Path

from dermsplit_convert.bench.show import rich_table
from dermsplit_convert.bench_serve.document import tables
from dermsplit_convert.bench_serve.report import Report
from dermsplit_convert.bench_serve.verdicts import verdicts
from dermsplit_convert.tables import print_table


def print_report(report: Report, directory: Path) -> None:
    """Print the tables, what was aimed at, who failed, and where the files lie, on stdout."""
    for title, table in tables(report).items():
        print_table(rich_table(table, title))
    for verdict in verdicts(report):
        print(verdict.line())
    for name, why in report.failed.items():
        print(f"not measured: {name}: {why}")
    print(directory)
