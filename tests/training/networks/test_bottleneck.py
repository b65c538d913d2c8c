"""The bottleneck: what it changes in a network, what it leaves, and how its features are rounded."""

import keras
import numpy as np
import pytest

from dermsplit_contract.errors import RecipeInvalid
from dermsplit_training.networks.backbones import build_backbone
from dermsplit_training.networks.bottleneck import BOTTLENECK, with_bottleneck
from dermsplit_training.networks.defences import with_defences
from dermsplit_training.networks.flow import rest_of
from dermsplit_training.networks.network import build_network
from dermsplit_training.networks.rounding import REACH, rounded
from dermsplit_training.recipe import NetworkRecipe, TopRecipe
from dermsplit_training.recipe_bottleneck import BottleneckRecipe

SMALL = NetworkRecipe(backbone="mobilenet", alpha=0.25, input_size=64, weights="none")
BEHIND = "conv_pw_5_relu"


@pytest.mark.parametrize(("stride", "size"), [(1, 8), (2, 4), (4, 2)])
def test_few_values_cross_and_the_map_comes_back(stride: int, size: int) -> None:
    backbone = build_backbone(SMALL)
    narrow = with_bottleneck(backbone, BottleneckRecipe(behind=BEHIND, channels=3, stride=stride))
    assert narrow.get_layer(BOTTLENECK).output.shape == (None, size, size, 3)
    assert narrow.get_layer("restore_relu").output.shape == backbone.get_layer(BEHIND).output.shape
    assert narrow.output_shape == backbone.output_shape
    assert narrow.get_layer("conv_pw_7") is backbone.get_layer("conv_pw_7")


def test_an_odd_map_comes_back_at_its_size() -> None:
    backbone = build_backbone(SMALL.model_copy(update={"input_size": 80}))
    narrow = with_bottleneck(backbone, BottleneckRecipe(behind="conv_pw_11_relu", channels=2, stride=2))
    assert backbone.get_layer("conv_pw_11_relu").output.shape[1] == 5
    assert narrow.get_layer(BOTTLENECK).output.shape[1] == 3
    assert narrow.get_layer("restore_relu").output.shape[1] == 5


def test_everything_goes_through_the_bottleneck() -> None:
    recipe = BottleneckRecipe(behind=BEHIND, channels=3, stride=2)
    network = build_network(SMALL, TopRecipe(diagnoses=True), 0, 2, None, (0, 1, 1), recipe)
    pictures = np.random.default_rng(0).uniform(0, 255, (4, 64, 64, 3)).astype(np.float32)
    head = keras.Model(network.inputs[0], network.get_layer(BOTTLENECK).output)
    through = rest_of(network, BOTTLENECK)(head(pictures))
    np.testing.assert_allclose(through, network(pictures), rtol=1e-4, atol=1e-6)


def test_a_layer_that_is_not_there_is_told() -> None:
    with pytest.raises(RecipeInvalid, match=r"bottleneck.behind.*got 'conv_pw_99'"):
        with_bottleneck(build_backbone(SMALL), BottleneckRecipe(behind="conv_pw_99"))


def test_a_layer_inside_a_branch_is_told() -> None:
    residual = NetworkRecipe(backbone="mobilenet_v2", alpha=0.35, input_size=64, weights="none")
    with pytest.raises(RecipeInvalid, match=r"go round 'block_2_project_BN'"):
        with_bottleneck(build_backbone(residual), BottleneckRecipe(behind="block_2_project_BN"))


def test_a_map_that_is_too_small_is_told() -> None:
    recipe = BottleneckRecipe(behind="conv_pw_13_relu", stride=4)
    with pytest.raises(RecipeInvalid, match="2x2"):
        with_bottleneck(build_backbone(SMALL), recipe)


@pytest.mark.parametrize("levels", sorted(REACH))
def test_rounded_features_have_so_many_levels_and_are_near(levels: int) -> None:
    values = np.random.default_rng(1).uniform(-6, 6, size=(50_000,)).astype(np.float32)
    found = keras.ops.convert_to_numpy(rounded(values, levels))
    assert len(np.unique(found.round(4))) == levels
    inside = np.abs(values) < REACH[levels]
    assert np.abs(found - values)[inside].max() <= REACH[levels] / (levels - 1) + 1e-5


def test_rounding_changes_the_answers_a_little_and_shares_the_weights() -> None:
    recipe = BottleneckRecipe(behind=BEHIND, channels=3, stride=2)
    network = build_network(SMALL, TopRecipe(), 0, 2, None, (), recipe)
    coarse, fine = (with_defences(network, recipe.model_copy(update={"levels": levels}), 1) for levels in (2, 256))
    pictures = np.random.default_rng(2).uniform(0, 255, (4, 64, 64, 3)).astype(np.float32)
    # Untrained, the statistics of the bottleneck are those of no picture, so some are made.
    norm = network.get_layer(BOTTLENECK)
    head = keras.Model(network.inputs[0], network.get_layer("bottleneck_project").output)
    features = keras.ops.convert_to_numpy(head(pictures))
    norm.set_weights([features.mean(axis=(0, 1, 2)), features.var(axis=(0, 1, 2))])
    exact, near, far = (keras.ops.convert_to_numpy(model(pictures)) for model in (network, fine, coarse))
    assert 0 < np.abs(near - exact).max() < np.abs(far - exact).max()
