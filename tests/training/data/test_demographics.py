"""Counts, and the published table of age and sex."""

from pathlib import Path

from dermsplit_training.data.demographics import age_tables
from dermsplit_training.data.known import HAM10000
from dermsplit_training.data.picture import Picture
from dermsplit_training.data.stats import count_pictures


def picture(diagnosis: str, malignant: bool | None, **metadata: str) -> Picture:
    return Picture("a.jpg", "own", "phone", diagnosis, malignant, diagnosis, metadata)


PICTURES = [
    picture("nv", False, age="19", sex="female", site="back"),
    picture("nv", False, age="20", sex="male", site="back", skin_type="2"),
    picture("df", False, age="", sex="female", site="arm"),
    picture("mel", True, age="101", sex="", skin_type="2"),
    picture("mel", True),
]


def test_ages_by_band_and_sex() -> None:
    benign, malignant, everything = age_tables(PICTURES, "malignancy")
    assert (benign.name, malignant.name, everything.name) == ("benign", "malignant", "all")
    assert benign.images["0-19"] == {"male": 0, "female": 1, "unknown": 0, "all": 1}
    assert benign.images["20-39"] == {"male": 1, "female": 0, "unknown": 0, "all": 1}
    assert benign.images["unknown"] == {"male": 0, "female": 1, "unknown": 0, "all": 1}
    assert benign.mean_age == {"male": 20.0, "female": 19.0, "unknown": None, "all": 19.5}
    assert malignant.images["80+"]["unknown"] == 1
    assert everything.images["all"] == {"male": 1, "female": 2, "unknown": 2, "all": 5}
    assert [table.name for table in age_tables(PICTURES, "diagnosis")] == ["df", "mel", "nv", "all"]


def test_counts_sites_and_skin_types() -> None:
    report = count_pictures(PICTURES, ["train", "test", "train", "train", "test"])
    found = [(count.diagnosis, count.label, count.total, count.images) for count in report.counts]
    assert found == [
        ("df", "benign", 1, {"train": 1}),
        ("nv", "benign", 2, {"train": 1, "test": 1}),
        ("mel", "malignant", 2, {"train": 1, "test": 1}),
    ]
    (size,) = report.sizes
    assert (size.images, size.groups, size.sites, size.skin_types) == (5, 3, {"arm": 1, "back": 2}, {"2": 2})
    assert count_pictures([picture("nv", None)]).counts[0].label == "unknown"


def test_ham10000_as_published(shared_data: Path) -> None:
    benign, malignant, everything = age_tables(HAM10000.read(shared_data), "malignancy")
    assert everything.images["all"] == {"male": 5406, "female": 4552, "unknown": 57, "all": 10015}
    assert (benign.images["all"]["all"], malignant.images["all"]["all"]) == (8061, 1954)
    assert (everything.mean_age["all"], malignant.mean_age["male"]) == (51.9, 65.1)
