"""Which trainings are asked for, and in which order."""

from pathlib import Path

import pytest

from dermsplit_contract.errors import RecipeInvalid, UsageError
from dermsplit_training.comparison.plan import parse_numbers, plan_trainings

RECIPE = """
name = "{name}"
[data]
sets = ["HAM10000"]
[train]
epochs = 3
seed = 7
"""


def write_recipe(folder: Path, name: str, file: str = "") -> Path:
    path = folder / f"{file or name}.toml"
    path.write_text(RECIPE.format(name=name))
    return path


def test_every_recipe_is_trained_with_every_seed_and_size_one_seed_after_the_other(tmp_path: Path) -> None:
    recipes = [write_recipe(tmp_path, "b"), write_recipe(tmp_path, "a")]
    planned = plan_trainings(recipes, ["train.epochs=2"], [1, 2], [10, 100], tmp_path / "out")
    assert [one.directory.name for one in planned] == [
        *("b-images10-seed1", "b-images100-seed1", "a-images10-seed1", "a-images100-seed1"),
        *("b-images10-seed2", "b-images100-seed2", "a-images10-seed2", "a-images100-seed2"),
    ]
    assert [(one.recipe.train.seed, one.recipe.split.train_per_class) for one in planned[3:5]] == [(1, 100), (2, 10)]
    assert {one.recipe.train.epochs for one in planned} == {2}
    assert {one.recipe.split.seed for one in planned} == {1}


def test_without_seeds_and_sizes_the_recipes_own_are_taken(tmp_path: Path) -> None:
    (one,) = plan_trainings([write_recipe(tmp_path, "a")], [], [], [], tmp_path / "out")
    assert one.directory == tmp_path / "out" / "a-seed7"
    assert one.recipe.train.seed == 7
    assert one.recipe.split.train_per_class == 0


def test_what_cannot_be_planned_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least one recipe"):
        plan_trainings([], [], [], [], tmp_path)
    with pytest.raises(RecipeInvalid, match="found no file"):
        plan_trainings([tmp_path / "none.toml"], [], [], [], tmp_path)
    twice = [write_recipe(tmp_path, "a"), write_recipe(tmp_path, "a", "again")]
    with pytest.raises(UsageError, match=r"are both named 'a'\. Give each its own name"):
        plan_trainings(twice, [], [], [], tmp_path)


def test_numbers_are_read_in_their_order() -> None:
    assert parse_numbers("--seeds", "3, 1,0", 0) == [3, 1, 0]


@pytest.mark.parametrize("text", ["", "1,,2", "one", "1,1", "1.5", "-1", "1,", "3;4"])
def test_bad_numbers_are_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(UsageError, match=r"^Expected --seeds as different whole numbers from 0 on, .* got '"):
        parse_numbers("--seeds", text, 0)
