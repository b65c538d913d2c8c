"""A tiny real run and the bundle made of it: MobileNetV2 of width 0.35 at 64 pixels, drawn pictures, random weights."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from dermsplit_contract.bundle import Bundle
from dermsplit_contract.manifest import Datatype
from dermsplit_contract.run import MODEL_FILE, RUN_FILE
from dermsplit_convert.golden import draw_lesion
from dermsplit_convert.infer import infer
from dermsplit_convert.pipeline import Order, convert
from dermsplit_convert.start import start_keras

SIZE = 64
CUT = "block_13_project_BN"
INT8_CUT = "block_6_project_BN"
DRAWN = 100
TEMPERATURE = 1.5


def draw_data(data: Path) -> list[str]:
    """Draw calibration pictures below ``data``; returns their paths relative to it."""
    (data / "drawn").mkdir(parents=True)
    names = [f"drawn/{seed:03}.png" for seed in range(DRAWN)]
    for seed, name in enumerate(names):
        Image.fromarray(draw_lesion(SIZE, seed=1000 + seed)).save(data / name)
    return names


def build_network() -> Any:
    """The same network every time: float32 [N, 64, 64, 3] in 0..255 to logits [N, 2]."""
    start_keras()
    import keras

    keras.utils.set_random_seed(7)
    taken = keras.Input((SIZE, SIZE, 3), name="input")
    scaled = keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="scale")(taken)
    base = keras.applications.MobileNetV2(input_tensor=scaled, alpha=0.35, include_top=False, weights=None)
    pooled = keras.layers.GlobalAveragePooling2D(name="pool")(base.output)
    network = keras.Model(taken, keras.layers.Dense(2, name="logits")(keras.layers.Dropout(0.2)(pooled)))
    _settle(network)
    return network


def build_tiny_run(directory: Path) -> tuple[Path, Path]:
    """Write a run and its images below ``directory``; returns (run, data)."""
    run, data = directory / "run", directory / "data"
    run.mkdir(parents=True)
    images = draw_data(data)
    network = build_network()
    network.save(run / MODEL_FILE)
    (run / RUN_FILE).write_text(json.dumps(run_fields(images, network)), encoding="utf-8")
    return run, data


def build_tiny_bundle(directory: Path, datatype: Datatype = "UINT8", levels: int = 256) -> Bundle:
    """Make a run below ``directory`` and convert it; the bundle lies in ``directory/bundles/<id>``."""
    run, data = build_tiny_run(directory)
    order = Order(run, CUT, datatype, levels, data)
    return convert(order, lambda identity: directory / "bundles" / identity, report=str)


def _settle(network: Any) -> None:
    """Let the batch norms see pictures: with random weights alone every feature would be nearly the same number."""
    pictures = np.stack([draw_lesion(SIZE, seed) for seed in range(32)]).astype(np.float32)
    norms = [layer for layer in network.layers if type(layer).__name__ == "BatchNormalization"]
    for layer in norms:
        layer.momentum = 0.0
    network(pictures, training=True)
    for layer in norms:
        layer.momentum = 0.95
    logits = infer(network, pictures)
    dense = network.get_layer("logits")
    kernel, bias = dense.get_weights()
    spread = 1.0 / logits.std(axis=0)
    dense.set_weights([kernel * spread, (bias - logits.mean(axis=0)) * spread])


def run_fields(images: list[str], network: Any) -> dict[str, object]:
    """What run.json says of a network over the drawn pictures, its threshold such that half of them are suspicious."""
    logits = infer(network, np.stack([draw_lesion(SIZE, 1000 + seed) for seed in range(DRAWN)]))
    malignant = 1.0 / (1.0 + np.exp((logits[:, 0] - logits[:, 1]) / TEMPERATURE))
    interval = {"value": 0.5, "low": 0.4, "high": 0.6}
    result = {"operating_point": "sensitivity_95", "sensitivity": interval, "specificity": interval}
    evaluation = {
        "data_set": "Drawn",
        "domain": "phone",
        "part": "test",
        "images": 40,
        "groups": 20,
        "malignant_images": 10,
        "majority_rate": 0.75,
        "accuracy": interval,
        "auc": interval,
        "calibration_error": 0.1,
        "operating_results": [result],
    }
    return {
        "name": "tiny",
        "recipe": {"name": "tiny"},
        "backbone": "MobileNetV2",
        "input_size": SIZE,
        "labels": ["benign", "malignant"],
        "malignant": ["malignant"],
        "temperature": TEMPERATURE,
        "prevalence": 0.25,
        "operating_points": [
            {
                "name": "sensitivity_95",
                "threshold": float(np.median(malignant)),
                "target_sensitivity": 0.95,
                "chosen_on": "validation",
            }
        ],
        "evaluations": [{**evaluation, "model": model} for model in ("network", "baseline")],
        "data": [
            {
                "name": "Drawn",
                "citation": "Nobody",
                "doi": "10.0/none",
                "licence": "CC BY-NC 4.0",
                "images": {"train": DRAWN},
                "malignant_means": ["dark"],
            }
        ],
        "weights_licence": "CC BY-NC 4.0",
        "epochs": 1,
        "best_epoch": 1,
        "seconds": 1.0,
        "split_sha256": "0" * 64,
        "versions": {"keras": "3"},
        "calibration_images": images,
    }
