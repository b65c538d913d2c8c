"""The trainings of a comparison, one after the other; started again, it goes on where it was stopped."""

import gc
from collections.abc import Sequence
from pathlib import Path

import keras

from dermsplit_contract.errors import RunInvalid, TrainingDiverged
from dermsplit_contract.run import RUN_FILE
from dermsplit_training.comparison.finished import Finished, read_finished
from dermsplit_training.comparison.plan import Planned
from dermsplit_training.progress_bar import console
from dermsplit_training.recipe_file import first_difference
from dermsplit_training.train import train


def train_all(
    planned: Sequence[Planned], data: Path, weights: Path | None, cache: Path
) -> tuple[list[Path], list[str]]:
    """Train what is not trained yet. Returns the finished run directories, and a sentence for each that diverged.

    A finished run of the same recipe is taken as it is, an unfinished one is gone on with. Raises RunInvalid where a
    directory holds another recipe's run, and what ``train`` raises, but for TrainingDiverged.
    """
    seconds = {one.directory: _finished(one).seconds for one in planned if _is_finished(one)}
    directories: list[Path] = []
    failed: list[str] = []
    for place, one in enumerate(planned):
        head = f"[{place + 1} of {len(planned)}] {one.directory.name}"
        if one.directory in seconds:
            console.print(f"{head}: finished before", markup=False, soft_wrap=True)
            directories.append(one.directory)
            continue
        left = time_left([later for later in planned[place:] if later.directory not in seconds], seconds, planned)
        console.print(f"{head}{left}", markup=False, soft_wrap=True)
        try:
            train(one.recipe, data, weights, one.directory, cache, resume=True)
            seconds[one.directory] = read_finished(one.directory).seconds
            directories.append(one.directory)
        except TrainingDiverged as error:
            failed.append(f"{one.directory.name}: {error.detail}")
            console.print(failed[-1], markup=False, soft_wrap=True)
        keras.backend.clear_session()  # else the graphs of every run stay in memory
        gc.collect()
    return directories, failed


def time_left(remaining: Sequence[Planned], seconds: dict[Path, float], planned: Sequence[Planned]) -> str:
    """About how long the remaining trainings take, by the finished ones: of the same name, else of all; or nothing."""
    if not seconds:
        return ""
    names = {one.directory: one.recipe.name for one in planned}
    every = sum(seconds.values()) / len(seconds)
    total = 0.0
    for one in remaining:
        own = [spent for directory, spent in seconds.items() if names[directory] == one.recipe.name]
        total += sum(own) / len(own) if own else every
    return f", about {max(1, round(total / 60))} min left for all"


def _is_finished(one: Planned) -> bool:
    return (one.directory / RUN_FILE).is_file()


def _finished(one: Planned) -> Finished:
    found = read_finished(one.directory)
    if key := first_difference(found.recipe, one.recipe):
        raise RunInvalid(
            f"'{one.directory}' holds a run with another '{key}' than the recipe has now. Give another --out, or "
            "remove that folder."
        )
    return found
