"""What a search found, in words and as a picture."""

from pathlib import Path

import matplotlib.image
import numpy as np

from dermsplit_training.comparison.document import as_markdown
from dermsplit_training.search.page import describe, write_search
from dermsplit_training.search.score import Score
from dermsplit_training.search.space import Searched, parse_space, read_searched
from dermsplit_training.search.trials import Trial
from tests.training.comparison.test_plan import write_recipe


def make_searched(folder: Path, *settings: str) -> Searched:
    return read_searched(write_recipe(folder, "a"), settings, parse_space("1e-5:1e-2", "0:0.5", "16"))


def make_trials(*values: float | None) -> list[Trial]:
    return [
        Trial(
            number,
            [f"train.learning_rate={number + 1}e-4", "top.dropout=0.2", "train.batch_size=16"],
            None if value is None else Score(value, 0.6),
        )
        for number, value in enumerate(values)
    ]


def test_the_best_settings_can_be_copied_into_a_command(tmp_path: Path) -> None:
    searched = make_searched(tmp_path, "data.sets=['HAM10000', 'PAD-UFES-20']")
    page = as_markdown(describe(make_trials(0.7, None, 0.8, 0.75), searched))
    assert "4 trials, 1 of which diverged. The best validation AUC is 0.8000, in trial 2." in page
    assert (
        f"    dermsplit train {tmp_path}/a.toml --data DATA --set 'data.sets=['\"'\"'HAM10000'\"'\"', "
        "'\"'\"'PAD-UFES-20'\"'\"']' --set train.learning_rate=3e-4 --set top.dropout=0.2 --set train.batch_size=16"
    ) in page
    assert "| trial | train.learning_rate | top.dropout | train.batch_size | validation AUC |" in page
    assert "| 1 | 2e-4 | 0.2 | 16 | diverged |" in page
    assert "test accuracy" not in page


def test_of_losses_the_smallest_wins_and_an_accuracy_has_its_majority_rate(tmp_path: Path) -> None:
    losses = make_searched(tmp_path, "train.keep=loss")
    assert "The best validation loss is 0.2000, in trial 1." in as_markdown(describe(make_trials(0.4, 0.2), losses))
    accuracies = as_markdown(describe(make_trials(0.7, 0.8), make_searched(tmp_path, "train.keep=accuracy")))
    assert accuracies.count("0.8000 (majority rate 0.600)") == 2
    assert "| 0.7000 (majority rate 0.600) |" in accuracies


def test_the_page_and_its_picture_are_written(tmp_path: Path) -> None:
    searched = make_searched(tmp_path, "train.keep=accuracy")
    write_search(make_trials(0.7, None, 0.8, 0.75), searched, tmp_path)
    assert "![The score of each trial](search.png)" in (tmp_path / "search.md").read_text()
    picture = matplotlib.image.imread(tmp_path / "search.png").reshape(-1, 4)
    assert len(np.unique(picture, axis=0)) > 20


def test_a_search_that_only_diverged_says_so(tmp_path: Path) -> None:
    write_search(make_trials(None, None), make_searched(tmp_path), tmp_path)
    page = (tmp_path / "search.md").read_text()
    assert "2 trials, 2 of which diverged. None finished: try smaller learning rates." in page
    assert "--set" not in page
