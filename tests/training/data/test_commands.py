"""``dermsplit data`` as a person calls it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.data.commands import data_commands
from dermsplit_training.data.gather import gather
from dermsplit_training.data.split import divide
from dermsplit_training.data.split_file import write_split
from dermsplit_training.recipe import SplitRecipe


def call(*arguments: object) -> Result:
    return CliRunner().invoke(data_commands, [str(argument) for argument in arguments], env={"COLUMNS": "200"})


def test_stats_of_published_sets(drawn_data: Path) -> None:
    result = call("stats", drawn_data)
    assert result.exit_code == 0, result.output
    assert "a data folder with HAM10000 and PAD-UFES-20" in result.output
    assert "HAM10000: 94 images of 70 lesions or patients" in result.output
    assert "HAM10000: images by class, age and sex" in result.output
    assert "mean age" in result.output


def test_stats_as_json(table: Path, isic: Path) -> None:
    body = json.loads(call("stats", table, isic, "--json").output)
    assert [size["data_set"] for size in body["sizes"]] == ["table", "isic"]
    assert body["sizes"][0]["skin_types"] == {"3": 5}
    assert [ages["name"] for ages in body["ages"]] == ["benign", "malignant", "all", "melanoma", "nevus", "all"]
    by_malignancy = json.loads(call("stats", table, isic, "--json", "--by", "malignancy").output)
    assert [ages["name"] for ages in by_malignancy["ages"]] == ["benign", "malignant", "all", "unknown", "all"]
    assert by_malignancy["ages"][0]["images"]["60-79"] == {"male": 0, "female": 3, "unknown": 0, "all": 3}


def test_check_passes(drawn_data: Path) -> None:
    result = call("check", drawn_data)
    assert result.exit_code == 0, result.output
    assert "0 unreadable images" in result.output
    assert "Every image can be read" in result.output


def test_check_of_a_leaking_split_fails_after_its_report(drawn_data: Path, tmp_path: Path) -> None:
    pictures = gather([drawn_data], None).pictures
    write_split(tmp_path / "split.csv", pictures, divide(pictures, SplitRecipe(by="image")))
    result = call("check", drawn_data, "--split", tmp_path / "split.csv", "--json")
    assert isinstance(result.exception, DataInvalid)
    assert "lesions or patients are in more than one part" in result.exception.detail
    body = json.loads(result.stdout)
    assert len(body["crossing_groups"]) > 5
    assert sum(count["images"].get("test", 0) for count in body["counts"]["counts"]) == 22
    assert call("check", drawn_data / "ham10000", "--split", tmp_path / "split.csv").exit_code == 1


def test_check_names_images_from_the_data_folder_given(drawn_data: Path, tmp_path: Path) -> None:
    pictures = gather([drawn_data / "ham10000"], drawn_data / "ham10000").pictures
    write_split(tmp_path / "split.csv", pictures, divide(pictures, SplitRecipe()))
    arguments = ("check", drawn_data / "ham10000", "--split", tmp_path / "split.csv")
    assert "not in the split" in str(call(*arguments).exception)
    assert call(*arguments, "--data", drawn_data / "ham10000").exit_code == 0


@pytest.mark.parametrize("command", ["stats", "check"])
def test_what_is_no_source_is_told(command: str, tmp_path: Path) -> None:
    found = call(command, tmp_path).exception
    assert isinstance(found, DataInvalid)
    assert "ham10000/, pad_ufes_20/" in found.detail
