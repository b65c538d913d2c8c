"""A small real run that has everything: metadata that joins after the pooling, domains as a second output, and every
record of what was measured."""

import json
from pathlib import Path
from typing import Any

from dermsplit_contract.run import MODEL_FILE, RUN_FILE
from dermsplit_convert.start import start_keras

from . import tiny

CUT = "stem_norm"
WIDTH = 7
"""Of the metadata: two columns of age, two of sex, three of site."""

INTERVAL = {"value": 0.5, "low": 0.4, "high": 0.6}
RECORDS: dict[str, object] = {
    "temperature": 1.0,
    "metadata": {
        "fields": [
            {"name": "age", "values": []},
            {"name": "sex", "values": ["female", "male"]},
            {"name": "site", "values": ["arm", "back", "face"]},
        ],
        "helps": True,
        "auc_without": {"value": 0.9, "low": 0.88, "high": 0.92},
        "auc_with": {"value": 0.91, "low": 0.89, "high": 0.93},
    },
    "domains": {"declined_from": 0.4, "prevalence": {"dermoscopic": 0.2, "phone": 0.4}},
    "novelty": [
        {"kind": "noise", "real": False, "trained_on": True, "images": 100, "flagged": INTERVAL},
        {"kind": "plain_skin", "real": False, "trained_on": False, "images": 90, "flagged": INTERVAL},
        {"kind": "Drawn", "real": True, "trained_on": False, "images": 40, "flagged": INTERVAL},
    ],
    "shortcuts": [
        {
            "change": "ink",
            "strength": 0.5,
            "unit": "of the width",
            "images": 40,
            "pixel_change": 3.25,
            "flips": INTERVAL,
            "control_flips": {"value": 0.01, "low": 0.0, "high": 0.02},
        }
    ],
    "groups": [
        {
            "data_set": "Drawn",
            "attribute": attribute,
            "value": value,
            "images": 20,
            "malignant_images": 3,
            "auc": INTERVAL,
            "sensitivity": None,
            "specificity": INTERVAL,
        }
        for attribute, value in (("age", "60-79"), ("age", "80+"), ("skin_type", "V"))
    ],
}


def build_network(metadata_first: bool = False) -> Any:
    """Two inputs and two outputs, the same every time: picture [N, 64, 64, 3] and metadata [N, 7] to logits [N, 2] and
    domain probabilities [N, 3]."""
    start_keras()
    import keras

    layers = keras.layers
    keras.utils.set_random_seed(11)
    picture, told = keras.Input((tiny.SIZE, tiny.SIZE, 3), name="input"), keras.Input((WIDTH,), name="metadata")
    flowing = layers.Rescaling(1 / 127.5, offset=-1.0, name="scale")(picture)
    flowing = layers.Conv2D(8, 3, strides=4, padding="same", name="stem")(flowing)
    flowing = layers.BatchNormalization(name=CUT)(flowing)
    flowing = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu", name="body")(flowing)
    pooled = layers.GlobalAveragePooling2D(name="pooled")(flowing)
    known = layers.Dense(4, activation="tanh", name="known")(told)
    joined = layers.Concatenate(name="joined")([known, pooled] if metadata_first else [pooled, known])
    logits = layers.Dense(2, name="logits")(layers.Dense(8, activation="relu", name="hidden")(joined))
    domains = layers.Dense(3, activation="softmax", name="domain_probabilities")(pooled)
    return keras.Model([picture, told], [logits, domains], name="network")


def build_run(directory: Path, network: Any | None = None, **changes: object) -> tuple[Path, Path]:
    """Write the run and its images below ``directory``; returns (run, data). ``changes`` are of run.json."""
    run, data = directory / "run", directory / "data"
    run.mkdir(parents=True)
    images = tiny.draw_data(data)
    network = build_network() if network is None else network
    network.save(run / MODEL_FILE)
    fields = {**tiny.run_fields(images, network), **RECORDS, **changes}
    (run / RUN_FILE).write_text(json.dumps(fields), encoding="utf-8")
    return run, data
