import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dermsplit_convert.golden import draw_lesion
from dermsplit_convert.infer import infer
from dermsplit_convert.keras_file import load_model, save_model
from dermsplit_convert.quantise import Quantiser
from dermsplit_convert.split import make_head, make_tail, with_probabilities

from . import tiny

PICTURES = np.stack([draw_lesion(tiny.SIZE, seed) for seed in range(4)]).astype(np.float32)

IN_A_FRESH_PROCESS = """
import sys
import numpy as np
import keras
head, tail = (keras.models.load_model(path, compile=False, safe_mode=True) for path in sys.argv[1:3])
features = np.asarray(head(np.load(sys.argv[3]), training=False))
np.savez(sys.argv[4], features=features, probabilities=np.asarray(tail(features, training=False)))
print(sorted(name for name in sys.modules if name.startswith("dermsplit")))
"""


def weights_by_name(model: Any) -> dict[str, Any]:
    return {weight.path: np.asarray(weight) for weight in model.weights}


@pytest.mark.parametrize("cut", ["Conv1", "expanded_conv_project_BN", "block_5_add", tiny.CUT, "out_relu", "pool"])
def test_tail_of_head_is_the_whole(tiny_network: Any, cut: str) -> None:
    expected = infer(with_probabilities(tiny_network, tiny.TEMPERATURE), PICTURES)
    head, tail = make_head(tiny_network, cut), make_tail(tiny_network, cut, tiny.TEMPERATURE)
    found = infer(tail, infer(head, PICTURES))
    assert np.abs(found - expected).max() <= 1e-6
    assert expected[:, 1].std() > 0.01, "the pictures must be told apart, or the comparison means nothing"


def test_probabilities_are_the_softmax_of_logits_over_temperature(tiny_network: Any) -> None:
    logits = infer(tiny_network, PICTURES).astype(np.float64) / tiny.TEMPERATURE
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert infer(with_probabilities(tiny_network, tiny.TEMPERATURE), PICTURES) == pytest.approx(expected, abs=1e-6)


def test_every_weight_goes_to_head_or_tail_by_name(tiny_network: Any) -> None:
    whole = weights_by_name(tiny_network)
    head, tail = make_head(tiny_network, tiny.CUT), make_tail(tiny_network, tiny.CUT, 1.0)
    parts = [weights_by_name(head), weights_by_name(tail)]
    assert parts[0].keys() | parts[1].keys() == whole.keys()
    assert parts[0].keys().isdisjoint(parts[1])
    for part in parts:
        assert all(np.array_equal(value, whole[name]) for name, value in part.items())


def test_tail_is_flat(tiny_network: Any) -> None:
    names = [layer.name for layer in make_tail(tiny_network, tiny.CUT, 1.0).layers]
    assert names[:2] == ["features", "block_14_expand"]
    assert names[-3:] == ["logits", "calibrate", "probabilities"]


def test_parts_load_in_a_fresh_process_without_our_code(tiny_network: Any, tmp_path: Path) -> None:
    channels = make_head(tiny_network, tiny.CUT).output_shape[-1]
    quantiser = Quantiser(np.full(channels, 30, np.float32), np.full(channels, 120, np.float32), 256)
    head = make_head(tiny_network, tiny.CUT, quantiser)
    tail = make_tail(tiny_network, tiny.CUT, tiny.TEMPERATURE, quantiser)
    save_model(head, tmp_path / "head.keras")
    save_model(tail, tmp_path / "tail.keras")
    np.save(tmp_path / "pictures.npy", PICTURES)
    arguments = [str(tmp_path / name) for name in ("head.keras", "tail.keras", "pictures.npy", "found.npz")]
    output = subprocess.run(
        [sys.executable, "-c", IN_A_FRESH_PROCESS, *arguments], capture_output=True, text=True, check=True, cwd=tmp_path
    ).stdout
    assert output.splitlines()[-1] == "[]"
    with np.load(tmp_path / "found.npz") as found:
        features = infer(head, PICTURES)
        assert np.array_equal(found["features"], features)
        assert np.abs(found["probabilities"] - infer(tail, features)).max() <= 1e-6


def test_the_same_model_is_the_same_bytes(tiny_network: Any, tmp_path: Path) -> None:
    save_model(tiny_network, tmp_path / "one.keras")
    save_model(load_model(tmp_path / "one.keras"), tmp_path / "two.keras")
    assert (tmp_path / "one.keras").read_bytes() == (tmp_path / "two.keras").read_bytes()
