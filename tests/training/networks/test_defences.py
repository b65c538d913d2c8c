"""Defences while training: what they do to features, what the adversary teaches, and that nothing of them is saved."""

import shutil
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray

from dermsplit_contract.errors import RecipeInvalid
from dermsplit_training.learning import fit
from dermsplit_training.learning.state import read_history
from dermsplit_training.networks.adversary import averaging, reversed_gradient
from dermsplit_training.networks.bottleneck import BOTTLENECK
from dermsplit_training.networks.defences import with_defences
from dermsplit_training.networks.network import build_network
from dermsplit_training.networks.rounding import REACH
from dermsplit_training.recipe import NetworkRecipe, Recipe, TopRecipe
from dermsplit_training.recipe_bottleneck import BottleneckRecipe
from dermsplit_training.train import train

from ..conftest import tiny_recipe

SMALL = NetworkRecipe(backbone="small_cnn", input_size=32, weights="none", scaling="unit")
PLACE: dict[str, Any] = {"behind": "pool2", "channels": 6, "stride": 2}
EVERYTHING = {"levels": 16, "noise": 0.5, "channel_dropout": 0.3, "adversary": 2.0}
Floats = NDArray[np.float32]


def small_network() -> keras.Model:
    keras.utils.set_random_seed(5)
    return build_network(SMALL, TopRecipe(dropout=0.0), 0, 2, None, (), BottleneckRecipe(**PLACE))


def defended(network: keras.Model, **settings: Any) -> keras.Model:
    return with_defences(network, BottleneckRecipe(**PLACE, **settings), seed=1)


def scenes(count: int, seed: int) -> tuple[Floats, Floats]:
    """Skin of any colour, darker towards a side or not; the class is whether a small spot in the middle is there."""
    rng = np.random.default_rng(seed)
    skin = rng.uniform(60, 250, (count, 1, 1, 3)) * np.linspace(0.6, 1, 32)[None, None, :, None]
    pictures = np.where(rng.integers(2, size=(count, 1, 1, 1)) == 1, skin[:, :, ::-1], skin).repeat(32, axis=1)
    marked = rng.integers(2, size=count)
    pictures[marked == 1, 12:20, 12:20] = 20
    return pictures.astype(np.float32), np.eye(2, dtype=np.float32)[marked]


def sent(network: keras.Model, pictures: Floats) -> Floats:
    head = keras.Model(network.inputs[0], network.get_layer(BOTTLENECK).output)
    features: Floats = head.predict(pictures, verbose=0)
    return features


def linear_error(network: keras.Model) -> float:
    """Mean absolute error in 0..255 of a linear decoder that learned from other pictures."""
    (learn, _), (test, _) = scenes(400, 6), scenes(200, 7)
    known, seen = (sent(network, pictures).reshape(len(pictures), -1) for pictures in (learn, test))
    weights, *_ = np.linalg.lstsq(np.c_[known, np.ones(len(known))], learn.reshape(len(learn), -1), rcond=1e-3)
    return float(np.abs(np.c_[seen, np.ones(len(seen))] @ weights - test.reshape(len(test), -1)).mean())


def taught(**settings: Any) -> tuple[keras.Model, float]:
    """A network after a short training, and its accuracy on other pictures."""
    network = small_network()
    trainer = defended(network, **settings)
    trainer.compile("adam", keras.losses.CategoricalCrossentropy(from_logits=True), jit_compile=False)
    trainer.fit(*scenes(640, 8), batch_size=32, epochs=12, verbose=0)
    pictures, labels = scenes(200, 9)
    right = network.predict(pictures, verbose=0).argmax(axis=1) == labels.argmax(axis=1)
    return network, float(right.mean())


def test_only_training_is_defended() -> None:
    network, (pictures, _) = small_network(), scenes(4, 1)
    expected = np.asarray(network(pictures, training=False))
    for settings in ({"noise": 0.5}, {"channel_dropout": 0.3}, {"adversary": 2.0}):
        found = defended(network, **settings)(pictures, training=False)
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_noise_is_that_of_a_share_of_a_channels_deviation() -> None:
    network, (pictures, _) = small_network(), scenes(64, 2)
    trainer = defended(network, noise=0.5)
    layers = [network.get_layer(BOTTLENECK).output, trainer.get_layer("noise").output]
    plain, noisy = (np.asarray(keras.Model(trainer.inputs[0], out)(pictures, training=True)) for out in layers)
    np.testing.assert_allclose(plain.std(axis=(0, 1, 2)), 1, atol=0.05)
    np.testing.assert_allclose((noisy - plain).std(axis=(0, 1, 2)), 0.5, atol=0.03)


def test_channels_are_left_out_whole_and_the_others_make_up_for_them() -> None:
    network, (pictures, _) = small_network(), scenes(200, 3)
    trainer = defended(network, channel_dropout=0.3)
    layers = [network.get_layer(BOTTLENECK).output, trainer.get_layer("channel_dropout").output]
    plain, left = (np.asarray(keras.Model(trainer.inputs[0], out)(pictures, training=True)) for out in layers)
    gone = (left == 0).all(axis=(1, 2))
    assert gone.mean() == pytest.approx(0.3, abs=0.05)
    for picture, channel in np.argwhere(~gone)[:50]:
        np.testing.assert_allclose(left[picture, ..., channel], plain[picture, ..., channel] / 0.7, rtol=1e-4)


def test_noise_is_rounded_with_the_features_and_the_adversary_reads_what_is_sent() -> None:
    network, (pictures, _) = small_network(), scenes(8, 4)
    trainer = defended(network, **EVERYTHING)
    read = keras.Model(trainer.inputs[0], trainer.get_layer("adversary").output)
    step = 2 * REACH[16] / 15
    levels = (np.asarray(read(pictures, training=True)) + REACH[16]) / step
    np.testing.assert_allclose(levels, levels.round(), atol=1e-3)


def test_the_gradient_is_reversed_and_the_values_are_not() -> None:
    values = tf.constant([1.0, -2.0, 3.0])
    with tf.GradientTape() as tape:
        tape.watch(values)
        passed = reversed_gradient(values, 20.0)
        loss = tf.reduce_sum(passed**2)
    np.testing.assert_allclose(passed, values, rtol=1e-5)
    np.testing.assert_allclose(tape.gradient(loss, values), -20.0 * 2 * values, rtol=1e-5)


@pytest.mark.parametrize(("pixels", "places"), [(32, 16), (30, 8), (5, 8)])
def test_pixels_are_averaged_by_area(pixels: int, places: int) -> None:
    row = np.random.default_rng(0).uniform(size=pixels)
    fine = row.repeat(places).reshape(places, pixels).mean(axis=1)
    np.testing.assert_allclose(averaging(pixels, places) @ row, fine, rtol=1e-5)


def test_the_adversary_learns_to_rebuild_the_picture() -> None:
    """At next to no weight, so that nothing works against it."""
    network, (pictures, labels) = small_network(), scenes(320, 5)
    trainer = defended(network, adversary=1e-6)
    trainer.compile(keras.optimizers.Adam(3e-3), "mse", jit_compile=False)
    trainer.fit(pictures, labels, batch_size=16, epochs=15, verbose=0)
    rebuilt = np.asarray(trainer.get_layer("adversary").decoder(sent(network, pictures)))
    small = pictures.reshape(len(pictures), 16, 2, 16, 2, 3).mean(axis=(2, 4)) / 255
    of_mean = np.abs(small - small.mean(axis=0)).mean()
    assert np.abs(rebuilt - small).mean() < 0.6 * of_mean


def test_with_an_adversary_a_linear_decoder_rebuilds_less_and_the_answers_stay() -> None:
    """Both with noise, so that it does not pay to keep the picture as shades too fine for the adversary."""
    plain, right = taught(noise=0.5)
    opposed, still_right = taught(noise=0.5, adversary=3.0)
    assert min(right, still_right) > 0.95
    assert linear_error(opposed) > 1.3 * linear_error(plain)


def recipe(**settings: Any) -> Recipe:
    sections = {
        "network": {"backbone": "small_cnn", "alpha": 1.0, "batch_norm_momentum": 0.0},
        "bottleneck": {**PLACE, **settings},
    }
    return tiny_recipe(sections, baseline=False, keep="last")


def test_a_run_saves_the_network_alone_and_ends_the_same_after_a_stop(
    drawn_data: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed, save_epoch = tmp_path / "killed", fit.save_epoch

    def save_and_copy(directory: Path, *arguments: Any) -> None:
        save_epoch(directory, *arguments)
        if not killed.exists():
            shutil.copytree(directory, killed)

    monkeypatch.setattr(fit, "save_epoch", save_and_copy)
    train(recipe(**EVERYTHING), drawn_data, None, tmp_path / "run", cache)
    train(recipe(**EVERYTHING), drawn_data, None, killed, cache, resume=True)
    for key in ("loss", "validation_loss"):
        resumed, unbroken = (read_history(folder)[1][key] for folder in (killed, tmp_path / "run"))
        assert resumed == pytest.approx(unbroken, rel=1e-3)

    settings = recipe()
    plain = build_network(settings.network, settings.top, 0, 2, None, (), settings.bottleneck)
    saved = keras.saving.load_model(tmp_path / "run" / "model.keras", compile=False)
    kinds = [[(type(layer).__name__, layer.output.shape) for layer in network.layers] for network in (saved, plain)]
    assert kinds[0] == kinds[1]
    assert [weight.shape for weight in saved.weights] == [weight.shape for weight in plain.weights]


@pytest.mark.parametrize(
    ("sections", "words"),
    [
        ({"bottleneck": {"noise": 0.5}}, "bottleneck.behind"),
        ({"bottleneck": {**PLACE, "noise": -1.0}}, "greater than or equal to 0"),
        ({"bottleneck": {**PLACE, "channel_dropout": 1.0}}, "less than 1"),
        ({"bottleneck": {**PLACE, "adversary": 1.0}, "train": {"regime": "feature_extractor"}}, "must learn"),
        (
            {
                "bottleneck": {**PLACE, "noise": 1.0},
                "train": {"regime": "feature_extractor"},
                "augment": {"preset": "none"},
            },
            "once an image",
        ),
    ],
)
def test_a_defence_that_cannot_be_is_told(sections: dict[str, dict[str, Any]], words: str) -> None:
    with pytest.raises(RecipeInvalid, match=words):
        tiny_recipe({"train": {"baseline": False}} | sections)
