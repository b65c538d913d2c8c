"""A finished run measured again from its files, on the same test part."""

from pathlib import Path

import keras
import numpy as np
from pydantic import TypeAdapter

from dermsplit_contract.errors import DataInvalid, RunInvalid
from dermsplit_contract.measures import Evaluation
from dermsplit_contract.run import MODEL_FILE, read_run
from dermsplit_training.calibrate import malignant_probability
from dermsplit_training.evaluate import evaluate_pictures
from dermsplit_training.infer import outputs_for
from dermsplit_training.predictions import PREDICTIONS_FILE, write_predictions
from dermsplit_training.prepare import prepare
from dermsplit_training.progress_bar import progress_bar
from dermsplit_training.recipe import parse_recipe

EVALUATIONS_FILE = "evaluations.json"


def evaluate_run(directory: Path, data: Path, out: Path | None, cache: Path) -> list[Evaluation]:
    """Measure the network of a run on the test part of its own split, with its own temperature and thresholds.

    Where ``out`` is given, evaluations.json and predictions.csv (test part) are written there. Raises RunInvalid for
    a broken run and DataInvalid where the images below ``data`` do not give the split it was trained with.
    """
    run = read_run(directory)
    prepared = prepare(parse_recipe(run.recipe), data, cache)
    if prepared.sha256 != run.split_sha256:
        raise DataInvalid(
            f"Expected the images that give the split {run.split_sha256[:12]} of the run, those in '{data}' give "
            f"{prepared.sha256[:12]}: test images may have been trained on. Give the data the run was trained with."
        )
    try:
        network = keras.saving.load_model(directory / MODEL_FILE, compile=False)
    except (ValueError, OSError, TypeError) as error:
        raise RunInvalid(f"{MODEL_FILE} in '{directory}' is not a Keras model that can be read.") from error
    test = prepared.indices("test")
    with progress_bar() as progress:
        logits = outputs_for(network, prepared.inputs, test, progress, "Evaluating")
    probabilities = malignant_probability(logits, run.temperature)
    pictures = prepared.pictures_of("test")
    evaluations = evaluate_pictures(pictures, probabilities, run.operating_points, "test", "network")
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        text = TypeAdapter(list[Evaluation]).dump_json(evaluations, indent=2)
        (out / EVALUATIONS_FILE).write_bytes(text + b"\n")
        write_predictions(out / PREDICTIONS_FILE, pictures, ["test"] * len(test), np.asarray(logits), probabilities)
    return evaluations
