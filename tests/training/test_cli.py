"""The commands as a person calls them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dermsplit_contract.errors import DataInvalid, RecipeInvalid, RunInvalid
from dermsplit_contract.run import Run
from dermsplit_training.cli import commands

from .conftest import draw_data

RECIPE = Path(__file__).parents[2] / "training" / "recipes" / "default.toml"


def call(*arguments: object) -> Result:
    return CliRunner().invoke(commands, [str(argument) for argument in arguments], env={"COLUMNS": "200"})


def test_evaluate_gives_the_runs_own_figures(
    tiny_run: tuple[Path, Run], drawn_data: Path, cache: Path, tmp_path: Path
) -> None:
    out, run = tiny_run
    result = call("evaluate", out, "--data", drawn_data, "--out", tmp_path / "again", "--cache", cache)
    assert result.exit_code == 0, result.output
    found = json.loads((tmp_path / "again" / "evaluations.json").read_text())
    expected = [json.loads(one.model_dump_json()) for one in run.evaluations if one.model == "network"]
    assert [one["data_set"] for one in found] == ["HAM10000", "PAD-UFES-20"]
    for one, other in zip(found, expected, strict=True):
        assert one["auc"]["value"] == pytest.approx(other["auc"]["value"], abs=1e-3)
        assert one["images"] == other["images"]
    assert (tmp_path / "again" / "predictions.csv").read_text().count(",test,") == sum(one["images"] for one in found)


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


def test_data_stats_counts_by_part(drawn_data: Path) -> None:
    result = call("data", "stats", drawn_data)
    assert result.exit_code == 0, result.output
    assert "HAM10000: 94 images of 70 lesions or patients" in result.output
    assert "PAD-UFES-20: 53 images of 42 lesions or patients" in result.output
    assert "malignant" in result.output


def test_data_check_passes_and_fails(tmp_path: Path) -> None:
    draw_data(tmp_path)
    assert "Every image can be read" in call("data", "check", tmp_path).output
    (tmp_path / "pad_ufes_20/images/PAT_3_0.png").write_bytes(b"not a picture")
    (tmp_path / "ham10000/images_200x150/ISIC_00010.jpg").write_bytes(b"")
    found = call("data", "check", tmp_path).exception
    assert isinstance(found, DataInvalid)
    assert found.detail.startswith("2 of 147 images cannot be read. The first: 'ISIC_00010.jpg'")


def test_data_needs_a_data_set(tmp_path: Path) -> None:
    found = call("data", "stats", tmp_path).exception
    assert isinstance(found, DataInvalid)
    assert "ham10000/, pad_ufes_20/" in found.detail
