"""The frozen baseline: ImageNet features, pooled, with a linear head. Fine-tuning starts from it and must beat it."""

from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from dermsplit_training.data.prepare import Prepared
from dermsplit_training.learning.validation import validation_row
from dermsplit_training.networks.network import LOGITS

STRENGTHS = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 1e-1)
"""The inverse regularisations C that validation chooses from."""


@dataclass(frozen=True)
class Baseline:
    """A linear head on frozen features [N, F]: logits [N, C] = features @ kernel [F, C] + bias [C]."""

    kernel: NDArray[np.float64]
    bias: NDArray[np.float64]
    strength: float
    features: NDArray[np.float32]

    @property
    def logits(self) -> NDArray[np.float32]:
        """Logits float32 [N, C] of every picture."""
        logits: NDArray[np.float32] = (self.features.astype(np.float64) @ self.kernel + self.bias).astype(np.float32)
        return logits


def fit_baseline(features: NDArray[np.float32], prepared: Prepared) -> Baseline:
    """Logistic regression on the standardised features [N, F] of the train part; C by the validation part's AUC."""
    from sklearn.linear_model import LogisticRegression

    train, validation = prepared.indices("train"), prepared.indices("validation")
    mean, deviation = features[train].mean(axis=0), features[train].std(axis=0) + 1e-6
    standard = (features[train] - mean) / deviation
    best: Baseline | None = None
    best_auc = -np.inf
    for strength in STRENGTHS:
        model = LogisticRegression(C=strength, class_weight="balanced", max_iter=500)
        model.fit(standard, prepared.labels[train])
        # Two classes have one row of coefficients, for the second: half of it for each makes the same difference.
        rows = model.coef_ if len(model.coef_) > 1 else np.concatenate([-model.coef_, model.coef_]) / 2
        offsets = (
            model.intercept_ if len(model.coef_) > 1 else np.concatenate([-model.intercept_, model.intercept_]) / 2
        )
        kernel = (rows / deviation).T
        found = Baseline(kernel, offsets - mean @ kernel, strength, features)
        auc = validation_row(found.logits[validation], prepared)["validation_auc"]
        if auc > best_auc:
            best, best_auc = found, auc
    assert best is not None
    return best


def start_from(network: keras.Model, baseline: Baseline) -> None:
    """Set the network's linear head to the baseline's, so that fine-tuning starts where the baseline ends."""
    network.get_layer(LOGITS).set_weights([baseline.kernel.astype(np.float32), baseline.bias.astype(np.float32)])
