"""What a path is taken for."""

from pathlib import Path

import pytest

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.data.detect import detect
from dermsplit_training.data.gather import gather
from tests.training.conftest import write_table


def test_published_sets(drawn_data: Path) -> None:
    found = detect(drawn_data)
    assert (found.taken_for, found.data) == ("a data folder with HAM10000 and PAD-UFES-20", drawn_data)
    for path in (drawn_data / "pad_ufes_20", drawn_data / "pad_ufes_20/metadata.csv"):
        found = detect(path)
        assert found.taken_for == "the folder of PAD-UFES-20"
        assert found.sources[0].read(found.data)[0].path == "pad_ufes_20/images/PAT_0_0.png"


def test_a_published_set_in_a_folder_of_another_name(drawn_data: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").symlink_to(drawn_data / "ham10000")
    found = detect(tmp_path / "mine")
    assert found.sources[0].name == "HAM10000"
    assert found.sources[0].read(found.data)[0].path == "mine/images_200x150/ISIC_00000.jpg"


def test_a_table_of_paths(table: Path) -> None:
    for path in (table, table.parent):
        found = detect(path)
        assert found.taken_for == "a table of paths: image from 'path', label from 'label', group from 'group'"
        pictures = found.sources[0].read(found.data)
        assert [picture.malignant for picture in pictures] == [False, True, False, True, False]
        assert pictures[0].path == "pictures/0.jpg"


def test_class_folders(class_folders: Path) -> None:
    found = detect(class_folders)
    assert found.taken_for == "a folder for each class, each image a group of its own"
    assert [picture.malignant for picture in found.sources[0].read(found.data)] == [None] * 3


def test_isic(isic: Path) -> None:
    found = detect(isic)
    expected = "an ISIC table and its images: image from 'isic_id', label from 'diagnosis', group from 'patient_id'"
    assert found.taken_for == expected
    pictures = found.sources[0].read(found.data)
    assert {picture.data_set for picture in pictures} == {"isic"}
    assert pictures[3].path == "images/ISIC_3.png"


def test_a_table_of_file_names_beside_their_folder(table: Path) -> None:
    write_table(table, [{"file": "1.jpg", "dx": "mel"}, {"file": "2.jpg", "dx": "nv"}])
    found = detect(table)
    assert [picture.path for picture in found.sources[0].read(found.data)] == ["pictures/1.jpg", "pictures/2.jpg"]


def test_what_is_none_of_these_is_told(tmp_path: Path, table: Path) -> None:
    with pytest.raises(DataInvalid, match="Expected a folder or a CSV table at"):
        detect(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataInvalid, match=r"none of what is known.*ham10000/, pad_ufes_20/"):
        detect(tmp_path / "empty")
    write_table(table, [{"path": "a", "kind": "b"}])
    with pytest.raises(DataInvalid, match=r"no label column: expected one of label, diagnosis.*found path, kind"):
        detect(table)


def test_several_places_are_named_from_one_folder(table: Path, isic: Path, tmp_path: Path) -> None:
    found = gather([table, isic], None)
    assert found.data == tmp_path
    assert [picture.path for picture in found.pictures][::5] == ["own/pictures/0.jpg", "isic/images/ISIC_0.jpg"]
    assert [picture.group for picture in found.pictures][::5] == ["P0", "IP_0"]
    named = gather([isic], tmp_path / "isic/images")
    assert named.pictures[0].path == "ISIC_0.jpg"
    with pytest.raises(DataInvalid, match="Two of the sources are called 'table'"):
        gather([table, table.parent], None)
