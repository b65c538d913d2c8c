"""From a recipe to its pictures."""

from collections import Counter
from pathlib import Path

import pytest

from dermsplit_contract.errors import DataInvalid, RecipeInvalid
from dermsplit_training.data.picture import Picture
from dermsplit_training.data.reading import read_pictures
from dermsplit_training.recipe import DataRecipe
from tests.training.conftest import draw_data


def read(data: Path, **fields: object) -> list[Picture]:
    return read_pictures(data, DataRecipe.model_validate({"sets": ["HAM10000", "PAD-UFES-20"], **fields}))


def test_sources_come_in_the_recipes_order(drawn_data: Path, class_folders: Path) -> None:
    own = {"name": "own", "kind": "folders", "path": str(class_folders)}
    pictures = read(drawn_data, sets=[own, "PAD-UFES-20"])
    assert list(dict.fromkeys(picture.data_set for picture in pictures)) == ["own", "PAD-UFES-20"]
    assert pictures[0].path == (class_folders / "melanoma/c.jpeg").as_posix()


def test_diagnoses_are_chosen(drawn_data: Path) -> None:
    assert {one.diagnosis for one in read(drawn_data, diagnoses=["nv", "mel"])} == {"nv", "mel"}
    with pytest.raises(DataInvalid, match=r"'naevus', which no image has\. Known are ACK, BCC, MEL"):
        read(drawn_data, diagnoses=["naevus"])
    with pytest.raises(DataInvalid, match="The class 'malignant' is left without images"):
        read(drawn_data, diagnoses=["nv", "NEV"])
    assert read(drawn_data, diagnoses=["nv", "NEV"], task="diagnosis")


def test_at_most_so_many_of_a_class_are_drawn(drawn_data: Path) -> None:
    everything = read(drawn_data)
    few = read(drawn_data, most_per_class=20)
    assert Counter(picture.malignant for picture in few) == {False: 20, True: 20}
    assert few == read(drawn_data, most_per_class=20)
    assert few == [picture for picture in everything if picture in few]
    by_diagnosis = Counter(picture.diagnosis for picture in read(drawn_data, most_per_class=9, task="diagnosis"))
    assert by_diagnosis["nv"] == by_diagnosis["mel"] == 9
    uneven = read(drawn_data, most_per_class=20, most_of={"malignant": 7})
    assert Counter(picture.malignant for picture in uneven) == {False: 20, True: 7}
    with pytest.raises(DataInvalid, match=r"'mel', which is no class\. The classes are benign, malignant"):
        read(drawn_data, most_of={"mel": 5})


def test_unreadable_images_are_left_out_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = draw_data(tmp_path, lesions=12, patients=8)
    bad = data / "ham10000/images_200x150/ISIC_00010.jpg"
    bad.write_bytes(bad.read_bytes()[:300])
    pictures = read(data, drop_unreadable=True)
    assert len(pictures) == len(read(data)) - 1
    assert bad.name not in {Path(picture.path).name for picture in pictures}
    said = " ".join(capsys.readouterr().err.split())
    assert "1 of 26 images cannot be read and are left out: ham10000/images_200x150/ISIC_00010.jpg" in said


def test_what_cannot_be_read_together_is_told(drawn_data: Path, tmp_path: Path) -> None:
    with pytest.raises(DataInvalid, match="Expected a folder with the data sets"):
        read(tmp_path / "none")
    with pytest.raises(RecipeInvalid, match="2 sets called 'HAM10000'"):
        read(drawn_data, sets=["HAM10000", "HAM10000"])
    own = {"name": "own", "kind": "folders", "path": "pad_ufes_20"}
    with pytest.raises(DataInvalid, match=r"'pad_ufes_20/images/PAT_\d+_0\.png' is in PAD-UFES-20 and in own"):
        read(drawn_data, sets=["PAD-UFES-20", own])
