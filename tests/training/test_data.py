"""Readers: the real data sets as published, and tables that are not what they should be."""

from collections import Counter
from pathlib import Path

import pytest

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.data import read_pictures
from dermsplit_training.split import PARTS, crossing_groups, split_pictures

from .conftest import draw_data, write_table


def test_ham10000_as_published(shared_data: Path) -> None:
    pictures = read_pictures(shared_data, ["HAM10000"])
    assert len(pictures) == 10015
    assert len({picture.group for picture in pictures}) == 7470
    assert Counter(picture.diagnosis for picture in pictures)["nv"] == 6705
    assert sum(picture.malignant for picture in pictures) == 1113 + 514 + 327
    assert {picture.domain for picture in pictures} == {"dermoscopic"}


def test_pad_ufes_20_as_given(shared_data: Path) -> None:
    pictures = read_pictures(shared_data, ["PAD-UFES-20"])
    assert len(pictures) == 468
    assert len({picture.group for picture in pictures}) == 365
    malignant = {picture.diagnosis for picture in pictures if picture.malignant}
    assert malignant == {"MEL", "BCC", "SCC"}
    assert {picture.domain for picture in pictures} == {"phone"}


def test_real_split_keeps_groups_whole_and_every_diagnosis_in_each_part(shared_data: Path) -> None:
    pictures = read_pictures(shared_data, ["HAM10000", "PAD-UFES-20"])
    parts = split_pictures(pictures, 0.15, 0.15, seed=1)
    assert crossing_groups(pictures, parts) == []
    for data_set in ("HAM10000", "PAD-UFES-20"):
        own = [(picture, part) for picture, part in zip(pictures, parts, strict=True) if picture.data_set == data_set]
        share = sum(picture.malignant for picture, _ in own) / len(own)
        for part in PARTS:
            found = [picture for picture, mine in own if mine == part]
            assert {picture.diagnosis for picture in found} == {picture.diagnosis for picture, _ in own}
            assert sum(picture.malignant for picture in found) / len(found) == pytest.approx(share, abs=0.04)
            assert len(found) / len(own) == pytest.approx(0.7 if part == "train" else 0.15, abs=0.03)


def test_paths_are_relative_and_metadata_is_kept(drawn_data: Path) -> None:
    picture = read_pictures(drawn_data, ["HAM10000"])[0]
    assert picture.path == "ham10000/images_200x150/ISIC_00000.jpg"
    assert (picture.label, picture.group, picture.metadata["age"]) == (0, "HAM_0", "50")


def test_a_missing_folder_table_or_image_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataInvalid, match="Expected a folder with the data sets"):
        read_pictures(tmp_path / "none", ["HAM10000"])
    with pytest.raises(DataInvalid, match=r"ham10000/HAM10000_metadata\.csv"):
        read_pictures(tmp_path, ["HAM10000"])
    draw_data(tmp_path, lesions=3, patients=1)
    (tmp_path / "ham10000/images_200x150/ISIC_00010.jpg").unlink()
    with pytest.raises(DataInvalid, match=r"lists 1 images that are not there.*ISIC_00010\.jpg"):
        read_pictures(tmp_path, ["HAM10000"])


def test_a_table_of_another_kind_is_refused(tmp_path: Path) -> None:
    table = draw_data(tmp_path, lesions=1, patients=1) / "ham10000/HAM10000_metadata.csv"
    write_table(table, [{"image": "a", "label": "nv"}])
    with pytest.raises(DataInvalid, match="has no column 'image_id'"):
        read_pictures(tmp_path, ["HAM10000"])
    write_table(table, [{"lesion_id": "a", "image_id": "b", "dx": "wart"}])
    with pytest.raises(DataInvalid, match=r"diagnosis 'wart'.*known are akiec"):
        read_pictures(tmp_path, ["HAM10000"])
    table.write_bytes(b"\xff\xfe\x00image")
    with pytest.raises(DataInvalid, match="not a CSV file in UTF-8"):
        read_pictures(tmp_path, ["HAM10000"])
    table.write_text("lesion_id,image_id,dx\n")
    with pytest.raises(DataInvalid, match="lists no image"):
        read_pictures(tmp_path, ["HAM10000"])
