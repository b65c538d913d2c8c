"""Drawn images of one's own in the three layouts that are read."""

from pathlib import Path

import pytest

from tests.training.conftest import draw_lesion, write_table


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table of paths: three benign and two malignant images, two of them of one patient."""
    rows = []
    for number, label in enumerate(("benign", "malignant", "benign", "malignant", "benign")):
        draw_lesion(tmp_path / f"own/pictures/{number}.jpg", label == "malignant", number)
        row = {"path": f"pictures/{number}.jpg", "label": label, "group": f"P{number // 2}"}
        rows.append({**row, "age": "61.0", "gender": "FEMALE", "site": "Back", "fitzpatrick": "III"})
    write_table(tmp_path / "own/table.csv", rows)
    return tmp_path / "own/table.csv"


@pytest.fixture
def class_folders(tmp_path: Path) -> Path:
    """A folder for each class: two naevi, one of them in a folder below, and a melanoma."""
    for name in ("naevus/a.jpg", "naevus/deeper/b.PNG", "melanoma/c.jpeg"):
        draw_lesion(tmp_path / "classes" / name, name.startswith("melanoma"), len(name))
    (tmp_path / "classes/naevus/readme.txt").write_text("not an image")
    return tmp_path / "classes"


@pytest.fixture
def isic(tmp_path: Path) -> Path:
    """An ISIC folder: metadata.csv, and the images in a folder beside it."""
    rows = []
    for number in range(4):
        draw_lesion(tmp_path / f"isic/images/ISIC_{number}.{'png' if number == 3 else 'jpg'}", number > 1, number)
        row = {"isic_id": f"ISIC_{number}", "diagnosis": "melanoma" if number > 1 else "nevus", "age_approx": "45"}
        rows.append({**row, "sex": "male", "anatom_site_general": "head/neck", "patient_id": f"IP_{number // 2}"})
    write_table(tmp_path / "isic/metadata.csv", rows)
    return tmp_path / "isic"
