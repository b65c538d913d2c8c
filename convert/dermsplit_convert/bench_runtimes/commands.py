"""`dermsplit bench runtimes`. What is heavy is imported once the command runs."""

import json
from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer()


@commands.command("runtimes")
def runtimes(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE")],
    backend: Annotated[
        list[str] | None, typer.Option("--backend", help="wasm, webgl or webgpu; all three by default.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Times that every runtime is opened anew and timed in turn.")] = 5,
    packages: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the rivals' packages are kept; below ~/.cache.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="For tables, JSON and CSV; runs/runtimes-ID.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print plain JSON on stdout.")] = False,
) -> None:
    """Compare TF.js as the page ships it with LiteRT.js and onnxruntime-web: the same head, in Chromium.

    Packages of the rivals come by npm and pip at the first call and are kept. One that cannot be installed or does not
    run is listed with its reason; one that gives other features is listed as wrong, without times.
    """
    from rich.console import Console

    from dermsplit_convert.bench.show import rich_table
    from dermsplit_convert.bench_runtimes.contenders import all_contenders, require_backends
    from dermsplit_convert.bench_runtimes.install import default_place
    from dermsplit_convert.bench_runtimes.measure import RuntimesOrder, bench_runtimes
    from dermsplit_convert.bench_runtimes.report import RuntimesReport, write_report
    from dermsplit_convert.tables import print_table

    console = Console(stderr=True)
    contenders = all_contenders(require_backends(backend))
    order = RuntimesOrder(bundle, packages or default_place(), rounds, contenders)
    opened, browser, rows = bench_runtimes(order, lambda step: console.print(f"{step} …", highlight=False))
    report = RuntimesReport(opened.manifest, browser, rounds, rows)
    target = out or Path("runs") / f"runtimes-{opened.manifest.id}"
    write_report(report, target)
    if as_json:
        typer.echo(json.dumps(report.as_json(), indent=2))
        return
    print_table(rich_table(report.table(), report.title))
    for line in report.failures():
        typer.echo(line)
    typer.echo(target)
