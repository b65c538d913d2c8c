"""`dermsplit leakage`: what can be told of the photo from the features. Heavy libraries start inside the command."""

from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer()


@commands.command("leakage")
def leakage(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE")],
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="The folder that the run was trained with.")],
    run: Annotated[
        Path | None, typer.Option(metavar="RUN", help="The run that the bundle was made of, for its split.csv.")
    ] = None,
    split: Annotated[
        Path | None, typer.Option(metavar="FILE", help="That split.csv or predictions.csv, where the run is not there.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="For tables, gallery and decoders, never committed; runs/leakage-ID."),
    ] = None,
    images: Annotated[
        int, typer.Option(min=1, help="Training images of the attackers; a fifth as many are attacked.")
    ] = 2000,
    epochs: Annotated[int, typer.Option(min=0, help="Of the decoder; 0 trains none.")] = 12,
    optimise: Annotated[int, typer.Option(min=0, help="Test images that gradient descent attacks; 0 for none.")] = 8,
    steps: Annotated[int, typer.Option(min=1, help="Of the gradient descent.")] = 300,
    cut: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LAYER:LEVELS",
            help="Attack this cut and coding of the network too; LAYER:FP32 for floats, LAYER:256+0.5 for noise of "
            "half of each channel's spread.",
        ),
    ] = None,
    decoder_out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep the decoder of the bundle's own features, for `convert --decoder`."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print plain JSON on stdout.")] = False,
) -> None:
    """Rebuild photos from the features as they are sent, look them up, and read the person's attributes."""
    from rich.console import Console

    from dermsplit_contract.bundle import open_bundle
    from dermsplit_contract.errors import UsageError
    from dermsplit_convert.leakage.coding import parse_wanted
    from dermsplit_convert.leakage.study import LeakageOrder, measure_leakage

    if (run is None) == (split is None):
        raise UsageError("Expected the run that the bundle was made of: give either --run RUN or --split FILE.")
    table = split if run is None else run / "split.csv"
    assert table is not None
    wanted = tuple(parse_wanted(text) for text in cut or [])
    target = out or Path("runs") / f"leakage-{open_bundle(bundle).manifest.id}"
    console = Console(stderr=True)
    # AUC and flips need to know which test images are malignant.
    answers = split if run is None else run / "predictions.csv"
    judged = answers if answers and "malignant" in _columns(answers) else None
    order = LeakageOrder(bundle, table, data, target, images, epochs, wanted, optimise, steps, judged, decoder_out)
    report = measure_leakage(order, lambda step: console.print(f"{step} …", highlight=False))
    typer.echo(report.record().model_dump_json(indent=2) if as_json else report.markdown())
    if judged is None:
        console.print("No predictions.csv was given, so there is no AUC and there are no flips: give --run RUN.")
    console.print(f"{target}", highlight=False)


def _columns(table: Path) -> list[str]:
    if not table.is_file():
        return []
    with table.open(encoding="utf-8", errors="replace") as file:
        return file.readline().strip().split(",")
