"""Recipes: the shipped ones are valid, and a mistake is answered with the key's name."""

import json
from pathlib import Path

import pytest

from dermsplit_contract.errors import RecipeInvalid
from dermsplit_training.recipe import parse_recipe, read_recipe, recipe_keys

RECIPES = Path(__file__).parents[2] / "training" / "recipes"
MINIMAL = 'name = "small"\n[data]\nsets = ["HAM10000"]\n'


@pytest.fixture
def recipe_file(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(MINIMAL)
    return path


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.toml")), ids=lambda path: path.stem)
def test_shipped_recipes_say_every_section(path: Path) -> None:
    recipe = read_recipe(path)
    assert recipe.data.sets
    assert recipe.network.batch_norm_momentum == 0.95


def test_default_recipe_is_the_small_network_at_224_pixels() -> None:
    recipe = read_recipe(RECIPES / "default.toml")
    assert (recipe.name, recipe.network.alpha, recipe.network.input_size) == ("mole", 0.35, 224)
    assert recipe.network.weights == "imagenet"
    assert recipe.operating_point.name == "sensitivity_95"


def test_settings_are_laid_over_the_file(recipe_file: Path) -> None:
    recipe = read_recipe(recipe_file, ["train.epochs=2", "network.weights=none", "network.alpha=0.5"])
    assert (recipe.train.epochs, recipe.network.weights, recipe.network.alpha) == (2, "none", 0.5)


def test_a_recipe_survives_json() -> None:
    recipe = read_recipe(RECIPES / "default.toml")
    assert parse_recipe(json.loads(recipe.model_dump_json())) == recipe


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("train.epoch=2", "unknown key 'train.epoch'. Did you mean 'train.epochs'"),
        ("network.zzz=2", "unknown key 'network.zzz'. Known there: network.backbone"),
        ("epochs=2", "unknown key 'epochs'. Did you mean 'train.epochs'"),
        ("train.epochs=0", "'train.epochs' is not valid"),
        ("train.epochs=many", "'train.epochs' is not valid"),
        ("network.input_size=225", "'network.input_size' is not valid"),
        ("network.alpha=0.4", "'network.alpha' is not valid"),
        ("data.sets=[]", "'data.sets' is not valid"),
        ('data.sets=["ISIC"]', "'data.sets.0' is not valid"),
        ("train.epochs", "Expected a setting like train.epochs=2"),
        ("name.first=x", "'name', which is a value"),
    ],
)
def test_a_mistake_names_its_key(recipe_file: Path, setting: str, words: str) -> None:
    with pytest.raises(RecipeInvalid) as caught:
        read_recipe(recipe_file, [setting])
    assert words in caught.value.detail


def test_a_file_that_is_no_recipe(tmp_path: Path) -> None:
    with pytest.raises(RecipeInvalid, match="found no file"):
        read_recipe(tmp_path / "none.toml")
    (tmp_path / "broken.toml").write_text("name = ")
    with pytest.raises(RecipeInvalid, match="is not a TOML file"):
        read_recipe(tmp_path / "broken.toml")
    with pytest.raises(RecipeInvalid, match="is not a TOML file"):
        read_recipe(tmp_path)
    (tmp_path / "empty.toml").write_text("")
    with pytest.raises(RecipeInvalid, match="'name' is not valid: Field required"):
        read_recipe(tmp_path / "empty.toml")


def test_keys_are_dotted() -> None:
    assert {"name", "data", "data.sets", "train.epochs", "operating_point.sensitivity"} <= set(recipe_keys())
