"""The whole way from a recipe to inputs, with copies made at each stage."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from dermsplit_contract.errors import DataInvalid, RecipeInvalid
from dermsplit_training.data.prepare import Prepared, prepare
from dermsplit_training.data.split import PARTS, leaks
from dermsplit_training.recipe import Recipe
from tests.training.conftest import draw_lesion, tiny_recipe

HAM = {"sets": ["HAM10000"]}


def recipe(**sections: dict[str, object]) -> Recipe:
    return tiny_recipe({"data": HAM, **sections})


def counts(prepared: Prepared, part: str) -> list[int]:
    return np.bincount(prepared.labels[[own == part for own in prepared.parts]]).tolist()


def in_test(prepared: Prepared) -> set[tuple[str, int]]:
    return {(picture.path, picture.copy) for picture in prepared.pictures_of("test")}


def test_everything_is_in_one_order(drawn_data: Path, cache: Path) -> None:
    prepared = prepare(tiny_recipe(), drawn_data, cache)
    count = len(prepared.pictures)
    assert (prepared.inputs.shape, prepared.inputs.dtype) == ((count, 32, 32, 3), np.uint8)
    assert prepared.classes.names == ("benign", "malignant")
    assert prepared.labels.tolist() == [int(picture.malignant is True) for picture in prepared.pictures]
    assert prepared.labels is prepared.labels
    assert prepared.domains.tolist() == [picture.domain for picture in prepared.pictures]
    assert sorted(np.concatenate([prepared.indices(part) for part in PARTS])) == list(range(count))
    assert prepared.pictures_of("test") == [prepared.pictures[index] for index in prepared.indices("test")]


def test_copies_after_the_split_stay_in_train(drawn_data: Path, cache: Path) -> None:
    plain = prepare(recipe(), drawn_data, cache)
    prepared = prepare(recipe(balance={"method": "augment", "target": 60}), drawn_data, cache)
    assert counts(prepared, "train") == [60, 60]
    assert {part for picture, part in zip(prepared.pictures, prepared.parts, strict=True) if picture.copy} == {"train"}
    assert in_test(prepared) == in_test(plain)
    assert prepared.sha256 == plain.sha256
    assert leaks(prepared.pictures, prepared.parts).groups == 0
    copy = next(index for index, picture in enumerate(prepared.pictures) if picture.copy)
    path = prepared.pictures[copy].path
    original = next(index for index, picture in enumerate(plain.pictures) if picture.path == path)
    assert not np.array_equal(prepared.inputs[copy], plain.inputs[original])


def test_copies_before_the_split_are_everywhere(drawn_data: Path, cache: Path) -> None:
    settings = {"method": "augment", "copies": "before_split"}
    prepared = prepare(recipe(balance=settings, split={"by": "image"}), drawn_data, cache)
    assert len(set(np.bincount(prepared.labels))) == 1
    for part in PARTS:
        assert any(picture.copy for picture in prepared.pictures_of(part))
    assert leaks(prepared.pictures, prepared.parts).test_images > 5


def test_copies_before_the_validation_split_spare_the_test_part(drawn_data: Path, cache: Path) -> None:
    plain = prepare(recipe(split={"by": "image"}), drawn_data, cache)
    settings = {"method": "augment", "copies": "before_validation_split", "target": 80}
    prepared = prepare(recipe(balance=settings, split={"by": "image"}), drawn_data, cache)
    assert in_test(prepared) == in_test(plain)
    assert not any(picture.copy for picture in prepared.pictures_of("test"))
    for part in ("train", "validation"):
        assert any(picture.copy for picture in prepared.pictures_of(part))
    rest = np.add(counts(prepared, "train"), counts(prepared, "validation"))
    assert rest.tolist() == [80, 80]


def test_fewer_train_images_leave_the_other_parts_whole(drawn_data: Path, cache: Path) -> None:
    plain = prepare(recipe(), drawn_data, cache)
    prepared = prepare(recipe(split={"train_per_class": 9}), drawn_data, cache)
    assert counts(prepared, "train") == [9, 9]
    for part in ("validation", "test"):
        assert prepared.pictures_of(part) == plain.pictures_of(part)
    copied = prepare(
        recipe(split={"train_per_class": 9}, balance={"method": "augment", "target": 12}), drawn_data, cache
    )
    assert counts(copied, "train") == [12, 12]
    assert Counter(picture.copy > 0 for picture in copied.pictures_of("train")) == {False: 18, True: 6}


def test_diagnoses_are_classes(drawn_data: Path, cache: Path) -> None:
    data = {"sets": ["HAM10000"], "task": "diagnosis", "diagnoses": ["nv", "mel", "bkl"]}
    prepared = prepare(recipe(data=data, train={"baseline": False}), drawn_data, cache)
    assert prepared.classes.names == ("bkl", "mel", "nv")
    names = [prepared.classes.names[label] for label in prepared.labels]
    assert names == [picture.diagnosis for picture in prepared.pictures]


def test_a_part_of_one_class_is_refused(tmp_path: Path, cache: Path) -> None:
    for number in range(12):
        draw_lesion(tmp_path / f"all/{'b' if number else 'a'}/{number}.png", not number, number)
    own = {"name": "own", "kind": "folders", "path": "all"}
    settings = recipe(data={"sets": [own], "task": "diagnosis"}, split={"by": "image"}, train={"baseline": False})
    with pytest.raises(DataInvalid, match="The validation part needs at least two classes and has b only"):
        prepare(settings, tmp_path, cache)


def test_a_class_that_is_not_trained_on_is_refused(tmp_path: Path, cache: Path) -> None:
    for number in range(24):
        draw_lesion(tmp_path / f"all/{'abc'[number % 2] if number else 'c'}/{number}.png", False, number)
    own = {"name": "own", "kind": "folders", "path": "all"}
    rows = [f"all/{'abc'[number % 2] if number else 'c'}/{number}.png" for number in range(24)]
    parts = ["test", *["train"] * 15, *["validation"] * 4, *["test"] * 4]
    lines = [f"{image},{part}" for image, part in zip(rows, parts, strict=True)]
    (tmp_path / "split.csv").write_text("\n".join(["image,part", *lines]))
    settings = recipe(
        data={"sets": [own], "task": "diagnosis"},
        split={"file": str(tmp_path / "split.csv")},
        train={"baseline": False},
    )
    with pytest.raises(DataInvalid, match="The class 'c' has no image in the train part"):
        prepare(settings, tmp_path, cache)


def test_a_preset_that_copies_cannot_have_is_refused(drawn_data: Path, cache: Path) -> None:
    with pytest.raises(RecipeInvalid, match=r"'balance\.preset' asks for brightness, contrast too"):
        prepare(recipe(balance={"method": "augment", "preset": "light"}), drawn_data, cache)
    with pytest.raises(RecipeInvalid, match=r"'balance\.preset' must be one of"):
        prepare(recipe(balance={"method": "augment", "preset": "heavy"}), drawn_data, cache)
