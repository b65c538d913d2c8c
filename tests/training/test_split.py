"""The split: by group, stratified, the same for the same seed."""

from dataclasses import replace
from pathlib import Path

import pytest

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.data import Picture, read_pictures
from dermsplit_training.split import crossing_groups, split_pictures, split_sha256


@pytest.fixture(scope="module")
def pictures(drawn_data: Path) -> list[Picture]:
    return read_pictures(drawn_data, ["HAM10000", "PAD-UFES-20"])


def test_no_group_crosses_and_every_part_has_both_labels(pictures: list[Picture]) -> None:
    parts = split_pictures(pictures, 0.15, 0.15, seed=1)
    assert crossing_groups(pictures, parts) == []
    for data_set in ("HAM10000", "PAD-UFES-20"):
        for part in ("train", "validation", "test"):
            found = {
                picture.label
                for picture, own in zip(pictures, parts, strict=True)
                if own == part and picture.data_set == data_set
            }
            assert found == {0, 1}


def test_seed_decides(pictures: list[Picture]) -> None:
    first, again, other = (split_pictures(pictures, 0.15, 0.15, seed) for seed in (1, 1, 2))
    assert first == again
    assert split_sha256(pictures, first) != split_sha256(pictures, other)


def test_hash_does_not_depend_on_the_order(pictures: list[Picture]) -> None:
    parts = split_pictures(pictures, 0.15, 0.15, seed=1)
    assert split_sha256(pictures[::-1], parts[::-1]) == split_sha256(pictures, parts)


def test_a_crossing_group_is_found(pictures: list[Picture]) -> None:
    one = pictures[0]
    assert crossing_groups([one, replace(one, path="b")], ["train", "test"]) == [f"HAM10000/{one.group}"]
    assert crossing_groups([one, replace(one, data_set="other")], ["train", "test"]) == []


def test_too_few_groups_are_refused(pictures: list[Picture]) -> None:
    with pytest.raises(DataInvalid, match="HAM10000 has 2 lesions or patients; at least 7"):
        split_pictures(pictures[:3], 0.15, 0.15, seed=1)
