"""The published data sets: as published, and when their tables are not what they should be."""

from collections import Counter
from pathlib import Path

import pytest

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.data.known import HAM10000, PAD_UFES_20
from tests.training.conftest import draw_data, draw_lesion, write_table


def test_ham10000_as_published(shared_data: Path) -> None:
    pictures = HAM10000.read(shared_data)
    assert len(pictures) == 10015
    assert len({picture.group for picture in pictures}) == 7470
    assert Counter(picture.diagnosis for picture in pictures)["nv"] == 6705
    assert sum(picture.malignant is True for picture in pictures) == 1113 + 514 + 327
    assert {picture.domain for picture in pictures} == {"dermoscopic"}
    assert Counter(picture.metadata["sex"] for picture in pictures) == {"male": 5406, "female": 4552, "": 57}
    assert sum(not picture.metadata["site"] for picture in pictures) == 234


def test_pad_ufes_20_as_given(shared_data: Path) -> None:
    pictures = PAD_UFES_20.read(shared_data)
    assert len(pictures) == 468
    assert len({picture.group for picture in pictures}) == 365
    assert {picture.diagnosis for picture in pictures if picture.malignant} == {"MEL", "BCC", "SCC"}
    assert {picture.domain for picture in pictures} == {"phone"}
    skin = Counter(picture.metadata["skin_type"] for picture in pictures)
    assert skin == {"": 175, "2": 153, "3": 90, "1": 31, "4": 17, "5": 2}


def test_paths_are_relative_and_every_column_is_kept(drawn_data: Path) -> None:
    picture = HAM10000.read(drawn_data)[0]
    assert picture.path == "ham10000/images_200x150/ISIC_00000.jpg"
    assert (picture.malignant, picture.group, picture.copy) == (False, "HAM_0", 0)
    assert picture.metadata["age"] == "50"
    assert picture.metadata["dx"] == "nv"
    assert picture.metadata["sex"] == ""


def test_images_lie_in_the_folders_they_are_published_in(tmp_path: Path) -> None:
    draw_lesion(tmp_path / "ham10000/HAM10000_images_part_1/a.jpg", False, 1)
    draw_lesion(tmp_path / "ham10000/HAM10000_images_part_2/b.jpg", True, 2)
    rows = [{"image_id": "a", "dx": "nv", "lesion_id": "1"}, {"image_id": "b", "dx": "mel", "lesion_id": "2"}]
    write_table(tmp_path / "ham10000/HAM10000_metadata.csv", rows)
    paths = [picture.path for picture in HAM10000.read(tmp_path)]
    assert paths == ["ham10000/HAM10000_images_part_1/a.jpg", "ham10000/HAM10000_images_part_2/b.jpg"]
    draw_lesion(tmp_path / "pad_ufes_20/imgs_part_3/PAT_1.png", False, 3)
    write_table(
        tmp_path / "pad_ufes_20/metadata.csv", [{"img_id": "PAT_1.png", "patient_id": "1", "diagnostic": "NEV"}]
    )
    assert [picture.path for picture in PAD_UFES_20.read(tmp_path)] == ["pad_ufes_20/imgs_part_3/PAT_1.png"]


def test_a_missing_table_or_image_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataInvalid, match=r"ham10000/HAM10000_metadata\.csv"):
        HAM10000.read(tmp_path)
    draw_data(tmp_path, lesions=3, patients=1)
    (tmp_path / "ham10000/images_200x150/ISIC_00010.jpg").unlink()
    with pytest.raises(DataInvalid, match=r"lists 1 images that are not there.*ISIC_00010\.jpg"):
        HAM10000.read(tmp_path)


def test_a_table_of_another_kind_is_refused(tmp_path: Path) -> None:
    table = draw_data(tmp_path, lesions=1, patients=1) / "ham10000/HAM10000_metadata.csv"
    write_table(table, [{"image": "a", "label": "nv"}])
    with pytest.raises(DataInvalid, match="has no column 'dx', only image, label"):
        HAM10000.read(tmp_path)
    write_table(table, [{"lesion_id": "a", "dx": "nv"}])
    with pytest.raises(DataInvalid, match="has no column 'image_id', only lesion_id, dx"):
        HAM10000.read(tmp_path)
    write_table(table, [{"lesion_id": "a", "image_id": "b", "dx": "wart"}])
    with pytest.raises(DataInvalid, match=r"diagnosis 'wart'.*known are akiec"):
        HAM10000.read(tmp_path)
    write_table(table, [{"lesion_id": "a", "image_id": "b", "dx": ""}])
    with pytest.raises(DataInvalid, match="Row 2 of the table of HAM10000 has an empty 'dx'"):
        HAM10000.read(tmp_path)
    table.write_bytes(b"\xff\xfe\x00image")
    with pytest.raises(DataInvalid, match="not a CSV file in UTF-8"):
        HAM10000.read(tmp_path)
    table.write_text("lesion_id,image_id,dx\n")
    with pytest.raises(DataInvalid, match="lists no image"):
        HAM10000.read(tmp_path)
