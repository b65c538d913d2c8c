"""The measurements as commands. TensorFlow starts once a command has checked all that can be checked without it."""

import json
from pathlib import Path
from typing import Annotated

import typer

bench = typer.Typer(help="Measure a bundle, side by side with what people would use instead.", no_args_is_help=True)


@bench.callback()
def about() -> None:
    """Measure a bundle, side by side with what people would use instead."""


@bench.command("wire")
def wire(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE")],
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="The folder that the run was trained with.")],
    run: Annotated[
        Path | None, typer.Option(metavar="RUN", help="The run that the bundle was made of, for its predictions.csv.")
    ] = None,
    predictions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="That predictions.csv itself, where the run is not at hand.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="For tables, plot and what is measured so far; runs/wire-ID.")
    ] = None,
    images: Annotated[
        int | None, typer.Option(min=2, help="At most so many test images, drawn by a fixed seed.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print plain JSON on stdout.")] = False,
) -> None:
    """Compare the bytes, the AUC and the decisions of features with those of JPEG and WebP pictures."""
    from dermsplit_contract.bundle import open_bundle
    from dermsplit_contract.errors import UsageError
    from dermsplit_convert.bench.progress import images_bar
    from dermsplit_convert.bench.show import print_report
    from dermsplit_convert.bench.wire import WireOrder, bench_wire

    if (run is None) == (predictions is None):
        raise UsageError("Expected the run that the bundle was made of: give either --run RUN or --predictions FILE.")
    table = predictions if run is None else run / "predictions.csv"
    assert table is not None
    target = out or Path("runs") / f"wire-{open_bundle(bundle).manifest.id}"
    report = bench_wire(WireOrder(bundle, table, data, target, images), images_bar)
    if as_json:
        typer.echo(json.dumps(report.as_json(), indent=2))
    else:
        print_report(report, target)
