"""The commands that look at images before anything is trained on them."""

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

data_commands = typer.Typer(help="Look at the images before training on them.", no_args_is_help=True)

Sources = Annotated[
    list[Path],
    typer.Argument(
        metavar="SOURCE...",
        help="A folder with data sets such as ham10000/, the folder of one, a CSV table of images, a folder with a "
        "folder for each class, or an ISIC folder.",
    ),
]
NamedFromOption = Annotated[
    Path | None, typer.Option("--data", help="Folder that images are named from, as in a training; found by itself.")
]
Json = Annotated[bool, typer.Option("--json", help="Print plain JSON on stdout.")]


class By(StrEnum):
    """What the tables of age and sex are divided by."""

    MALIGNANCY = "malignancy"
    DIAGNOSIS = "diagnosis"


@data_commands.command("stats")
def stats(
    sources: Sources,
    by: Annotated[
        By | None, typer.Option(help="Classes of the tables; by default malignancy where it is known.")
    ] = None,
    data: NamedFromOption = None,
    as_json: Json = False,
) -> None:
    """Count the images by diagnosis, age, sex, site and skin type."""
    from dermsplit_training.data.demographics import age_tables
    from dermsplit_training.data.gather import gather
    from dermsplit_training.data.stats import count_pictures
    from dermsplit_training.data.tables import print_data, print_demographics

    found = gather(sources, data)
    known = all(picture.malignant is not None for picture in found.pictures)
    chosen = by or (By.MALIGNANCY if known else By.DIAGNOSIS)
    report, tables = count_pictures(found.pictures), age_tables(found.pictures, chosen.value)
    if as_json:
        body = {"sources": found.taken_for, **asdict(report), "ages": [asdict(table) for table in tables]}
        typer.echo(json.dumps(body, indent=2))
        return
    _say_kinds(found.taken_for)
    print_data(report)
    print_demographics(report, tables)


@data_commands.command("check")
def check(
    sources: Sources,
    split: Annotated[
        Path | None, typer.Option(help="A split.csv to check; without it the split that a recipe has by default.")
    ] = None,
    data: NamedFromOption = None,
    as_json: Json = False,
) -> None:
    """Read every image, find duplicates, and see that no lesion or patient is in two parts."""
    from dermsplit_training.data.check import check_passed, check_pictures
    from dermsplit_training.data.gather import gather
    from dermsplit_training.data.split import divide
    from dermsplit_training.data.tables import print_check
    from dermsplit_training.progress_bar import progress_bar
    from dermsplit_training.recipe import SplitRecipe

    found = gather(sources, data)
    # A given split is shown whatever crosses it; the check fails after its report.
    parts = divide(found.pictures, SplitRecipe(by="image" if split else "group", file=str(split or "")))
    if not as_json:
        _say_kinds(found.taken_for)
    with progress_bar() as progress:
        report = check_pictures(found.pictures, parts, found.data, progress)
    if as_json:
        typer.echo(json.dumps({"sources": found.taken_for, **asdict(report)}, indent=2))
    else:
        print_check(report)
    check_passed(report)
    if not as_json:
        typer.echo("Every image can be read, and no file, lesion or patient is in two parts.")


def _say_kinds(taken_for: dict[str, str]) -> None:
    for place, kind in taken_for.items():
        typer.echo(f"{place}: {kind}")
