"""What a check finds: unreadable images, images that are there twice, and groups that cross parts."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rich.progress import Progress

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.data.check import CheckReport, check_passed, check_pictures
from dermsplit_training.data.duplicates import near_duplicates
from dermsplit_training.data.picture import Picture
from dermsplit_training.data.scan import scan
from dermsplit_training.data.split import Part


def draw_scene(path: Path, seed: int) -> None:
    """A picture of coarse random patches: unlike any other, and with enough in it for a perceptual hash."""
    patches = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    Image.fromarray(patches).resize((160, 120), Image.Resampling.BICUBIC).save(path, quality=95)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for number in range(8):
        draw_scene(tmp_path / f"{number}.jpg", number)
    return tmp_path


def pictures(groups: str = "abcdefgh") -> list[Picture]:
    return [Picture(f"{number}.jpg", "own", "phone", "nv", False, group) for number, group in enumerate(groups)]


def check(data: Path, parts: list[Part], groups: str = "abcdefgh") -> CheckReport:
    with Progress(disable=True) as progress:
        return check_pictures(pictures(groups), parts, data, progress)


SOUND: list[Part] = ["train"] * 4 + ["validation"] * 2 + ["test"] * 2


def test_a_sound_split_of_different_images_passes(data: Path) -> None:
    report = check(data, SOUND)
    check_passed(report)
    assert (report.images, report.unreadable, report.same_files, report.crossing_groups) == (8, [], [], [])
    assert report.near_duplicates.pairs == 0
    assert report.counts.counts[0].images == {"train": 4, "validation": 2, "test": 2}


def test_unreadable_images_are_named(data: Path) -> None:
    (data / "5.jpg").write_bytes((data / "5.jpg").read_bytes()[:500])
    report = check(data, SOUND)
    assert [found.image for found in report.unreadable] == ["5.jpg"]
    with pytest.raises(DataInvalid, match=r"1 of 8 images cannot be read\. The first: '5\.jpg' is not a picture"):
        check_passed(report)


def test_one_file_in_two_parts_is_a_leak_and_in_one_is_not(data: Path) -> None:
    shutil.copy(data / "0.jpg", data / "1.jpg")
    report = check(data, SOUND)
    assert [(found.images, found.leak) for found in report.same_files] == [(["0.jpg", "1.jpg"], False)]
    check_passed(report)
    shutil.copy(data / "0.jpg", data / "7.jpg")
    report = check(data, SOUND)
    assert report.same_files[0].parts == ["train", "train", "test"]
    assert report.near_duplicates.pairs == 0
    with pytest.raises(DataInvalid, match=r"1 files are in more than one part, the first as 0\.jpg and 1\.jpg and 7"):
        check_passed(report)


def test_crossing_groups_fail(data: Path) -> None:
    report = check(data, SOUND, groups="aaaaabcc")
    assert report.crossing_groups == ["own/a"]
    with pytest.raises(DataInvalid, match="1 lesions or patients are in more than one part, the first is own/a"):
        check_passed(report)


def test_near_duplicates_warn(data: Path) -> None:
    with Image.open(data / "0.jpg") as image:
        image.resize((97, 73)).save(data / "6.jpg", quality=60)
        Image.fromarray((np.asarray(image) * 0.9).astype(np.uint8)).save(data / "2.jpg", quality=80)
    report = check(data, SOUND, groups="abacdefg")
    near = report.near_duplicates
    assert (near.pairs, near.across_groups, near.across_parts, near.across_both) == (3, 2, 2, 2)
    assert {tuple(pair.images) for pair in near.listed} == {("0.jpg", "6.jpg"), ("2.jpg", "6.jpg")}
    assert all(pair.bits <= 4 and pair.likeness > 0.97 for pair in near.listed)
    assert near.listed[0].parts == ["train", "test"]
    check_passed(report)


def test_many_images_are_compared_in_blocks(data: Path) -> None:
    with Progress(disable=True) as progress:
        scanned = scan(pictures(), data, progress)
    shutil.copy(data / "0.jpg", data / "1.jpg")
    with Image.open(data / "0.jpg") as image:
        image.save(data / "1.jpg", quality=50)
    with Progress(disable=True) as progress:
        again = scan(pictures()[1:2], data, progress)
    many = [*scanned, *scanned * 150, *again]
    found = near_duplicates(many)
    assert len(found.bits) == 151
    assert set(found.second) == {len(many) - 1}
    assert found.first.tolist() == list(range(0, len(many) - 1, 8))
    assert (np.diff(found.likeness) <= 0).all()
