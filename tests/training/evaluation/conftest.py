"""Drawn answers of a model that is right more often than not."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.measures import OperatingPoint
from dermsplit_training.data.classes import Classes
from dermsplit_training.data.picture import Picture
from dermsplit_training.data.split import PARTS
from dermsplit_training.evaluation.outcome import Outcome

BINARY = Classes(("benign", "malignant"), ("malignant",), by_diagnosis=False)
DIAGNOSES = Classes(("bcc", "bkl", "mel", "nv"), ("bcc", "mel"), by_diagnosis=True)
UNKNOWN = Classes(("bcc", "bkl", "mel", "nv"), (), by_diagnosis=True)
POINT = OperatingPoint(name="sensitivity_90", threshold=0.3, target_sensitivity=0.9, chosen_on="validation part")

SETS = (("HAM10000", "dermoscopic"), ("PAD-UFES-20", "phone"))
SHARES = {"nv": 0.6, "bkl": 0.15, "mel": 0.15, "bcc": 0.1}


def draw_pictures(images: int = 240, seed: int = 0) -> list[Picture]:
    """Pictures of two data sets, half each, every third image showing the lesion of the one before it."""
    rng = np.random.default_rng(seed)
    pictures: list[Picture] = []
    for index in range(images):
        name, domain = SETS[index * 2 // images]
        diagnosis = str(rng.choice(list(SHARES), p=list(SHARES.values())))
        again = index % 3 == 2
        group = pictures[-1].group if again else f"lesion {index}"
        sex = str(rng.choice(["male", "female", ""]))
        metadata = {"age": str(rng.integers(0, 90)), "sex": sex, "site": "", "skin_type": ""}
        malignant = diagnosis in ("mel", "bcc")
        pictures.append(Picture(f"{name}/{index}.jpg", name, domain, diagnosis, malignant, group, metadata))
    return pictures


def draw_outcome(
    classes: Classes = BINARY,
    images: int = 240,
    skill: float = 2.0,
    model: str = "network",
    pictures: Sequence[Picture] | None = None,
    seed: int = 0,
) -> Outcome:
    """An outcome whose logits lean to the true class by ``skill``; the parts take turns by two images."""
    pictures = pictures or draw_pictures(images, seed)
    labels = classes.labels(pictures)
    logits = np.random.default_rng(seed + 1).normal(size=(len(pictures), len(classes.names))).astype(np.float32)
    logits[np.arange(len(labels)), labels] += skill
    raised = np.exp(logits.astype(np.float64) / 1.5)
    probabilities = raised / raised.sum(axis=1, keepdims=True)
    parts = [PARTS[index // 2 % 3] for index in range(len(pictures))]
    points = [POINT] if classes.malignant else []
    return Outcome(model, pictures, parts, classes, logits, probabilities, points)


def draw_inputs(outcome: Outcome, size: int = 16) -> np.ndarray:
    """Pixels of the outcome's pictures, uint8 [N, size, size, 3], each of one colour with a dark square."""
    rng = np.random.default_rng(5)
    inputs = np.repeat(rng.integers(100, 255, size=(len(outcome.pictures), 1, 1, 3)), size, axis=1).repeat(size, axis=2)
    inputs[:, size // 4 : size // 2, size // 4 : size // 2] = 40
    return inputs.astype(np.uint8)


def saying(outcome: Outcome, probabilities: NDArray[np.float64]) -> Outcome:
    """The outcome of a model that says these probabilities, before calibration and after it."""
    logits = np.log(np.maximum(probabilities, 1e-9)).astype(np.float32)
    return replace(outcome, probabilities=probabilities, logits=logits)
