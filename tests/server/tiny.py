"""A tiny real bundle: a head that shrinks 32x32 to 4x4 whole numbers, a tail of a few hundred weights."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from dermsplit_contract.bundle import (
    CARD,
    GOLDEN_FEATURES,
    GOLDEN_INPUT,
    GOLDEN_PROBABILITIES,
    HEAD_TFJS,
    HEAD_TFLITE,
    TAIL_KERAS,
    Bundle,
    open_bundle,
    seal_bundle,
)
from dermsplit_contract.manifest import Datatype

SIZE = 32
SHAPE = [4, 4, 3]
LEVELS = 200
PUBLIC = {"head/", HEAD_TFLITE, "golden/", CARD}


def build_bundle(directory: Path, name: str = "tiny", datatype: Datatype = "UINT8", seed: int = 5) -> Bundle:
    """Build, export and seal. The threshold is such that drawn pictures fall on both sides of it."""
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(seed)
    taken = keras.Input((SIZE, SIZE, 3), batch_size=1)
    pooled = keras.layers.AveragePooling2D(SIZE // SHAPE[0])(taken)
    scaled = keras.layers.Rescaling((LEVELS - 1) / 255)(pooled)
    # Whole numbers for the wire, as a real bundle's head gives them.
    head = keras.Model(taken, keras.ops.round(scaled) if datatype == "UINT8" else scaled)
    features = keras.Input(SHAPE)
    hidden = keras.layers.Dense(16, activation="tanh")(keras.layers.Rescaling(1 / 100, offset=-1.0)(features))
    logits = keras.layers.Dense(2)(keras.layers.Flatten()(hidden))
    tail = keras.Model(features, keras.layers.Softmax()(logits))

    for folder in ("head", "golden"):
        (directory / folder).mkdir(parents=True)
    converter = tf.lite.TFLiteConverter.from_keras_model(head)
    (directory / HEAD_TFLITE).write_bytes(converter.convert())
    (directory / HEAD_TFJS).write_text('{"format": "graph-model"}')
    (directory / "head" / "weights.bin").write_bytes(bytes(range(64)))
    (directory / CARD).write_text("# A tiny model\n")
    tail.save(directory / TAIL_KERAS)

    picture = draw(seed)
    Image.fromarray(picture).save(directory / GOLDEN_INPUT)
    golden = keras.ops.convert_to_numpy(head(picture[None].astype(np.float32)))
    dtype = {"UINT8": "u1", "FP16": "<f2", "FP32": "<f4"}[datatype]
    wire = golden.astype(dtype)
    (directory / GOLDEN_FEATURES).write_bytes(wire.tobytes())
    probabilities = keras.ops.convert_to_numpy(tail(wire.astype(np.float32))).tolist()
    (directory / GOLDEN_PROBABILITIES).write_text(json.dumps({"probabilities": probabilities}))
    seal_bundle(directory, fields(name, datatype), PUBLIC)
    return open_bundle(directory)


def fields(name: str, datatype: Datatype) -> dict[str, Any]:
    """The manifest without id and files."""
    return {
        "name": name,
        "backbone": "none",
        "cut": "pool",
        "input": {"size": SIZE},
        "features": {"shape": SHAPE, "datatype": datatype, "levels": LEVELS if datatype == "UINT8" else None},
        "labels": ["benign", "malignant"],
        "malignant": ["malignant"],
        "temperature": 1.0,
        "prevalence": 0.5,
        "operating_points": [
            {"name": "sensitivity_95", "threshold": 0.5, "target_sensitivity": 0.95, "chosen_on": "validation"}
        ],
        "evaluations": [],
        "data": [],
        "weights_licence": "Apache-2.0",
        "split_sha256": "0" * 64,
        "versions": {},
    }


def draw(seed: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """A picture of coloured blocks, uint8 [32, 32, 3], another for each seed."""
    blocks = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return blocks.repeat(SIZE // 4, axis=0).repeat(SIZE // 4, axis=1)
