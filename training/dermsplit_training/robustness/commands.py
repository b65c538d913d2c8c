"""The command that finds the limits of the page's quality coach."""

from pathlib import Path
from typing import Annotated

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
