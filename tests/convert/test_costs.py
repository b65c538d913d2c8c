from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from dermsplit_convert.costs import Cost, cost_of
from dermsplit_convert.graph import read_graph
from dermsplit_convert.start import start_keras

start_keras()
keras = import_module("keras")

LAYERS: dict[str, tuple[Callable[[], Any], Cost]] = {
    "convolution": (lambda: keras.layers.Conv2D(4, 3, padding="same"), Cost(8 * 8 * 27 * 4, 112, 448)),
    "strided": (lambda: keras.layers.Conv2D(4, 3, strides=2, padding="same"), Cost(4 * 4 * 27 * 4, 112, 448)),
    "grouped": (lambda: keras.layers.Conv2D(6, 3, groups=3, use_bias=False), Cost(6 * 6 * 9 * 6, 54, 216)),
    "depthwise": (lambda: keras.layers.DepthwiseConv2D(3, use_bias=False), Cost(6 * 6 * 27, 27, 108)),
    "separable": (lambda: keras.layers.SeparableConv2D(5, 3, use_bias=False), Cost(36 * (27 + 15), 42, 168)),
    "transposed": (lambda: keras.layers.Conv2DTranspose(2, 2, strides=2), Cost(8 * 8 * 24, 26, 104)),
    "dense": (lambda: keras.layers.Dense(5), Cost(8 * 8 * 15, 20, 80)),
    "batch norm": (lambda: keras.layers.BatchNormalization(), Cost(0, 12, 12)),
    "activation": (lambda: keras.layers.ReLU(), Cost()),
    "nested": (lambda: keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Dense(5)]), Cost(960, 20, 80)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_cost_of_one_layer(name: str) -> None:
    make, expected = LAYERS[name]
    taken = keras.Input((8, 8, 3))
    graph = read_graph(keras.Model(taken, make()(taken)))
    assert cost_of(graph.steps[-1]) == expected
