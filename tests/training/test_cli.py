"""The commands as a person calls them."""

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dermsplit_contract.errors import DataInvalid, RecipeInvalid, RunInvalid
from dermsplit_contract.run import Run
from dermsplit_training.cli import commands
from dermsplit_training.evaluation.metrics import METRICS_FILE, Metrics
from tests.training.conftest import draw_data

RECIPE = Path(__file__).parents[2] / "training" / "recipes" / "default.toml"


def call(*arguments: object) -> Result:
    return CliRunner().invoke(commands, [str(argument) for argument in arguments], env={"COLUMNS": "200"})


def read_metrics(directory: Path) -> Metrics:
    return Metrics.model_validate_json((directory / METRICS_FILE).read_bytes())


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_evaluate_gives_the_runs_own_figures(
    tiny_run: tuple[Path, Run], drawn_data: Path, cache: Path, tmp_path: Path
) -> None:
    out, _ = tiny_run
    result = call("evaluate", out, "--data", drawn_data, "--out", tmp_path / "again", "--cache", cache)
    assert result.exit_code == 0, result.output
    again, own = read_metrics(tmp_path / "again"), read_metrics(out)
    expected = [part for part in own.parts if (part.part, part.model) == ("test", "network")]
    assert [part.data_set for part in again.parts] == ["HAM10000", "PAD-UFES-20", "all"]
    for part, other in zip(again.parts, expected, strict=True):
        assert (part.images, part.confusion) == (other.images, other.confusion)
        assert part.malignancy is not None
        assert other.malignancy is not None
        assert part.malignancy.auc.value == pytest.approx(other.malignancy.auc.value, abs=1e-3)
    assert "majority rate" in result.output


def test_evaluate_takes_images_that_the_run_has_never_seen(
    tiny_run: tuple[Path, Run], cache: Path, tmp_path: Path
) -> None:
    """The drawn patients again, and five more: only the run's own test patients and the five are left to measure."""
    more = draw_data(tmp_path / "more", patients=47)
    known = {row["group"]: row["part"] for row in read_rows(tiny_run[0] / "split.csv") if row["data_set"] != "HAM10000"}
    only = ("--set", 'data.sets=["PAD-UFES-20"]')
    result = call("evaluate", tiny_run[0], "--data", more, "--out", tmp_path / "out", "--cache", cache, *only)
    assert result.exit_code == 0, result.output
    groups = {row["group"] for row in read_rows(tmp_path / "out" / "predictions.csv")}
    assert groups == {f"PAT_{patient}" for patient in range(47) if known.get(f"PAT_{patient}", "test") == "test"}


def test_evaluate_refuses_other_images(tiny_run: tuple[Path, Run], cache: Path, tmp_path: Path) -> None:
    other = draw_data(tmp_path, lesions=60, patients=42)
    result = call("evaluate", tiny_run[0], "--data", other, "--cache", cache)
    assert isinstance(result.exception, DataInvalid)
    assert "test images may have been trained on" in result.exception.detail


def test_evaluate_refuses_a_folder_without_a_run(drawn_data: Path, tmp_path: Path) -> None:
    assert isinstance(call("evaluate", tmp_path, "--data", drawn_data).exception, RunInvalid)


def test_train_tells_a_wrong_key_before_anything_is_made(drawn_data: Path, tmp_path: Path) -> None:
    result = call("train", RECIPE, "--data", drawn_data, "--out", tmp_path / "run", "--set", "train.epoch=1")
    assert isinstance(result.exception, RecipeInvalid)
    assert not (tmp_path / "run").exists()


def test_train_tells_missing_data_and_leaves_no_run_behind(tmp_path: Path) -> None:
    result = call("train", RECIPE, "--data", tmp_path / "none", "--out", tmp_path / "run")
    assert isinstance(result.exception, DataInvalid)
    assert not (tmp_path / "run").exists()
