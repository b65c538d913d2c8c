"""What lies in an unfinished run directory, written so that a kill at any moment leaves a whole state behind."""

import csv
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras

from dermsplit_contract.errors import RecipeInvalid, RunInvalid
from dermsplit_contract.run import MODEL_FILE, RUN_FILE
from dermsplit_training.recipe import Recipe
from dermsplit_training.recipe_file import first_difference, parse_recipe

RECIPE_FILE = "recipe.json"
HISTORY_FILE = "history.csv"
STATE_FOLDER = "state"

EpochRow = dict[str, float]


def check_run(directory: Path, recipe: Recipe, resume: bool) -> None:
    """See that the directory is free, or can be resumed; a run that was killed before its first epoch is free.

    Raises RunInvalid where it holds a finished run, an unfinished one without ``resume``, another recipe's, or
    something else. Only the number of epochs may differ from the recipe that it was begun with.
    """
    if (directory / RUN_FILE).is_file():
        raise RunInvalid(f"'{directory}' holds a finished run. Give another folder with --out.")
    begun = directory / RECIPE_FILE
    if not begun.is_file():
        if directory.exists() and not (directory.is_dir() and _holds_nothing(directory)):
            raise RunInvalid(f"'{directory}' holds other files than a run's. Give an empty or new folder with --out.")
        return
    if not read_history(directory):
        return
    if not resume:
        raise RunInvalid(f"'{directory}' holds an unfinished run. Go on with --resume, or give another --out.")
    before = _recipe_of(begun)
    schedule = recipe.train.model_copy(update={"epochs": before.train.epochs})
    if key := first_difference(before, recipe.model_copy(update={"train": schedule})):
        raise RunInvalid(f"'{directory}' was begun with another '{key}'. Resume it with the recipe it was begun with.")


def begin_run(directory: Path, recipe: Recipe) -> None:
    """Note the recipe in the run directory. Raises RunInvalid where it cannot be written."""
    text = json.dumps(recipe.model_dump(mode="json"), indent=2)
    try:
        (directory / RECIPE_FILE).write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise RunInvalid(f"'{directory}' cannot be written: {error.strerror}. Give another folder.") from error


@contextmanager
def owned(directory: Path, chief: bool = True) -> Iterator[None]:
    """Hold the run directory while it is trained into; a worker that is not the chief writes nothing and holds nothing.

    Raises RunInvalid where another process holds it, or where it cannot be written.
    """
    if not chief:
        yield
        return
    try:
        (directory / STATE_FOLDER).mkdir(parents=True, exist_ok=True)
        lock = (directory / STATE_FOLDER / "lock").open("w")
    except OSError as error:
        raise RunInvalid(f"'{directory}' cannot be written: {error.strerror}. Give another folder.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # let go of by the system however the process ends
        except OSError as error:
            raise RunInvalid(f"Another process is training into '{directory}'. Give another --out.") from error
        yield


def save_best(directory: Path, network: keras.Model, epoch: int) -> None:
    """Keep an epoch's network as model.keras. Raises RunInvalid where it cannot be written; the one before it stays."""
    with _saving(directory, epoch, unfinished := directory / STATE_FOLDER / "best.keras"):
        network.save(unfinished)
        unfinished.replace(directory / MODEL_FILE)


def save_epoch(directory: Path, trainer: keras.Model, rows: list[EpochRow]) -> None:
    """Keep the state after an epoch: the trainer, and last the history's rows.

    Raises RunInvalid where it cannot be written; the state before it stays.
    """
    state = directory / STATE_FOLDER
    epoch = len(rows)
    with _saving(directory, epoch, unfinished := state / "unfinished.weights.h5"):
        trainer.save_weights(unfinished)
        unfinished.replace(_weights_file(directory, epoch))
        _write_history(directory / HISTORY_FILE, rows)
    for older in state.glob("epoch-*.weights.h5"):
        if older != _weights_file(directory, epoch):
            older.unlink()


def load_epoch(directory: Path, trainer: keras.Model, rows: list[EpochRow]) -> None:
    """Bring the trainer, optimizer included, to the end of the last of the history's rows.

    Raises RunInvalid where the state is missing or broken.
    """
    state = _weights_file(directory, len(rows))
    if rows:
        try:
            trainer.load_weights(state)
        except (OSError, ValueError) as error:
            raise RunInvalid(f"{state.name} in '{state.parent}' is missing or broken. Begin a new run.") from error


def read_history(directory: Path) -> list[EpochRow]:
    """The rows of history.csv, one an epoch; none where there is no such file."""
    path = directory / HISTORY_FILE
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        try:
            return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]
        except (TypeError, ValueError) as error:
            raise RunInvalid(f"{HISTORY_FILE} in '{directory}' is broken. Begin a new run.") from error


def remove_state(directory: Path) -> None:
    """Drop what only a resumption needs."""
    for path in (directory / STATE_FOLDER).glob("*"):
        path.unlink()
    (directory / STATE_FOLDER).rmdir()


@contextmanager
def _saving(directory: Path, epoch: int, unfinished: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError) as error:
        unfinished.unlink(missing_ok=True)
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "it could not be written"
        raise RunInvalid(
            f"Epoch {epoch} could not be saved in '{directory}': {reason}. What was saved before it stays: make room "
            "and go on with --resume."
        ) from error


def _recipe_of(begun: Path) -> Recipe:
    """A key that came to recipes later has its default there, which is how the run was begun."""
    try:
        return parse_recipe(json.loads(begun.read_text(encoding="utf-8")))
    except (ValueError, RecipeInvalid) as error:
        raise RunInvalid(
            f"{begun.name} in '{begun.parent}' is broken or of another version. Begin a new run."
        ) from error


def _holds_nothing(directory: Path) -> bool:
    """A training that was stopped before it began leaves an empty state folder."""
    return all(path.name == STATE_FOLDER for path in directory.iterdir())


def _weights_file(directory: Path, epoch: int) -> Path:
    return directory / STATE_FOLDER / f"epoch-{epoch}.weights.h5"


def _write_history(path: Path, rows: list[EpochRow]) -> None:
    unfinished = path.with_suffix(".part")
    with unfinished.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    unfinished.replace(path)
