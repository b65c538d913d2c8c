"""The commands that change a finished run's validation images."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from dermsplit_training.options import CacheOption, DataOption
from dermsplit_training.start import start_keras


def quality(
    run: Annotated[Path, typer.Argument(help="A finished run directory.")],
    data: DataOption,
    out: Annotated[Path | None, typer.Option(help="Folder for quality.json and quality.md; RUN/quality.")] = None,
    images: Annotated[int, typer.Option(min=50, help="At most so many validation images.")] = 600,
    cache: CacheOption = None,
) -> None:
    """Make validation images worse step by step: AUC beside what the page's quality coach measures, and its limits."""
    from dermsplit_contract.run import read_run

    read_run(run)  # a wrong path is told before the heavy imports

    start_keras()
    from dermsplit_training.data.cache import default_cache
    from dermsplit_training.robustness.quality_run import sweep_run_quality

    typer.echo(sweep_run_quality(run, data, out or run / "quality", cache or default_cache(), images))


def views(
    runs: Annotated[list[Path], typer.Argument(help="Finished run directories of one split.")],
    data: DataOption,
    count: Annotated[
        Literal["1", "2", "4", "8"],
        typer.Option("--views", help="2: a quarter turn beside the image; 4: all turns; 8: mirrored, too."),
    ] = "8",
    cache: CacheOption = None,
) -> None:
    """Turn and mirror validation images: the AUC of each view, and the steadier mean of them to compare runs by."""
    from dermsplit_contract.run import read_run

    for run in runs:
        read_run(run)  # a wrong path is told before the heavy imports

    start_keras()
    from dermsplit_training.data.cache import default_cache
    from dermsplit_training.robustness.views import measure_views, views_table

    typer.echo(views_table(measure_views(runs, data, cache or default_cache(), int(count))))
