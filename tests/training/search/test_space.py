"""Ranges as people write them."""

from pathlib import Path

import pytest

from dermsplit_contract.errors import RecipeInvalid, UsageError
from dermsplit_training.search.space import Dimension, parse_space, read_searched
from tests.training.comparison.test_plan import write_recipe


def test_a_range_values_and_one_value() -> None:
    rate, dropout, batch = parse_space("1e-5:1e-2", "0.2", "16,32")
    assert rate == Dimension("train.learning_rate", whole=False, low=1e-5, high=1e-2, log=True)
    assert dropout == Dimension("top.dropout", whole=False, values=(0.2,))
    assert batch == Dimension("train.batch_size", whole=True, values=(16, 32))
    assert [one.text for one in (rate, dropout, batch)] == ["1e-05:0.01", "0.2", "16,32"]


@pytest.mark.parametrize(
    ("texts", "option"),
    [
        (("0:1e-2", "0", "16"), "--learning-rate"),
        (("1e-2:1e-5", "0", "16"), "--learning-rate"),
        (("a lot", "0", "16"), "--learning-rate"),
        (("1e-3", "0:0.2:0.5", "16"), "--dropout"),
        (("1e-3", "", "16"), "--dropout"),
        (("1e-3", "0", "16.5"), "--batch-size"),
        (("1e-3", "0", "16,16"), "--batch-size"),
        (("nan:1", "0", "16"), "--learning-rate"),
    ],
)
def test_what_is_no_range_is_refused(texts: tuple[str, str, str], option: str) -> None:
    with pytest.raises(UsageError, match=f"^Expected {option} as low:high, a,b,c or one value, "):
        parse_space(*texts)


def test_a_trial_trains_just_what_its_settings_say(tmp_path: Path) -> None:
    searched = read_searched(write_recipe(tmp_path, "a"), ["train.epochs=5"], parse_space("1e-5:1e-2", "0:0.5", "8:64"))
    values = {"train.learning_rate": 0.00123456, "top.dropout": 0.0, "train.batch_size": 24}
    assert searched.lines(values) == ["train.learning_rate=0.001235", "top.dropout=0", "train.batch_size=24"]
    recipe = searched.recipe(values)
    assert (recipe.train.learning_rate, recipe.top.dropout, recipe.train.batch_size) == (0.001235, 0.0, 24)
    assert recipe.train.epochs == 5


def test_an_end_that_no_recipe_may_have_is_refused(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path, "a")
    with pytest.raises(RecipeInvalid, match=r"top\.dropout"):
        read_searched(recipe, [], parse_space("1e-3", "0:1.5", "16"))
    with pytest.raises(RecipeInvalid, match=r"train\.batch_size"):
        read_searched(recipe, [], parse_space("1e-3", "0", "1,16"))


def test_a_setting_cannot_be_both_given_and_searched(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="To hold it, give --batch-size one value"):
        read_searched(write_recipe(tmp_path, "a"), ["train.batch_size=8"], parse_space("1e-3", "0", "16"))
