"""A head whose batch norms are folded, in float16 numbers: the same network, and what the browser's files hold."""

import json
import math
from pathlib import Path
from typing import Any

import keras
import numpy as np

from dermsplit_contract.bundle import Bundle
from dermsplit_convert.fold import fold_to_float16
from dermsplit_convert.golden import draw_lesion
from dermsplit_convert.infer import infer
from dermsplit_convert.keras_file import load_model
from dermsplit_convert.quantise import read_quantiser
from dermsplit_convert.split import make_head
from dermsplit_convert.tfjs import export_tfjs

from . import tiny

PICTURES = np.stack([draw_lesion(tiny.SIZE, seed) for seed in range(6)]).astype(np.float32)


def convolutions(head: keras.Model) -> list[Any]:
    return [layer for layer in head.layers if isinstance(layer, keras.layers.Conv2D | keras.layers.DepthwiseConv2D)]


def test_the_folded_head_is_the_head_but_for_float16(tiny_network: Any) -> None:
    head = make_head(tiny_network, tiny.CUT)
    folded = fold_to_float16(head)
    assert not any(isinstance(layer, keras.layers.BatchNormalization) for layer in folded.layers)
    assert len(convolutions(folded)) == len(convolutions(head))
    for layer in convolutions(folded):
        for values in layer.get_weights():
            assert np.array_equal(values, values.astype(np.float16).astype(np.float32))
    before, after = infer(head, PICTURES), infer(folded, PICTURES)
    assert not np.array_equal(before, after)
    # Folding alone would move nothing; three digits a weight, through forty layers, move a hundredth.
    assert np.abs(before - after).mean() <= 0.02 * before.std()
    assert np.corrcoef(before.ravel(), after.ravel())[0, 1] > 0.9995


def test_a_norm_that_another_layer_needs_unfolded_stays() -> None:
    taken = keras.Input((8, 8, 3))
    crossing = keras.layers.Conv2D(4, 1, name="shared")(taken)
    norm = keras.layers.BatchNormalization(name="norm")(crossing)
    head = keras.Model(taken, keras.layers.Add()([crossing, norm]))
    assert "norm" in {layer.name for layer in fold_to_float16(head).layers}


def test_the_browsers_weights_are_those_of_the_folded_head(
    tiny_network: Any, tiny_converted: Bundle, tmp_path: Path
) -> None:
    quantiser = read_quantiser(load_model(tiny_converted.path("tail.keras")), 256)
    folded = fold_to_float16(make_head(tiny_network, tiny.CUT, quantiser))
    export_tfjs(folded, tmp_path / "head", "float16")
    (group,) = json.loads((tmp_path / "head" / "model.json").read_bytes())["weightsManifest"]
    raw = b"".join((tmp_path / "head" / name).read_bytes() for name in group["paths"])
    written, start = set(), 0
    for weight in group["weights"]:
        size = math.prod(weight["shape"]) * (2 if "quantization" in weight else 4)
        if "quantization" in weight:
            written.add(np.frombuffer(raw[start : start + size], "<f2").astype(np.float32).tobytes())
        start += size
    for layer in convolutions(folded):
        for values in layer.get_weights():
            assert values.tobytes() in written, layer.name
