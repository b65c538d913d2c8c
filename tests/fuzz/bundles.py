"""Tiny bundles that OpenVINO itself writes: a server of them starts in a second, and no test needs TensorFlow."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import openvino
from openvino import opset13 as op

from dermsplit_contract.bundle import (
    GOLDEN_FEATURES,
    GOLDEN_PROBABILITIES,
    NUMPY_DTYPE,
    TAIL_XML,
    Bundle,
    open_bundle,
    seal_bundle,
)
from dermsplit_contract.manifest import Datatype

SHAPE = [4, 4, 3]
LEVELS = 200
WEIGHTS = np.random.default_rng(5).normal(size=(48, 2)).astype(np.float32) / 100


def answer(features: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The tail's probabilities float32 [N, 2] of features [N, 4, 4, 3], by numpy."""
    logits = features.reshape(-1, 48).astype(np.float32) @ WEIGHTS
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def build(directory: Path, name: str, datatype: Datatype) -> Bundle:
    """A bundle of 48 features and a tail of one dense layer, with its golden case. It has no head."""
    taken = op.parameter([-1, *SHAPE], np.float32, name="features")
    flat = op.reshape(taken, op.constant([-1, 48], np.int64), special_zero=False)
    found = op.softmax(op.matmul(flat, op.constant(WEIGHTS), False, False), axis=1)
    model = openvino.Model([found], [taken], "tiny")
    model.input(0).set_names({"features"})
    model.output(0).set_names({"probabilities"})
    (directory / "golden").mkdir(parents=True)
    openvino.save_model(model, directory / TAIL_XML, compress_to_fp16=False)

    golden = np.random.default_rng(6).integers(0, LEVELS, (1, *SHAPE)).astype(NUMPY_DTYPE[datatype])
    (directory / GOLDEN_FEATURES).write_bytes(golden.tobytes())
    (directory / GOLDEN_PROBABILITIES).write_text(json.dumps({"probabilities": answer(golden).tolist()}))
    seal_bundle(directory, _fields(name, datatype), {"golden/"})
    return open_bundle(directory)


def _fields(name: str, datatype: Datatype) -> dict[str, Any]:
    point = {"name": "sensitivity_95", "threshold": 0.5, "target_sensitivity": 0.95, "chosen_on": "validation"}
    return {
        "name": name,
        "backbone": "none",
        "cut": "pool",
        "input": {"size": 32},
        "features": {"shape": SHAPE, "datatype": datatype, "levels": LEVELS if datatype == "UINT8" else None},
        "labels": ["benign", "malignant"],
        "malignant": ["malignant"],
        "temperature": 1.0,
        "prevalence": 0.5,
        "operating_points": [point],
        "evaluations": [],
        "data": [],
        "weights_licence": "Apache-2.0",
        "split_sha256": "0" * 64,
        "versions": {},
    }
