"""`dermsplit compare` as a person calls it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dermsplit_contract.errors import RecipeInvalid, RunInvalid, UsageError
from dermsplit_training.cli import commands
from tests.training.comparison.hand_made import named, write_run

RECIPE = """
name = "{name}"
[data]
sets = ["HAM10000", "PAD-UFES-20"]
[split]
by = "{by}"
[network]
backbone = "small_cnn"
input_size = 32
weights = "none"
[train]
epochs = 1
batch_size = 16
"""


def call(*arguments: object) -> Result:
    return CliRunner().invoke(commands, ["compare", *(str(one) for one in arguments)], env={"COLUMNS": "200"})


@pytest.fixture
def recipes(tmp_path: Path) -> list[Path]:
    """A pair of seconds: divided by image, as works did, and by group."""
    paths = []
    for name, by in (("tiny-as-published", "image"), ("tiny-grouped", "group")):
        paths.append(tmp_path / f"{name}.toml")
        paths[-1].write_text(RECIPE.format(name=name, by=by))
    return paths


def test_recipes_are_trained_compared_and_not_trained_again(
    recipes: list[Path], drawn_data: Path, cache: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    options = ("--data", drawn_data, "--cache", cache, "--out", out, "--no-cuts")
    first = call(*recipes, *options)
    assert first.exit_code == 0, first.output
    assert "[2 of 2] tiny-grouped-seed1, about 1 min left for all" in " ".join(first.stderr.split())
    assert "do not share one split" in first.stdout
    figures = json.loads((out / "comparison.json").read_text())
    for row in figures["rows"]:
        measured = json.loads((Path(row["runs"][0]) / "metrics.json").read_text())["parts"]
        test = next(one for one in measured if (one["part"], one["data_set"]) == ("test", "all"))
        assert row["parts"]["test"]["accuracy"] == {**test["accuracy"], "runs": 1}
        assert row["parts"]["test"]["majority_rate"] == test["majority_rate"]
    (pair,) = figures["inflation"]
    assert pair["published"]["leaked_test_images"] > 0
    assert pair["grouped"]["leaked_test_images"] == 0

    models = [path.stat().st_mtime_ns for path in out.glob("*/model.keras")]
    again = call(*recipes, *options)
    assert again.exit_code == 0, again.output
    assert again.stderr.count("finished before") == 2
    assert [path.stat().st_mtime_ns for path in out.glob("*/model.keras")] == models

    changed = call(*recipes, *options, "--set", "train.epochs=2")
    assert isinstance(changed.exception, RunInvalid)
    assert "with another 'train.epochs' than the recipe has now" in changed.exception.detail


def test_a_learning_curve_has_one_test_part_and_a_picture(
    recipes: list[Path], drawn_data: Path, cache: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    result = call(recipes[1], "--data", drawn_data, "--cache", cache, "--out", out, "--no-cuts", "--images", "8,16")
    assert result.exit_code == 0, result.output
    assert "All runs share one validation and one test part" in result.stdout
    rows = json.loads((out / "comparison.json").read_text())["rows"]
    assert [(row["train_per_class"], row["parts"]["train"]["images"]) for row in rows] == [(8, 16), (16, 32)]
    assert rows[0]["parts"]["test"]["images"] == rows[1]["parts"]["test"]["images"] > 16
    assert (out / "curve.png").is_file()
    assert "## Learning curve" in (out / "comparison.md").read_text()


def test_finished_runs_are_compared_without_training(tmp_path: Path) -> None:
    runs = [write_run(tmp_path / name, named(name), accuracy) for name, accuracy in (("a", 0.8), ("b", 0.7))]
    result = call("--runs", *runs, "--out", tmp_path / "out", "--no-cuts")
    assert result.exit_code == 0, result.output
    assert "0.800" in result.stdout
    assert "[0.680, 0.720]" in result.stdout
    assert result.stdout.count("majority 0.670") == 2
    assert (tmp_path / "out" / "comparison.md").is_file()


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ((), UsageError, "Expected at least one recipe"),
        (("--runs",), UsageError, "Expected at least one finished run"),
        (("--runs", "nowhere"), RunInvalid, "Expected a run directory"),
        (("--runs", "nowhere", "--seeds", "1"), UsageError, "--seeds changes how recipes are trained"),
        (("--runs", "nowhere", "--set", "train.epochs=1"), UsageError, "--set changes how"),
        (("nothing.toml",), RecipeInvalid, "found no file"),
        (("RECIPE",), UsageError, "Give it with --data"),
        (("RECIPE", "--seeds", "1;2"), UsageError, "Expected --seeds as different whole numbers from 0 on"),
        (("RECIPE", "--images", "0,5"), UsageError, "Expected --images as different whole numbers from 2 on"),
        (("RECIPE", "--set", "train.epoch=2"), RecipeInvalid, "unknown key"),
    ],
    ids=str,
)
def test_what_cannot_be_compared_is_told(
    arguments: tuple[str, ...], error: type[Exception], said: str, recipes: list[Path], tmp_path: Path
) -> None:
    words = [str(recipes[0]) if word == "RECIPE" else word for word in arguments]
    result = call(*words, "--out", tmp_path / "out")
    assert isinstance(result.exception, error)
    assert said in str(result.exception)
    assert not (tmp_path / "out").exists()
