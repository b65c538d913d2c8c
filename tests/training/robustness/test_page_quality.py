"""The page's measures, the changes that spoil them, and the limits that follow."""

import base64
import json
import os
from pathlib import Path

import numpy as np
import pytest
from rich.progress import Progress

from dermsplit_contract.measures import Interval
from dermsplit_training.data.picture import Picture
from dermsplit_training.robustness.changes import blur
from dermsplit_training.robustness.decide import Answers
from dermsplit_training.robustness.page_changes import glare
from dermsplit_training.robustness.page_measures import PageMeasures, luma_of, measure, measure_pictures
from dermsplit_training.robustness.quality import Step, find_limit, sweep_page_quality
from dermsplit_training.robustness.quality_run import limits_table, steps_table
from dermsplit_training.robustness.sweep import Shown

GOLDEN = Path(__file__).parents[3] / "contract" / "golden" / "quality.json"
NAMES = tuple(PageMeasures.__dataclass_fields__)


def lesion(size: int = 96, side: float = 0.4, skin: int = 190, mole: int = 90) -> np.ndarray:
    """A dark disc whose area is that of a square of ``side`` of the picture, on skin with a texture."""
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    inside = np.hypot(x, y) <= side * size / np.sqrt(np.pi)
    grey = np.where(inside, mole, skin) + 6 * np.sin(x) * np.cos(1.3 * y)
    return np.clip(np.rint(grey[..., None] + np.array([12, 0, -14])), 0, 255).astype(np.uint8)


def golden_pictures() -> dict[str, np.ndarray]:
    base = lesion(32)
    return {
        "lesion": base,
        "dark": (base * 0.15).astype(np.uint8),
        "glare": glare(base[None], 0.2, 3)[0],
        "blurred": blur(base[None], 1.5, 0)[0],
        "nothing": np.full((32, 32, 3), 128, np.uint8),
    }


def test_the_golden_file_holds_these_figures() -> None:
    """`DERMSPLIT_WRITE_GOLDEN=1 pytest` this test to write it anew."""
    cases = []
    for name, picture in golden_pictures().items():
        figures = dict(zip(NAMES, measure(luma_of(picture)), strict=True))
        rgb = base64.b64encode(picture.tobytes()).decode()
        cases.append({"name": name, "side": len(picture), "rgb": rgb, "measures": figures})
    if os.environ.get("DERMSPLIT_WRITE_GOLDEN"):
        GOLDEN.write_text(json.dumps({"cases": cases}, indent=1) + "\n", encoding="utf-8")
    held = json.loads(GOLDEN.read_text(encoding="utf-8"))["cases"]
    assert [case["name"] for case in held] == [case["name"] for case in cases]
    for case, found in zip(held, cases, strict=True):
        assert case["rgb"] == found["rgb"]
        assert case["measures"] == pytest.approx(found["measures"], abs=1e-9)


def test_each_measure_follows_what_it_is_named_after() -> None:
    pictures = lesion()[None]
    plain = measure_pictures(pictures)
    assert plain.light[0] == pytest.approx(luma_of(lesion()).mean(), abs=0.5)
    assert plain.glare[0] == 0
    assert measure_pictures(glare(pictures, 0.1, 1)).glare[0] == pytest.approx(0.1, abs=0.02)
    sharpness = [measure_pictures(blur(pictures, sigma, 0)).sharpness[0] for sigma in (0.5, 1, 2, 3)]
    assert sharpness == sorted(sharpness, reverse=True)
    assert sharpness[-1] < plain.sharpness[0] / 2


def step(strength: float, lost: float, median: float, change: str = "blur") -> Step:
    return Step(
        change,
        strength,
        "px",
        "sharpness",
        0.9 - lost,
        Interval(value=lost, low=0, high=1),
        (median - 0.01, median, median + 0.01),
    )


def test_the_limit_lies_where_two_hundredths_are_lost() -> None:
    steps = [step(0, 0, 0.10), step(1, 0.01, 0.08), step(2, 0.03, 0.04), step(3, 0.2, 0.01)]
    limit = find_limit(steps)
    assert limit.strength == pytest.approx(1.5)
    assert limit.value == pytest.approx(0.06)
    assert find_limit(steps[:2]).value is None
    # Half way there lies still among the unchanged, of which no more than one in twenty may be spoken of.
    assert find_limit([step(0, 0, 0.10), step(1, 0.2, 0.08)]).value == pytest.approx(0.09)
    assert "| blur | 1.50 | sharpness 0.06 |" in limits_table([limit])
    assert "no strength tried" in limits_table([find_limit(steps[:2])])


def test_a_network_that_reads_sharpness_loses_by_blur_alone() -> None:
    """Malignant moles have the smoother skin round them here; blur makes all of them smooth."""
    shown = Shown(
        [Picture(f"{i}.jpg", "A", "phone", "x", i < 12, f"{i}") for i in range(24)],
        np.stack([blur(lesion(64)[None], 1.0 if i < 12 else 0.0, 0)[0] for i in range(24)]),
        None,
    )

    def by_sharpness(pictures: np.ndarray, metadata: object) -> Answers:  # noqa: ARG001
        sharpness = np.round(measure_pictures(pictures).sharpness, 2)
        return Answers(1 - sharpness, np.array(["suspicious"] * len(sharpness)))

    with Progress(disable=True) as progress:
        steps, limits = sweep_page_quality(by_sharpness, shown, 1, progress)
    by_change = {limit.change: limit for limit in limits}
    assert steps[0].auc == 1
    assert by_change["blur"].strength is not None
    assert by_change["blur"].measure == "sharpness"
    assert by_change["darker"].measure == "light"
    assert len([one for one in steps if one.change == "glare"]) == 6
    assert "| blur, pixels of the input | 3 |" in steps_table(steps)
