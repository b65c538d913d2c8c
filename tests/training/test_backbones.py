"""The network: one flat graph with the scaling inside, and weights that are found or asked for in words."""

import os
from pathlib import Path

import keras
import numpy as np
import pytest

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.backbones import build_network, pooled_features, weights_file
from dermsplit_training.baseline import Baseline, start_from
from dermsplit_training.recipe import NetworkRecipe

PLAIN = NetworkRecipe(input_size=32, weights="none")
PRETRAINED = NetworkRecipe(input_size=224, weights="imagenet")


def test_scaling_is_in_a_flat_graph() -> None:
    network = build_network(PLAIN, None)
    assert not any(isinstance(layer, keras.Model) for layer in network.layers)
    assert [layer.name for layer in network.layers[:2]] == ["input", "scaled"]
    scaled = keras.Model(network.input, network.get_layer("scaled").output)
    pixels = np.full((1, 32, 32, 3), 255, dtype=np.float32)
    assert np.asarray(scaled(pixels)).max() == pytest.approx(1.0)
    assert np.asarray(scaled(0 * pixels)).min() == pytest.approx(-1.0)


def test_fine_tuning_starts_from_the_baselines_head() -> None:
    network = build_network(PLAIN, None)
    pixels = np.random.default_rng(1).uniform(0, 255, (2, 32, 32, 3)).astype(np.float32)
    features = np.asarray(pooled_features(network)(pixels))
    weights = np.random.default_rng(2).normal(size=features.shape[1])
    baseline = Baseline(weights, 0.25, 1.0, features)
    start_from(network, baseline)
    np.testing.assert_allclose(np.asarray(network(pixels)), baseline.logits, atol=1e-4)
    np.testing.assert_allclose(baseline.logits[:, 1] - baseline.logits[:, 0], features @ weights + 0.25, atol=1e-4)


def test_weights_are_looked_for_by_the_published_name() -> None:
    assert weights_file(PRETRAINED) == "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_224_no_top.h5"
    other = NetworkRecipe(input_size=256, alpha=1.0)
    assert weights_file(other) == "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"


def test_a_folder_that_is_not_there_and_a_broken_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataInvalid, match="Expected a folder of weight files"):
        build_network(PRETRAINED, tmp_path / "none")
    (tmp_path / weights_file(PRETRAINED)).write_bytes(b"\x89HDF\r\n\x1a\n cut short")
    with pytest.raises(DataInvalid, match=r"do not fit MobileNetV2 alpha 0\.35"):
        build_network(PRETRAINED, tmp_path)


def test_given_weights_are_those_of_imagenet(shared_data: Path) -> None:
    folder = shared_data.parent / "weights"
    if not folder.is_dir() and not os.environ.get("CI"):
        pytest.skip("no weights beside the real images")
    network = build_network(PRETRAINED, folder)
    plain = keras.applications.MobileNetV2(
        input_shape=(224, 224, 3), alpha=0.35, include_top=False, weights=folder / weights_file(PRETRAINED)
    )
    pixels = np.random.default_rng(0).uniform(0, 255, (1, 224, 224, 3)).astype(np.float32)
    expected = np.asarray(plain(pixels / 127.5 - 1)).mean(axis=(1, 2))
    np.testing.assert_allclose(np.asarray(pooled_features(network)(pixels)), expected, atol=1e-3)
