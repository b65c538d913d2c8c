"""Weights are found by name or path, and never loaded where they do not fit."""

import os
from pathlib import Path

import keras
import numpy as np
import pytest

from dermsplit_contract.errors import DataInvalid, RecipeInvalid
from dermsplit_training.networks.backbones import build_backbone
from dermsplit_training.networks.network import build_network, pooled_features
from dermsplit_training.networks.weights import weights_file
from dermsplit_training.recipe import NetworkRecipe, TopRecipe

PRETRAINED = NetworkRecipe(alpha=0.35, input_size=224, weights="imagenet")
MOBILENET = {"backbone": "mobilenet", "alpha": 0.25, "input_size": 32}
TOP = TopRecipe()
UP_TO = "conv_dw_3_relu"


def real_weights(shared_data: Path) -> Path:
    folder = shared_data.parent / "weights"
    if not folder.is_dir() and not os.environ.get("CI"):
        pytest.skip("no weights beside the real images")
    return folder


def drawn_arrays(last_layer: str = UP_TO) -> dict[str, np.ndarray]:
    """A random array for every weight of the narrowest MobileNet up to a layer."""
    recipe = NetworkRecipe(**MOBILENET, weights="none", last_layer=last_layer)
    features = pooled_features(build_network(recipe, TOP, 0, 2, None))
    rng = np.random.default_rng(1)
    return {
        f"{layer.name}/{weight.name}:0": rng.uniform(0.1, 1, weight.shape).astype(np.float32)
        for layer in features.layers
        for weight in layer.weights
    }


def load(folder: Path, file: str, last_layer: str = "") -> keras.Model:
    recipe = NetworkRecipe(**MOBILENET, weights=file, last_layer=last_layer)
    return build_network(recipe, TOP, 0, 2, folder)


def test_a_folder_that_is_not_there_and_a_broken_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataInvalid, match="Expected a folder of weight files"):
        build_network(PRETRAINED, TOP, 0, 2, tmp_path / "none")
    (tmp_path / weights_file(PRETRAINED)).write_bytes(b"\x89HDF\r\n\x1a\n cut short")
    with pytest.raises(DataInvalid, match=r"do not fit mobilenet_v2 alpha 0\.35"):
        build_network(PRETRAINED, TOP, 0, 2, tmp_path)


def test_given_weights_are_those_of_imagenet(shared_data: Path) -> None:
    folder = real_weights(shared_data)
    network = build_network(PRETRAINED, TOP, 0, 2, folder)
    plain = keras.applications.MobileNetV2(
        input_shape=(224, 224, 3), alpha=0.35, include_top=False, weights=folder / weights_file(PRETRAINED)
    )
    pixels = np.random.default_rng(0).uniform(0, 255, (1, 224, 224, 3)).astype(np.float32)
    expected = np.asarray(plain(pixels / 127.5 - 1)).mean(axis=(1, 2))
    np.testing.assert_allclose(np.asarray(pooled_features(network)(pixels)), expected, atol=1e-3)


def test_the_weights_of_a_cut_mobilenet_load_wholly(shared_data: Path) -> None:
    file = real_weights(shared_data) / "mobilenet_v1_1.0_224_upto_conv_pw_12.npz"
    if not file.is_file() and not os.environ.get("CI"):
        pytest.skip("no such weights beside the real images")
    recipe = NetworkRecipe(backbone="mobilenet", weights=str(file), last_layer="conv_dw_13_relu")
    network = build_network(recipe, TOP, 0, 2, None)
    with np.load(file) as arrays:
        assert len(arrays) == sum(len(layer.weights) for layer in pooled_features(network).layers)
        for layer, key in (("conv_pw_12", "conv_pw_12/kernel:0"), ("conv_dw_13", "conv_dw_13/depthwise_kernel:0")):
            np.testing.assert_array_equal(np.asarray(network.get_layer(layer).weights[0]), arrays[key])
    assert network.get_layer("pooled").output.shape == (None, 1024)


def test_arrays_are_loaded_by_name_as_far_as_they_go(tmp_path: Path) -> None:
    arrays = drawn_arrays()
    np.savez(tmp_path / "drawn.npz", **arrays)
    cut, whole = load(tmp_path, "drawn.npz", UP_TO), load(tmp_path, "drawn.npz")
    for network in (cut, whole):
        for key, array in arrays.items():
            layer, weight = key.removesuffix(":0").split("/")
            (variable,) = (one for one in network.get_layer(layer).weights if one.name == weight)
            np.testing.assert_array_equal(np.asarray(variable), array)
    assert pooled_features(whole).output.shape == (None, 256)


def test_depthwise_kernels_may_have_the_name_that_keras_2_gave_them(tmp_path: Path) -> None:
    arrays = drawn_arrays()
    renamed = {
        key.replace("/kernel", "/depthwise_kernel") if "_dw_" in key else key: array for key, array in arrays.items()
    }
    np.savez(tmp_path / "keras2.npz", **renamed)
    kernel = load(tmp_path, "keras2.npz").get_layer("conv_dw_2").weights[0]
    np.testing.assert_array_equal(np.asarray(kernel), arrays["conv_dw_2/kernel:0"])


def test_an_array_that_fits_nothing_is_named(tmp_path: Path) -> None:
    arrays = drawn_arrays()
    np.savez(tmp_path / "extra.npz", **arrays, **{"predictions/kernel:0": np.zeros((1, 2), np.float32)})
    with pytest.raises(DataInvalid, match=r"extra\.npz hold 'predictions/kernel:0', which fits no layer"):
        load(tmp_path, "extra.npz")
    np.savez(tmp_path / "beyond.npz", **drawn_arrays("conv_pw_3_relu"))
    with pytest.raises(DataInvalid, match=r"'conv_pw_3/kernel:0', which fits no layer.* up to network\.last_layer"):
        load(tmp_path, "beyond.npz", UP_TO)
    np.savez(tmp_path / "shape.npz", **{**arrays, "conv1/kernel:0": np.zeros((3, 3, 3, 9), np.float32)})
    with pytest.raises(
        DataInvalid, match=r"'conv1/kernel:0' as float32 \(3, 3, 3, 9\), expected float32 \(3, 3, 3, 8\)"
    ):
        load(tmp_path, "shape.npz")


def test_layers_left_out_in_between_are_listed(tmp_path: Path) -> None:
    arrays = drawn_arrays()
    for key in [key for key in arrays if key.startswith("conv_pw_1/")] + ["conv1_bn/gamma:0"]:
        del arrays[key]
    np.savez(tmp_path / "gap.npz", **arrays)
    with pytest.raises(DataInvalid, match=r"missing or incomplete: conv1_bn, conv_pw_1\."):
        load(tmp_path, "gap.npz")
    np.savez(tmp_path / "empty.npz")
    with pytest.raises(DataInvalid, match="missing or incomplete: conv1, "):
        load(tmp_path, "empty.npz", UP_TO)


def test_a_file_that_is_no_weights_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "broken.npz").write_bytes(b"PK\x03\x04 cut short")
    np.savez(tmp_path / "objects.npz", **{"conv1/kernel:0": np.array([{}], dtype=object)})
    for name in ("broken.npz", "objects.npz"):
        with pytest.raises(DataInvalid, match=f"{name} cannot be read as an .npz file of arrays"):
            load(tmp_path, name)
    (tmp_path / "broken.keras").write_bytes(b"PK\x03\x04 cut short")
    with pytest.raises(DataInvalid, match=r"broken\.keras do not fit mobilenet alpha 0\.25, or are cut short"):
        load(tmp_path, "broken.keras")
    with pytest.raises(DataInvalid, match=r"Expected the weights 'other\.h5' in the folder"):
        load(tmp_path, "other.h5")
    with pytest.raises(RecipeInvalid, match=r"must be imagenet, none, or a file ending in .*, got 'random'"):
        load(tmp_path, "random")


@pytest.mark.parametrize("last_layer", ["", UP_TO])
def test_a_runs_network_gives_its_backbone(tmp_path: Path, last_layer: str) -> None:
    recipe = NetworkRecipe(**MOBILENET, weights="none", last_layer=last_layer)
    trained = build_network(recipe, TopRecipe(hidden=[4]), 3, 5, None)
    trained.save(tmp_path / "model.keras")
    network = load(tmp_path, "model.keras", last_layer)
    pixels = np.random.default_rng(0).uniform(0, 255, (2, 32, 32, 3)).astype(np.float32)
    features = [np.asarray(pooled_features(one)(pixels)) for one in (trained, network)]
    np.testing.assert_array_equal(*features)


def test_a_published_file_holds_the_whole_backbone_whatever_is_kept_of_it(tmp_path: Path) -> None:
    published = keras.applications.MobileNet(
        include_top=False, weights=None, alpha=0.25, input_shape=(32, 32, 3), name="published"
    )
    published.save(tmp_path / "published.h5")
    network = load(tmp_path, "published.h5", UP_TO)
    pixels = np.random.default_rng(0).uniform(0, 255, (2, 32, 32, 3)).astype(np.float32)
    cut = keras.Model(published.input, published.get_layer(UP_TO).output)
    expected = np.asarray(cut(pixels / 127.5 - 1)).mean(axis=(1, 2))
    np.testing.assert_allclose(np.asarray(pooled_features(network)(pixels)), expected, atol=1e-5)


def test_published_efficientnet_is_scaled_as_keras_scales_it(tmp_path: Path) -> None:
    """The published file holds deviations where variances belong, which a layer of keras.applications makes good."""
    deviation = np.array([0.229, 0.224, 0.225])
    published = keras.applications.EfficientNetB0(include_top=False, weights=None, input_shape=(32, 32, 3))
    (normalization,) = (layer for layer in published.layers if isinstance(layer, keras.layers.Normalization))
    normalization.set_weights([np.array([0.485, 0.456, 0.406]), deviation, np.array(0)])
    normalization.finalize_state()
    published.save(tmp_path / "published.h5")
    recipe = NetworkRecipe(backbone="efficientnet_b0", input_size=32, weights="published.h5")
    network = build_network(recipe, TOP, 0, 2, tmp_path)
    pixels = np.random.default_rng(0).uniform(0, 255, (2, 32, 32, 3)).astype(np.float32)
    as_keras = np.asarray(keras.Model(published.input, normalization.output)(pixels)) / np.sqrt(deviation)
    scaled = keras.Model(network.input, network.get_layer("scaled").output)
    np.testing.assert_allclose(np.asarray(scaled(pixels)), as_keras, rtol=1e-4, atol=1e-4)
    stem = np.asarray(published.get_layer("stem_conv").weights[0])
    np.testing.assert_array_equal(np.asarray(network.get_layer("stem_conv").weights[0]), stem)


def test_weights_none_looks_nowhere(tmp_path: Path) -> None:
    recipe = NetworkRecipe(backbone="small_cnn", input_size=32, weights="none")
    assert build_network(recipe, TOP, 0, 2, tmp_path / "none").count_params() > build_backbone(recipe).count_params()
