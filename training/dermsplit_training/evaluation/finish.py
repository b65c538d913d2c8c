"""From the best network to a finished run: calibrated, measured beside the baseline, written down."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.run import MODEL_FILE, RUN_FILE, Run
from dermsplit_training.data.prepare import Prepared
from dermsplit_training.data.split import leaks
from dermsplit_training.data.split_file import SPLIT_FILE, write_split
from dermsplit_training.evaluation.judge import judge
from dermsplit_training.evaluation.predictions import PREDICTIONS_FILE, write_predictions
from dermsplit_training.evaluation.report import report_run
from dermsplit_training.evaluation.run_record import describe_run
from dermsplit_training.learning.baseline import Baseline
from dermsplit_training.learning.examples import Examples, Rows
from dermsplit_training.learning.infer import outputs_for
from dermsplit_training.learning.state import EpochRow
from dermsplit_training.networks.network import LOGITS, POOLED
from dermsplit_training.progress_bar import progress_bar
from dermsplit_training.recipe import Recipe

if TYPE_CHECKING:
    import keras


def finish_run(
    network: "keras.Model",
    baseline: Baseline | None,
    examples: Examples,
    prepared: Prepared,
    recipe: Recipe,
    rows: Sequence[EpochRow],
    seconds: float,
    out: Path,
) -> Run:
    """Calibrate the network, measure it and the baseline, and write all of the run but its history."""
    logits, embeddings = run_network(network, examples, np.arange(len(examples)))
    sensitivities = recipe.operating_points.sensitivities
    outcome, calibration = judge("network", logits, prepared, sensitivities)
    beside = judge("baseline", baseline.logits, prepared, sensitivities)[0] if baseline else None

    _shift_bias(network, calibration.shift)
    network.save(out / "finished.keras")
    (out / "finished.keras").replace(out / MODEL_FILE)
    write_predictions(out / PREDICTIONS_FILE, outcome, logits + calibration.shift)
    write_split(out / SPLIT_FILE, prepared.pictures, prepared.parts)
    found = leaks(prepared.pictures, prepared.parts)
    report_run(
        directory=out,
        recipe=recipe,
        network=outcome,
        baseline=beside,
        leaks=(found.groups, found.test_images),
        split_sha256=prepared.sha256,
        parameters=network.count_params(),
        rows=rows,
        embeddings=embeddings,
        inputs=prepared.inputs,
    )
    outcomes = [outcome] if beside is None else [outcome, beside]
    run = describe_run(prepared, recipe, rows, seconds, calibration, outcomes)
    (out / "run.part").write_text(run.model_dump_json(indent=2) + "\n", encoding="utf-8")
    (out / "run.part").replace(out / RUN_FILE)  # last: a directory with run.json is a finished run
    return run


def run_network(
    network: "keras.Model", examples: Examples, chosen: Rows
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Logits [n, C] and pooled features [n, F] of the chosen pictures, from one pass."""
    import keras

    joined = keras.layers.Concatenate(dtype="float32")([network.output, network.get_layer(POOLED).output])
    both = keras.Model(network.inputs, joined)
    with progress_bar() as progress:
        outputs = outputs_for(both, examples, chosen, progress, "Evaluating")
    classes = network.output.shape[-1]
    return outputs[:, :classes], outputs[:, classes:]


def _shift_bias(network: "keras.Model", shift: NDArray[np.float64]) -> None:
    kernel, bias = network.get_layer(LOGITS).get_weights()
    network.get_layer(LOGITS).set_weights([kernel, (bias + shift).astype(np.float32)])
