"""What a search remembers when it is stopped."""

from pathlib import Path

import pytest

from dermsplit_contract.errors import RunInvalid
from dermsplit_training.search.journal import (
    JOURNAL_FILE,
    ended_trials,
    next_trial,
    open_journal,
    tell_diverged,
    tell_score,
)
from dermsplit_training.search.score import Score
from dermsplit_training.search.space import Searched, parse_space, read_searched
from dermsplit_training.search.trials import best_trial
from tests.training.comparison.test_plan import write_recipe


def searched_in(folder: Path, *settings: str, dropout: str = "0:0.5") -> Searched:
    return read_searched(write_recipe(folder, "a"), settings, parse_space("1e-5:1e-2", dropout, "16,32,64"))


def worth(values: dict[str, float]) -> Score:
    return Score(1 - abs(values["top.dropout"] - 0.3), 0.6)


def test_a_search_that_is_stopped_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    searched = searched_in(tmp_path)
    whole = open_journal(searched, tmp_path / "whole")
    for _ in range(13):
        number, values = next_trial(whole, searched.space)
        tell_score(whole, number, worth(values))
    for _ in range(13):
        stopped = open_journal(searched, tmp_path / "stopped")
        number, values = next_trial(stopped, searched.space)
        tell_score(stopped, number, worth(values))
    assert ended_trials(stopped, searched) == ended_trials(whole, searched)
    assert len({tuple(trial.lines) for trial in ended_trials(whole, searched)}) == 13


def test_a_trial_that_was_stopped_midway_comes_first_with_its_settings(tmp_path: Path) -> None:
    searched = searched_in(tmp_path)
    begun = next_trial(open_journal(searched, tmp_path / "out"), searched.space)
    study = open_journal(searched, tmp_path / "out")
    assert next_trial(study, searched.space) == begun
    assert ended_trials(study, searched) == []
    tell_score(study, begun[0], Score(0.5, 0.6))
    assert next_trial(study, searched.space)[0] == begun[0] + 1


def test_a_trial_that_was_stopped_before_it_had_settings_is_replaced(tmp_path: Path) -> None:
    searched = searched_in(tmp_path)
    study = open_journal(searched, tmp_path / "out")
    study.ask()
    number, values = next_trial(study, searched.space)
    assert number == 1
    assert set(values) == {"train.learning_rate", "top.dropout", "train.batch_size"}
    assert ended_trials(study, searched) == []


def test_a_line_that_was_cut_short_is_forgotten(tmp_path: Path) -> None:
    searched = searched_in(tmp_path)
    study = open_journal(searched, tmp_path / "out")
    tell_score(study, next_trial(study, searched.space)[0], Score(0.5, 0.6))
    with (tmp_path / "out" / JOURNAL_FILE).open("a") as file:
        file.write('{"op_code":4,"worker')
    for _ in range(2):
        study = open_journal(searched, tmp_path / "out")
        tell_score(study, next_trial(study, searched.space)[0], Score(0.6, 0.6))
    assert [trial.score for trial in ended_trials(study, searched)] == [
        Score(0.5, 0.6),
        Score(0.6, 0.6),
        Score(0.6, 0.6),
    ]


def test_a_diverged_trial_counts_and_has_no_score(tmp_path: Path) -> None:
    searched = searched_in(tmp_path)
    study = open_journal(searched, tmp_path / "out")
    for value in (None, 0.7, 0.8, 0.8):
        number, _ = next_trial(study, searched.space)
        if value is None:
            tell_diverged(study, number)
        else:
            tell_score(study, number, Score(value, 0.6))
    trials = ended_trials(open_journal(searched, tmp_path / "out"), searched)
    assert [trial.score for trial in trials] == [None, Score(0.7, 0.6), Score(0.8, 0.6), Score(0.8, 0.6)]
    assert best_trial(trials, lower=False) == trials[2]
    assert best_trial(trials, lower=True) == trials[1]
    assert best_trial(trials[:1], lower=False) is None


def test_a_folder_with_another_search_is_refused(tmp_path: Path) -> None:
    open_journal(searched_in(tmp_path), tmp_path / "out")
    for other in (searched_in(tmp_path, "train.epochs=9"), searched_in(tmp_path, dropout="0:0.4")):
        with pytest.raises(RunInvalid, match="holds a search of another recipe, or between other values"):
            open_journal(other, tmp_path / "out")


def test_a_broken_journal_is_told(tmp_path: Path) -> None:
    searched = searched_in(tmp_path)
    open_journal(searched, tmp_path / "out")
    with (tmp_path / "out" / JOURNAL_FILE).open("r+") as file:
        file.write("XX")
    with pytest.raises(RunInvalid, match=r"search\.journal in .* is broken"):
        open_journal(searched, tmp_path / "out")
    (tmp_path / "file").touch()
    with pytest.raises(RunInvalid, match="cannot be written"):
        open_journal(searched, tmp_path / "file")
