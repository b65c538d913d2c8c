"""Sweeps with deciders whose answer is known."""

from pathlib import Path

import numpy as np
import pytest
from rich.progress import Progress

from dermsplit_contract.decision import CANNOT_TELL, NOT_SUSPICIOUS, SUSPICIOUS
from dermsplit_contract.measures import DomainSpec, OperatingPoint
from dermsplit_training.data.picture import Picture
from dermsplit_training.robustness.decide import Answers, decider
from dermsplit_training.robustness.plots import plot_quality, plot_shortcuts
from dermsplit_training.robustness.record import Robustness, write_robustness
from dermsplit_training.robustness.sweep import Shown, draw_shown, sweep, sweep_quality

POINT = OperatingPoint(name="sensitivity_95", threshold=0.5, target_sensitivity=0.95, chosen_on="validation part")


def draw() -> Shown:
    """Grey pictures, the malignant ones dark; every other one a phone photo."""
    pictures = [
        Picture(f"{index}.jpg", "A" if index % 2 else "B", ("dermoscopic", "phone")[index % 2], "x", index % 4 < 2, "")
        for index in range(40)
    ]
    pictures = [Picture(p.path, p.data_set, p.domain, p.diagnosis, p.malignant, p.path) for p in pictures]
    inputs = np.stack([np.full((32, 32, 3), 70 if one.malignant else 180, dtype=np.uint8) for one in pictures])
    return Shown(pictures, inputs, None)


def by_brightness(pictures: np.ndarray, metadata: object) -> Answers:  # noqa: ARG001
    """Dark is malignant; below 20 nothing can be told."""
    mean = pictures.mean(axis=(1, 2, 3))
    decisions = np.where(mean < 128, SUSPICIOUS, NOT_SUSPICIOUS)
    return Answers(1 - mean / 255, np.where(mean < 20, CANNOT_TELL, decisions))


def test_brightness_flips_where_light_changes_and_nowhere_else(tmp_path: Path) -> None:
    shown = draw()
    with Progress(disable=True) as progress:
        shortcuts = sweep(by_brightness, shown, 1, progress)
        quality = sweep_quality(by_brightness, shown, 1, progress)
    by_change = {(one.change, one.strength): one for one in shortcuts}
    assert by_change["exposure", 0.25].flips.value == 0
    assert by_change["blur", 2].flips.value == 0
    assert by_change["blur", 2].control_flips.value == 0
    assert by_change["exposure", 1].pixel_change > by_change["exposure", 0.25].pixel_change > 0
    assert all(one.images == 40 for one in shortcuts)

    assert [(one.change, one.domain) for one in quality[:2]] == [("none", "dermoscopic"), ("none", "phone")]
    assert quality[0].auc.value == quality[0].sensitivity.value == quality[0].specificity.value == 1
    (bright,) = [one for one in quality if (one.change, one.strength, one.domain) == ("light", 2, "phone")]
    assert bright.sensitivity.value == 0  # 70 with two stops more light is 131
    assert bright.auc.value == 1

    found = Robustness(run="tiny", operating_point=POINT.name, shortcuts=shortcuts, quality=quality)
    path = write_robustness(tmp_path, found)
    assert Robustness.model_validate_json(path.read_bytes()) == found
    plot_shortcuts(shortcuts, tmp_path / "shortcuts.png")
    plot_quality(quality, tmp_path / "quality.png")
    assert (tmp_path / "quality.png").stat().st_size > 5000


def test_the_few_phone_photos_are_all_shown() -> None:
    shown = draw()
    pictures = [*shown.pictures[::2], *shown.pictures[1:6:2]]
    found = draw_shown(pictures, shown.inputs[: len(pictures)], None, 10, seed=1)
    assert len(found.pictures) == 10
    assert (found.domains == "phone").sum() == 3


def test_the_decider_reads_both_outputs() -> None:
    import keras

    picture = keras.Input((4, 4, 3))
    mean = keras.layers.GlobalAveragePooling2D()(picture)
    logits = keras.layers.Dense(2, use_bias=False, name="logits")
    domains = keras.layers.Dense(3, use_bias=False, name="domains")
    network = keras.Model(picture, [logits(mean), keras.layers.Softmax()(domains(mean))])
    logits.set_weights([np.array([[0, 0.02], [0, 0], [0, 0]])])
    domains.set_weights([np.array([[0, 0, 0], [0, 0, 0], [0, 0, 0.1]])])
    pictures = np.zeros((3, 4, 4, 3), dtype=np.uint8)
    pictures[1, ..., 0] = 100
    pictures[2, ..., 2] = 100
    spec = DomainSpec(declined_from=0.9, prevalence={})
    answers = decider(network, 1.0, [1], POINT, spec)(pictures, None)
    assert answers.decisions.tolist() == [SUSPICIOUS, SUSPICIOUS, CANNOT_TELL]
    assert answers.probabilities[1] == pytest.approx(1 / (1 + np.exp(-2)))
