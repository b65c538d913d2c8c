"""From the best network to a finished run: gated, calibrated, measured beside the baseline, written down."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.run import MODEL_FILE, RUN_FILE, Run
from dermsplit_training.data.prepare import Prepared
from dermsplit_training.data.split import leaks
from dermsplit_training.data.split_file import SPLIT_FILE, write_split
from dermsplit_training.evaluation.calibrate import Calibration
from dermsplit_training.evaluation.judge import judge, judge_by_domain
from dermsplit_training.evaluation.outcome import Outcome
from dermsplit_training.evaluation.predictions import PREDICTIONS_FILE, write_predictions
from dermsplit_training.evaluation.report import report_run
from dermsplit_training.evaluation.report_text import PLOTS_FOLDER
from dermsplit_training.evaluation.run_record import Beside, describe_run
from dermsplit_training.evaluation.telling import is_told, tell_behind, tell_within
from dermsplit_training.learning.baseline import Baseline
from dermsplit_training.learning.examples import Examples, Rows
from dermsplit_training.learning.infer import outputs_for
from dermsplit_training.learning.state import EpochRow
from dermsplit_training.networks.network import LOGITS, POOLED
from dermsplit_training.progress_bar import progress_bar
from dermsplit_training.recipe import Recipe

if TYPE_CHECKING:
    import keras

    from dermsplit_training.gate.finish import Gate


def finish_run(
    network: "keras.Model",
    baseline: Baseline | None,
    examples: Examples,
    prepared: Prepared,
    recipe: Recipe,
    rows: Sequence[EpochRow],
    seconds: float,
    out: Path,
    data: Path | None = None,
    cache: Path | None = None,
    teachers: Sequence[str] = (),
) -> Run:
    """Gate and calibrate the network, measure it and the baseline, and write all of the run but its history.

    ``data`` is where photographs of other things may lie for judging the gate, ``cache`` where what it looks at is
    kept, ``teachers`` what the network learned from. Raises DataInvalid where a gate is asked for and a domain has no
    pictures.
    """
    gate, logits, embeddings = _gate(network, examples, prepared, recipe, data, cache)
    sensitivities = recipe.operating_points.sensitivities
    beside = judge("baseline", baseline.logits, prepared, sensitivities)[0] if baseline else None
    parameters = network.count_params()
    if gate is None:
        outcome, calibration = judge("network", logits, prepared, sensitivities)
        _shift_bias(network, calibration.shift)
        saved = logits + calibration.shift
    else:
        outcome, by_domain = judge_by_domain("network", logits, gate.shares, prepared, sensitivities)
        network = gate.lay_on(network, by_domain)
        saved = by_domain.apply(logits, gate.shares)
        # The graph has done it all.
        calibration = Calibration(1.0, np.zeros(logits.shape[1]))

    of_pictures, metadata = network, None
    if recipe.learned_fields and is_told(recipe, outcome):
        metadata = tell_within(network, outcome, examples, prepared, recipe)
    elif is_told(recipe, outcome):
        network, metadata = tell_behind(network, outcome, calibration.temperature, prepared, recipe)

    network.save(out / "finished.keras")
    (out / "finished.keras").replace(out / MODEL_FILE)
    write_predictions(out / PREDICTIONS_FILE, outcome, saved)
    write_split(out / SPLIT_FILE, prepared.pictures, prepared.parts)
    found = leaks(prepared.pictures, prepared.parts)
    report_run(
        directory=out,
        recipe=recipe,
        network=outcome,
        baseline=beside,
        leaks=(found.groups, found.test_images),
        split_sha256=prepared.sha256,
        parameters=parameters,
        rows=rows,
        embeddings=embeddings,
        inputs=prepared.inputs,
    )
    outcomes = [outcome] if beside is None else [outcome, beside]
    about = Beside() if gate is None else _about(of_pictures, gate, by_domain, outcome, examples, prepared, recipe, out)
    about = replace(about, metadata=metadata, teachers=teachers)
    run = describe_run(prepared, recipe, rows, seconds, calibration, outcomes, about)
    (out / "run.part").write_text(run.model_dump_json(indent=2) + "\n", encoding="utf-8")
    (out / "run.part").replace(out / RUN_FILE)  # last: a directory with run.json is a finished run
    return run


def run_network(
    network: "keras.Model", examples: Examples, chosen: Rows, further: Sequence[Any] = ()
) -> list[NDArray[np.float32]]:
    """The network's own logits [n, C] of the chosen pictures, pooled features [n, F], and ``further`` symbolic tensors.

    All from one pass; each further one is [n, ...].
    """
    import keras

    tensors = [network.get_layer(LOGITS).output, network.get_layer(POOLED).output, *further]
    flat = [keras.layers.Flatten(dtype="float32")(tensor) for tensor in tensors]
    joined = keras.layers.Concatenate(dtype="float32")(flat)
    # What is told behind the network does not reach these tensors.
    both = keras.Model(network.inputs if examples.metadata is not None else network.inputs[0], joined)
    with progress_bar() as progress:
        outputs = outputs_for(both, examples, chosen, progress, "Evaluating")
    ends = np.cumsum([tensor.shape[-1] for tensor in flat])
    columns = np.split(outputs, ends[:-1], axis=1)
    return [column.reshape(-1, *tensor.shape[1:]) for column, tensor in zip(columns, tensors, strict=True)]


def _gate(
    network: "keras.Model",
    examples: Examples,
    prepared: Prepared,
    recipe: Recipe,
    data: Path | None,
    cache: Path | None,
) -> tuple["Gate | None", NDArray[np.float32], NDArray[np.float32]]:
    """The gate, if the recipe asks for one, and logits [N, C] and pooled features [N, F] of all prepared pictures."""
    everything = np.arange(len(examples))
    if not recipe.gate.enabled:
        logits, embeddings = run_network(network, examples, everything)
        return None, logits, embeddings
    from dermsplit_training.gate.finish import cut_of, open_gate
    from dermsplit_training.gate.reader import Reader

    reader = Reader(network, cut_of(recipe), cache)
    logits, embeddings, crossing = run_network(network, examples, everything, [reader.crossing])
    return open_gate(reader, crossing, prepared, recipe, data), logits, embeddings


def _about(
    network: "keras.Model",
    gate: "Gate",
    calibration: Any,
    outcome: Outcome,
    examples: Examples,
    prepared: Prepared,
    recipe: Recipe,
    out: Path,
) -> Beside:
    """Write gate.json and robustness.json, and return what of them goes into run.json."""
    from dermsplit_training.gate.finish import domain_spec
    from dermsplit_training.gate.record import GateRecord, describe_domains, write_gate
    from dermsplit_training.robustness.run import sweep_run

    domains = describe_domains(outcome, calibration, prepared)
    write_gate(out, GateRecord(run=recipe.name, domain_accuracy=gate.domain_accuracy, domains=domains))
    spec = domain_spec(prepared)
    robustness = sweep_run(network, outcome, examples, prepared, recipe, spec, out, out / PLOTS_FOLDER)
    shortcuts = robustness.shortcuts if robustness else []
    return Beside(domains=spec, novelty=gate.novelty, shortcuts=shortcuts)


def _shift_bias(network: "keras.Model", shift: NDArray[np.float64]) -> None:
    kernel, bias = network.get_layer(LOGITS).get_weights()
    network.get_layer(LOGITS).set_weights([kernel, (bias + shift).astype(np.float32)])
