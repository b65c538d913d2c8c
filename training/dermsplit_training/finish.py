"""From the best network to a finished run: calibrated, measured on the test part beside the baseline, written down."""

import platform
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.measures import DataSet, Evaluation, OperatingPoint
from dermsplit_contract.run import MODEL_FILE, RUN_FILE, Run
from dermsplit_training.backbones import LOGITS
from dermsplit_training.baseline import Baseline
from dermsplit_training.calibrate import fit_calibration, malignant_probability, shifted, threshold_for
from dermsplit_training.data import LABELS, SOURCES, Picture
from dermsplit_training.evaluate import evaluate_pictures
from dermsplit_training.fit import best_epoch
from dermsplit_training.infer import outputs_for
from dermsplit_training.plots import plot_history, plot_reliability, plot_roc
from dermsplit_training.predictions import PREDICTIONS_FILE, write_predictions
from dermsplit_training.prepare import Prepared
from dermsplit_training.progress_bar import progress_bar
from dermsplit_training.recipe import OperatingPointRecipe, Recipe
from dermsplit_training.split import Part
from dermsplit_training.state import EpochRow

if TYPE_CHECKING:
    import keras

CALIBRATION_IMAGES = 300
REPORTED: tuple[Part, ...] = ("validation", "test")


@dataclass(frozen=True)
class Judged:
    """A model's calibrated answers for every picture: logits [N, 2] with the shift in, probabilities [N]."""

    logits: NDArray[np.float32]
    probabilities: NDArray[np.float64]
    temperature: float
    shift: float
    point: OperatingPoint


def finish_run(
    network: "keras.Model",
    baseline: Baseline,
    prepared: Prepared,
    recipe: Recipe,
    rows: Sequence[EpochRow],
    seconds: float,
    out: Path,
) -> Run:
    """Calibrate the network, measure it and the baseline on the test part, and write all of the run but its history."""
    chosen = np.concatenate([prepared.indices(part) for part in REPORTED])
    logits = np.zeros((len(prepared.pictures), len(LABELS)), dtype=np.float32)
    with progress_bar() as progress:
        logits[chosen] = outputs_for(network, prepared.inputs, chosen, progress, "Evaluating")

    judged = judge(logits, prepared, recipe.operating_point)
    judged_baseline = judge(baseline.logits, prepared, recipe.operating_point)
    _shift_bias(network, judged.shift)
    network.save(out / "finished.keras")
    (out / "finished.keras").replace(out / MODEL_FILE)
    pictures = [prepared.pictures[index] for index in chosen]
    parts = [prepared.parts[index] for index in chosen]
    write_predictions(out / PREDICTIONS_FILE, pictures, parts, judged.logits[chosen], judged.probabilities[chosen])
    _plot(prepared, judged, judged_baseline, rows, out / "plots")
    evaluations = measure_test_part(prepared, judged, "network") + measure_test_part(
        prepared, judged_baseline, "baseline"
    )
    run = _describe(prepared, recipe, rows, seconds, judged, evaluations)
    (out / "run.part").write_text(run.model_dump_json(indent=2) + "\n", encoding="utf-8")
    (out / "run.part").replace(out / RUN_FILE)  # last: a directory with run.json is a finished run
    return run


def judge(logits: NDArray[np.float32], prepared: Prepared, recipe: OperatingPointRecipe) -> Judged:
    """Calibrate logits [N, 2] of all pictures and choose the operating point, both on the validation part alone."""
    validation = prepared.indices("validation")
    labels = prepared.labels[validation]
    calibration = fit_calibration(logits[validation], labels)
    moved = shifted(logits, calibration.shift)
    probabilities = malignant_probability(moved, calibration.temperature)
    threshold = threshold_for(probabilities[validation], labels, prepared.domains[validation], recipe.sensitivity)
    point = OperatingPoint(
        name=recipe.name,
        threshold=threshold,
        target_sensitivity=recipe.sensitivity,
        chosen_on="validation part, met in each domain",
    )
    return Judged(moved, probabilities, calibration.temperature, calibration.shift, point)


def measure_test_part(prepared: Prepared, judged: Judged, model: str) -> list[Evaluation]:
    """How a model did on the test part, one evaluation a data set."""
    test = prepared.indices("test")
    return evaluate_pictures(prepared.pictures_of("test"), judged.probabilities[test], [judged.point], "test", model)


def _shift_bias(network: "keras.Model", shift: float) -> None:
    kernel, bias = network.get_layer(LOGITS).get_weights()
    network.get_layer(LOGITS).set_weights([kernel, shifted(bias[None], shift)[0]])


def _plot(prepared: Prepared, network: Judged, baseline: Judged, rows: Sequence[EpochRow], folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    test = prepared.indices("test")
    pictures = prepared.pictures_of("test")
    plot_history(rows, folder / "history.png")
    by_model = {"network": network.probabilities[test], "baseline": baseline.probabilities[test]}
    plot_roc(pictures, by_model, folder / "roc.png")
    plot_reliability(pictures, network.probabilities[test], folder / "reliability.png")


def _describe(
    prepared: Prepared,
    recipe: Recipe,
    rows: Sequence[EpochRow],
    seconds: float,
    judged: Judged,
    evaluations: list[Evaluation],
) -> Run:
    licences = " and ".join(f"{SOURCES[name].licence} ({name})" for name in recipe.data.sets)
    restricted = any("NC" in SOURCES[name].licence for name in recipe.data.sets)
    return Run(
        name=recipe.name,
        recipe=recipe.model_dump(mode="json"),
        backbone=f"{recipe.network.backbone}_{recipe.network.alpha:g}",
        input_size=recipe.network.input_size,
        labels=list(LABELS),
        malignant=[LABELS[1]],
        temperature=judged.temperature,
        prevalence=float(prepared.labels[prepared.indices("validation")].mean()),
        operating_points=[judged.point],
        evaluations=evaluations,
        data=[_data_set(name, prepared) for name in recipe.data.sets],
        weights_licence=f"{'Non-commercial use only: trained' if restricted else 'Trained'} on images under {licences}",
        epochs=len(rows),
        best_epoch=best_epoch(list(rows)),
        seconds=round(max(seconds, sum(row["seconds"] for row in rows)), 1),
        split_sha256=prepared.sha256,
        versions=_versions(),
        calibration_images=calibration_images(prepared.pictures_of("train"), recipe.train.seed),
    )


def calibration_images(pictures: Sequence[Picture], seed: int, most: int = CALIBRATION_IMAGES) -> list[str]:
    """Paths of at most ``most`` training images, as many of each domain as there are, for a quantiser's ranges."""
    rng = np.random.default_rng(seed)
    domains = list(dict.fromkeys(picture.domain for picture in pictures))
    paths: list[str] = []
    for position, domain in enumerate(domains):
        own = [picture.path for picture in pictures if picture.domain == domain]
        share = (most - len(paths)) // (len(domains) - position)
        paths += [own[index] for index in rng.permutation(len(own))[:share]]
    return sorted(paths)


def _data_set(name: str, prepared: Prepared) -> DataSet:
    source = SOURCES[name]
    pairs = zip(prepared.pictures, prepared.parts, strict=True)
    images = Counter(part for picture, part in pairs if picture.data_set == name)
    return DataSet(
        name=name,
        citation=source.citation,
        doi=source.doi,
        licence=source.licence,
        images=dict(images),
        malignant_means=sorted(source.malignant),
    )


def _versions() -> dict[str, str]:
    import keras

    backend = keras.backend.backend()
    packages = ("keras", backend, "numpy", "pillow", "scikit-learn")
    return {"python": platform.python_version(), "backend": backend, **{name: version(name) for name in packages}}
