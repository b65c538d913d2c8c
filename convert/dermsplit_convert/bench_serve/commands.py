"""`dermsplit bench serve`. What is heavy is imported once the command runs."""

import json
from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer()


@commands.command("serve")
def serve(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE")],
    data: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Holds ham10000 and pad_ufes_20: sends real images too."),
    ] = None,
    images: Annotated[int, typer.Option(min=1, help="With --data: how many.")] = 32,
    only: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this server; may come more than once.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Times that each server is started and measured.")] = 5,
    seconds: Annotated[float, typer.Option(min=0.1, help="Of each load.")] = 3.0,
    cores: Annotated[int, typer.Option(min=1, help="Processors of each server; the client takes the others.")] = 1,
    start_seconds: Annotated[
        float, typer.Option(min=1, help="A server that takes longer to start is left out.")
    ] = 180.0,
    environments: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the rivals' environments are kept; below ~/.cache.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="For tables, CSV and plot; runs/serve-ID.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print plain JSON on stdout.")] = False,
) -> None:
    """Compare this server's speed, start and memory with what people would serve the same tail with.

    Each rival gets an environment of its own, made at the first call and kept. One that cannot be installed or does not
    start is listed with its reason.
    """
    from rich.console import Console

    from dermsplit_contract.bundle import open_bundle
    from dermsplit_convert.bench_serve.document import write_report
    from dermsplit_convert.bench_serve.environments import default_place
    from dermsplit_convert.bench_serve.order import ServeOrder
    from dermsplit_convert.bench_serve.serve import bench_serve
    from dermsplit_convert.bench_serve.show import print_report

    place = environments or default_place()
    order = ServeOrder(
        bundle,
        data,
        images,
        tuple(only or ()),
        rounds,
        seconds,
        cores=cores,
        environments=place,
        start_seconds=start_seconds,
    )
    console = Console(stderr=True)
    target = out or Path("runs") / f"serve-{open_bundle(bundle).manifest.id}"
    report = bench_serve(
        order,
        lambda step: console.print(f"{step} …", highlight=False),
        lambda so_far: write_report(so_far, target),
    )
    if as_json:
        typer.echo(json.dumps(report.as_json(), indent=2))
    else:
        print_report(report, target)
