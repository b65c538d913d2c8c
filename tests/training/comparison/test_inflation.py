"""The as-published and the grouped run of a recipe side by side."""

from pathlib import Path

import pytest

from dermsplit_training.comparison.compare import compare_runs
from dermsplit_training.comparison.comparison import Comparison
from dermsplit_training.comparison.document import Block, as_markdown
from dermsplit_training.comparison.page import describe
from tests.training.comparison.hand_made import named, part_metrics, write_run

LEAKING = {"split_sha256": "b" * 64, "leaked_groups": 31, "leaked_test_images": 42}


def compare_pair(folder: Path, published: float, grouped: float) -> Comparison:
    by_image = named("net-as-published", split={"by": "image"})
    return compare_runs(
        [
            write_run(folder / "published", by_image, published, **LEAKING),
            write_run(folder / "grouped", named("net-grouped"), grouped),
            write_run(folder / "alone", named("other-as-published"), 0.5),
        ],
        with_cuts=False,
    )


def text_of(comparison: Comparison) -> str:
    page: list[Block] = describe(comparison)
    return as_markdown(page)


def test_a_pair_gives_its_differences_and_what_leaked(tmp_path: Path) -> None:
    comparison = compare_pair(tmp_path, 0.95, 0.82)
    (pair,) = comparison.inflation
    assert pair.name == "net"
    assert pair.accuracy == pytest.approx(0.13)
    assert pair.balanced_accuracy == pytest.approx(0.13)
    assert pair.auc == pytest.approx(0.13)
    assert pair.validation_accuracy == pytest.approx(0.13)
    assert pair.majority_rate == 0
    assert pair.sentence == (
        "net: done as published, the accuracy is 0.950 [0.930, 0.970] (majority rate 0.670), 0.130 higher than with "
        "whole lesions or patients held out, 0.820 [0.800, 0.840] (majority rate 0.670); done as published, 42 of 100 "
        "test images are of a lesion or patient that is also in the train part."
    )
    page = text_of(comparison)
    assert pair.sentence in page
    assert "| net | as published | grouped | difference |" in page
    assert "| accuracy | 0.950 [0.930, 0.970] | 0.820 [0.800, 0.840] | +0.130 |" in page
    assert "| majority rate | 0.670 | 0.670 | +0.000 |" in page
    assert "| groups in several parts | 31 | 0 |  |" in page
    assert "| test images whose group is in train | 42 | 0 |  |" in page


def test_a_pair_without_inflation_says_so(tmp_path: Path) -> None:
    assert "0.020 lower than with" in compare_pair(tmp_path / "one", 0.80, 0.82).inflation[0].sentence
    assert ", as high as with" in compare_pair(tmp_path / "two", 0.8, 0.8001).inflation[0].sentence


def test_an_auc_that_one_of_them_lacks_has_no_difference(tmp_path: Path) -> None:
    one_kind = [part_metrics("test", 0.9, malignant=False)]
    published = write_run(tmp_path / "one", named("x-as-published"), 0.9, parts=one_kind)
    comparison = compare_runs([published, write_run(tmp_path / "two", named("x-grouped"), 0.8)], with_cuts=False)
    assert comparison.inflation[0].auc is None
    assert "| malignant AUC | - | 0.700 [0.680, 0.720] | - |" in text_of(comparison)


def test_different_splits_are_told_above_the_table(tmp_path: Path) -> None:
    page = text_of(compare_pair(tmp_path, 0.95, 0.82))
    told = "do not share one split, so a difference between rows may come from the split: "
    assert told + "net-as-published (bbbbbbbbbbbb); net-grouped, other-as-published (aaaaaaaaaaaa)." in page
    assert page.index(told) < page.index("| recipe |")
