"""`dermsplit search`. Heavy modules are imported inside the command."""

from pathlib import Path
from typing import Annotated

import typer

from dermsplit_training.options import CacheOption, DataOption, SettingsOption, WeightsOption


def search(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE", help="The recipe whose settings are searched.")],
    data: DataOption,
    out: Annotated[Path, typer.Option(help="Folder for the trials; an existing search goes on where it stopped.")],
    trials: Annotated[int, typer.Option(min=1, help="Trials in all, those of an earlier start included.")] = 20,
    weights: WeightsOption = None,
    settings: SettingsOption = None,
    learning_rate: Annotated[
        str, typer.Option(metavar="RANGE", help="A range (low:high), values (a,b,c) or one value.")
    ] = "1e-5:1e-2",
    dropout: Annotated[str, typer.Option(metavar="RANGE", help="The same for top.dropout.")] = "0:0.5",
    batch_size: Annotated[str, typer.Option(metavar="RANGE", help="The same for train.batch_size.")] = "16,32,64",
    cache: CacheOption = None,
) -> None:
    """Look for a recipe's best learning rate, dropout and batch size on the validation part; test stays unseen."""
    from dermsplit_training.search.space import parse_space, read_searched
    from dermsplit_training.start import start_keras

    space = parse_space(learning_rate, dropout, batch_size)
    searched = read_searched(recipe, settings or [], space)

    start_keras()
    from dermsplit_training.comparison.document import print_page
    from dermsplit_training.data.cache import default_cache
    from dermsplit_training.search.journal import ended_trials, open_journal
    from dermsplit_training.search.page import describe, write_search
    from dermsplit_training.search.run import Resources, run_search

    study = open_journal(searched, out)
    try:
        run_search(study, searched, Resources(data, weights, cache or default_cache()), out, trials)
    except KeyboardInterrupt:
        typer.echo("Stopped. The same command goes on from here.", err=True)
        raise
    finally:  # stopped or not: what was found so far is told
        if found := ended_trials(study, searched):
            write_search(found, searched, out)
            print_page(describe(found, searched))
            typer.echo(f"Search: {out}")
