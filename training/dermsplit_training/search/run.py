"""A search from top to bottom: take the next settings, train them, note what they were worth on validation."""

import gc
import time
from dataclasses import dataclass
from pathlib import Path

import keras
import optuna

from dermsplit_contract.errors import TrainingDiverged
from dermsplit_contract.run import RUN_FILE
from dermsplit_training.progress_bar import console
from dermsplit_training.recipe import Recipe
from dermsplit_training.search.journal import ended_trials, next_trial, tell_diverged, tell_score
from dermsplit_training.search.score import Score, read_score, score_name
from dermsplit_training.search.space import Searched
from dermsplit_training.train import train


@dataclass(frozen=True)
class Resources:
    """What every trial is trained with."""

    data: Path
    weights: Path | None
    cache: Path


def run_search(study: optuna.Study, searched: Searched, resources: Resources, out: Path, wanted: int) -> None:
    """Train trials into ``out``/trial-NNN until ``wanted`` have finished or diverged, those of before included.

    A trial that was stopped midway is gone on with first. Raises what ``train`` raises, but for TrainingDiverged; what
    was found until then stays in the study.
    """
    began, trained = time.monotonic(), 0
    while (done := len(ended_trials(study, searched))) < wanted:
        number, values = next_trial(study, searched.space)
        left = _time_left(time.monotonic() - began, trained, wanted - done)
        console.print(
            f"Trial {number} ({done + 1} of {wanted}): {', '.join(searched.lines(values))}{left}", soft_wrap=True
        )
        try:
            score = _train_trial(searched.recipe(values), resources, out / f"trial-{number:03d}")
        except TrainingDiverged as error:
            tell_diverged(study, number)
            console.print(f"Trial {number} diverged: {error.detail}", markup=False, soft_wrap=True)
        else:
            tell_score(study, number, score)
            console.print(f"Trial {number}: {score_name(searched.base)} {score.text(searched.base)}")
        keras.backend.clear_session()  # else the graphs of every trial stay in memory
        gc.collect()
        trained += 1


def _train_trial(recipe: Recipe, resources: Resources, directory: Path) -> Score:
    if not (directory / RUN_FILE).is_file():  # else it was stopped between the end of the training and the note of it
        train(recipe, resources.data, resources.weights, directory, resources.cache, resume=True)
    return read_score(directory, recipe)


def _time_left(spent: float, trained: int, remaining: int) -> str:
    return f", about {max(1, round(spent / trained * remaining / 60))} min left for all" if trained else ""
