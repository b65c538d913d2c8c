"""The command that gives a finished run its gate."""

from pathlib import Path
from typing import Annotated

import typer

from dermsplit_training.options import CacheOption, DataOption, SettingsOption
from dermsplit_training.start import start_keras


def gate(
    run: Annotated[Path, typer.Argument(help="A finished run directory.")],
    data: DataOption,
    out: Annotated[
        Path | None, typer.Option(help="The run directory to make; RUN with -gated behind it by default.")
    ] = None,
    settings: SettingsOption = None,
    cache: CacheOption = None,
) -> None:
    """Give a finished run a gate and a calibration by domain, without training it again."""
    from dermsplit_contract.run import read_run

    read_run(run)  # a wrong path is told before the heavy imports
    out = out or run.with_name(f"{run.name}-gated")

    start_keras()
    from dermsplit_training.data.cache import default_cache
    from dermsplit_training.gate.regate import regate
    from dermsplit_training.tables import print_metrics

    regate(run, data, out, cache or default_cache(), settings or [])
    print_metrics(out)
