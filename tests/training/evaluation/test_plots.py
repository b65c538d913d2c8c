"""The plots are real pictures, whatever names, classes and gaps the data has."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dermsplit_training.data.classes import Classes
from dermsplit_training.evaluation.gallery import draw_gallery
from dermsplit_training.evaluation.lookalikes import draw_lookalikes, find_lookalikes
from dermsplit_training.evaluation.part_metrics import measure_part
from dermsplit_training.evaluation.plots.confusion import plot_confusion
from dermsplit_training.evaluation.plots.curves import curves_of, plot_precision_recall, plot_roc
from dermsplit_training.evaluation.plots.figure import plain
from dermsplit_training.evaluation.plots.history import plot_history
from dermsplit_training.evaluation.plots.reliability import plot_reliability
from dermsplit_training.evaluation.plots.subgroups import plot_subgroups
from dermsplit_training.evaluation.subgroups import measure_subgroups
from tests.training.evaluation.conftest import BINARY, DIAGNOSES, UNKNOWN, draw_inputs, draw_outcome


def colours(path: Path) -> set[tuple[int, ...]]:
    """The colours of a picture that is neither empty nor tiny."""
    with Image.open(path) as image:
        assert image.format == "PNG"
        assert min(image.size) > 150
        found = {colour for _, colour in image.convert("RGB").getcolors(1 << 24)}
    assert len(found) > 20
    return found


def test_history_with_gaps(tmp_path: Path) -> None:
    rows = [
        {"epoch": 1.0, "loss": 0.7, "validation_loss": 0.8, "validation_auc": 0.6, "validation_auc_phone": 0.61},
        {"epoch": 2.0, "loss": 0.5, "validation_loss": float("nan"), "validation_auc": 0.7},
        {"epoch": 3.0, "loss": 0.4, "validation_auc": 0.7, "accuracy": 0.9},
    ]
    for count in (1, 3):
        plot_history(rows[:count], tmp_path / "history.png")
        assert (0, 114, 178) in colours(tmp_path / "history.png")


@pytest.mark.parametrize("classes", [BINARY, DIAGNOSES, UNKNOWN], ids=["malignancy", "diagnosis", "not known"])
def test_curves_confusion_and_reliability(classes: Classes, tmp_path: Path) -> None:
    test = draw_outcome(classes).of("test")
    baseline = draw_outcome(classes, skill=1.0, model="baseline").of("test")
    curves = curves_of([test, baseline])
    assert len(curves) == 4  # two data sets with two models each, or four classes
    plot_roc(curves, 80, tmp_path / "roc.png")
    plot_precision_recall(curves, 80, tmp_path / "precision_recall.png")
    plot_confusion(measure_part(test, "test")[-1].confusion, classes.names, tmp_path / "confusion.png")
    plot_reliability(test, tmp_path / "reliability.png")
    for name in ("roc", "precision_recall", "reliability"):
        assert {(0, 114, 178), (213, 94, 0)} <= colours(tmp_path / f"{name}.png")
    colours(tmp_path / "confusion.png")


def test_a_curve_needs_both_labels() -> None:
    outcome = draw_outcome().of("test")
    phone = np.array([picture.domain == "phone" for picture in outcome.pictures])
    (curve,) = curves_of([outcome.where(~(phone & outcome.malignant))])
    assert curve.name.startswith("HAM10000, network")
    assert curves_of([outcome.where(~outcome.malignant)]) == []


def test_names_with_dollar_signs_and_long_ones(tmp_path: Path) -> None:
    names = ["$a_{$", "one | two", "melanocytic nevus of the skin of the back", "b\nc", "_hidden"]
    plot_confusion(np.eye(5, dtype=int).tolist(), names, tmp_path / "confusion.png")
    colours(tmp_path / "confusion.png")
    assert plain("melanocytic nevus of the skin of the back", longest=12) == "melanocytic…"
    assert plain(" b\n c$") == r"b c\$"


def test_subgroups_with_and_without_enough_images(tmp_path: Path) -> None:
    outcome = draw_outcome(images=600)
    plot_subgroups(measure_subgroups(outcome), measure_part(outcome, "test"), tmp_path / "subgroups.png")
    assert {(0, 114, 178), (213, 94, 0)} <= colours(tmp_path / "subgroups.png")
    few = draw_outcome(images=30)
    assert not any(found.auc for found in measure_subgroups(few))
    plot_subgroups(measure_subgroups(few), measure_part(few, "test"), tmp_path / "few.png")
    assert (136, 136, 136) in colours(tmp_path / "few.png")  # what is said in their place


@pytest.mark.parametrize("classes", [BINARY, DIAGNOSES], ids=["malignancy", "diagnosis"])
def test_gallery_frames_right_and_wrong(classes: Classes, tmp_path: Path) -> None:
    outcome = draw_outcome(classes, skill=1.0)
    draw_gallery(outcome, draw_inputs(outcome), tmp_path / "gallery.png")
    found = colours(tmp_path / "gallery.png")
    assert {(0, 158, 115), (213, 94, 0), (40, 40, 40)} <= found  # right, wrong, and the pictures' dark square


def test_gallery_of_a_model_that_is_always_right_has_no_wrong_frame(tmp_path: Path) -> None:
    outcome = draw_outcome(skill=50.0)
    draw_gallery(outcome, draw_inputs(outcome), tmp_path / "gallery.png")
    found = colours(tmp_path / "gallery.png")
    assert (0, 158, 115) in found
    assert (213, 94, 0) not in found


def test_lookalikes_are_the_nearest_pairs_across_the_line() -> None:
    outcome = draw_outcome()
    test = np.flatnonzero([part == "test" for part in outcome.parts])
    malignant, benign = test[outcome.malignant[test]], test[~outcome.malignant[test]]
    embeddings = np.random.default_rng(0).normal(size=(len(outcome.pictures), 8)).astype(np.float32)
    embeddings[benign[3]] = 2 * embeddings[malignant[1]]  # the same direction
    embeddings[benign[5]] = embeddings[malignant[1]] + 0.01  # as near, but its partner is taken
    embeddings[benign[6]] = embeddings[benign[7]]  # alike, of one kind
    pairs = find_lookalikes(outcome, embeddings)
    assert (pairs[0].first, pairs[0].second, pairs[0].distance) == (benign[3], malignant[1], pytest.approx(0, abs=1e-6))
    assert len(pairs) == 8
    shown = [index for pair in pairs for index in (pair.first, pair.second)]
    assert len(set(shown)) == 16
    assert all(pair.first in benign and pair.second in malignant for pair in pairs)
    assert [pair.distance for pair in pairs] == sorted(pair.distance for pair in pairs)

    units = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    distances = 1 - units[benign] @ units[malignant].T  # greedy, by the whole table
    for pair in pairs:
        row, column = np.unravel_index(np.argmin(distances), distances.shape)
        assert (pair.first, pair.second) == (benign[row], malignant[column])
        distances[row], distances[:, column] = 9, 9


def test_lookalikes_without_malignancy_are_of_different_classes() -> None:
    outcome = draw_outcome(UNKNOWN)
    embeddings = np.random.default_rng(0).normal(size=(len(outcome.pictures), 8)).astype(np.float32)
    for pair in find_lookalikes(outcome, embeddings):
        assert outcome.labels[pair.first] != outcome.labels[pair.second]


def test_copies_are_in_no_pair_and_one_kind_alone_makes_none(tmp_path: Path) -> None:
    outcome = draw_outcome()
    embeddings = np.ones((len(outcome.pictures), 4), dtype=np.float32)
    pictures = [replace(picture, copy=int(bool(picture.malignant))) for picture in outcome.pictures]
    path = tmp_path / "lookalikes.png"
    assert draw_lookalikes(replace(outcome, pictures=pictures), embeddings, draw_inputs(outcome), path) == []
    assert not path.exists()
    assert len(draw_lookalikes(outcome, embeddings, draw_inputs(outcome), path)) == 8
    colours(path)
