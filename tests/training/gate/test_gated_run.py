"""A finished run that is given a gate: what it says of domains, and what its saved network gives."""

import csv
import json
from pathlib import Path

import keras
import numpy as np
import pytest

from dermsplit_contract.errors import RunInvalid
from dermsplit_contract.preprocess import load_photo, to_input
from dermsplit_contract.run import Run, read_run
from dermsplit_training.evaluation.reevaluate import evaluate_run
from dermsplit_training.gate.negatives.features import LEARNED
from dermsplit_training.gate.negatives.features import UNSEEN as UNSEEN_FEATURES
from dermsplit_training.gate.negatives.kinds import DRAWN, MADE, UNSEEN
from dermsplit_training.gate.regate import regate


def rows_of(out: Path) -> list[dict[str, str]]:
    with (out / "predictions.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_run_tells_of_domains_novelty_shortcuts_and_groups(gated_run: tuple[Path, Run]) -> None:
    out, run = gated_run
    assert read_run(out) == run
    assert run.temperature == 1
    assert run.shift == [0, 0]
    assert run.domains is not None
    assert run.domains.labels == ["dermoscopic", "phone", "neither"]
    assert run.domains.declined_from == 0.5
    validation = [row for row in rows_of(out) if row["part"] == "validation"]
    for domain, prevalence in run.domains.prevalence.items():
        own = [int(row["malignant"]) for row in validation if row["domain"] == domain]
        assert prevalence == pytest.approx(np.mean(own))
    seen = {one.kind: one.trained_on for one in run.novelty if not one.real}
    photographs = {"sample_photos"}  # the drawn data has no folder of other things
    assert {kind for kind, trained in seen.items() if trained} == {*DRAWN, *MADE, *LEARNED}
    assert {kind for kind, trained in seen.items() if not trained} == {*UNSEEN, *UNSEEN_FEATURES, *photographs}
    assert [one.kind for one in run.novelty if one.real] == ["HAM10000", "PAD-UFES-20"]
    for one in run.novelty:
        assert 0 <= one.flagged.low <= one.flagged.value <= one.flagged.high <= 1
    assert {one.change for one in run.shortcuts} >= {"ink", "ruler", "hair", "vignette", "jpeg"}
    assert {one.attribute for one in run.groups} == {"age"}


def test_lesions_are_let_through_and_what_shows_none_is_marked(gated_bottleneck_run: tuple[Path, Run]) -> None:
    """By a network of 32 pixels without pretrained weights: a trained one marks far more."""
    real = [one.flagged.value for one in gated_bottleneck_run[1].novelty if one.real]
    others = [one.flagged.value for one in gated_bottleneck_run[1].novelty if not one.real]
    assert max(real) <= 0.1
    assert np.mean(others) >= 0.4


def test_features_that_no_photo_gives_are_marked(gated_run: tuple[Path, Run]) -> None:
    assert max(one.flagged.value for one in gated_run[1].novelty if one.real) <= 0.1
    others = {one.kind: one.flagged.value for one in gated_run[1].novelty if not one.real}
    for kind in ("features_uniform", "features_extremes", "features_mixed_channels", "features_shuffled_places"):
        assert others[kind] == 1


def test_the_saved_network_gives_the_predictions(gated_run: tuple[Path, Run], drawn_data: Path) -> None:
    out, run = gated_run
    network = keras.saving.load_model(out / "model.keras")
    assert [tuple(tensor.shape) for tensor in network.outputs] == [(None, 2), (None, 3)]
    assert {type(layer).__module__.split(".")[0] for layer in network.layers} == {"keras"}
    for row in rows_of(out)[::23]:
        pixels = to_input(load_photo(drawn_data / row["image"]), run.input_size).astype(np.float32)
        logits, domains = (np.asarray(output)[0] for output in network(pixels[None]))
        assert domains.sum() == pytest.approx(1, abs=1e-5)
        assert float(row["logit_malignant"]) == pytest.approx(logits[1], abs=5e-3)
        probability = 1 / (1 + np.exp(logits[0] - logits[1]))
        assert float(row["probability_malignant"]) == pytest.approx(probability, abs=2e-3)


def test_the_threshold_declines_no_validation_lesion(gated_run: tuple[Path, Run], drawn_data: Path) -> None:
    out, run = gated_run
    network = keras.saving.load_model(out / "model.keras")
    rows = [row for row in rows_of(out) if row["part"] == "validation"]
    pixels = np.stack([to_input(load_photo(drawn_data / row["image"]), run.input_size) for row in rows])
    domains = np.asarray(network(pixels.astype(np.float32))[1])
    assert domains[:, 2].max() < run.domains.declined_from


def test_evaluating_it_again_gives_the_same_figures(
    gated_run: tuple[Path, Run], drawn_data: Path, cache: Path, tmp_path: Path
) -> None:
    out, run = gated_run
    metrics = evaluate_run(out, drawn_data, tmp_path, cache)
    for one in metrics.parts[:2]:
        (said,) = [other for other in run.evaluations if (other.data_set, other.model) == (one.data_set, "network")]
        assert one.malignancy.auc.value == pytest.approx(said.auc.value, abs=1e-6)
        assert one.malignancy.calibration_error.value == pytest.approx(said.calibration_error, abs=1e-3)


def test_the_calibration_of_each_domain_is_written_down(gated_bottleneck_run: tuple[Path, Run]) -> None:
    record = json.loads((gated_bottleneck_run[0] / "gate.json").read_text())
    assert [one["domain"] for one in record["domains"]] == ["dermoscopic", "phone"]
    for one in record["domains"]:
        assert one["test_images"] > 0
        assert 0 <= one["by_chance"]["low"] <= one["by_chance"]["value"] <= one["by_chance"]["high"]
    assert record["domain_accuracy"].keys() == {"HAM10000", "PAD-UFES-20"}


def test_the_baseline_of_before_is_kept(tiny_run: tuple[Path, Run], gated_run: tuple[Path, Run]) -> None:
    before, after = ([one for one in run.evaluations if one.model == "baseline"] for run in (tiny_run[1], gated_run[1]))
    assert after == before
    assert (gated_run[0] / "history.csv").read_bytes() == (tiny_run[0] / "history.csv").read_bytes()


def test_a_gated_run_can_be_gated_again(
    gated_run: tuple[Path, Run], drawn_data: Path, cache: Path, tmp_path: Path
) -> None:
    out, run = gated_run
    again = regate(out, drawn_data, tmp_path / "again", cache, ["gate.swept_images=0"])
    for one, other in zip(run.evaluations[:2], again.evaluations[:2], strict=True):
        assert other.auc.value == pytest.approx(one.auc.value, abs=1e-4)
    assert again.shortcuts == []


def test_a_run_without_its_history_is_told(
    gated_run: tuple[Path, Run], drawn_data: Path, cache: Path, tmp_path: Path
) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    for name in ("run.json", "model.keras"):
        (bare / name).write_bytes((gated_run[0] / name).read_bytes())
    with pytest.raises(RunInvalid, match=r"Expected history\.csv"):
        regate(bare, drawn_data, tmp_path / "out", cache)
    assert not (tmp_path / "out").exists()


def test_what_is_no_run_is_told(drawn_data: Path, cache: Path, tmp_path: Path) -> None:
    with pytest.raises(RunInvalid, match="dermsplit train"):
        regate(tmp_path, drawn_data, tmp_path / "out", cache)
