"""Runs become rows: one with its interval, several seeds with their range."""

import json
from pathlib import Path
from typing import Any

import pytest

from dermsplit_training.comparison.best_cut import Costs
from dermsplit_training.comparison.finished import Finished, read_finished
from dermsplit_training.comparison.rows import Row, make_rows
from dermsplit_training.evaluation.metrics import METRICS_FILE
from dermsplit_training.recipe import Recipe
from tests.training.comparison.hand_made import MAJORITY, named, part_metrics, write_run


def no_costs(_: Finished) -> Costs:
    return Costs()


def rows_of(folder: Path, *runs: tuple[Recipe, float], **changes: Any) -> list[Row]:
    directories = [
        write_run(folder / f"run{place}", recipe, accuracy, **changes) for place, (recipe, accuracy) in enumerate(runs)
    ]
    return make_rows([read_finished(directory) for directory in directories], no_costs)


def test_one_run_gives_its_figures_with_their_intervals(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, (named("a"), 0.8))
    assert row.label == "a"
    assert [row.parts[part].accuracy.value for part in ("train", "validation", "test")] == [0.99, 0.81, 0.8]
    assert {part: row.parts[part].majority_rate for part in row.parts} == MAJORITY
    assert row.test.accuracy.text == "0.800 [0.780, 0.820]"
    assert row.test.balanced_accuracy.text == "0.750 [0.730, 0.770]"
    assert row.test.auc is not None
    assert row.test.auc.text == "0.700 [0.680, 0.720]"
    assert row.test.sensitivity is not None
    assert row.test.sensitivity.value == 0.95
    assert row.test.specificity is not None
    assert row.test.specificity.value == 0.4
    assert row.test.specificity_at_95 is not None
    assert row.test.specificity_at_95.text == "0.450 [0.430, 0.470]"


def test_a_run_from_before_a_figure_was_measured_has_none(tmp_path: Path) -> None:
    directory = write_run(tmp_path / "old", named("a"), 0.8)
    metrics = json.loads((directory / METRICS_FILE).read_text())
    for part in metrics["parts"]:
        del part["malignancy"]["specificity_at"]
    (directory / METRICS_FILE).write_text(json.dumps(metrics))
    (row,) = make_rows([read_finished(directory)], no_costs)
    assert row.test.specificity_at_95 is None
    assert row.test.specificity is not None


def test_several_seeds_give_their_mean_and_range(tmp_path: Path) -> None:
    runs = [(named("a", seed), accuracy) for seed, accuracy in ((1, 0.8), (2, 0.9), (3, 0.82))]
    (row,) = rows_of(tmp_path, *runs)
    assert row.seeds == [1, 2, 3]
    assert row.test.accuracy.text == "0.840 (0.800 to 0.900)"
    assert row.test.majority_rate == pytest.approx(0.67)


def test_rows_keep_the_order_of_the_runs_and_sizes_are_rows_of_their_own(tmp_path: Path) -> None:
    runs = [named("b", 1, 100), named("b", 1, 500), named("a", 1, 100), named("b", 2, 100)]
    rows = rows_of(tmp_path, *((recipe, 0.8) for recipe in runs))
    assert [row.label for row in rows] == ["b, 100 a class", "b, 500 a class", "a, 100 a class"]
    assert [row.seeds for row in rows] == [[1, 2], [1], [1]]


def test_two_recipes_of_one_name_are_told_apart(tmp_path: Path) -> None:
    other = named("a", network={"input_size": 64})
    rows = rows_of(tmp_path, (named("a"), 0.8), (other, 0.7), (named("a", 2), 0.9))
    assert [(row.label, len(row.runs)) for row in rows] == [("a (run0)", 2), ("a (run1)", 1)]


def test_without_malignancy_the_auc_is_macro_and_there_is_no_sensitivity(tmp_path: Path) -> None:
    parts = [part_metrics("test", 0.8, malignant=False)]
    (row,) = rows_of(tmp_path, (named("a"), 0.8), parts=parts, classes=["mel", "nv"], malignant=[])
    assert row.test.auc is not None
    assert row.test.auc.value == 0.77
    assert row.test.sensitivity is None
    assert row.test.specificity is None
    assert row.test.specificity_at_95 is None


def test_the_worst_warning_of_every_seed_comes_first(tmp_path: Path) -> None:
    one = write_run(tmp_path / "one", named("a", 1), 0.8, warnings=["bad", "so so"])
    two = write_run(tmp_path / "two", named("a", 2), 0.8, warnings=["worse", "so so"])
    (row,) = make_rows([read_finished(one), read_finished(two)], no_costs)
    assert row.warnings == ["bad", "worse", "so so"]
