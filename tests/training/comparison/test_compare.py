"""The whole comparison of finished runs: page, figures, pictures."""

import json
import re
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest

from dermsplit_contract.errors import UsageError
from dermsplit_training.comparison.compare import compare_runs, write_comparison
from dermsplit_training.comparison.comparison import Comparison
from dermsplit_training.comparison.document import as_markdown, print_page
from dermsplit_training.comparison.page import MOST_WARNINGS, describe
from dermsplit_training.recipe import Recipe
from tests.training.comparison.hand_made import named, part_metrics, write_run


def make_curve(folder: Path) -> Comparison:
    """Two recipes, three sizes, two seeds: the frozen one better with few images, the tuned one with many."""
    frozen, tuned = {100: 0.70, 500: 0.74, 1000: 0.75}, {100: 0.66, 500: 0.75, 1000: 0.82}
    directories = [
        write_run(folder / f"{name}-{size}-{seed}", named(name, seed, size), accuracy + 0.01 * seed)
        for name, sizes in (("tuned", tuned), ("frozen", frozen))
        for size, accuracy in sizes.items()
        for seed in (1, 2)
    ]
    return compare_runs(directories, with_cuts=False)


def test_every_accuracy_has_the_majority_rate_beside_it(tmp_path: Path) -> None:
    comparison = make_curve(tmp_path)
    lines = [line for line in as_markdown(describe(comparison)).splitlines() if line.startswith("| tuned")]
    assert len(lines) == 6
    train, validation, test = lines[0].split("|")[2:5]
    assert train.strip() == "0.990 (0.990 to 0.990) majority 0.660"
    assert validation.strip() == "0.685 (0.680 to 0.690) majority 0.680"
    assert test.strip() == "0.675 (0.670 to 0.680) majority 0.670"


def about_splits(folder: Path, *runs: tuple[Recipe, str]) -> str:
    directories = [
        write_run(folder / str(place), recipe, 0.8, split_sha256=letter * 64)
        for place, (recipe, letter) in enumerate(runs)
    ]
    return as_markdown(describe(compare_runs(directories, with_cuts=False))).split("\n\n")[1]


def test_one_split_is_told(tmp_path: Path) -> None:
    told = about_splits(tmp_path, (named("a"), "f"), (named("b"), "f"))
    assert told == "All runs share one split (ffffffffffff): the rows may be compared."


def test_a_thinned_train_part_is_the_same_split(tmp_path: Path) -> None:
    runs = [(named(name, 1, size), letter) for name in ("a", "b") for size, letter in ((100, "c"), (500, "d"))]
    told = about_splits(tmp_path / "one", *runs)
    assert told == "All runs share one validation and one test part: the rows may be compared."
    told = about_splits(tmp_path / "two", *runs, (named("c", 1, 100), "e"))
    assert told.endswith(" b, 100 a class, b, 500 a class (cccccccccccc); c, 100 a class (eeeeeeeeeeee).")


def test_images_that_changed_between_seeds_are_told(tmp_path: Path) -> None:
    told = about_splits(tmp_path, (named("a", 1), "c"), (named("a", 2), "d"), (named("b"), "d"))
    assert told == "The images changed between the runs of a: they do not share one split."


def test_the_files_hold_the_comparison(tmp_path: Path) -> None:
    comparison = make_curve(tmp_path / "runs")
    write_comparison(comparison, sorted((tmp_path / "runs").iterdir()), tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "comparison.md",
        "comparison.json",
        "comparison.png",
        "curve.png",
        "losses.png",
    }
    assert Comparison.model_validate_json((tmp_path / "out/comparison.json").read_bytes()) == comparison
    figures = json.loads((tmp_path / "out/comparison.json").read_text())
    assert figures["rows"][0]["parts"]["test"]["accuracy"] == pytest.approx(
        {"value": 0.675, "low": 0.67, "high": 0.68, "runs": 2}
    )
    page = (tmp_path / "out/comparison.md").read_text()
    for picture in re.findall(r"\]\((.+?)\)", page):
        colours = np.unique(matplotlib.image.imread(tmp_path / "out" / picture).reshape(-1, 4), axis=0)
        assert len(colours) > 20, picture


def test_a_curve_needs_two_sizes_of_a_recipe(tmp_path: Path) -> None:
    curve = make_curve(tmp_path / "two").curve
    assert {name: [row.train_per_class for row in rows] for name, rows in curve.items()} == {
        "tuned": [100, 500, 1000],
        "frozen": [100, 500, 1000],
    }
    one = compare_runs([write_run(tmp_path / "one", named("a", 1, 100), 0.8)], with_cuts=False)
    assert one.curve == {}
    write_comparison(one, [tmp_path / "one"], tmp_path / "out")
    assert not (tmp_path / "out/curve.png").exists()


def test_what_is_missing_is_said_under_the_table(tmp_path: Path) -> None:
    warnings = [f"warning {number}" for number in range(MOST_WARNINGS + 2)]
    parts = [part_metrics("test", 0.8, malignant=False)]
    changes = {"parts": parts, "warnings": warnings, "classes": ["mel", "nv"], "malignant": []}
    run = write_run(tmp_path / "run", named("a"), 0.8, **changes)
    comparison = compare_runs([run], ["b-seed1: The loss is no number any more."], with_cuts=False)
    page = as_markdown(describe(comparison))
    assert "| macro AUC |" in page
    assert "| a (seed 1) | - | - | 0.800 [0.780, 0.820] majority 0.670 |" in page
    assert f"- a: warning {MOST_WARNINGS - 1}\n- a: 2 more in the reports of its runs." in page
    assert "- Which classes are malignant is not known: no sensitivity, no specificity, and a macro AUC." in page
    assert "- No best cut for a: Left out by --no-cuts." in page
    assert "- Missing: b-seed1: The loss is no number any more." in page


def test_the_table_is_printed_in_full(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    print_page(describe(make_curve(tmp_path)))
    printed = capsys.readouterr().out
    assert "…" not in printed
    assert "0.675" in printed
    assert "(0.670 to 0.680)" in printed
    assert "majority 0.670" in printed


def test_nothing_to_compare_is_refused() -> None:
    with pytest.raises(UsageError, match="Expected at least one finished run to compare, found none"):
        compare_runs([])
    with pytest.raises(UsageError, match=r"found none\. a-seed1: diverged"):
        compare_runs([], ["a-seed1: diverged"])


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be written"):
        write_comparison(make_curve(tmp_path / "runs"), [tmp_path / "runs/tuned-100-1"], tmp_path / "file")
