"""A bundle that tells domains apart and takes metadata: the head that ships, behind it a tail made here.

Its probabilities are the shipped tail's, with log odds that age and sex move by a known amount. Its domains are those
of the nearest of three drawn pictures. So every answer of it can be told in advance.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dermsplit_contract.bundle import (
    CARD,
    GOLDEN_FEATURES,
    GOLDEN_INPUT,
    GOLDEN_PROBABILITIES,
    HEAD_TFLITE,
    TAIL_KERAS,
    Bundle,
    open_bundle,
    seal_bundle,
)
from dermsplit_convert.golden import draw_lesion
from dermsplit_convert.infer import LiteHead

DOMAINS = ("dermoscopic", "phone", "neither")
PREVALENCE = {"dermoscopic": 0.2, "phone": 0.45}
FIELDS = [
    {"name": "age", "values": []},
    {"name": "sex", "values": ["female", "male"]},
    {"name": "site", "values": ["head_neck", "trunk", "arm", "leg", "hand", "foot", "acral", "genital"]},
]
WIDTH = 12
AGE_SLOPE, MALE_SHIFT = 3.0, 0.5
"""What a hundred years of age, and a male sex, add to the log odds of malignant."""


def draw_domain(domain: str, size: int) -> Image.Image:
    """A drawn lesion as a phone shows it, the same in a lens's round field of view, or coloured noise."""
    if domain == "neither":
        noise = np.random.default_rng(3).integers(0, 256, (16, 16, 3), dtype=np.uint8)
        return Image.fromarray(noise).resize((size, size), Image.Resampling.NEAREST)
    picture = draw_lesion(size, seed=1)
    if domain == "dermoscopic":
        y, x = np.mgrid[:size, :size] - (size - 1) / 2
        picture[np.hypot(x, y) > 0.46 * size] = 0
    return Image.fromarray(picture)


def build_telling_bundle(shipped: Path, directory: Path) -> Bundle:
    """Write the bundle into ``directory``, made from the bundle in ``shipped``."""
    old = open_bundle(shipped)
    for name in (HEAD_TFLITE, CARD, GOLDEN_INPUT, GOLDEN_FEATURES):
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(old.path(name), directory / name)
    shutil.copytree(shipped / "head", directory / "head")
    tail = _telling_tail(old)
    tail.save(directory / TAIL_KERAS)
    golden = old.golden_features().astype(np.float32)
    answers = tail([golden, np.zeros((1, WIDTH), np.float32)], training=False)
    probabilities, domains = (np.asarray(answer).tolist() for answer in answers)
    document = {"probabilities": probabilities, "domain_probabilities": domains}
    (directory / GOLDEN_PROBABILITIES).write_text(json.dumps(document))
    interval = {"value": 0.9, "low": 0.85, "high": 0.95}
    fields = {
        **old.manifest.model_dump(mode="json", exclude={"id", "files"}),
        "tail_in_page": None,
        "domains": {"labels": list(DOMAINS), "declined_from": 0.5, "prevalence": PREVALENCE},
        "metadata": {"fields": FIELDS, "helps": True, "auc_without": interval, "auc_with": interval},
    }
    seal_bundle(directory, fields, {"head/", HEAD_TFLITE, "golden/", CARD})
    return open_bundle(directory)


def _telling_tail(bundle: Bundle) -> Any:
    import keras

    old = keras.models.load_model(bundle.path(TAIL_KERAS))
    features = keras.Input(bundle.manifest.features.shape, name="taken_features")
    metadata = keras.Input((WIDTH,), name="taken_metadata")
    moved = keras.layers.Dense(2, use_bias=False, name="moved")
    # What the shipped tail itself makes of metadata is left out.
    silent = [keras.layers.Rescaling(0.0)(metadata)] if len(old.inputs) > 1 else []
    answers = old([features, *silent] if silent else features)
    shipped = answers[0] if isinstance(answers, list) else answers
    logits = keras.layers.Add()([keras.ops.log(shipped), moved(metadata)])
    kernel = np.zeros((WIDTH, 2), np.float32)
    (malignant,) = bundle.manifest.malignant_indices
    kernel[0, malignant], kernel[3, malignant] = AGE_SLOPE, MALE_SHIFT
    moved.set_weights([kernel])
    domains = keras.layers.Dense(3, activation="softmax", name="domains")
    told = domains(keras.layers.GlobalAveragePooling2D()(features))
    domains.set_weights(_nearest(_prototypes(bundle)))
    return keras.Model([features, metadata], [keras.layers.Softmax(name="probabilities")(logits), told])


def _prototypes(bundle: Bundle) -> NDArray[np.float32]:
    """Mean features of each domain's picture, float32 [3, channels]."""
    head = LiteHead(bundle.path(HEAD_TFLITE))
    size = bundle.manifest.input.size
    pictures = [np.asarray(draw_domain(domain, size), dtype=np.float32) for domain in DOMAINS]
    return np.stack([np.asarray(head(picture[None]))[0].mean(axis=(0, 1)) for picture in pictures])


def _nearest(prototypes: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """Kernel and bias whose largest output is the nearest row's, by at least eight logits at the rows themselves."""
    distances = ((prototypes[:, None] - prototypes) ** 2).sum(axis=-1)
    scale = 16 / distances[distances > 0].min()
    return [scale * prototypes.T, -scale * (prototypes**2).sum(axis=1) / 2]
