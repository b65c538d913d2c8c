"""The frozen baseline: ImageNet features, pooled, with a linear head. Fine-tuning starts from it and must beat it."""

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress

from dermsplit_training.backbones import LOGITS, pooled_features
from dermsplit_training.evaluate import weighted_auc
from dermsplit_training.infer import outputs_for

STRENGTHS = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 1e-1)
"""The inverse regularisations C that validation chooses from."""


@dataclass(frozen=True)
class Baseline:
    """A linear head on frozen features: logit = features @ weights + bias, for malignant against benign."""

    weights: NDArray[np.float64]
    bias: float
    strength: float
    features: NDArray[np.float32]

    @property
    def logits(self) -> NDArray[np.float32]:
        """Logits float32 [N, 2] of every picture, benign and malignant."""
        score = self.features.astype(np.float64) @ self.weights + self.bias
        both: NDArray[np.float32] = np.stack([-score / 2, score / 2], axis=1).astype(np.float32)
        return both


def frozen_features(
    network: keras.Model, inputs: NDArray[np.uint8], cached: Path | None, progress: Progress
) -> NDArray[np.float32]:
    """Pooled features float32 [N, F] of the untrained-on network, read from ``cached`` where that exists."""
    if cached is not None and cached.is_file():
        stored: NDArray[np.float32] = np.load(cached, allow_pickle=False)
        return stored
    chosen = np.arange(len(inputs))
    features = outputs_for(pooled_features(network), inputs, chosen, progress, "Frozen features")
    if cached is not None:
        unfinished = cached.with_suffix(".part.npy")
        np.save(unfinished, features)
        unfinished.replace(cached)
    return features


def fit_baseline(
    features: NDArray[np.float32],
    labels: NDArray[np.int64],
    domains: NDArray[np.str_],
    train: NDArray[np.int64],
    validation: NDArray[np.int64],
) -> Baseline:
    """Logistic regression on the standardised features [N, F] of the train part; C by the validation part's AUC."""
    from sklearn.linear_model import LogisticRegression

    mean, deviation = features[train].mean(axis=0), features[train].std(axis=0) + 1e-6
    standard = (features - mean) / deviation
    best: Baseline | None = None
    best_auc = -np.inf
    for strength in STRENGTHS:
        model = LogisticRegression(C=strength, class_weight="balanced", max_iter=500)
        model.fit(standard[train], labels[train])
        weights = model.coef_[0] / deviation
        found = Baseline(weights, float(model.intercept_[0] - mean @ weights), strength, features)
        auc = weighted_auc(labels[validation], found.logits[validation, 1], domains[validation])
        if auc > best_auc:
            best, best_auc = found, auc
    assert best is not None
    return best


def start_from(network: keras.Model, baseline: Baseline) -> None:
    """Set the network's linear head to the baseline's, so that fine-tuning starts where the baseline ends."""
    half = baseline.weights / 2
    kernel = np.stack([-half, half], axis=1).astype(np.float32)
    bias = np.array([-baseline.bias / 2, baseline.bias / 2], dtype=np.float32)
    network.get_layer(LOGITS).set_weights([kernel, bias])
