"""The two halves of every kind of backbone together are the whole, whatever the cut."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dermsplit_convert.cuts import find_cuts
from dermsplit_convert.golden import draw_lesion
from dermsplit_convert.infer import infer
from dermsplit_convert.keras_file import load_model, save_model
from dermsplit_convert.networks import open_named
from dermsplit_convert.split import make_head, make_tail, with_probabilities

SMALLEST = {
    "mobilenet_v2": 32,
    "mobilenet": 32,
    "efficientnet_b0": 32,
    "densenet121": 32,
    "xception": 71,
    "resnet50_v2": 32,
    "vgg16": 32,
    "inception_resnet_v2": 75,
}
"""Pixels, the fewest that keras.applications takes."""

SAMPLED = 6
BOUND = 1e-5


def settle(network: Any, pictures: Any) -> None:
    """Let batch norms see pictures and scale the logits: random weights alone answer everything the same."""
    norms = [layer for layer in network.layers if type(layer).__name__ == "BatchNormalization"]
    for layer in norms:
        layer.momentum = 0.0
    network(pictures, training=True)
    logits = infer(network, pictures)
    dense = network.get_layer("logits")
    kernel, bias = dense.get_weights()
    spread = 1.0 / logits.std(axis=0)
    dense.set_weights([kernel * spread, (bias - logits.mean(axis=0)) * spread])


def pictures_of(size: int) -> Any:
    return np.stack([draw_lesion(size, seed) for seed in range(4)]).astype(np.float32)


@pytest.fixture(scope="module", params=SMALLEST)
def backbone(request: pytest.FixtureRequest) -> Iterator[tuple[Any, Any]]:
    """One network after the other, with pictures that it tells apart."""
    keras = import_module("keras")
    size = SMALLEST[request.param]
    network, pictures = open_named(request.param, size=size), pictures_of(size)
    keras.utils.set_random_seed(7)
    settle(network, pictures)
    yield network, pictures
    keras.backend.clear_session()


def test_tail_of_head_is_the_whole(backbone: tuple[Any, Any], tmp_path: Path) -> None:
    network, pictures = backbone
    expected = infer(with_probabilities(network, 1.0), pictures)
    assert np.ptp(expected[:, 1]) > 0.1, "the pictures must be told apart, or the comparison means nothing"
    layers = [cut.layer for cut in find_cuts(network)]
    places = np.linspace(0, len(layers) - 1, SAMPLED).round().astype(int)
    for rank, layer in enumerate(layers[place] for place in places):
        head, tail = make_head(network, layer), make_tail(network, layer, 1.0)
        assert {weight.path for weight in network.weights} == {weight.path for weight in (*head.weights, *tail.weights)}
        if rank in (1, SAMPLED - 2):
            head, tail = through_files(head, tail, tmp_path)
        assert np.abs(infer(tail, infer(head, pictures)) - expected).max() <= BOUND, layer


def through_files(head: Any, tail: Any, folder: Path) -> tuple[Any, Any]:
    """Both as they come back from files, loaded as stock layers and data only."""
    for name, model in (("head", head), ("tail", tail)):
        save_model(model, folder / f"{name}.keras")
    return load_model(folder / "head.keras"), load_model(folder / "tail.keras")
