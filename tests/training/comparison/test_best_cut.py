"""The best cut by its definition, and by the real command."""

from pathlib import Path
from typing import Any

import keras

from dermsplit_contract.run import MODEL_FILE
from dermsplit_training.comparison.best_cut import best_of, find_costs
from tests.training.comparison.hand_made import named, write_run


def cut(layer: str, shape: list[int], values: int, head_macs: int, download: int) -> dict[str, Any]:
    return {
        "layer": layer,
        "shape": shape,
        "bytes": {"FP32": 4 * values, "FP16": 2 * values, "UINT8": values},
        "head_macs": head_macs,
        "tail_macs": 1000 - head_macs,
        "head_download_bytes": download,
    }


SCALING = cut("scaling", [1, 1, 3], 3, 0, 0)
EARLY = cut("early", [10, 10, 4], 400, 100, 1_000_000)
MIDDLE = cut("middle", [4, 4, 5], 80, 300, 3_000_000)
LATE = cut("late", [2, 2, 10], 40, 800, 3_000_001)
POOLED = cut("pool", [10], 10, 900, 2_000_000)


def test_the_best_cut_has_the_fewest_bytes_of_those_that_fit() -> None:
    costs = best_of([SCALING, EARLY, MIDDLE, LATE, POOLED])
    assert costs.macs == 1000
    assert costs.why == ""
    assert costs.cut is not None
    assert (costs.cut.layer, costs.cut.feature_bytes, costs.cut.head_download_bytes) == ("middle", 80, 3_000_000)


def test_of_equal_features_the_smaller_head_wins() -> None:
    again = cut("again", [4, 4, 5], 80, 200, 2_000_000)
    found = best_of([EARLY, MIDDLE, again]).cut
    assert found is not None
    assert found.layer == "again"


def test_why_there_is_no_best_cut() -> None:
    assert best_of([]).why == "The network has no legal cut."
    costs = best_of([SCALING, LATE, POOLED])
    assert costs.cut is None
    assert costs.macs == 1000
    assert "at most 3 MB" in costs.why


def test_the_real_command_gives_the_costs_of_a_run(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", named("a"), 0.8)
    image = keras.Input((32, 32, 3))
    features = keras.layers.Conv2D(4, 3, strides=2, padding="same", use_bias=False, name="convolution")(image)
    pooled = keras.layers.GlobalAveragePooling2D(name="pool")(features)
    keras.Model(image, keras.layers.Dense(2, name="logits")(pooled)).save(run / MODEL_FILE)
    costs = find_costs(run)
    assert costs.macs == 16 * 16 * 3 * 3 * 3 * 4 + 4 * 2
    assert costs.cut is not None
    assert costs.cut.model_dump() == {
        "layer": "convolution",
        "head_download_bytes": 4 * 3 * 3 * 3 * 4,
        "feature_bytes": 16 * 16 * 4,
    }


def test_a_network_that_cannot_be_cut_says_why(tmp_path: Path) -> None:
    costs = find_costs(tmp_path)
    assert costs.macs is None
    assert costs.cut is None
    assert costs.why.startswith("`dermsplit cuts` failed: Expected a run directory with run.json and model.keras")
