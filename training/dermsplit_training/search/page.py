"""A search in words, a table and a picture. Validation figures only: the test part stays unseen."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from dermsplit_contract.errors import UsageError
from dermsplit_training.comparison.document import UNKNOWN, Block, Grid, Heading, Image, as_markdown
from dermsplit_training.search.plot import plot_history
from dermsplit_training.search.score import lower_is_better, score_name
from dermsplit_training.search.space import Searched
from dermsplit_training.search.trials import Trial, best_trial

PAGE_FILE, PLOT_FILE = "search.md", "search.png"


def describe(trials: Sequence[Trial], searched: Searched) -> list[Block]:
    """The whole page."""
    best = best_trial(trials, lower_is_better(searched.base))
    diverged = sum(trial.score is None for trial in trials)
    page: list[Block] = [Heading(f"Search: {searched.base.name}", 1)]
    count = f"{len(trials)} trial{'s' if len(trials) > 1 else ''}, {diverged} of which diverged."
    if best is None or best.score is None:
        return [*page, f"{count} None finished: try smaller learning rates.", _grid(trials, searched)]
    page.append(
        f"{count} The best {score_name(searched.base)} is {best.score.text(searched.base)}, in trial {best.number}. It "
        "was chosen as the best of several, so expect a little less of new images; the test part was not looked at."
    )
    words = ["dermsplit", "train", shlex.quote(str(searched.path)), "--data", "DATA"]
    words += [word for line in [*searched.settings, *best.lines] for word in ("--set", shlex.quote(line))]
    return [*page, f"    {' '.join(words)}", _grid(trials, searched), Image(PLOT_FILE, "The score of each trial")]


def write_search(trials: Sequence[Trial], searched: Searched, out: Path) -> None:
    """Write search.md and search.png. Raises UsageError where the folder cannot be written."""
    try:
        (out / PAGE_FILE).write_text(as_markdown(describe(trials, searched)), encoding="utf-8")
        plot_history(trials, searched.base, out / PLOT_FILE)
    except OSError as error:
        raise UsageError(f"'{out}' cannot be written: {error.strerror}. Give another folder with --out.") from error


def _grid(trials: Sequence[Trial], searched: Searched) -> Grid:
    header = ["trial", *(dimension.key for dimension in searched.space), score_name(searched.base)]
    rows = [
        [
            (str(trial.number),),
            *((line.partition("=")[2],) for line in trial.lines),
            ("diverged",) if trial.score is None else (trial.score.text(searched.base),),
        ]
        for trial in trials
    ]
    return Grid(header, rows or [[UNKNOWN] * len(header)])
