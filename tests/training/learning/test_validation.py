"""Which epoch is kept, and the figures that it is chosen by."""

import math

import numpy as np
import pytest

from dermsplit_training.evaluation.measures import macro_auc
from dermsplit_training.learning.validation import best_epoch, is_best, out_of_patience, over_domains
from tests.training.conftest import tiny_recipe

ROWS = [
    {"epoch": 1.0, "validation_loss": 0.9, "validation_auc": 0.6, "validation_accuracy": 0.9},
    {"epoch": 2.0, "validation_loss": 0.4, "validation_auc": 0.8, "validation_accuracy": 0.7},
    {"epoch": 3.0, "validation_loss": 0.5, "validation_auc": 0.8, "validation_accuracy": 0.8},
    {"epoch": 4.0, "validation_loss": 0.6, "validation_auc": math.nan, "validation_accuracy": 0.8},
]


@pytest.mark.parametrize(("keep", "epoch"), [("auc", 2), ("accuracy", 1), ("loss", 2), ("last", 4)])
def test_the_first_best_epoch_is_kept(keep: str, epoch: int) -> None:
    recipe = tiny_recipe(keep=keep)
    assert best_epoch(ROWS, recipe) == epoch
    assert is_best(ROWS, recipe) == (epoch == 4)


def test_patience_counts_the_epochs_since_the_best() -> None:
    assert not out_of_patience(ROWS, tiny_recipe(patience=3))
    assert out_of_patience(ROWS, tiny_recipe(patience=2))
    assert not out_of_patience(ROWS, tiny_recipe(patience=0))
    assert not out_of_patience([], tiny_recipe(patience=1))


def test_macro_auc_is_the_mean_of_one_against_the_rest() -> None:
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(0)
    labels = rng.integers(0, 4, 200)
    probabilities = rng.dirichlet(np.ones(4), 200)
    expected = roc_auc_score(labels, probabilities, multi_class="ovr", average="macro")
    assert macro_auc(labels, probabilities) == pytest.approx(expected)
    assert math.isnan(macro_auc(np.zeros(5, dtype=np.int64), probabilities[:5]))


def test_a_domain_weighs_by_the_root_of_its_images() -> None:
    domains = np.array(["dermoscopic"] * 9 + ["phone"] * 4)
    areas = {9: 0.9, 4: 0.7}
    assert over_domains(lambda mask: areas[int(mask.sum())], domains) == pytest.approx((0.9 * 3 + 0.7 * 2) / 5)
    assert over_domains(lambda mask: math.nan if mask.sum() == 4 else 0.9, domains) == pytest.approx(0.9)
    assert math.isnan(over_domains(lambda _: math.nan, domains))
