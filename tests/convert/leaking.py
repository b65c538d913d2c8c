"""A bundle small enough to attack in seconds: three convolutions at 32 pixels, drawn pictures, random weights."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from dermsplit_contract.bundle import TAIL_KERAS, WHOLE_KERAS, seal_bundle
from dermsplit_convert.bench.judged import split_hash
from dermsplit_convert.golden import draw_lesion
from dermsplit_convert.infer import infer
from dermsplit_convert.keras_file import save_model
from dermsplit_convert.quantise import quantiser_for
from dermsplit_convert.split import make_head, make_tail
from dermsplit_convert.start import start_keras

SIZE = 32
CUT, EARLIER = "second", "first"
TRAINING, TEST = 120, 24
LEVELS = 256


def split_rows() -> list[dict[str, str]]:
    """What a split.csv says: two pictures a lesion, 120 to train on and 24 to test."""
    parts = [("train", TRAINING), ("test", TEST)]
    return [
        {
            "image": f"drawn/{part}{number:03}.png",
            "data_set": "Drawn",
            "group": f"{part}{number // 2}",
            "part": part,
            "copy": "0",
        }
        for part, count in parts
        for number in range(count)
    ]


def prediction_rows() -> list[dict[str, str]]:
    """What a predictions.csv says of them: every other lesion is malignant."""
    return [
        {**row, "domain": "phone", "malignant": str(int(row["group"].removeprefix(row["part"])) % 2)}
        for row in split_rows()
    ]


def write_rows(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def draw_data(data: Path) -> None:
    (data / "drawn").mkdir(parents=True)
    for number, row in enumerate(split_rows()):
        Image.fromarray(draw_lesion(SIZE, seed=500 + number)).save(data / row["image"])


def build_network() -> Any:
    """float32 [N, 32, 32, 3] in 0..255 to logits [N, 2]; the features of both cuts hold most of the picture."""
    start_keras()
    import keras
    from keras import layers

    keras.utils.set_random_seed(3)
    taken = keras.Input((SIZE, SIZE, 3), name="input")
    x = layers.Rescaling(1 / 127.5, offset=-1.0, name="scale")(taken)
    x = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu", name=EARLIER)(x)
    x = layers.Conv2D(16, 3, strides=2, padding="same", name=CUT)(x)
    x = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu", name="third")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(taken, layers.Dense(2, name="logits")(x))


def build_bundle(directory: Path) -> Path:
    """Write the files that an attack reads, and seal them; the other files of a bundle are left out."""
    directory.mkdir(parents=True)
    network = build_network()
    pictures = np.stack([draw_lesion(SIZE, seed=500 + number) for number in range(TRAINING)])
    head = make_head(network, CUT)
    quantiser = quantiser_for(infer(head, pictures), LEVELS, 0.0)
    save_model(network, directory / WHOLE_KERAS)
    save_model(make_tail(network, CUT, 1.0, quantiser), directory / TAIL_KERAS)
    seal_bundle(directory, manifest_fields(list(head.output_shape[1:])), set())
    return directory


def manifest_fields(shape: list[int]) -> dict[str, object]:
    point = {"name": "sensitivity_95", "threshold": 0.5, "target_sensitivity": 0.95, "chosen_on": "validation"}
    return {
        "name": "leaking",
        "backbone": "three convolutions",
        "cut": CUT,
        "input": {"size": SIZE},
        "features": {"shape": shape, "datatype": "UINT8", "levels": LEVELS},
        "labels": ["benign", "malignant"],
        "malignant": ["malignant"],
        "temperature": 1.0,
        "prevalence": 0.5,
        "operating_points": [point],
        "evaluations": [],
        "data": [],
        "weights_licence": "CC0",
        "split_sha256": split_hash(split_rows()),
        "versions": {},
    }
