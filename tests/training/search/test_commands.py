"""`dermsplit search` as a person calls it."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dermsplit_contract.errors import RecipeInvalid, RunInvalid, UsageError
from dermsplit_training.cli import commands
from dermsplit_training.comparison.finished import read_finished
from dermsplit_training.learning import fit
from dermsplit_training.learning.state import read_history

RECIPE = """
name = "tiny"
[data]
sets = ["HAM10000", "PAD-UFES-20"]
[network]
backbone = "small_cnn"
input_size = 32
weights = "none"
[train]
epochs = 2
keep = "balanced_accuracy"
"""


def call(*arguments: object) -> Result:
    return CliRunner().invoke(commands, ["search", *(str(one) for one in arguments)], env={"COLUMNS": "200"})


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.toml"
    path.write_text(RECIPE)
    return path


def test_a_stopped_search_tells_what_it_found_and_goes_on(
    recipe: Path, drawn_data: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    options = ("--data", drawn_data, "--cache", cache, "--out", out, "--batch-size", "16,32", "--set", "train.epochs=1")
    save_epoch = fit.save_epoch

    def save_and_stop(directory: Path, *arguments: Any) -> None:
        save_epoch(directory, *arguments)
        if directory.name == "trial-001":
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(fit, "save_epoch", save_and_stop)
        stopped = call(recipe, *options, "--trials", 2)
    assert stopped.exit_code == 130
    assert "Stopped. The same command goes on from here." in stopped.stderr
    assert "1 trial, 0 of which diverged." in stopped.stdout
    (before,) = read_history(out / "trial-001")

    result = call(recipe, *options, "--trials", 2)
    assert result.exit_code == 0, result.output
    assert "Trial 0" not in result.stderr
    assert read_history(out / "trial-001") == [before]
    page = (out / "search.md").read_text()
    for number in (0, 1):
        run = read_finished(out / f"trial-{number:03d}")
        part = run.part("validation")
        assert part is not None
        row = next(line for line in page.splitlines() if line.startswith(f"| {number} |"))
        assert float(row.split("|")[5]) == pytest.approx(part.balanced_accuracy.value, abs=5e-5)
        assert float(row.split("|")[2]) == run.recipe.train.learning_rate
        assert float(row.split("|")[3]) == run.recipe.top.dropout
        assert int(row.split("|")[4]) == run.recipe.train.batch_size

    other = call(recipe, *options[:-1], "train.epochs=2")
    assert isinstance(other.exception, RunInvalid)


def test_trials_that_diverge_count_and_do_not_stop_the_search(
    recipe: Path, drawn_data: Path, cache: Path, tmp_path: Path
) -> None:
    wild = ("--learning-rate", "1e38", "--batch-size", "32", "--set", "train.optimizer=sgd")
    result = call(recipe, "--data", drawn_data, "--cache", cache, "--out", tmp_path / "out", "--trials", 2, *wild)
    assert result.exit_code == 0, result.output
    assert "Trial 0 diverged: " in result.stderr
    assert "2 trials, 2 of which diverged." in result.stdout


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        (("nothing.toml",), RecipeInvalid, "found no file"),
        (("RECIPE", "--dropout", "high"), UsageError, "Expected --dropout as low:high"),
        (("RECIPE", "--dropout", "0:1"), RecipeInvalid, "top.dropout"),
        (("RECIPE", "--set", "train.batch_size=8"), UsageError, "give --batch-size one value"),
    ],
    ids=str,
)
def test_what_cannot_be_searched_is_told(
    arguments: tuple[str, ...], error: type[Exception], said: str, recipe: Path, tmp_path: Path
) -> None:
    words = [str(recipe) if word == "RECIPE" else word for word in arguments]
    result = call(*words, "--data", tmp_path, "--out", tmp_path / "out")
    assert isinstance(result.exception, error)
    assert said in str(result.exception)
    assert not (tmp_path / "out").exists()
