"""A real training, seconds long, through the code of the long ones."""

import csv
import math
from pathlib import Path

import keras
import numpy as np
import pytest

from dermsplit_contract.errors import RunInvalid, TrainingDiverged
from dermsplit_contract.preprocess import load_photo, to_input
from dermsplit_contract.run import Run, read_run
from dermsplit_training.learning.state import load_epoch, read_history
from dermsplit_training.train import train
from tests.training.conftest import tiny_recipe


def predictions(out: Path) -> list[dict[str, str]]:
    with (out / "predictions.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_run_is_complete(tiny_run: tuple[Path, Run]) -> None:
    out, run = tiny_run
    assert read_run(out) == run
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert names == {
        "model.keras",
        "run.json",
        "recipe.json",
        "history.csv",
        "predictions.csv",
        "split.csv",
        "metrics.json",
        "report.md",
        "plots/history.png",
        "plots/roc.png",
        "plots/precision_recall.png",
        "plots/reliability.png",
        "plots/confusion.png",
        "plots/subgroups.png",
        "plots/gallery.png",
        "plots/lookalikes.png",
    }
    assert (run.name, run.backbone, run.labels, run.malignant) == (
        "tiny",
        "mobilenet_v2_0.35",
        ["benign", "malignant"],
        ["malignant"],
    )
    assert run.weights_licence.startswith("Non-commercial use only")


def test_history_has_a_row_an_epoch_and_the_best_one_is_kept(tiny_run: tuple[Path, Run]) -> None:
    out, run = tiny_run
    rows = read_history(out)
    assert [row["epoch"] for row in rows] == [1, 2]
    assert run.best_epoch == max(rows, key=lambda row: row["validation_auc"])["epoch"]
    assert {"validation_auc_dermoscopic", "validation_auc_phone", "validation_loss", "seconds"} <= rows[0].keys()


def test_network_and_baseline_stand_side_by_side_on_the_test_part(tiny_run: tuple[Path, Run]) -> None:
    run = tiny_run[1]
    found = {(one.model, one.data_set, one.domain, one.part) for one in run.evaluations}
    assert found == {
        (model, data_set, domain, "test")
        for model in ("network", "baseline")
        for data_set, domain in (("HAM10000", "dermoscopic"), ("PAD-UFES-20", "phone"))
    }
    counts = {one.name: one.images for one in run.data}
    for one in run.evaluations:
        assert one.images == counts[one.data_set]["test"]
        assert one.auc.low <= one.auc.value <= one.auc.high


def test_saved_network_gives_the_predictions_from_the_image_file(tiny_run: tuple[Path, Run], drawn_data: Path) -> None:
    out, run = tiny_run
    network = keras.saving.load_model(out / "model.keras")
    assert network.get_layer("logits").output.shape == (None, 2)
    assert not any(isinstance(layer, keras.Model) for layer in network.layers)
    assert "block_13_project_BN" in {layer.name for layer in network.layers}
    norms = [layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert {layer.momentum for layer in norms} == {0.5}
    for row in predictions(out)[::19]:
        pixels = to_input(load_photo(drawn_data / row["image"]), run.input_size).astype(np.float32)
        benign, malignant = np.asarray(network(pixels[None]))[0]
        assert float(row["logit_malignant"]) == pytest.approx(malignant, abs=2e-3)
        probability = 1 / (1 + math.exp(-(malignant - benign) / run.temperature))
        assert float(row["probability_malignant"]) == pytest.approx(probability, abs=2e-3)


def test_predictions_are_of_every_image_and_the_threshold_holds(tiny_run: tuple[Path, Run]) -> None:
    out, run = tiny_run
    rows = predictions(out)
    assert len(rows) == sum(sum(one.images.values()) for one in run.data)
    point = run.operating_points[0]
    assert point.name == "sensitivity_95"
    for domain in ("dermoscopic", "phone"):
        malignant = [
            float(row["probability_malignant"])
            for row in rows
            if row["part"] == "validation" and row["domain"] == domain and row["malignant"] == "1"
        ]
        assert np.mean(np.array(malignant) >= point.threshold) >= 0.95


def test_quantiser_images_are_training_images_of_both_domains(tiny_run: tuple[Path, Run], drawn_data: Path) -> None:
    out, run = tiny_run
    assert {path.split("/")[0] for path in run.calibration_images} == {"ham10000", "pad_ufes_20"}
    assert all((drawn_data / path).is_file() for path in run.calibration_images)
    assert not set(run.calibration_images) & {row["image"] for row in predictions(out) if row["part"] != "train"}


def test_a_killed_training_goes_on_as_if_it_had_not_been(
    tiny_run: tuple[Path, Run], killed_run: Path, drawn_data: Path, cache: Path
) -> None:
    assert not (killed_run / "run.json").exists()
    assert (killed_run / "model.keras").is_file()
    with pytest.raises(RunInvalid, match="--resume"):
        train(tiny_recipe(), drawn_data, None, killed_run, cache)
    with pytest.raises(RunInvalid, match=r"another 'train\.seed'"):
        train(tiny_recipe(seed=7), drawn_data, None, killed_run, cache, resume=True)

    run = train(tiny_recipe(), drawn_data, None, killed_run, cache, resume=True)
    rows, unbroken = read_history(killed_run), read_history(tiny_run[0])
    assert [row["epoch"] for row in rows] == [1, 2]
    assert run.epochs == 2
    assert rows[0] == unbroken[0]
    assert rows[1]["loss"] == pytest.approx(unbroken[1]["loss"], rel=1e-3)
    assert rows[1]["validation_loss"] == pytest.approx(unbroken[1]["validation_loss"], rel=1e-3)
    assert run.split_sha256 == tiny_run[1].split_sha256


def test_a_finished_run_is_not_written_over(tiny_run: tuple[Path, Run], drawn_data: Path, cache: Path) -> None:
    for resume in (False, True):
        with pytest.raises(RunInvalid, match="finished run"):
            train(tiny_recipe(), drawn_data, None, tiny_run[0], cache, resume)


def test_a_folder_of_other_files_is_not_taken(drawn_data: Path, cache: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(RunInvalid, match="other files"):
        train(tiny_recipe(), drawn_data, None, tmp_path, cache)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_a_state_that_is_missing_or_broken_is_told(tmp_path: Path) -> None:
    (tmp_path / "history.csv").write_text("epoch,loss\n1.0,0.5\n")
    trainer = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    with pytest.raises(RunInvalid, match=r"epoch-1\.weights\.h5.*missing or broken"):
        load_epoch(tmp_path, trainer, read_history(tmp_path))
    (tmp_path / "history.csv").write_text("epoch,loss\n1.0,half\n")
    with pytest.raises(RunInvalid, match=r"history\.csv.*is broken"):
        read_history(tmp_path)


def test_a_loss_that_is_no_number_stops_the_training(drawn_data: Path, cache: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingDiverged, match="epoch 1"):
        train(tiny_recipe(learning_rate=1e30, warmup_epochs=0), drawn_data, None, tmp_path / "run", cache)
    assert not (tmp_path / "run" / "run.json").exists()
