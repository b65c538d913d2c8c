"""A head with kernels in whole numbers: nearly the same head, and the very same one in every file of a bundle."""

import json
import math
import shutil
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from dermsplit_contract.bundle import HEAD_TFJS, WHOLE_KERAS, Bundle
from dermsplit_contract.errors import BundleInvalid, UnsupportedModel, UsageError
from dermsplit_convert.fold import fold
from dermsplit_convert.golden import draw_lesions
from dermsplit_convert.infer import infer
from dermsplit_convert.int8 import LARGEST, RoundedHead, round_to_int8
from dermsplit_convert.keras_file import load_model
from dermsplit_convert.pipeline import Order, convert
from dermsplit_convert.split import make_head
from dermsplit_convert.stored import head_as_sent, store_head
from dermsplit_convert.tfjs_int8 import WEIGHTS_FILE, export_int8, read_int8
from dermsplit_convert.verify import gather_inputs, require, verify

from . import tiny

PICTURES = draw_lesions(tiny.SIZE, 32)


@pytest.fixture(scope="module")
def rounded(tiny_network: Any) -> RoundedHead:
    return round_to_int8(make_head(tiny_network, tiny.INT8_CUT), PICTURES)


def entries_of(directory: Path) -> list[dict[str, Any]]:
    (group,) = json.loads((directory / "model.json").read_bytes())["weightsManifest"]
    assert group["paths"] == [WEIGHTS_FILE]
    return list(group["weights"])


def test_the_rounded_head_gives_nearly_what_the_head_gives(tiny_network: Any, rounded: RoundedHead) -> None:
    head = make_head(tiny_network, tiny.INT8_CUT)
    before, after = infer(head, PICTURES), infer(rounded.model, PICTURES)
    assert not np.array_equal(before, after)
    assert np.corrcoef(before.ravel(), after.ravel())[0, 1] > 0.999


def test_kernels_are_whole_numbers_and_all_else_is_float16(rounded: RoundedHead) -> None:
    kinds = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D)
    layers = [layer for layer in rounded.model.layers if isinstance(layer, kinds)]
    assert set(rounded.kernels) == {layer.name for layer in layers if layer.kernel_size == (1, 1)}
    assert len(rounded.kernels) > 10
    for layer in layers:
        kernel, bias = layer.get_weights()
        assert np.array_equal(bias, bias.astype(np.float16).astype(np.float32))
        if layer.name in rounded.kernels:
            found = rounded.kernels[layer.name]
            assert np.array_equal(kernel[0, 0], found.matrix)
            assert np.abs(found.numbers).max() <= LARGEST
        else:
            assert np.array_equal(kernel, kernel.astype(np.float16).astype(np.float32))


def test_the_network_itself_is_left_as_it_was(tiny_network: Any) -> None:
    before = [np.copy(values) for values in tiny_network.get_weights()]
    round_to_int8(make_head(tiny_network, "block_1_project_BN"), PICTURES[:4])
    assert all(map(np.array_equal, before, tiny_network.get_weights()))


def test_the_weight_file_is_near_a_byte_a_weight(tiny_int8: Bundle, tiny_network: Any) -> None:
    directory = tiny_int8.path(HEAD_TFJS).parent
    size = 0
    for entry in entries_of(directory):
        coded = entry.get("quantization", entry)
        if coded["dtype"] == "int8":
            assert coded == {"dtype": "int8", "axis": 3, "original_dtype": "float32"}
            assert entry["shape"][:2] == [1, 1]
            size += math.prod(entry["shape"]) + 2 * entry["shape"][3]
        else:
            size += math.prod(entry["shape"]) * {"float16": 2, "float32": 4, "int32": 4}[coded["dtype"]]
    assert (directory / WEIGHTS_FILE).stat().st_size == size
    weights = sum(values.size for values in fold(make_head(tiny_network, tiny.INT8_CUT)).get_weights())
    # Of so short a head a third is not pointwise; in float16 it would be two bytes a weight.
    assert size < 1.4 * weights


def test_what_is_read_back_is_what_was_written(tiny_int8: Bundle) -> None:
    whole = load_model(tiny_int8.path(WHOLE_KERAS))
    sent = head_as_sent(whole, tiny_int8)
    read = read_int8(tiny_int8)
    assert len(read) > 10
    for name, (kernel, bias) in read.items():
        assert kernel.shape[3:] == bias.shape
        found = sent.get_layer(name).get_weights()
        assert np.array_equal(found[0], kernel)
        assert np.array_equal(found[1], bias)


def test_a_bundle_with_int8_proves_itself(tiny_int8: Bundle) -> None:
    assert tiny_int8.manifest.head_weights == "int8"
    require(verify(tiny_int8, gather_inputs(tiny_int8, None, 20)))


def test_the_same_pictures_make_the_same_kernels_again(tiny_network: Any, rounded: RoundedHead) -> None:
    again = round_to_int8(make_head(tiny_network, tiny.INT8_CUT), PICTURES)
    assert all(map(np.array_equal, again.model.get_weights(), rounded.model.get_weights()))


def test_a_weight_file_that_is_cut_short_is_no_bundle(tiny_int8: Bundle, tmp_path: Path) -> None:
    copy = tmp_path / "bundle"
    shutil.copytree(tiny_int8.directory, copy)
    file = copy / "head" / WEIGHTS_FILE
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(BundleInvalid, match=r"not what model\.json says"):
        read_int8(Bundle(copy, tiny_int8.manifest))


def test_a_kernel_that_the_converter_changed_is_named(tmp_path: Path) -> None:
    keras.utils.set_random_seed(1)
    taken = keras.Input((8, 8, 3))
    made = keras.layers.Conv2D(4, 1, name="kept")(taken)
    rounded = round_to_int8(keras.Model(taken, made), np.random.default_rng(0).random((4, 8, 8, 3), np.float32))
    rounded.model.get_layer("kept").set_weights([np.ones((1, 1, 3, 4)), np.zeros(4)])
    with pytest.raises(UnsupportedModel, match=r"changed the weights of kept.*float16"):
        export_int8(rounded, tmp_path / "head")


def test_int8_wants_images_even_for_floats_on_the_wire(tiny_place: Path, tmp_path: Path) -> None:
    order = Order(tiny_place / "run", tiny.INT8_CUT, "FP32", head_weights="int8")
    with pytest.raises(UsageError, match="rounded on real images"):
        convert(order, lambda identity: tmp_path / identity, report=str)


def test_pictures_are_asked_for_where_kernels_are_rounded_only(tiny_network: Any, tmp_path: Path) -> None:
    def never() -> Any:
        raise AssertionError("nobody asked for int8")

    head = make_head(tiny_network, "bn_Conv1")
    for weights in ("float32", "float16"):
        stored = store_head(head, weights, never)
        stored.export(tmp_path / weights)
        assert (tmp_path / weights / "model.json").is_file()
