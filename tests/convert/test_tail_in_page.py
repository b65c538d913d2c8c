"""The tail as a page may run it: the server's, in float16 and in operations that the page's build knows."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dermsplit_contract.bundle import HEAD_TFJS, TAIL_KERAS, Bundle, open_bundle
from dermsplit_convert.infer import infer
from dermsplit_convert.pipeline import Order, convert
from dermsplit_convert.tfjs import TAIL_FOLDER, export_tail
from tests.conftest import ROOT

from . import tiny

MODEL = f"{TAIL_FOLDER}/model.json"


@pytest.fixture(scope="module")
def known() -> set[str]:
    """The operations that the page's build of TF.js holds."""
    operations: dict[str, Any] = json.loads((ROOT / "web" / "build" / "operations.json").read_text())
    return set(operations)


def operations_of(model: Path) -> set[str]:
    return {node["op"] for node in json.loads(model.read_bytes())["modelTopology"]["node"]}


def test_a_bundle_carries_it_by_a_flag_and_anyone_may_fetch_it(tmp_path: Path, known: set[str]) -> None:
    run, data = tiny.build_tiny_run(tmp_path)
    order = Order(run, tiny.CUT, "UINT8", 256, data, tail_in_page=True)
    bundle = convert(order, lambda identity: tmp_path / "bundles" / identity, report=str)
    carried = open_bundle(bundle.directory).manifest.files
    assert open_bundle(bundle.directory).manifest.tail_in_page == "float16"
    assert carried[MODEL].public
    assert all(entry.public for name, entry in carried.items() if name.startswith(TAIL_FOLDER))
    assert not carried[TAIL_KERAS].public
    assert operations_of(bundle.path(MODEL)) <= known
    assert operations_of(bundle.path(HEAD_TFJS)) <= known
    shards = sum(entry.bytes for name, entry in carried.items() if name.startswith(f"{TAIL_FOLDER}/group"))
    assert shards < 0.6 * carried["tail.bin"].bytes


def test_without_the_flag_the_tail_stays_on_the_server(tiny_converted: Bundle) -> None:
    assert not any(name.startswith(TAIL_FOLDER) for name in tiny_converted.manifest.files)


def test_softsign_is_written_in_operations_that_a_page_knows_and_is_the_same_after(
    tmp_path: Path, known: set[str]
) -> None:
    import keras

    taken = keras.Input((4,), name="features")
    near = keras.layers.Activation("softsign", name="near")(keras.layers.Dense(3)(taken))
    tail = keras.Model(taken, keras.layers.Softmax()(near))
    values = np.random.default_rng(1).normal(size=(5, 4)).astype(np.float32)
    before = infer(tail, values)
    export_tail(tail, tmp_path / "tail")
    assert operations_of(tmp_path / "tail" / "model.json") <= known
    assert tail.get_layer("near").activation is keras.activations.softsign
    np.testing.assert_array_equal(infer(tail, values), before)


def test_a_number_added_to_a_product_is_no_bias(tmp_path: Path) -> None:
    """The WebAssembly kernel takes vectors only."""
    import keras

    taken = keras.Input((4,), name="features")
    tail = keras.Model(taken, keras.ops.log(keras.layers.Dense(3, use_bias=False, activation=None)(taken) + 1e-7))
    export_tail(tail, tmp_path / "tail")
    model = json.loads((tmp_path / "tail" / "model.json").read_bytes())
    shapes = {weight["name"]: weight["shape"] for group in model["weightsManifest"] for weight in group["weights"]}
    fused = [node for node in model["modelTopology"]["node"] if node["op"].startswith("_Fused")]
    assert all(shapes[name] for node in fused for name in node["input"][2:])
    assert {"MatMul", "AddV2", "Log"} <= {node["op"] for node in model["modelTopology"]["node"]}
