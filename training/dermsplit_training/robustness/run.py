"""The sweeps over a finished network's test pictures, written down and drawn."""

from pathlib import Path

import keras
import numpy as np

from dermsplit_contract.measures import DomainSpec
from dermsplit_training.data.prepare import Prepared
from dermsplit_training.evaluation.outcome import Outcome
from dermsplit_training.learning.examples import Examples
from dermsplit_training.progress_bar import progress_bar
from dermsplit_training.recipe import Recipe
from dermsplit_training.robustness.decide import decider
from dermsplit_training.robustness.plots import plot_quality, plot_shortcuts
from dermsplit_training.robustness.record import Robustness, write_robustness
from dermsplit_training.robustness.sweep import draw_shown, sweep, sweep_quality


def sweep_run(
    network: keras.Model,
    outcome: Outcome,
    examples: Examples,
    prepared: Prepared,
    recipe: Recipe,
    domains: DomainSpec | None,
    out: Path,
    plots: Path,
    temperature: float = 1.0,
) -> Robustness | None:
    """Change test pictures, write robustness.json into ``out`` and two plots into ``plots``, and return the record.

    ``network`` is the finished one, whose logits are to be divided by ``temperature``; ``outcome`` gives its first
    operating point. None where there is no operating point, or no picture is to be changed.
    """
    if not outcome.points or not recipe.gate.swept_images:
        return None
    test = np.sort(prepared.indices("test"))
    metadata = None if examples.metadata is None else examples.metadata[test]
    pictures = [prepared.pictures[row] for row in test]
    seed = recipe.train.seed
    shown = draw_shown(pictures, prepared.inputs[test], metadata, recipe.gate.swept_images, seed)
    point = outcome.points[0]
    decide = decider(network, temperature, prepared.classes.malignant_indices, point, domains)
    with progress_bar() as progress:
        shortcuts = sweep(decide, shown, seed, progress)
        quality = sweep_quality(decide, shown, seed, progress)
    found = Robustness(run=recipe.name, operating_point=point.name, shortcuts=shortcuts, quality=quality)
    write_robustness(out, found)
    plots.mkdir(parents=True, exist_ok=True)
    plot_shortcuts(shortcuts, plots / "shortcuts.png")
    plot_quality(quality, plots / "quality.png")
    return found
