"""Learning from a teacher: the loss by its formula, what is taken over, what is refused, and a run end to end."""

import tomllib
from pathlib import Path

import keras
import numpy as np
import pytest

from dermsplit_contract.errors import RecipeInvalid, UsageError
from dermsplit_contract.run import MODEL_FILE
from dermsplit_training.evaluation.calibrate import softmax
from dermsplit_training.evaluation.reevaluate import evaluate_run
from dermsplit_training.learning.distillation import DistillationLoss, Teachers
from dermsplit_training.recipe import DistillationRecipe, Recipe
from dermsplit_training.recipe_file import parse_recipe
from dermsplit_training.train import train

TEXT = """
name = "pupil"
[data]
sets = ["HAM10000", "PAD-UFES-20"]
[network]
backbone = "mobilenet"
alpha = 0.25
input_size = 32
weights = "none"
batch_norm_momentum = 0.5
[top]
diagnoses = true
[augment]
preset = "none"
[train]
epochs = 1
batch_size = 16
"""
PUPIL = """
[bottleneck]
behind = "conv_pw_3_relu"
channels = 4
levels = 16
[distillation]
weight = 0.5
start = true
frozen_head = true
"""


def parsed(text: str) -> Recipe:
    return parse_recipe(tomllib.loads(text))


def test_the_loss_is_that_of_labels_and_of_the_teacher() -> None:
    rng = np.random.default_rng(3)
    logits, taught = rng.normal(size=(2, 5, 3))
    labels = np.eye(3)[[0, 1, 2, 1, 0]]
    at_two = np.log(softmax(taught / 2))
    loss = DistillationLoss(
        keras.losses.CategoricalCrossentropy(from_logits=True), DistillationRecipe(weight=0.25, temperature=2.0)
    )
    found = keras.ops.convert_to_numpy(loss.call(labels, np.concatenate([logits, at_two], axis=1)))
    on_labels = -(labels * np.log(softmax(logits))).sum(axis=1)
    on_teacher = -(softmax(taught / 2) * np.log(softmax(logits / 2))).sum(axis=1) * 4
    np.testing.assert_allclose(found, 0.75 * on_labels + 0.25 * on_teacher, rtol=1e-5)


@pytest.mark.parametrize("views", [1, 2, 4, 8])
def test_teachers_answer_with_the_mean_over_turned_and_mirrored_views(views: int) -> None:
    image = keras.Input((6, 6, 3))
    teacher = keras.Model(image, keras.layers.Dense(4)(keras.layers.Flatten()(image)))
    pictures = np.random.default_rng(5).random((3, 6, 6, 3), dtype=np.float32)
    turned = [np.rot90(pictures, turns, axes=(1, 2)) for turns in range(4)]
    seen = [*turned, *(view[:, :, ::-1] for view in turned)][:views]
    expected = np.mean([softmax(teacher.predict(view.copy(), verbose=0) / 2) for view in seen], axis=0)
    said = keras.Model(image, Teachers([teacher], views).logits(image, 2.0)).predict(pictures, verbose=0)
    np.testing.assert_allclose(np.exp(said), expected, rtol=1e-5)


def test_a_teacher_of_several_views_may_be_one_that_is_told_things(
    drawn_data: Path, cache: Path, tmp_path: Path
) -> None:
    told = TEXT + '[metadata]\nfields = ["age", "sex", "site"]\njoin = "log_odds"\n'
    train(parsed(told), drawn_data, None, tmp_path / "teacher", cache)
    taught = told + PUPIL + "views = 4\n"
    run = train(parsed(taught), drawn_data, None, tmp_path / "pupil", cache, teachers=[tmp_path / "teacher"])
    assert run is not None
    learned = keras.saving.load_model(tmp_path / "pupil" / MODEL_FILE)
    first = keras.saving.load_model(tmp_path / "teacher" / MODEL_FILE)
    np.testing.assert_array_equal(*(each.get_layer("conv_pw_3").get_weights() for each in (learned, first)))


def test_a_pupil_learns_behind_a_frozen_head(drawn_data: Path, cache: Path, tmp_path: Path) -> None:
    teacher, pupil = tmp_path / "teacher", tmp_path / "pupil"
    train(parsed(TEXT), drawn_data, None, teacher, cache)
    run = train(parsed(TEXT + PUPIL), drawn_data, None, pupil, cache, teachers=[teacher])
    assert run is not None
    assert run.labels == ["benign", "malignant"]
    assert [name.partition(":")[0] for name in run.teachers] == ["teacher"]
    taught, learned = (keras.saving.load_model(folder / MODEL_FILE) for folder in (teacher, pupil))
    before, behind = "conv_pw_3", "conv_pw_5"
    np.testing.assert_array_equal(learned.get_layer(before).get_weights(), taught.get_layer(before).get_weights())
    assert not np.array_equal(learned.get_layer(behind).get_weights(), taught.get_layer(behind).get_weights())
    statistics = f"{before}_bn"
    for own, teachers in zip(
        learned.get_layer(statistics).get_weights(), taught.get_layer(statistics).get_weights(), strict=True
    ):
        np.testing.assert_array_equal(own, teachers)


def test_a_recipe_without_its_teacher_or_a_teacher_too_many_is_refused(
    drawn_data: Path, cache: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="--teacher"):
        train(parsed(TEXT + PUPIL), drawn_data, None, tmp_path / "a", cache)
    with pytest.raises(UsageError, match="no use for a teacher"):
        train(parsed(TEXT), drawn_data, None, tmp_path / "b", cache, teachers=[tmp_path])


def test_a_teacher_of_another_size_is_refused(drawn_data: Path, cache: Path, tmp_path: Path) -> None:
    train(parsed(TEXT), drawn_data, None, tmp_path / "teacher", cache)
    larger = parsed((TEXT + PUPIL).replace("input_size = 32", "input_size = 64"))
    with pytest.raises(RecipeInvalid, match=r"teacher.*\[None, 32, 32, 3\]"):
        train(larger, drawn_data, None, tmp_path / "pupil", cache, teachers=[tmp_path / "teacher"])


def test_one_to_start_from_may_take_what_is_told_and_gives_its_weights_alone(
    drawn_data: Path, cache: Path, tmp_path: Path
) -> None:
    told = TEXT + '[metadata]\nfields = ["age", "sex", "site"]\njoin = "log_odds"\n'
    train(parsed(told), drawn_data, None, tmp_path / "first", cache)
    start = told + "[distillation]\nstart = true\n"
    still = start.replace("epochs = 1", "epochs = 1\nlearning_rate = 1e-9\nweight_decay = 0.0")
    run = train(parsed(still), drawn_data, None, tmp_path / "second", cache, teachers=[tmp_path / "first"])
    assert run is not None
    first, second = (keras.saving.load_model(tmp_path / name / MODEL_FILE) for name in ("first", "second"))
    for before, after in zip(
        first.get_layer("conv_pw_3").get_weights(), second.get_layer("conv_pw_3").get_weights(), strict=True
    ):
        np.testing.assert_allclose(before, after, atol=1e-5)


def test_a_teacher_of_another_backbone_is_nothing_to_start_from(drawn_data: Path, cache: Path, tmp_path: Path) -> None:
    train(parsed(TEXT), drawn_data, None, tmp_path / "teacher", cache)
    other = TEXT.replace("alpha = 0.25", "alpha = 0.5").replace("diagnoses = true", "diagnoses = false")
    with pytest.raises(RecipeInvalid, match="same backbone"):
        train(
            parsed(other + "[distillation]\nstart = true\n"),
            drawn_data,
            None,
            tmp_path / "pupil",
            cache,
            teachers=[tmp_path / "teacher"],
        )


def test_what_is_told_is_fitted_behind_and_a_run_says_what_it_is_worth(
    drawn_data: Path, cache: Path, tmp_path: Path
) -> None:
    told = TEXT + '[metadata]\nfields = ["age", "sex", "site"]\njoin = "log_odds"\n'
    run = train(parsed(told), drawn_data, None, tmp_path / "run", cache)
    assert run is not None
    assert run.metadata is not None
    assert [field.name for field in run.metadata.fields] == ["age", "sex", "site"]
    network = keras.saving.load_model(tmp_path / "run" / MODEL_FILE)
    assert [tuple(tensor.shape) for tensor in network.inputs] == [(None, 32, 32, 3), (None, run.metadata.width)]
    assert evaluate_run(tmp_path / "run", drawn_data, tmp_path / "again", cache).parts
