"""A finished run measured again from its files: on its own test part, or on images that it has never seen."""

from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np

from dermsplit_contract.decision import likelier_domains
from dermsplit_contract.errors import DataInvalid, RunInvalid
from dermsplit_contract.run import MODEL_FILE, Run, read_run
from dermsplit_training.data.cache import cached_inputs
from dermsplit_training.data.classes import Classes
from dermsplit_training.data.prepare import Prepared, prepare
from dermsplit_training.data.reading import read_pictures
from dermsplit_training.data.split import leaks
from dermsplit_training.data.split_file import SPLIT_FILE, groups_in
from dermsplit_training.evaluation.finish import run_network
from dermsplit_training.evaluation.judge import calibrated
from dermsplit_training.evaluation.metrics import Metrics
from dermsplit_training.evaluation.outcome import Outcome
from dermsplit_training.evaluation.predictions import PREDICTIONS_FILE, write_predictions
from dermsplit_training.evaluation.report import report_run
from dermsplit_training.learning.examples import examples_of
from dermsplit_training.learning.state import read_history
from dermsplit_training.learning.told import without_told
from dermsplit_training.progress_bar import progress_bar
from dermsplit_training.recipe import Recipe
from dermsplit_training.recipe_file import lay_over, parse_recipe


def evaluate_run(directory: Path, data: Path, out: Path, cache: Path, settings: Sequence[str] = ()) -> Metrics:
    """Measure the network of a run with its own temperature and thresholds, and write the report into ``out``.

    Without ``settings`` on the test part of its own split; raises DataInvalid where the images below ``data`` do not
    give that split. With settings such as ``data.sets=["PAD-UFES-20"]`` on all the images that these name, less those
    of every lesion or patient that the run was trained or validated on.
    """
    run = read_run(directory)
    recipe = parse_recipe(lay_over(dict(run.recipe), settings))
    prepared = _unseen(recipe, run, directory, data, cache) if settings else prepare_again(recipe, run, data, cache)
    test = prepared.indices("test")
    network = without_told(load_network(directory))
    # With a gate, or with what is told of a person, the network's first output is more than its own logits.
    answers = network.outputs[: 2 if run.domains else 1]
    own, embeddings, logits, *shares = run_network(network, examples_of(prepared, recipe), test, answers)
    outcome = Outcome(
        model="network",
        pictures=prepared.pictures_of("test"),
        parts=["test"] * len(test),
        classes=prepared.classes,
        logits=(own - np.array(run.shift)).astype(np.float32),
        probabilities=calibrated(logits, run.temperature),
        points=run.operating_points,
        told=likelier_domains(run.domains, shares[0]) if run.domains else None,
    )
    found = leaks(prepared.pictures, prepared.parts)
    out.mkdir(parents=True, exist_ok=True)
    write_predictions(out / PREDICTIONS_FILE, outcome, logits)
    return report_run(
        directory=out,
        recipe=recipe,
        network=outcome,
        baseline=None,
        leaks=(found.groups, found.test_images),
        split_sha256=run.split_sha256,
        parameters=network.count_params(),
        rows=read_history(directory),
        embeddings=embeddings,
        inputs=prepared.inputs[test],
    )


def prepare_again(recipe: Recipe, run: Run, data: Path, cache: Path) -> Prepared:
    """The images of a run, divided as they were. Raises DataInvalid where those below ``data`` do not give that."""
    prepared = prepare(recipe, data, cache)
    if prepared.sha256 != run.split_sha256:
        raise DataInvalid(
            f"Expected the images that give the split {run.split_sha256[:12]} of the run, those in '{data}' give "
            f"{prepared.sha256[:12]}: test images may have been trained on. Give the data the run was trained with."
        )
    return prepared


def _unseen(recipe: Recipe, run: Run, directory: Path, data: Path, cache: Path) -> Prepared:
    """Every picture of the recipe's sets as a test picture, but for those of lesions or patients already seen."""
    seen = groups_in(directory / SPLIT_FILE, ("train", "validation"))
    found = read_pictures(data, recipe.data)
    pictures = [picture for picture in found if (picture.data_set, picture.group) not in seen]
    if not pictures:
        raise DataInvalid("The run was trained or validated on every lesion or patient of these images. Give others.")
    classes = Classes(tuple(run.labels), tuple(run.malignant), recipe.data.task == "diagnosis")
    if not classes.by_diagnosis and (unknown := [picture for picture in pictures if picture.malignant is None]):
        raise DataInvalid(f"Whether '{unknown[0].path}' is malignant is not known: name its set's malignant labels.")
    strange = {picture.diagnosis for picture in pictures} - set(classes.names)
    if classes.by_diagnosis and strange:
        raise DataInvalid(f"The run does not know the class '{min(strange)}'; it knows {', '.join(classes.names)}.")
    with progress_bar() as progress:
        inputs = cached_inputs(pictures, data, run.input_size, cache, progress)
    return Prepared(pictures, ["test"] * len(pictures), inputs, classes)


def load_network(directory: Path) -> keras.Model:
    """The network of a run. Raises RunInvalid where it cannot be read."""
    try:
        return keras.saving.load_model(directory / MODEL_FILE, compile=False)
    except (ValueError, OSError, TypeError) as error:
        raise RunInvalid(f"{MODEL_FILE} in '{directory}' is not a Keras model that can be read.") from error
