"""Every way of learning, in seconds, through the code of the long trainings."""

import csv
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from dermsplit_contract.errors import RecipeInvalid, RunInvalid, UsageError
from dermsplit_contract.run import Run
from dermsplit_training.data.prepare import prepare
from dermsplit_training.learning import fit
from dermsplit_training.learning.features import frozen_features
from dermsplit_training.learning.state import owned, read_history
from dermsplit_training.networks.network import backbone_layers, build_network
from dermsplit_training.recipe import Recipe
from dermsplit_training.train import Options, train

from . import conftest

Trained = tuple[Path, Run]
Train = Callable[..., Trained]


def tiny_recipe(sections: dict[str, dict[str, Any]] | None = None, **settings: object) -> Recipe:
    """The tiny recipe with the three-layer network, which compiles in a second."""
    sections = dict(sections or {})
    sections["network"] = {"backbone": "small_cnn", "alpha": 1.0, "batch_norm_momentum": 0.0} | sections.get(
        "network", {}
    )
    return conftest.tiny_recipe(sections, **settings)


@pytest.fixture
def run_recipe(drawn_data: Path, cache: Path, tmp_path: Path) -> Train:
    """Train a recipe on the drawn data into a new folder."""

    def start(recipe: Recipe, weights: Path | None = None, **options: Any) -> Trained:
        out = tmp_path / "run"
        run = train(recipe, drawn_data, weights, out, cache, **options)
        assert run is not None
        return out, run

    return start


def backbone_weights(network: keras.Model) -> list[np.ndarray]:
    return [np.asarray(weight) for layer in backbone_layers(network) for weight in layer.weights]


@pytest.fixture(scope="session")
def weight_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights for the tiny network's backbone, so that it starts the same each time."""
    recipe = tiny_recipe()
    network = build_network(recipe.network, recipe.top, 0, 2, None)
    path = tmp_path_factory.mktemp("weights") / "backbone.weights.h5"
    keras.Model(network.input, network.get_layer("pooled").input).save_weights(path)
    return path


def test_a_feature_extractor_learns_only_its_top(run_recipe: Train, weight_file: Path) -> None:
    sections = {"network": {"weights": str(weight_file)}, "augment": {"preset": "none"}, "top": {"hidden": [8]}}
    recipe = tiny_recipe(sections, regime="feature_extractor", baseline=False)
    out, run = run_recipe(recipe)
    saved = keras.saving.load_model(out / "model.keras", compile=False)
    fresh = build_network(recipe.network, recipe.top, 0, 2, None)
    for before, after in zip(backbone_weights(fresh), backbone_weights(saved), strict=True):
        np.testing.assert_array_equal(before, after)
    assert [row["epoch"] for row in read_history(out)] == [1, 2]
    assert run.evaluations[0].images > 0


def test_frozen_features_run_once_for_all_trainings_on_the_same_images(
    drawn_data: Path, tmp_path: Path, weight_file: Path
) -> None:
    recipe = tiny_recipe({"network": {"weights": str(weight_file)}})
    prepared = prepare(recipe, drawn_data, tmp_path)
    network = build_network(recipe.network, recipe.top, 0, 2, None)
    features = frozen_features(network, prepared, recipe, drawn_data, tmp_path)
    assert features.shape == (len(prepared.pictures), 128)
    network.set_weights([np.zeros_like(weight) for weight in network.get_weights()])
    again = frozen_features(network, prepared, recipe, drawn_data, tmp_path)
    np.testing.assert_array_equal(features, again)


def test_two_phases_freeze_first_and_resume_across_the_border(
    run_recipe: Train, weight_file: Path, drawn_data: Path, cache: Path, tmp_path: Path
) -> None:
    recipe = tiny_recipe(
        {"network": {"weights": str(weight_file)}}, regime="two_phase", top_epochs=1, baseline=False, keep="last"
    )
    killed = tmp_path / "killed"
    with conftest.copied_after_the_first_epoch(killed):
        out, _ = run_recipe(recipe)

    fresh = backbone_weights(build_network(recipe.network, recipe.top, 0, 2, None))
    after_first = backbone_weights(keras.saving.load_model(killed / "model.keras", compile=False))
    after_second = backbone_weights(keras.saving.load_model(out / "model.keras", compile=False))
    assert all(np.array_equal(a, b) for a, b in zip(fresh, after_first, strict=True))
    assert not any(np.array_equal(a, b) for a, b in zip(fresh, after_second, strict=True) if a.ndim == 4)

    train(recipe, drawn_data, None, killed, cache, resume=True)
    resumed, unbroken = read_history(killed), read_history(out)
    assert resumed[1]["loss"] == pytest.approx(unbroken[1]["loss"], rel=1e-3)
    assert resumed[1]["validation_loss"] == pytest.approx(unbroken[1]["validation_loss"], rel=1e-3)


def test_diagnoses_with_metadata_copies_mixup_and_focal_loss(run_recipe: Train) -> None:
    """Everything at once that a recipe may ask for beyond the plain way."""
    sections = {
        "data": {"sets": ["HAM10000"], "task": "diagnosis"},
        "balance": {"method": "augment", "preset": "rotate_zoom_flip"},
        "metadata": {"fields": ["age", "sex", "site"]},
        "augment": {"preset": "strong"},
        "top": {"hidden": [8], "dropout": 0.1},
    }
    out, run = run_recipe(
        tiny_recipe(sections, loss="focal", optimizer="rmsprop", label_smoothing=0.1, baseline=False, epochs=1)
    )
    assert run.labels == ["bcc", "bkl", "mel", "nv"]
    assert run.malignant == ["bcc", "mel"]
    network = keras.saving.load_model(out / "model.keras", compile=False)
    assert [len(tensor.shape) for tensor in network.inputs] == [4, 2]
    with (out / "split.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["part"] for row in rows if row["copy"] != "0"} == {"train"}
    train_counts = [sum(row["part"] == "train" and row["diagnosis"] == name for row in rows) for name in run.labels]
    assert len(set(train_counts)) == 1


def test_without_patience_left_the_training_stops(run_recipe: Train) -> None:
    out, run = run_recipe(tiny_recipe(epochs=6, patience=1, learning_rate=1e-9, baseline=True))
    assert run.epochs < 6
    assert len(read_history(out)) == run.epochs


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # h5py's, of the file cut short
@pytest.mark.parametrize("name", ["save_best", "save_epoch"])
def test_a_full_disk_loses_nothing_that_was_saved(
    drawn_data: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """From the second epoch on, this process may write no file beyond 20 kB."""
    out, save = tmp_path / "run", getattr(fit, name)
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)

    def save_when_full(directory: Path, *arguments: Any) -> None:
        if read_history(directory):
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, unlimited[1]))
        try:
            save(directory, *arguments)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)

    recipe = tiny_recipe(keep="last")
    monkeypatch.setattr(fit, name, save_when_full)
    with pytest.raises(RunInvalid, match=r"Epoch 2 could not be saved.*--resume"):
        train(recipe, drawn_data, None, out, cache)
    assert [row["epoch"] for row in read_history(out)] == [1]
    keras.saving.load_model(out / "model.keras", compile=False)

    monkeypatch.setattr(fit, name, save)
    run = train(recipe, drawn_data, None, out, cache, resume=True)
    assert run is not None
    assert run.epochs == 2


def test_the_average_of_the_weights_is_kept_and_learning_goes_on_from_the_weights(
    run_recipe: Train, drawn_data: Path, cache: Path, tmp_path: Path, weight_file: Path
) -> None:
    """An average of the first step above all stays near it, while the loss falls as without one."""
    sections = {"network": {"weights": str(weight_file)}}
    settings = {"baseline": False, "keep": "last", "epochs": 3}
    recipe = tiny_recipe(sections, weight_average=0.999, **settings)
    killed = tmp_path / "killed"
    with conftest.copied_after_the_first_epoch(killed):
        averaged, _ = run_recipe(recipe)
    plain = tmp_path / "plain"
    train(tiny_recipe(sections, **settings), drawn_data, None, plain, cache)

    def moved(out: Path) -> float:
        saved = backbone_weights(keras.saving.load_model(out / "model.keras", compile=False))
        return sum(float(np.abs(a - b).sum()) for a, b in zip(fresh, saved, strict=True) if a.ndim == 4)

    fresh = backbone_weights(build_network(recipe.network, recipe.top, 0, 2, None))
    assert 0 < moved(averaged) < 0.5 * moved(plain)
    for one, other in zip(read_history(averaged), read_history(plain), strict=True):
        assert one["loss"] == pytest.approx(other["loss"], rel=1e-3)

    train(recipe, drawn_data, None, killed, cache, resume=True)
    for one, other in zip(read_history(killed), read_history(averaged), strict=True):
        assert one["loss"] == pytest.approx(other["loss"], rel=1e-3)
        assert one["validation_loss"] == pytest.approx(other["validation_loss"], rel=1e-3)


def test_an_average_is_for_one_device(run_recipe: Train) -> None:
    with pytest.raises(UsageError, match=r"train\.weight_average.*strategy 'mirrored'"):
        run_recipe(tiny_recipe(weight_average=0.9), options=Options(strategy="mirrored"))


@pytest.mark.parametrize("name", ["pool9", "logits"])
def test_a_layer_to_freeze_up_to_that_the_backbone_lacks_is_said(run_recipe: Train, name: str) -> None:
    with pytest.raises(RecipeInvalid, match=rf"network\.frozen_up_to.*'{name}'"):
        run_recipe(tiny_recipe({"network": {"frozen_up_to": name}}, baseline=False))


def test_layers_that_are_frozen_stay_as_their_weight_file_has_them(run_recipe: Train, weight_file: Path) -> None:
    recipe = tiny_recipe({"network": {"weights": str(weight_file), "frozen_up_to": "pool1"}}, baseline=False)
    out, _ = run_recipe(recipe)
    saved = keras.saving.load_model(out / "model.keras", compile=False)
    fresh = build_network(recipe.network, recipe.top, 0, 2, None)
    same = {
        layer.name: all(map(np.array_equal, layer.get_weights(), saved.get_layer(layer.name).get_weights()))
        for layer in fresh.layers
        if layer.weights
    }
    assert same == {name: name == "conv1" for name in same}
    assert len(same) > 2


def test_two_processes_do_not_train_into_one_directory(tmp_path: Path) -> None:
    with owned(tmp_path), pytest.raises(RunInvalid, match="Another process"), owned(tmp_path):
        pass


def test_mixed_precision_leaves_a_float32_network_and_tensorboard_its_logs(
    run_recipe: Train, weight_file: Path
) -> None:
    """With weights that lie in the folder given alone, since the network is built twice."""
    recipe = tiny_recipe({"network": {"weights": weight_file.name}}, epochs=1)
    out, _ = run_recipe(recipe, weight_file.parent, options=Options(mixed_precision=True, tensorboard=True))
    network = keras.saving.load_model(out / "model.keras", compile=False)
    assert {layer.compute_dtype for layer in network.layers} == {"float32"}
    assert keras.config.dtype_policy().name == "float32"
    assert list((out / "tensorboard").rglob("events.out.*"))
