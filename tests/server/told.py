"""A tiny real bundle whose tail takes metadata and tells domains apart, and pictures of features of each domain."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from dermsplit_contract.bundle import (
    GOLDEN_FEATURES,
    GOLDEN_PROBABILITIES,
    MANIFEST_FILE,
    TAIL_KERAS,
    Bundle,
    open_bundle,
    seal_bundle,
)

from .tiny import PUBLIC, SHAPE, build_bundle, fields

WIDTH = 7
DECLINED_FROM = 0.6
PREVALENCE = {"dermoscopic": 0.2, "phone": 0.4}
INTERVAL = {"value": 0.9, "low": 0.88, "high": 0.92}
METADATA = {
    "fields": [
        {"name": "age", "values": []},
        {"name": "sex", "values": ["female", "male"]},
        {"name": "site", "values": ["arm", "back", "face"]},
    ],
    "helps": True,
    "auc_without": INTERVAL,
    "auc_with": INTERVAL,
}
DOMAINS = {"declined_from": DECLINED_FROM, "prevalence": PREVALENCE}

DERMOSCOPIC, PHONE, NEITHER, BETWEEN = range(4)
"""Places of :func:`features_of_each_domain`; the last one's likeliest is neither, yet not likely enough."""


def build_told_bundle(directory: Path, name: str = "told") -> Bundle:
    """The tiny bundle with another tail: the mean of each channel of the features decides on the domain."""
    import keras

    build_bundle(directory, name=name)
    keras.utils.set_random_seed(3)
    features, told = keras.Input(SHAPE, name="features"), keras.Input((WIDTH,), name="metadata")
    scaled = keras.layers.Rescaling(1 / 100, offset=-1.0)(features)
    pooled = keras.layers.GlobalAveragePooling2D()(scaled)
    hidden = keras.layers.Dense(16, activation="tanh")(keras.layers.Flatten()(scaled))
    joined = keras.layers.Concatenate()([hidden, keras.layers.Dense(4, activation="tanh")(told)])
    probabilities = keras.layers.Softmax(name="probabilities")(keras.layers.Dense(2)(joined))
    kinds = keras.layers.Dense(3, activation="softmax", name="domain_probabilities")
    tail = keras.Model([features, told], [probabilities, kinds(pooled)])
    kinds.set_weights([2 * np.eye(3, dtype=np.float32), np.zeros(3, np.float32)])
    tail.save(directory / TAIL_KERAS)

    golden = np.frombuffer((directory / GOLDEN_FEATURES).read_bytes(), "u1").reshape(1, *SHAPE)
    answers = tail([golden.astype(np.float32), np.zeros((1, WIDTH), np.float32)])
    names = ("probabilities", "domain_probabilities")
    rows = {name: np.asarray(answer).tolist() for name, answer in zip(names, answers, strict=True)}
    (directory / GOLDEN_PROBABILITIES).write_text(json.dumps(rows))
    (directory / MANIFEST_FILE).unlink()
    body: dict[str, Any] = {**fields(name, "UINT8"), "metadata": METADATA, "domains": DOMAINS, "prevalence": 0.3}
    seal_bundle(directory, body, PUBLIC)
    return open_bundle(directory)


def features_of_each_domain() -> np.ndarray:
    """Features uint8 [4, 4, 4, 3]: one for each domain, and one between them."""
    by_channel = {DERMOSCOPIC: (180, 20, 20), PHONE: (20, 180, 20), NEITHER: (20, 20, 180), BETWEEN: (100, 90, 110)}
    return np.stack([np.full(SHAPE, by_channel[place], dtype=np.uint8) for place in range(4)])
