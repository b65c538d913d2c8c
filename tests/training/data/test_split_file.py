"""split.csv: written, read again, and refused where it is another's."""

from dataclasses import replace
from pathlib import Path

import pytest

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.data.picture import Picture
from dermsplit_training.data.split import Part, divide, divide_rest
from dermsplit_training.data.split_file import groups_in, read_split, write_split
from dermsplit_training.recipe import SplitRecipe

PICTURES = [Picture(f"a, {number}.jpg", "own", "phone", "nv", False, f"L{number // 2}") for number in range(4)]
COPY = replace(PICTURES[0], copy=2)
PARTS: list[Part] = ["train", "train", "validation", "test"]


def test_written_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "split.csv"
    write_split(path, [*PICTURES, COPY], [*PARTS, "validation"])
    assert path.read_text().splitlines()[:2] == [
        "image,data_set,group,diagnosis,part,copy",
        '"a, 0.jpg",own,L0,nv,train,0',
    ]
    assert read_split(path, PICTURES) == PARTS
    assert read_split(path, [COPY, PICTURES[3]]) == ["validation", "test"]
    assert list(tmp_path.iterdir()) == [path]


def test_a_recipe_divides_by_it(tmp_path: Path) -> None:
    write_split(tmp_path / "split.csv", PICTURES, PARTS)
    recipe = SplitRecipe(by="image", file=str(tmp_path / "split.csv"))
    assert divide(PICTURES, recipe) == PARTS
    assert divide_rest(PICTURES[:3], recipe) == PARTS[:3]


def test_a_file_that_leaks_is_refused_by_group(tmp_path: Path) -> None:
    """The lesion L1 is in validation and in test."""
    write_split(tmp_path / "split.csv", PICTURES, PARTS)
    with pytest.raises(DataInvalid, match=r"1 lesions or patients in more than one part, the first is own/L1\."):
        divide(PICTURES, SplitRecipe(file=str(tmp_path / "split.csv")))


def test_groups_of_a_part(tmp_path: Path) -> None:
    write_split(tmp_path / "split.csv", PICTURES, PARTS)
    assert groups_in(tmp_path / "split.csv", ("train",)) == {("own", "L0")}
    assert groups_in(tmp_path / "split.csv", ("validation", "test")) == {("own", "L1")}


def test_a_file_of_other_images_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "split.csv"
    with pytest.raises(DataInvalid, match=r"the split at '.*split\.csv', found no such file"):
        read_split(path, PICTURES)
    write_split(path, PICTURES[:2], PARTS[:2])
    with pytest.raises(DataInvalid, match=r"2 of 4 images are not in the split 'split\.csv', the first is 'a, 2\.jpg'"):
        read_split(path, PICTURES)
    with pytest.raises(DataInvalid, match="1 of 1 images are not in the split"):
        read_split(path, [COPY])
    path.write_text("image,part\na,dev\n")
    with pytest.raises(
        DataInvalid, match=r"Row 2 of 'split\.csv' has the part 'dev'; expected train, validation, test"
    ):
        read_split(path, PICTURES)
    path.write_text("image,fold\na,1\n")
    with pytest.raises(DataInvalid, match="no column 'part', only image, fold"):
        read_split(path, PICTURES)
