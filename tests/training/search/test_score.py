"""Trials are judged by validation, never by test."""

from pathlib import Path
from typing import Any

import pytest

from dermsplit_contract.errors import DataInvalid, RunInvalid
from dermsplit_training.recipe import Recipe
from dermsplit_training.search.score import lower_is_better, read_score, score_name
from tests.training.comparison.hand_made import part_metrics, write_run
from tests.training.conftest import tiny_recipe


def write_trial(folder: Path, keep: str, **changes: Any) -> tuple[Path, Recipe]:
    recipe = tiny_recipe(keep=keep)
    run = write_run(folder / keep, recipe, 0.8, **changes)
    (run / "history.csv").write_text("epoch,loss,validation_loss\n1,0.9,0.6\n2,0.5,0.4\n3,0.3,0.5\n")
    return run, recipe


@pytest.mark.parametrize(
    ("keep", "value", "name"),
    [
        ("auc", 0.71, "validation AUC"),
        ("last", 0.71, "validation AUC"),
        ("accuracy", 0.81, "validation accuracy"),
        ("balanced_accuracy", 0.76, "validation balanced accuracy"),
        ("loss", 0.4, "validation loss"),
    ],
)
def test_the_score_is_the_figure_that_the_recipe_keeps_an_epoch_by(
    keep: str, value: float, name: str, tmp_path: Path
) -> None:
    run, recipe = write_trial(tmp_path, keep)
    score = read_score(run, recipe)
    assert score.value == pytest.approx(value)
    assert score_name(recipe) == name
    assert lower_is_better(recipe) == (keep == "loss")
    assert score.text(recipe) == f"{value:.4f}" + (" (majority rate 0.680)" if keep == "accuracy" else "")


def test_without_malignancy_the_auc_is_macro(tmp_path: Path) -> None:
    parts = [part_metrics(part, 0.8, malignant=False) for part in ("validation", "test")]
    run, recipe = write_trial(tmp_path, "auc", parts=parts, malignant=[])
    assert read_score(run, recipe).value == 0.77


def test_a_figure_that_is_not_defined_is_told(tmp_path: Path) -> None:
    parts = [part_metrics(part, 0.8, malignant=False, macro_auc=None) for part in ("validation", "test")]
    run, recipe = write_trial(tmp_path, "auc", parts=parts, malignant=[])
    with pytest.raises(DataInvalid, match=r"The validation AUC of .* is not defined"):
        read_score(run, recipe)
    with pytest.raises(RunInvalid):
        read_score(tmp_path, recipe)
