from typing import Any

import pytest

from dermsplit_contract.errors import IllegalCut, UnknownLayer
from dermsplit_convert.cuts import check_cut, find_cuts
from dermsplit_convert.networks import open_named
from dermsplit_convert.start import start_keras


@pytest.fixture(scope="module")
def full_mobilenet() -> Any:
    return open_named("MobileNetV2", alpha=1.0, size=224)


@pytest.fixture(scope="module")
def branched() -> Any:
    """input -> stem -> (left, right) -> join -> logits"""
    start_keras()
    import keras

    taken = keras.Input((8, 8, 3), name="input")
    stem = keras.layers.Conv2D(4, 3, name="stem")(taken)
    left = keras.layers.Conv2D(4, 1, name="left")(stem)
    right = keras.layers.Conv2D(4, 1, name="right")(stem)
    join = keras.layers.Concatenate(name="join")([left, right])
    pooled = keras.layers.GlobalAveragePooling2D(name="pool")(join)
    return keras.Model(taken, keras.layers.Dense(2, name="logits")(pooled))


def test_cuts_of_a_branch_are_before_and_after_it(branched: Any) -> None:
    assert [cut.layer for cut in find_cuts(branched)] == ["stem", "join", "pool"]


@pytest.mark.parametrize("layer", ["left", "right"])
def test_inside_a_branch_both_neighbours_are_named(branched: Any, layer: str) -> None:
    with pytest.raises(IllegalCut, match=f"at '{layer}'.*before it stem and after it join"):
        check_cut(branched, layer)


def test_input_and_output_are_no_cuts(branched: Any) -> None:
    with pytest.raises(IllegalCut, match=r"the photo itself.*are after it stem\."):
        check_cut(branched, "input")
    with pytest.raises(IllegalCut, match=r"nothing would be left.*are before it pool\."):
        check_cut(branched, "logits")


def test_a_layer_called_twice_is_no_cut() -> None:
    import keras

    taken = keras.Input((4,))
    shared = keras.layers.Dense(4, name="shared")
    model = keras.Model(taken, keras.layers.Dense(2, name="logits")(shared(shared(taken))))
    with pytest.raises(IllegalCut, match="used 2 times"):
        check_cut(model, "shared")


def test_a_misspelt_layer_gets_its_near_spellings(full_mobilenet: Any) -> None:
    with pytest.raises(UnknownLayer, match=r"no layer 'blok_13_project_BN'\. Did you mean block_13_project_BN"):
        check_cut(full_mobilenet, "blok_13_project_BN")


def test_mobilenet_has_its_known_cuts(full_mobilenet: Any) -> None:
    cuts = {cut.layer: cut for cut in find_cuts(full_mobilenet)}
    assert cuts["block_13_project_BN"].shape == (7, 7, 160)
    assert cuts["block_13_project_BN"].values == 7840
    assert {"block_13_expand", "block_14_add", "block_16_project_BN", "out_relu", "pool"} <= set(cuts)
    # These lie beside a residual connection.
    assert {"block_14_expand", "block_14_project_BN", "block_2_depthwise", "block_15_project"}.isdisjoint(cuts)
    assert {"input", "logits"}.isdisjoint(cuts)
    assert len(cuts) == 74
    with pytest.raises(IllegalCut, match="before it block_13_project_BN and after it block_14_add"):
        check_cut(full_mobilenet, "block_14_expand")


def test_costs_add_up_to_the_published_ones(full_mobilenet: Any) -> None:
    cuts = find_cuts(full_mobilenet)
    totals = {(cut.head.macs + cut.tail.macs, cut.head.parameters + cut.tail.parameters) for cut in cuts}
    # Sandler et al. 2018: 300 M multiply-adds, with a classifier of 1000 classes; here it has two.
    assert totals == {(300_774_272 - 1280 * 1000 + 1280 * 2, full_mobilenet.count_params())}
    head = [cut.head.macs for cut in cuts]
    assert head == sorted(head)


def test_json_of_a_cut(branched: Any) -> None:
    stem = find_cuts(branched)[0].as_json()
    assert stem == {
        "layer": "stem",
        "shape": [6, 6, 4],
        "values": 144,
        "bytes": {"FP32": 576, "FP16": 288, "UINT8": 144},
        "packed_bytes": {"32": 576, "16": 288, "8": 144, "4": 72, "2": 36, "1": 18},
        "head_macs": 6 * 6 * 3 * 3 * 3 * 4,
        "tail_macs": 2 * 6 * 6 * 4 * 4 + 8 * 2,
        "head_parameters": 112,
        "tail_parameters": 2 * 20 + 18,
        "head_download_bytes": 448,
    }
