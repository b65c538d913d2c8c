"""The split: by group or by image, stratified, the same for the same seed."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.data.picture import Picture
from dermsplit_training.data.reading import read_pictures
from dermsplit_training.data.split import PARTS, Leaks, crossing_groups, divide, divide_rest, leaks, split_sha256
from dermsplit_training.recipe import DataRecipe, SplitRecipe

BOTH = DataRecipe(sets=["HAM10000", "PAD-UFES-20"])


@pytest.fixture(scope="module")
def pictures(drawn_data: Path) -> list[Picture]:
    return read_pictures(drawn_data, BOTH)


def picture(path: str, diagnosis: str, group: str = "") -> Picture:
    return Picture(path, "own", "phone", diagnosis, diagnosis == "mel", group or path)


def test_real_split_is_the_one_that_runs_were_trained_on(shared_data: Path) -> None:
    pictures = read_pictures(shared_data, BOTH)
    parts = divide(pictures, SplitRecipe())
    assert split_sha256(pictures, parts).startswith("55d634cda9c7")
    assert leaks(pictures, parts) == Leaks(groups=0, test_images=0)
    for data_set in ("HAM10000", "PAD-UFES-20"):
        own = [(picture, part) for picture, part in zip(pictures, parts, strict=True) if picture.data_set == data_set]
        share = sum(picture.malignant is True for picture, _ in own) / len(own)
        for part in PARTS:
            found = [picture for picture, mine in own if mine == part]
            assert {picture.diagnosis for picture in found} == {picture.diagnosis for picture, _ in own}
            assert sum(picture.malignant is True for picture in found) / len(found) == pytest.approx(share, abs=0.04)
            assert len(found) / len(own) == pytest.approx(0.7 if part == "train" else 0.15, abs=0.03)


def test_by_group_no_group_crosses_and_every_part_has_both_kinds(pictures: list[Picture]) -> None:
    parts = divide(pictures, SplitRecipe())
    assert crossing_groups(pictures, parts) == []
    found = {(picture.data_set, part, picture.malignant) for picture, part in zip(pictures, parts, strict=True)}
    assert len(found) == 2 * 3 * 2


def test_by_image_shares_are_exact_and_stratified() -> None:
    pictures = [picture(f"{number}.jpg", "mel" if number % 5 == 0 else "nv") for number in range(200)]
    parts = divide(pictures, SplitRecipe(by="image", validation=0.13, test=0.25))
    assert Counter(parts) == {"train": 124, "validation": 26, "test": 50}
    malignant = Counter(part for picture, part in zip(pictures, parts, strict=True) if picture.malignant)
    assert malignant == {"train": 25, "validation": 5, "test": 10}


def test_by_image_groups_leak_and_are_counted() -> None:
    pictures = [picture(f"{number}.jpg", "nv", group=f"{number // 4}") for number in range(80)]
    parts = divide(pictures, SplitRecipe(by="image"))
    found = leaks(pictures, parts)
    assert found.groups == len(crossing_groups(pictures, parts)) > 5
    trained = {picture.group for picture, part in zip(pictures, parts, strict=True) if part == "train"}
    tested = [picture.group for picture, part in zip(pictures, parts, strict=True) if part == "test"]
    assert found.test_images == sum(group in trained for group in tested) > 5


def test_a_diagnosis_of_one_image_is_trained_on() -> None:
    pictures = [picture(f"{number}.jpg", "nv") for number in range(20)] + [picture("one.jpg", "mel")]
    for seed in range(5):
        assert divide(pictures, SplitRecipe(by="image", seed=seed))[-1] == "train"


@pytest.mark.parametrize("by", ["group", "image"])
def test_seed_decides(pictures: list[Picture], by: str) -> None:
    first, again, other = (divide(pictures, SplitRecipe.model_validate({"by": by, "seed": seed})) for seed in (1, 1, 2))
    assert first == again
    assert split_sha256(pictures, first) != split_sha256(pictures, other)


def test_what_is_left_of_a_test_part_is_divided_alike(pictures: list[Picture]) -> None:
    recipe = SplitRecipe()
    parts = divide(pictures, recipe)
    rest = [picture for picture, part in zip(pictures, parts, strict=True) if part != "test"]
    assert divide_rest(rest, recipe) == [part for part in parts if part != "test"]


def test_hash_is_of_images_and_parts_and_not_of_copies_in_train(pictures: list[Picture]) -> None:
    parts = divide(pictures, SplitRecipe())
    expected = split_sha256(pictures, parts)
    assert split_sha256(pictures[::-1], parts[::-1]) == expected
    copy = replace(pictures[0], copy=1)
    assert split_sha256([*pictures, copy], [*parts, "train"]) == expected
    assert split_sha256([*pictures, copy], [*parts, "test"]) != expected


def test_a_crossing_group_is_found(pictures: list[Picture]) -> None:
    one = pictures[0]
    assert crossing_groups([one, replace(one, path="b")], ["train", "test"]) == [f"HAM10000/{one.group}"]
    assert crossing_groups([one, replace(one, data_set="other")], ["train", "test"]) == []
    assert leaks([one, replace(one, copy=1)], ["train", "test"]) == Leaks(groups=1, test_images=1)
    assert leaks([one, replace(one, copy=1)], ["train", "validation"]) == Leaks(groups=1, test_images=0)


def test_too_few_images_are_refused(pictures: list[Picture]) -> None:
    with pytest.raises(DataInvalid, match="HAM10000 has 2 lesions or patients; at least 7"):
        divide(pictures[:3], SplitRecipe())
    with pytest.raises(DataInvalid, match="HAM10000 has too few images to split: 3 of 2 diagnoses"):
        divide(pictures[:3], SplitRecipe(by="image"))
