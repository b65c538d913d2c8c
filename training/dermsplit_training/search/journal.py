"""The memory of a search: an Optuna study in a journal file, so that a kill at any moment loses no finished trial.

The settings are proposed by the tree-structured Parzen estimator (Bergstra et al. 2011).
"""

import json
from collections.abc import Sequence
from pathlib import Path

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers import TPESampler
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.study import StudyDirection
from optuna.trial import TrialState

from dermsplit_contract.errors import RunInvalid
from dermsplit_training.progress_bar import console
from dermsplit_training.search.score import Score, lower_is_better
from dermsplit_training.search.space import Dimension, Searched, Value
from dermsplit_training.search.trials import Trial

JOURNAL_FILE = "search.journal"
STUDY = "search"
SEED = 1
"""Trial n is drawn with SEED + n, so that a search that was stopped goes on as if it had not been."""

SEARCHED, MAJORITY_RATE = "searched", "majority_rate"


def open_journal(searched: Searched, out: Path) -> optuna.Study:
    """Open the search in a folder, or begin one there.

    Raises RunInvalid where the folder holds another search or a broken journal, or cannot be written.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    direction = StudyDirection.MINIMIZE if lower_is_better(searched.base) else StudyDirection.MAXIMIZE
    try:
        out.mkdir(parents=True, exist_ok=True)
        _drop_torn_line(out / JOURNAL_FILE)
        storage = JournalStorage(JournalFileBackend(str(out / JOURNAL_FILE)))
        study = optuna.create_study(storage=storage, study_name=STUDY, direction=direction, load_if_exists=True)
    except OSError as error:
        raise RunInvalid(f"'{out}' cannot be written: {error.strerror}. Give another folder with --out.") from error
    except (ValueError, KeyError) as error:
        raise RunInvalid(f"{JOURNAL_FILE} in '{out}' is broken. Give another folder with --out.") from error
    _require_same_search(study, searched, out)
    return study


def next_trial(study: optuna.Study, space: Sequence[Dimension]) -> tuple[int, dict[str, Value]]:
    """The number and the values of a trial that was stopped midway, else of a new one."""
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        if len(trial.params) == len(space):
            return trial.number, trial.params
        study.tell(trial.number, state=TrialState.FAIL)
        console.print(f"Trial {trial.number} was stopped before it had settings: another takes its place.")
    study.sampler = TPESampler(seed=SEED + len(study.get_trials(deepcopy=False)))
    asked = study.ask({dimension.key: _distribution(dimension) for dimension in space})
    return asked.number, asked.params


def tell_score(study: optuna.Study, number: int, score: Score) -> None:
    """Note what a finished trial was worth."""
    study.set_user_attr(MAJORITY_RATE, score.majority_rate)
    study.tell(number, score.value)


def tell_diverged(study: optuna.Study, number: int) -> None:
    """Note that a trial has no score, which counts as worse than any."""
    study.tell(number, state=TrialState.PRUNED)


def ended_trials(study: optuna.Study, searched: Searched) -> list[Trial]:
    """The trials that finished or diverged, in their order."""
    ended = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))
    rate = study.user_attrs.get(MAJORITY_RATE, 0.0)
    return [
        Trial(one.number, searched.lines(one.params), None if one.value is None else Score(one.value, rate))
        for one in ended
    ]


def _drop_torn_line(journal: Path) -> None:
    """A line cut short by a kill or a full disk is nothing yet, but Optuna would stumble over it ever after."""
    if journal.is_file():
        lines = journal.read_bytes()
        if not lines.endswith(b"\n"):
            journal.write_bytes(lines[: lines.rfind(b"\n") + 1])


def _require_same_search(study: optuna.Study, searched: Searched, out: Path) -> None:
    fields = searched.base.model_dump(mode="json")
    for dimension in searched.space:
        section, _, key = dimension.key.partition(".")
        fields[section][key] = dimension.text
    now = json.dumps(fields, sort_keys=True)
    before = study.user_attrs.get(SEARCHED, now)
    if before != now:
        raise RunInvalid(
            f"'{out}' holds a search of another recipe, or between other values. Give another folder with --out."
        )
    study.set_user_attr(SEARCHED, now)


def _distribution(dimension: Dimension) -> BaseDistribution:
    if dimension.values:
        return CategoricalDistribution(dimension.values)
    if dimension.whole:
        return IntDistribution(int(dimension.low), int(dimension.high), log=dimension.log)
    return FloatDistribution(dimension.low, dimension.high, log=dimension.log)
