"""The picture of a search: what each trial was worth, and the best so far."""

from collections.abc import Sequence
from pathlib import Path

from numpy import maximum, minimum

from dermsplit_training.evaluation.plots.figure import BLUE, VERMILION, new_figure, save
from dermsplit_training.recipe import Recipe
from dermsplit_training.search.score import NAMES, lower_is_better, score_name
from dermsplit_training.search.trials import Trial


def plot_history(trials: Sequence[Trial], recipe: Recipe, path: Path) -> None:
    """Scores by trial as dots, the best so far as a line, diverged trials as crosses at the foot."""
    from matplotlib.ticker import MaxNLocator

    figure = new_figure(8, 4.5)
    axes = figure.subplots()
    scored = [(trial.number, trial.score) for trial in trials if trial.score is not None]
    if scored:
        numbers = [number for number, _ in scored]
        values = [score.value for _, score in scored]
        axes.plot(numbers, values, "o", color=BLUE, label="trial")
        best = minimum if lower_is_better(recipe) else maximum
        axes.step(numbers, best.accumulate(values), where="post", color=VERMILION, label="best so far")
    if NAMES[recipe.train.keep] == "accuracy" and scored:
        rate = scored[0][1].majority_rate
        axes.axhline(rate, linestyle="--", color="black", linewidth=1, label=f"majority rate {rate:.3f}")
    if diverged := [trial.number for trial in trials if trial.score is None]:
        foot = axes.get_ylim()[0]
        axes.plot(diverged, [foot] * len(diverged), "x", color="black", clip_on=False, label="diverged")
    axes.set(xlabel="trial", ylabel=score_name(recipe))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)
    axes.legend()
    save(figure, path)
