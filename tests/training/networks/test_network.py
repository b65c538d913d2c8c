"""The network: one flat graph from pixels and metadata to logits, and its parts, which are the same layers."""

from pathlib import Path

import keras
import numpy as np
import pytest

from dermsplit_contract.errors import RecipeInvalid
from dermsplit_training.networks.network import (
    backbone_layers,
    build_network,
    pooled_features,
    set_frozen,
    top_layers,
    top_of,
)
from dermsplit_training.recipe import NetworkRecipe, TopRecipe

PLAIN = NetworkRecipe(input_size=32, weights="none")
SMALL = NetworkRecipe(backbone="small_cnn", input_size=32, weights="none")
PIXELS = np.random.default_rng(1).uniform(0, 255, (6, 32, 32, 3)).astype(np.float32)
METADATA = np.random.default_rng(2).uniform(0, 1, (6, 4)).astype(np.float32)
LABELS = np.array([0, 1, 2, 0, 1, 2])


def names(layers: list[keras.layers.Layer]) -> list[str]:
    return [layer.name for layer in layers]


def compiled(model: keras.Model) -> keras.Model:
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.1), loss, jit_compile=False)
    return model


def weights_of(layers: list[keras.layers.Layer]) -> list[np.ndarray]:
    return [np.array(weight) for layer in layers for weight in layer.weights]


def all_equal(one: list[np.ndarray], other: list[np.ndarray]) -> bool:
    return all(np.array_equal(first, second) for first, second in zip(one, other, strict=True))


def test_a_plain_network_is_scaled_pooled_dropped_and_dense() -> None:
    network = build_network(PLAIN, TopRecipe(dropout=0.0), 0, 2, None)
    assert not any(isinstance(layer, keras.Model) for layer in network.layers)
    assert names(network.layers)[:2] == ["input", "scaled"]
    assert names(network.layers)[-3:] == ["pooled", "dropout", "logits"]
    scaled = keras.Model(network.input, network.get_layer("scaled").output)
    pixels = np.full((1, 32, 32, 3), 255, dtype=np.float32)
    assert np.asarray(scaled(pixels)).max() == pytest.approx(1.0)
    assert np.asarray(scaled(0 * pixels)).min() == pytest.approx(-1.0)
    assert network.output.shape == (None, 2)


def test_hidden_layers_are_dropped_and_penalised() -> None:
    network = build_network(SMALL, TopRecipe(pooling="flatten", hidden=[7, 5], l2=0.5, dropout=0.3), 0, 3, None)
    top = ["dropout_1", "hidden_1", "dropout_2", "hidden_2", "dropout", "logits"]
    assert names(top_layers(network)) == top
    assert network.get_layer("pooled").output.shape == (None, 4 * 4 * 128)
    assert [network.get_layer(name).rate for name in ("dropout_1", "dropout_2", "dropout")] == [0.3] * 3
    kernels = [np.asarray(network.get_layer(name).kernel) for name in ("hidden_1", "hidden_2")]
    penalty = 0.5 * sum(float(np.square(kernel).sum()) for kernel in kernels)
    assert float(sum(network.losses)) == pytest.approx(penalty, rel=1e-4)


@pytest.mark.parametrize("pooling", ["average", "max"])
def test_pooling_is_over_the_picture(pooling: str) -> None:
    network = build_network(SMALL, TopRecipe(pooling=pooling), 0, 2, None)
    maps = np.asarray(keras.Model(network.input, network.get_layer("pool3").output)(PIXELS))
    expected = maps.mean(axis=(1, 2)) if pooling == "average" else maps.max(axis=(1, 2))
    np.testing.assert_allclose(np.asarray(pooled_features(network)(PIXELS)), expected, atol=1e-4)


def test_parameters_of_the_published_sizes() -> None:
    plain = NetworkRecipe(backbone="small_cnn", input_size=224, weights="none")
    small = build_network(plain, TopRecipe(pooling="flatten", hidden=[342]), 0, 2, None)
    assert small.count_params() == 34_414_660
    single = NetworkRecipe(backbone="alexnet", input_size=224, weights="none")
    alexnet = build_network(single, TopRecipe(pooling="flatten", hidden=[4096, 4096], dropout=0.5), 0, 1000, None)
    assert alexnet.count_params() == 61_100_840


def test_metadata_is_joined_after_pooling() -> None:
    network = build_network(SMALL, TopRecipe(hidden=[8]), 4, 3, None)
    assert [tensor.name for tensor in network.inputs] == ["input", "metadata"]
    assert network.get_layer("joined").output.shape == (None, 128 + 4)
    logits = np.asarray(network({"input": PIXELS, "metadata": METADATA}))
    np.testing.assert_array_equal(np.asarray(network([PIXELS, METADATA])), logits)
    assert np.abs(logits - np.asarray(network([PIXELS, 1 - METADATA]))).max() > 1e-3
    assert "metadata" not in names(backbone_layers(network))


@pytest.mark.parametrize("width", [0, 4])
def test_training_the_top_trains_the_network(width: int, tmp_path: Path) -> None:
    network = build_network(SMALL, TopRecipe(hidden=[8], dropout=0.0), width, 3, None)
    top = compiled(top_of(network))
    features = np.asarray(pooled_features(network)(PIXELS))
    inputs, whole_inputs = ([features, METADATA], [PIXELS, METADATA]) if width else (features, PIXELS)
    before = np.asarray(network(whole_inputs))
    np.testing.assert_allclose(np.asarray(top(inputs)), before, atol=1e-5)
    assert [tensor.name for tensor in top.inputs] == ["features", "metadata"][: 1 + bool(width)]
    backbone = weights_of(backbone_layers(network))
    top.fit(inputs, LABELS, epochs=2, verbose=0)
    after = np.asarray(network(whole_inputs))
    assert np.abs(after - before).max() > 1e-4
    np.testing.assert_allclose(np.asarray(top(inputs)), after, atol=1e-5)
    assert all_equal(backbone, weights_of(backbone_layers(network)))
    network.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras", compile=False)
    assert names(again.layers) == names(network.layers)
    np.testing.assert_array_equal(np.asarray(again(whole_inputs)), after)


def test_a_frozen_backbone_stays_moving_averages_included() -> None:
    recipe = NetworkRecipe(backbone="mobilenet", alpha=0.25, input_size=32, weights="none", last_layer="conv_pw_1_relu")
    network = build_network(recipe, TopRecipe(), 0, 3, None)
    set_frozen(network, True)
    compiled(network)
    backbone, top = weights_of(backbone_layers(network)), weights_of(top_layers(network))
    network.fit(PIXELS, LABELS, verbose=0)
    assert all_equal(backbone, weights_of(backbone_layers(network)))
    assert not all_equal(top, weights_of(top_layers(network)))
    assert len(network.trainable_variables) == 2
    set_frozen(network, False)
    compiled(network).fit(PIXELS, LABELS, verbose=0)
    assert not all_equal(backbone, weights_of(backbone_layers(network)))


def test_the_backbone_is_cut_at_the_last_layer() -> None:
    network = build_network(
        NetworkRecipe(input_size=64, weights="none", last_layer="block_6_expand_relu"), TopRecipe(), 0, 2, None
    )
    assert names(network.layers)[-4:] == ["block_6_expand_relu", "pooled", "dropout", "logits"]
    assert network.get_layer("pooled").output.shape == (None, 192)


def test_a_last_layer_that_is_none_is_told_with_its_neighbours() -> None:
    with pytest.raises(RecipeInvalid, match=r"'network\.last_layer' must be .*, got 'pool4'\. Did you mean pool3"):
        build_network(NetworkRecipe(**{**SMALL.model_dump(), "last_layer": "pool4"}), TopRecipe(), 0, 2, None)
    squeezed = NetworkRecipe(backbone="efficientnet_b0", input_size=32, weights="none", last_layer="block1a_se_squeeze")
    with pytest.raises(RecipeInvalid, match="block1a_se_reshape"):
        build_network(squeezed, TopRecipe(), 0, 2, None)


def test_batch_norms_keep_their_momentum_unless_told() -> None:
    def momenta(momentum: float) -> set[float]:
        recipe = NetworkRecipe(input_size=32, weights="none", batch_norm_momentum=momentum)
        layers = build_network(recipe, TopRecipe(), 0, 2, None).layers
        return {layer.momentum for layer in layers if isinstance(layer, keras.layers.BatchNormalization)}

    assert momenta(0.0) == {0.999}
    assert momenta(0.9) == {0.9}


def test_half_precision_leaves_pixels_and_logits_in_single() -> None:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        network = build_network(SMALL, TopRecipe(hidden=[4]), 0, 2, None)
        top = top_of(network)
    finally:
        keras.config.set_dtype_policy(before)
    assert network.get_layer("conv1").compute_dtype == "float16"
    assert network.get_layer("scaled").compute_dtype == "float32"
    assert network.output.dtype == top.output.dtype == "float32"


def test_a_saved_network_needs_no_custom_object(tmp_path: Path) -> None:
    """BGR is made by an operation that is no layer."""
    network = build_network(NetworkRecipe(backbone="vgg16", input_size=32, weights="none"), TopRecipe(), 0, 2, None)
    network.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras", compile=False, safe_mode=True)
    np.testing.assert_array_equal(np.asarray(again(PIXELS)), np.asarray(network(PIXELS)))
