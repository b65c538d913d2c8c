"""`dermsplit bench tail`. What is heavy is imported once the command runs."""

import json
from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer()


@commands.command("tail")
def tail(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE")],
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="The folder that the run was trained with.")],
    run: Annotated[
        Path, typer.Option("--run", metavar="RUN", help="The run that the bundle was made of, for its predictions.csv.")
    ],
    images: Annotated[
        int | None, typer.Option(min=2, help="At most so many test images, drawn by a fixed seed.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Times that the forms are timed in turn.")] = 5,
    environments: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where NNCF's environment is kept; below ~/.cache.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="For table and JSON; runs/tail-ID.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print plain JSON on stdout.")] = False,
) -> None:
    """Compare the served tail with bfloat16 and 8-bit forms of it: decisions that flip, AUC, time, bytes.

    The 8-bit forms are made with NNCF in an environment of its own, at the first call, and kept nowhere else: a bundle
    carries float32 alone.
    """
    from rich.console import Console

    from dermsplit_convert.bench.show import rich_table
    from dermsplit_convert.bench_serve.environments import default_place
    from dermsplit_convert.bench_tail.measure import TailOrder, bench_tail
    from dermsplit_convert.bench_tail.report import as_json as plain
    from dermsplit_convert.bench_tail.report import form_table, title, write_report
    from dermsplit_convert.tables import print_table

    order = TailOrder(bundle, run / "predictions.csv", data, environments or default_place(), images, rounds)
    opened, rows = bench_tail(order, Console(stderr=True).print)
    directory = out or Path("runs") / f"tail-{opened.manifest.id}"
    write_report(opened.manifest, rows, directory)
    if as_json:
        typer.echo(json.dumps(plain(opened.manifest, rows), indent=2))
    else:
        print_table(rich_table(form_table(rows), title(opened.manifest, rows)))
        typer.echo(directory)
