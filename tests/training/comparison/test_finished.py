"""Directories that can be compared, and those that cannot."""

from pathlib import Path

import pytest

from dermsplit_contract.errors import RunInvalid
from dermsplit_training.comparison.finished import read_finished, require_same_classes
from dermsplit_training.evaluation.metrics import METRICS_FILE
from tests.training.comparison.hand_made import named, part_metrics, write_run


def test_a_part_is_that_of_all_data_sets_together_and_of_the_network(tmp_path: Path) -> None:
    part = read_finished(write_run(tmp_path / "run", named("a"), 0.8)).part("test")
    assert part is not None
    assert part.accuracy.value == 0.8


def test_a_part_of_the_only_data_set_is_taken_as_it_is(tmp_path: Path) -> None:
    parts = [part_metrics("test", 0.7, data_set="HAM10000"), part_metrics("test", 0.6, model="baseline")]
    run = read_finished(write_run(tmp_path / "run", named("a"), 0.8, parts=parts))
    part = run.part("test")
    assert part is not None
    assert part.accuracy.value == 0.7
    assert run.part("train") is None


def test_a_directory_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunInvalid, match="Expected a run directory"):
        read_finished(tmp_path)


def test_a_run_without_figures_is_refused(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", named("a"), 0.8)
    (run / METRICS_FILE).unlink()
    with pytest.raises(RunInvalid, match=r"Expected metrics\.json beside run\.json"):
        read_finished(run)
    (run / METRICS_FILE).write_text('{"schema_version": 1}')
    with pytest.raises(RunInvalid, match="another version"):
        read_finished(run)
    with pytest.raises(RunInvalid, match="no figures of the test part"):
        read_finished(write_run(tmp_path / "other", named("a"), 0.8, parts=[part_metrics("train", 0.8)]))


def test_runs_of_different_classes_are_refused(tmp_path: Path) -> None:
    first = read_finished(write_run(tmp_path / "one", named("a"), 0.8))
    other = read_finished(write_run(tmp_path / "two", named("b"), 0.8, classes=["mel", "nv"], malignant=["mel"]))
    with pytest.raises(RunInvalid, match=r"'one' has the classes benign, malignant and 'two' mel, nv\. Compare"):
        require_same_classes([first, first, other])


def test_runs_that_count_different_classes_malignant_are_refused(tmp_path: Path) -> None:
    first = read_finished(write_run(tmp_path / "one", named("a"), 0.8))
    other = read_finished(write_run(tmp_path / "two", named("b"), 0.8, malignant=[]))
    with pytest.raises(RunInvalid, match="'one' has as malignant classes malignant and 'two' none"):
        require_same_classes([first, other])
