"""The commands of training. Heavy modules are imported inside the command that needs them."""

from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer()

DataOption = Annotated[Path, typer.Option("--data", help="Folder with the data sets, such as ham10000/.")]
CacheOption = Annotated[
    Path | None, typer.Option("--cache", envvar="DERMSPLIT_CACHE", help="Folder for decoded images.")
]


@commands.command()
def train(
    recipe: Annotated[Path, typer.Argument(help="A recipe, such as training/recipes/default.toml.")],
    data: DataOption,
    out: Annotated[Path | None, typer.Option(help="The run directory to make; runs/NAME by default.")] = None,
    weights: Annotated[
        Path | None, typer.Option(envvar="DERMSPLIT_WEIGHTS", help="Folder looked in first for ImageNet weights.")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="Change the recipe, for example train.epochs=2.")
    ] = None,
    cache: CacheOption = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an unfinished run.")] = False,
) -> None:
    """Train a network and leave a run directory."""
    from dermsplit_training.recipe import read_recipe

    parsed = read_recipe(recipe, settings or [])
    out = out or Path("runs") / parsed.name

    _load_keras()
    from dermsplit_training.cache import default_cache
    from dermsplit_training.report import print_run
    from dermsplit_training.train import train as train_recipe

    run = train_recipe(parsed, data, weights, out, cache or default_cache(), resume)
    print_run(run, out)


@commands.command()
def evaluate(
    run: Annotated[Path, typer.Argument(help="A finished run directory.")],
    data: DataOption,
    out: Annotated[Path | None, typer.Option(help="Folder for evaluations.json and predictions.csv.")] = None,
    cache: CacheOption = None,
) -> None:
    """Measure a run on the test part of its split."""
    from dermsplit_contract.run import read_run

    read_run(run)  # a wrong path is told before the heavy imports

    _load_keras()
    from dermsplit_training.cache import default_cache
    from dermsplit_training.reevaluate import evaluate_run
    from dermsplit_training.report import print_evaluations

    print_evaluations(evaluate_run(run, data, out, cache or default_cache()))


data_commands = typer.Typer(help="Look at the images before training on them.", no_args_is_help=True)
commands.add_typer(data_commands, name="data")

SourceArgument = Annotated[Path, typer.Argument(help="Folder with the data sets, such as ham10000/.")]


@data_commands.command("stats")
def data_stats(source: SourceArgument) -> None:
    """Count the images by data set, diagnosis and part."""
    from dermsplit_training.report import print_data
    from dermsplit_training.stats import count_pictures, default_split

    print_data(count_pictures(*default_split(source)))


@data_commands.command("check")
def data_check(source: SourceArgument) -> None:
    """Read every image to its end, and see that no lesion or patient is in two parts."""
    from dermsplit_training.progress_bar import progress_bar
    from dermsplit_training.report import print_data
    from dermsplit_training.stats import check_pictures, count_pictures, default_split

    pictures, parts = default_split(source)
    print_data(count_pictures(pictures, parts))
    with progress_bar() as progress:
        check_pictures(pictures, parts, source, progress)
    typer.echo("Every image can be read, and no lesion or patient is in two parts.")


def _load_keras() -> None:
    """Import Keras with whatever backend is set, without the notices that native libraries write meanwhile."""
    from dermsplit_contract.quiet import quiet

    with quiet():
        import keras  # noqa: F401
