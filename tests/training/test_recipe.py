"""Recipes: the shipped ones are valid, and a mistake is answered with the key's name."""

import json
from pathlib import Path

import pytest

from dermsplit_contract.errors import RecipeInvalid
from dermsplit_training.augmentation.presets import augmentation_of, preset
from dermsplit_training.recipe_file import first_difference, parse_recipe, read_recipe, recipe_keys

RECIPES = Path(__file__).parents[2] / "training" / "recipes"
MINIMAL = 'name = "small"\n[data]\nsets = ["HAM10000"]\n'


@pytest.fixture
def recipe_file(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(MINIMAL)
    return path


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.toml")), ids=lambda path: path.stem)
def test_shipped_recipes_are_valid_and_named_after_their_file(path: Path) -> None:
    recipe = read_recipe(path)
    assert recipe.name == {"default": "mole"}.get(path.stem, path.stem)
    assert recipe.description
    augmentation_of(recipe.augment)
    preset(recipe.balance.preset, "balance.preset")


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*-as-published.toml")), ids=lambda path: path.stem)
def test_each_published_recipe_has_a_corrected_twin(path: Path) -> None:
    published = read_recipe(path)
    corrected = read_recipe(path.with_name(path.name.replace("as-published", "grouped")))
    assert (published.split.by, corrected.split.by) == ("image", "group")
    assert corrected.balance.copies == "after_split"
    same = ("data", "network", "top", "augment", "train")
    assert published.model_dump(include=set(same)) == corrected.model_dump(include=set(same))


def test_the_small_recipe_needs_no_teacher() -> None:
    recipe = read_recipe(RECIPES / "mobilenet-v2-small.toml")
    assert (recipe.network.alpha, recipe.network.input_size, recipe.network.weights) == (0.35, 224, "imagenet")
    assert not recipe.distillation.start
    assert recipe.operating_points.sensitivities[0] == 0.95


def test_the_default_network_is_its_teachers_with_a_bottleneck() -> None:
    recipe = read_recipe(RECIPES / "default.toml")
    teacher = read_recipe(RECIPES / "default-teacher.toml")
    same = {"data", "split", "network", "top", "operating_points"}
    assert recipe.model_dump(include=same) == teacher.model_dump(include=same)
    assert recipe.name == "mole"
    assert (recipe.bottleneck.behind, recipe.bottleneck.channels) == ("conv_pw_7_relu", 24)
    assert recipe.distillation.start


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
        ("network.input_size=20", "'network.input_size' is not valid"),
        ("network.backbone=resnet999", "'network.backbone' is not valid"),
        ("data.sets=[]", "'data.sets' is not valid"),
        ('data.sets=["ISIC"]', "'data.sets.0"),
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
    assert {"name", "data", "data.sets", "train.epochs", "operating_points.sensitivities"} <= set(recipe_keys())


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (["balance.method=augment", "balance.copies=before_split"], "split.by = 'image'"),
        (["network.backbone=efficientnet_b0", "network.scaling=unit"], "a second 1/255"),
        (["train.baseline=true", "top.hidden=[64]"], "average-pooled linear top"),
        (["train.regime=two_phase", "train.top_epochs=9"], "fewer than train.epochs"),
    ],
)
def test_what_does_not_fit_together_is_told(recipe_file: Path, settings: list[str], words: str) -> None:
    with pytest.raises(RecipeInvalid) as caught:
        read_recipe(recipe_file, settings)
    assert words in caught.value.detail


def test_features_are_cached_only_where_no_image_changes(recipe_file: Path) -> None:
    frozen = ["train.regime=feature_extractor"]
    assert read_recipe(recipe_file, [*frozen, "augment.preset=none"]).trains_on_features
    assert not read_recipe(recipe_file, frozen).trains_on_features
    assert not read_recipe(recipe_file, [*frozen, "augment.preset=none", "augment.hair=0.5"]).trains_on_features
    assert not read_recipe(recipe_file, ["augment.preset=none"]).trains_on_features


def test_the_first_difference_names_its_key(recipe_file: Path) -> None:
    recipe = read_recipe(recipe_file)
    assert first_difference(recipe, read_recipe(recipe_file)) is None
    assert first_difference(recipe, read_recipe(recipe_file, ['name="large"'])) == "name"
    assert first_difference(recipe, read_recipe(recipe_file, ["train.seed=2"])) == "train.seed"
