"""The frozen baseline on many splits."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from dermsplit_contract.errors import UsageError
from dermsplit_training.cli import commands
from dermsplit_training.comparison.splits import SplitAreas, measure_splits, splits_table
from dermsplit_training.train import train
from tests.training.comparison.test_commands import RECIPE
from tests.training.conftest import draw_data, tiny_recipe, write_table

SMALL = {"network": {"backbone": "small_cnn", "alpha": 1.0}}


@pytest.fixture(scope="module")
def hard_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawn data whose diagnoses were dealt out anew, so that every split has an AUC of its own."""
    folder = draw_data(tmp_path_factory.mktemp("hard"))
    table = folder / "ham10000/HAM10000_metadata.csv"
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    dealt = np.random.default_rng(5).permutation([row["dx"] for row in rows])
    by_lesion = {row["lesion_id"]: str(diagnosis) for row, diagnosis in zip(rows, dealt, strict=True)}
    write_table(table, [{**row, "dx": by_lesion[row["lesion_id"]]} for row in rows])
    return folder


def test_the_first_is_the_baseline_of_the_training(hard_data: Path, cache: Path, tmp_path: Path) -> None:
    first, *others = measure_splits(tiny_recipe(SMALL), hard_data, None, cache, 4)
    train(tiny_recipe(SMALL, epochs=1), hard_data, None, tmp_path / "run", cache)
    parts = json.loads((tmp_path / "run/metrics.json").read_text())["parts"]
    reported = {
        part["data_set"]: part["malignancy"]["auc"]["value"]
        for part in parts
        if (part["part"], part["model"]) == ("test", "baseline") and part["data_set"] != "all"
    }
    assert first.areas == pytest.approx(reported, abs=1e-6)
    assert [one.seed for one in others] == [first.seed + 1, first.seed + 2, first.seed + 3]
    assert len({one.areas["HAM10000"] for one in [first, *others]}) > 1


def test_copies_and_a_thinned_train_part_do_not_count(hard_data: Path, cache: Path) -> None:
    thinned = tiny_recipe({**SMALL, "split": {"train_per_class": 5}, "balance": {"method": "augment", "target": 60}})
    found, plain = (measure_splits(recipe, hard_data, None, cache, 2) for recipe in (thinned, tiny_recipe(SMALL)))
    assert [one.areas for one in found] == [pytest.approx(one.areas) for one in plain]


def test_the_table_says_how_hard_the_first_is() -> None:
    found = [SplitAreas(1, {"one": 0.8, "other": 0.7}), SplitAreas(2, {"one": 0.9, "other": 0.5})]
    assert splits_table([*found, SplitAreas(3, {"one": 0.7, "other": 0.6})]).splitlines()[2:] == [
        "| 1 | 0.800 | 0.700 |",
        "| 2 | 0.900 | 0.500 |",
        "| 3 | 0.700 | 0.600 |",
        "| mean | 0.800 | 0.600 |",
        f"| standard deviation | {np.std([0.8, 0.9, 0.7], ddof=1):.3f} | 0.100 |",
        "| place of 1, the hardest first | 2 of 3 | 3 of 3 |",
    ]


def test_a_data_set_without_an_area_has_a_dash() -> None:
    found = [SplitAreas(1, {"one": 0.8, "other": 0.7}), SplitAreas(2, {"one": 0.9, "other": float("nan")})]
    lines = splits_table(found).splitlines()
    assert lines[3] == "| 2 | 0.900 | – |"
    assert [line.rpartition("| ")[2] for line in lines[4:]] == ["– |"] * 3


def test_a_split_from_a_file_is_refused(drawn_data: Path, cache: Path) -> None:
    with pytest.raises(UsageError, match=r"is the file 'mine\.csv'"):
        measure_splits(tiny_recipe({"split": {"file": "mine.csv"}}), drawn_data, None, cache, 2)


def test_the_command_prints_a_row_a_split(drawn_data: Path, cache: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "tiny.toml"
    recipe.write_text(RECIPE.format(name="tiny", by="group"))
    asked = ["splits", str(recipe), "--data", str(drawn_data), "--cache", str(cache), "--splits", "3"]
    result = CliRunner().invoke(commands, [*asked, "--set", "split.seed=7"])
    assert result.exit_code == 0, result.output
    for start in ("| 7 |", "| 8 |", "| 9 |", "| mean |", "| place of 7, the hardest first |"):
        assert start in result.output
    assert "AUC, HAM10000" in result.output
