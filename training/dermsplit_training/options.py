"""Options that several commands of training have."""

from pathlib import Path
from typing import Annotated

import typer

DataOption = Annotated[Path, typer.Option("--data", help="Folder with the data sets, such as ham10000/.")]
WeightsOption = Annotated[
    Path | None, typer.Option("--weights", envvar="DERMSPLIT_WEIGHTS", help="Folder looked in first for weight files.")
]
SettingsOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change the recipe, as in train.epochs=2.")
]
CacheOption = Annotated[
    Path | None, typer.Option("--cache", envvar="DERMSPLIT_CACHE", help="Folder for decoded images and features.")
]
