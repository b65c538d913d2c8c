import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dermsplit_contract.bundle import HEAD_TFJS, HEAD_TFLITE, Bundle
from dermsplit_contract.errors import UnsupportedModel
from dermsplit_convert.cuts import find_cuts
from dermsplit_convert.golden import draw_lesion
from dermsplit_convert.infer import LiteHead, infer
from dermsplit_convert.keras_file import load_model
from dermsplit_convert.quantise import read_quantiser
from dermsplit_convert.split import make_head
from dermsplit_convert.tfjs import export_tfjs
from dermsplit_convert.tflite import export_tflite

from . import tiny

PICTURES = np.stack([draw_lesion(tiny.SIZE, seed) for seed in range(10)]).astype(np.float32)

KERNELS = {"AddV2", "AddN", "Const", "Conv2D", "DepthwiseConv2dNative", "Identity", "Maximum", "Minimum", "Mul", "Pad"}
KERNELS |= {"Placeholder", "Relu", "Relu6", "Round", "_FusedConv2D", "FusedDepthwiseConv2dNative"}


def test_tfjs_head_is_a_graph_model_of_common_kernels(tiny_converted: Bundle) -> None:
    model = json.loads(tiny_converted.path(HEAD_TFJS).read_bytes())
    assert model["format"] == "graph-model"
    operations = [node["op"] for node in model["modelTopology"]["node"]]
    assert set(operations) <= KERNELS
    assert operations.count("Round") == 1
    (taken,), (given,) = model["signature"]["inputs"].values(), model["signature"]["outputs"].values()
    assert [int(extent["size"]) for extent in taken["tensorShape"]["dim"]] == [-1, 64, 64, 3]
    assert [int(extent["size"]) for extent in given["tensorShape"]["dim"]] == [-1, 2, 2, 56]


@pytest.fixture(scope="module")
def float16_head(tiny_converted: Bundle, tiny_network: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny head exported with float16 weights."""
    quantiser = read_quantiser(load_model(tiny_converted.path("tail.keras")), 256)
    directory = tmp_path_factory.mktemp("float16") / "head"
    export_tfjs(make_head(tiny_network, tiny.CUT, quantiser), directory, "float16")
    return directory


def test_tfjs_weights_are_float32_and_all_there(tiny_converted: Bundle) -> None:
    (group,) = json.loads(tiny_converted.path(HEAD_TFJS).read_bytes())["weightsManifest"]
    assert not any("quantization" in weight for weight in group["weights"])
    expected = sum(4 * math.prod(weight["shape"]) for weight in group["weights"])
    assert sum(tiny_converted.path(f"head/{name}").stat().st_size for name in group["paths"]) == expected


def test_float16_weights_are_half_the_bytes(float16_head: Path) -> None:
    (group,) = json.loads((float16_head / "model.json").read_bytes())["weightsManifest"]
    floats = [weight for weight in group["weights"] if weight["dtype"] == "float32"]
    assert {weight["quantization"]["dtype"] for weight in floats} == {"float16"}
    expected = sum(math.prod(weight["shape"]) * (2 if weight in floats else 4) for weight in group["weights"])
    assert sum((float16_head / name).stat().st_size for name in group["paths"]) == expected


def test_download_of_the_cuts_table_is_near_the_file(tiny_converted: Bundle, tiny_network: Any) -> None:
    (cut,) = [cut for cut in find_cuts(tiny_network) if cut.layer == tiny.CUT]
    written = sum(path.stat().st_size for path in (tiny_converted.directory / "head").glob("*.bin"))
    assert cut.head.download_bytes == pytest.approx(written, rel=0.03)


def test_quantiser_survives_float16_to_the_last_digit(tiny_converted: Bundle, float16_head: Path) -> None:
    quantiser = read_quantiser(load_model(tiny_converted.path("tail.keras")), 256)
    (group,) = json.loads((float16_head / "model.json").read_bytes())["weightsManifest"]
    raw, found = (float16_head / group["paths"][0]).read_bytes(), []
    for weight in group["weights"]:
        size = math.prod(weight["shape"])
        wide = "quantization" not in weight
        values, raw = raw[: size * (4 if wide else 2)], raw[size * (4 if wide else 2) :]
        if "/quantise" in weight["name"] and size == 56:
            found.append(np.frombuffer(values, "<f2").astype(np.float32))
    assert len(found) == 2
    for expected in (quantiser.scale, quantiser.offset):
        assert any(np.array_equal(expected, values) for values in found)


def test_an_operation_that_tfjs_lacks_is_named(tmp_path: Path) -> None:
    import keras

    taken = keras.Input((8, 8, 3))
    with pytest.raises(UnsupportedModel, match="Erfinv"):
        export_tfjs(keras.Model(taken, keras.ops.erfinv(taken)), tmp_path / "head")
    assert not (tmp_path / "head").exists()


def test_lite_head_gives_the_keras_heads_whole_numbers(tiny_converted: Bundle, tiny_network: Any) -> None:
    quantiser = read_quantiser(load_model(tiny_converted.path("tail.keras")), 256)
    expected = infer(make_head(tiny_network, tiny.CUT, quantiser), PICTURES)
    found = LiteHead(tiny_converted.path(HEAD_TFLITE))(PICTURES)
    assert found.shape == (10, 2, 2, 56)
    assert np.array_equal(found, np.round(found))
    assert np.abs(found - expected).max() <= 1
    assert (found != expected).mean() < 0.005


def test_lite_head_in_float32_is_the_keras_head(tiny_network: Any, tmp_path: Path) -> None:
    head = make_head(tiny_network, "block_5_add")
    export_tflite(head, tmp_path / "head.tflite")
    expected = infer(head, PICTURES)
    assert np.abs(LiteHead(tmp_path / "head.tflite")(PICTURES) - expected).max() <= 1e-4 * np.abs(expected).max()
