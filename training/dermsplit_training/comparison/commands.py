"""`dermsplit compare` and `dermsplit splits`. Heavy modules are imported inside the command."""

from pathlib import Path
from typing import Annotated

import typer

from dermsplit_training.options import CacheOption, DataOption, SettingsOption, WeightsOption


def compare(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="RECIPE...", help="Recipes to train, or with --runs run directories.")
    ] = None,
    runs: Annotated[bool, typer.Option("--runs", help="The arguments are finished runs: nothing is trained.")] = False,
    data: Annotated[Path | None, typer.Option(help="Folder with the data sets; needed to train.")] = None,
    weights: WeightsOption = None,
    out: Annotated[Path, typer.Option(help="Folder for the runs, the table and the plots.")] = Path("comparison"),
    seeds: Annotated[str, typer.Option(help="Train each recipe with these, such as 1,2,3; by default its own.")] = "",
    images: Annotated[
        str, typer.Option(help="Learning curve: keep so many train images of a class, such as 100,250,500,1000.")
    ] = "",
    settings: SettingsOption = None,
    cache: CacheOption = None,
    cuts: Annotated[bool, typer.Option("--cuts/--no-cuts", help="Look for the best cut of each network.")] = True,
) -> None:
    """Put recipes side by side: one table, one split, seeds, intervals; a stopped comparison goes on where it was."""
    from dermsplit_contract.errors import UsageError
    from dermsplit_training.comparison.compare import compare_runs, write_comparison
    from dermsplit_training.comparison.document import print_page
    from dermsplit_training.comparison.page import describe

    failed: list[str] = []
    if runs:
        if given := [name for name, value in (("seeds", seeds), ("images", images), ("set", settings)) if value]:
            raise UsageError(f"--{given[0]} changes how recipes are trained, and --runs trains nothing. Leave one out.")
        directories = paths or []
    else:
        directories, failed = _train(paths or [], settings or [], seeds, images, data, weights, out, cache)
    comparison = compare_runs(directories, failed, cuts)
    write_comparison(comparison, directories, out)
    print_page(describe(comparison))
    typer.echo(f"Comparison: {out}")


def splits(
    recipe: Annotated[Path, typer.Argument(help="A recipe, such as training/recipes/default.toml.")],
    data: DataOption,
    count: Annotated[int, typer.Option("--splits", min=2, help="The recipe's own, and the seeds after it.")] = 20,
    weights: WeightsOption = None,
    settings: SettingsOption = None,
    cache: CacheOption = None,
) -> None:
    """Divide the images anew many times: the frozen baseline's AUC on each test part, and how hard the recipe's is."""
    from dermsplit_training.recipe_file import read_recipe
    from dermsplit_training.start import start_keras

    parsed = read_recipe(recipe, settings or [])

    start_keras()
    from dermsplit_training.comparison.splits import measure_splits, splits_table
    from dermsplit_training.data.cache import default_cache

    typer.echo(splits_table(measure_splits(parsed, data, weights, cache or default_cache(), count)))


def _train(
    recipes: list[Path],
    settings: list[str],
    seeds: str,
    images: str,
    data: Path | None,
    weights: Path | None,
    out: Path,
    cache: Path | None,
) -> tuple[list[Path], list[str]]:
    from dermsplit_contract.errors import UsageError
    from dermsplit_training.comparison.plan import parse_numbers, plan_trainings
    from dermsplit_training.start import start_keras

    planned = plan_trainings(
        recipes,
        settings,
        parse_numbers("--seeds", seeds, least=0) if seeds else [],
        parse_numbers("--images", images, least=2) if images else [],
        out,
    )
    if data is None:
        raise UsageError("Expected the folder with the data sets to train on, got none. Give it with --data.")
    start_keras()
    from dermsplit_training.comparison.train_all import train_all
    from dermsplit_training.data.cache import default_cache

    try:
        return train_all(planned, data, weights, cache or default_cache())
    except KeyboardInterrupt:
        typer.echo("Stopped. The same command goes on from here.", err=True)
        raise
