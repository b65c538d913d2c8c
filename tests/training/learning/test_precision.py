"""Half-width products of 1 x 1 convolutions."""

from pathlib import Path

import keras
import numpy as np

from dermsplit_training.learning.precision import halve_products
from dermsplit_training.networks.network import build_network
from dermsplit_training.recipe import NetworkRecipe, TopRecipe

RECIPE = NetworkRecipe(backbone="mobilenet", alpha=0.25, input_size=32, weights="none")
PIXELS = np.random.default_rng(3).uniform(0, 255, (4, 32, 32, 3)).astype(np.float32)


def test_products_are_rounded_and_nothing_else(tmp_path: Path) -> None:
    network = build_network(RECIPE, TopRecipe(dropout=0.0), 0, 2, None)
    single = np.asarray(network(PIXELS))
    convolution = keras.Model(network.inputs[0], network.get_layer("conv_pw_1").output)
    first = np.asarray(convolution(PIXELS))

    halve_products(network)
    halved, answer = np.asarray(convolution(PIXELS)), np.asarray(network(PIXELS))
    assert halved.dtype == answer.dtype == np.float32
    assert 1e-5 < np.abs(halved - first).max() / np.abs(first).max() < 0.02  # eight bits of mantissa
    np.testing.assert_allclose(answer, single, atol=0.05 * np.abs(single).max())

    network.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras", compile=False, safe_mode=True)
    np.testing.assert_allclose(np.asarray(again(PIXELS)), single, rtol=1e-5, atol=1e-6)


def test_a_network_learns_through_them() -> None:
    network = build_network(RECIPE, TopRecipe(dropout=0.0), 0, 2, None)
    halve_products(network)
    before = network.get_layer("conv_pw_1").get_weights()[0]
    network.compile("sgd", keras.losses.CategoricalCrossentropy(from_logits=True), jit_compile=False)
    network.fit(PIXELS, np.eye(2, dtype=np.float32)[[0, 1, 0, 1]], verbose=0)
    after = network.get_layer("conv_pw_1").get_weights()[0]
    assert after.dtype == np.float32
    assert np.isfinite(after).all()
    assert not np.array_equal(before, after)
