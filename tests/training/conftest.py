"""Drawn data sets in the layout of the real ones, and one tiny real training of them a session."""

import csv
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from dermsplit_contract.run import Run
from dermsplit_training.recipe import Recipe
from dermsplit_training.recipe_file import parse_recipe

HAM_DIAGNOSES = ("nv", "mel", "nv", "bkl", "nv", "bcc")
PAD_DIAGNOSES = ("NEV", "MEL", "SEK", "BCC", "ACK", "SCC")
MALIGNANT = {"mel", "bcc", "MEL", "BCC", "SCC"}


def draw_lesion(path: Path, malignant: bool, seed: int) -> None:
    """Draw a spot on skin, 80x60: dark and off centre where malignant, pale and round where not."""
    rng = np.random.default_rng(seed)
    skin = rng.normal((205, 160, 140), 6, size=(60, 80, 3)).clip(0, 255).astype(np.uint8)
    image = Image.fromarray(skin)
    radius = int(rng.integers(9, 16))
    x, y = 40 + int(rng.integers(-5, 6)), 30 + int(rng.integers(-4, 5))
    colour = (60, 30, 40) if malignant else (160, 110, 90)
    pen = ImageDraw.Draw(image)
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    if malignant:
        pen.rectangle((x, y, x + radius, y + radius), fill=(90, 40, 110))
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, quality=92)


def draw_data(folder: Path, lesions: int = 70, patients: int = 42) -> Path:
    """Draw HAM10000 (every third lesion twice) and PAD-UFES-20 (every fourth patient twice) below ``folder``."""
    ham, pad = [], []
    for lesion in range(lesions):
        diagnosis = HAM_DIAGNOSES[lesion % len(HAM_DIAGNOSES)]
        for view in range(2 if lesion % 3 == 0 else 1):
            image = f"ISIC_{lesion:04d}{view}"
            draw_lesion(folder / f"ham10000/images_200x150/{image}.jpg", diagnosis in MALIGNANT, 10 * lesion + view)
            ham.append({"lesion_id": f"HAM_{lesion}", "image_id": image, "dx": diagnosis, "age": "50"})
    for patient in range(patients):
        for view in range(2 if patient % 4 == 0 else 1):
            diagnosis = PAD_DIAGNOSES[(patient + view) % len(PAD_DIAGNOSES)]
            file = f"PAT_{patient}_{view}.png"
            draw_lesion(folder / f"pad_ufes_20/images/{file}", diagnosis in MALIGNANT, 9000 + 10 * patient + view)
            pad.append({"file": file, "patient_id": f"PAT_{patient}", "diagnostic": diagnosis})
    write_table(folder / "ham10000/HAM10000_metadata.csv", ham)
    write_table(folder / "pad_ufes_20/metadata.csv", pad)
    return folder


def write_table(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def tiny_recipe(sections: dict[str, dict[str, Any]] | None = None, **train: object) -> Recipe:
    """A recipe of seconds: 32 px, no pretrained weights. ``sections`` are laid over its sections, key by key."""
    fields: dict[str, Any] = {
        "name": "tiny",
        "data": {"sets": ["HAM10000", "PAD-UFES-20"]},
        "network": {"input_size": 32, "alpha": 0.35, "weights": "none", "batch_norm_momentum": 0.5},
        "top": {"dropout": 0.0},
        "train": {"epochs": 2, "batch_size": 16, "learning_rate": 3e-3, "baseline": True, **train},
    }
    for name, section in (sections or {}).items():
        fields[name] = {**fields.get(name, {}), **section}
    return parse_recipe(fields)


@pytest.fixture(scope="session")
def drawn_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The drawn data sets."""
    return draw_data(tmp_path_factory.mktemp("drawn"))


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for decoded images that the whole session shares."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def killed_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a kill after the first of two epochs leaves of ``tiny_run``; filled while that trains."""
    return tmp_path_factory.mktemp("killed") / "tiny"


@contextmanager
def copied_after_the_first_epoch(killed: Path) -> Iterator[None]:
    """While it lasts, a training leaves in ``killed`` what a kill after its first epoch would."""
    from dermsplit_training.learning import fit

    save_epoch = fit.save_epoch

    def save_and_copy(directory: Path, *arguments: Any) -> None:
        save_epoch(directory, *arguments)
        if not killed.exists():
            shutil.copytree(directory, killed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fit, "save_epoch", save_and_copy)
        yield


@pytest.fixture(scope="session")
def tiny_run(
    drawn_data: Path, cache: Path, killed_run: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Run]:
    """A finished training of the drawn data: its directory and its run.json."""
    from dermsplit_training.train import train

    out = tmp_path_factory.mktemp("runs") / "tiny"
    with copied_after_the_first_epoch(killed_run):
        return out, train(tiny_recipe(), drawn_data, None, out, cache)
