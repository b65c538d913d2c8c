"""Trainings one after the other: stopped, gone on with, diverged."""

from pathlib import Path
from typing import Any

import pytest

from dermsplit_contract.errors import RunInvalid
from dermsplit_training.comparison.plan import Planned
from dermsplit_training.comparison.train_all import time_left, train_all
from dermsplit_training.learning import fit
from dermsplit_training.learning.state import read_history
from dermsplit_training.recipe import Recipe
from tests.training.comparison.hand_made import named, write_run


def small(name: str, **train: Any) -> Recipe:
    network = {"backbone": "small_cnn", "input_size": 32, "alpha": 1.0, "batch_norm_momentum": 0.0}
    changes = {"baseline": False, **train}
    recipe = named(name, network=network)
    return recipe.model_copy(update={"train": recipe.train.model_copy(update=changes)})


def test_a_stopped_comparison_goes_on_where_it_was(
    drawn_data: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = [Planned(tmp_path / "a", small("a", epochs=2))]
    save_epoch = fit.save_epoch

    def save_and_stop(*arguments: Any) -> None:
        save_epoch(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(fit, "save_epoch", save_and_stop)
        with pytest.raises(KeyboardInterrupt):
            train_all(planned, drawn_data, None, cache)
    (before,) = read_history(tmp_path / "a")
    assert train_all(planned, drawn_data, None, cache) == ([tmp_path / "a"], [])
    rows = read_history(tmp_path / "a")
    assert rows[0] == before
    assert [row["epoch"] for row in rows] == [1, 2]


def test_one_that_diverges_does_not_stop_the_others(drawn_data: Path, cache: Path, tmp_path: Path) -> None:
    wild = Planned(tmp_path / "wild-seed1", small("wild", epochs=1, learning_rate=1e38, optimizer="sgd"))
    write_run(tmp_path / "done", small("done"), 0.8)
    directories, failed = train_all([wild, Planned(tmp_path / "done", small("done"))], drawn_data, None, cache)
    assert directories == [tmp_path / "done"]
    assert len(failed) == 1
    assert failed[0].startswith("wild-seed1: ")
    assert "epoch 1" in failed[0]


def test_another_recipes_run_is_refused_before_anything_is_trained(cache: Path, tmp_path: Path) -> None:
    write_run(tmp_path / "b", small("b", batch_size=8), 0.8)
    planned = [Planned(tmp_path / "a", small("a")), Planned(tmp_path / "b", small("b"))]
    with pytest.raises(RunInvalid, match=r"holds a run with another 'train\.batch_size' than the recipe has now"):
        train_all(planned, tmp_path, None, cache)
    assert not (tmp_path / "a").exists()


def test_time_left_goes_by_the_runs_of_the_same_recipe() -> None:
    planned = [Planned(Path(name), small(name[0])) for name in ("a1", "b1", "a2", "b2")]
    assert time_left(planned, {}, planned) == ""
    assert time_left(planned[1:], {Path("a1"): 60.0}, planned) == ", about 3 min left for all"
    seconds = {Path("a1"): 60.0, Path("b1"): 300.0}
    assert time_left(planned[2:], seconds, planned) == ", about 6 min left for all"
