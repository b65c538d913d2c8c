"""The commands of training. Heavy modules are imported inside the command that needs them."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from dermsplit_training.comparison.commands import compare, splits
from dermsplit_training.data.commands import data_commands
from dermsplit_training.gate.commands import gate
from dermsplit_training.options import CacheOption, DataOption, SettingsOption, WeightsOption
from dermsplit_training.robustness.commands import quality, views
from dermsplit_training.search.commands import search
from dermsplit_training.start import start_keras

commands = typer.Typer()
commands.add_typer(data_commands, name="data")
commands.command()(compare)
commands.command()(splits)
commands.command()(gate)
commands.command()(quality)
commands.command()(views)
commands.command()(search)


class StrategyName(StrEnum):
    """The strategies of tf.distribute that a training can run under."""

    NONE = "none"
    MIRRORED = "mirrored"
    MULTI_WORKER = "multi-worker"


@commands.command()
def train(
    recipe: Annotated[Path, typer.Argument(help="A recipe, such as training/recipes/default.toml.")],
    data: DataOption,
    out: Annotated[Path | None, typer.Option(help="The run directory to make; runs/NAME by default.")] = None,
    weights: WeightsOption = None,
    settings: SettingsOption = None,
    cache: CacheOption = None,
    teachers: Annotated[
        list[Path] | None, typer.Option("--teacher", metavar="RUN", help="A run to learn from; may be repeated.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an unfinished run.")] = False,
    strategy: Annotated[
        StrategyName, typer.Option(help="Several devices of one host, or several hosts by TF_CONFIG.")
    ] = StrategyName.NONE,
    mixed_precision: Annotated[
        bool, typer.Option("--mixed-precision", help="Compute in half width, with float32 weights.")
    ] = False,
    tensorboard: Annotated[bool, typer.Option("--tensorboard", help="Write logs for TensorBoard, too.")] = False,
) -> None:
    """Train a network and leave a run directory."""
    from dermsplit_training.recipe_file import read_recipe

    parsed = read_recipe(recipe, settings or [])
    out = out or Path("runs") / parsed.name

    start_keras()
    from dermsplit_training.data.cache import default_cache
    from dermsplit_training.tables import print_metrics
    from dermsplit_training.train import Options
    from dermsplit_training.train import train as train_recipe

    options = Options(strategy.value, mixed_precision, tensorboard)
    run = train_recipe(parsed, data, weights, out, cache or default_cache(), resume, options, teachers or [])
    if run is not None:
        print_metrics(out)


@commands.command()
def evaluate(
    run: Annotated[Path, typer.Argument(help="A finished run directory.")],
    data: DataOption,
    out: Annotated[
        Path | None, typer.Option(help="Folder for report.md, metrics.json, plots; RUN/evaluation by default.")
    ] = None,
    settings: SettingsOption = None,
    cache: CacheOption = None,
) -> None:
    """Measure a run on the test part of its split, or with --set data.sets=... on images that it has never seen."""
    from dermsplit_contract.run import read_run

    read_run(run)  # a wrong path is told before the heavy imports
    out = out or run / "evaluation"

    start_keras()
    from dermsplit_training.data.cache import default_cache
    from dermsplit_training.evaluation.reevaluate import evaluate_run
    from dermsplit_training.tables import print_metrics

    evaluate_run(run, data, out, cache or default_cache(), settings or [])
    print_metrics(out)
