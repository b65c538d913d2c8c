"""The files that a measurement leaves: serve.csv, serve.md, serve.json and serve.png."""

import csv
import json
from pathlib import Path

from dermsplit_convert.bench.tables import TextTable
from dermsplit_convert.bench_serve.plot import plot_loads
from dermsplit_convert.bench_serve.report import Report
from dermsplit_convert.bench_serve.tables import csv_rows, load_table, overload_table, server_table, stage_table
from dermsplit_convert.bench_serve.verdicts import verdicts

NAME = "serve"


def tables(report: Report) -> dict[str, TextTable]:
    """Every table with its title."""
    shown = {f"{connections} connection(s)": load_table(report, connections) for connections in report.connections}
    shown["Start and memory"] = server_table(report)
    shown["Our server by stage, mean ms"] = stage_table(report)
    shown["Our server at five times its peak"] = overload_table(report)
    return {title: table for title, table in shown.items() if table.cells}


def markdown(report: Report) -> str:
    """The tables with what has to be known to read them."""
    manifest, rounds = report.manifest, len(report.loops)
    notes = (
        f"{manifest.name} {manifest.id}, cut at {manifest.cut}, {rounds} rounds of every server in turn, "
        f"{report.questions} different requests, every answer checked. Each server runs alone on its processors, the "
        "client on others; medians over the rounds, in brackets the least and the most; ratios are taken within "
        "rounds. Processor ms is the time that processors worked for an answer, in all processes of the server: it "
        "says what a core can do where others use the machine too, which the other columns suffer from. The client's "
        "column is how much of one processor it used: near 100% it would be the client that is measured."
    )
    parts = ["# Serving", notes, "\n".join(f"- {verdict.line()}" for verdict in verdicts(report))]
    parts += [f"## {title}\n\n{table.markdown()}" for title, table in tables(report).items()]
    if report.failed:
        parts.append("## Not measured\n\n" + "\n".join(f"- {name}: {why}" for name, why in report.failed.items()))
    return "\n\n".join(part for part in parts if part) + "\n"


def write_report(report: Report, directory: Path) -> None:
    """Write the four files; those of an earlier measurement are replaced. Without any visit there is no plot or CSV."""
    directory.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report.as_json(), indent=2) + "\n"
    (directory / f"{NAME}.json").write_text(text, encoding="utf-8")
    (directory / f"{NAME}.md").write_text(markdown(report), encoding="utf-8")
    if rows := list(csv_rows(report)):
        with (directory / f"{NAME}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        plot_loads(report, directory / f"{NAME}.png")
