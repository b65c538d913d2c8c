"""A recipe's augmentation is a preset with what the recipe says laid over it."""

import pytest

from dermsplit_contract.errors import RecipeInvalid
from dermsplit_training.augmentation.presets import PRESETS, augmentation_of, preset
from dermsplit_training.recipe_augment import AugmentRecipe


def test_what_the_recipe_says_is_laid_over_the_preset() -> None:
    augmentation = augmentation_of(AugmentRecipe(preset="light", zoom=0.0, hair=0.5))
    assert (augmentation.zoom, augmentation.hair) == (0.0, 0.5)
    assert augmentation.contrast == PRESETS["light"].contrast
    assert augmentation_of(AugmentRecipe(preset="none")) == PRESETS["none"]


def test_an_unknown_preset_is_told_with_its_neighbour() -> None:
    with pytest.raises(
        RecipeInvalid, match=r"'augment\.preset' must be one of none, .*'strung'\. Did you mean 'strong'"
    ):
        augmentation_of(AugmentRecipe(preset="strung"))
    with pytest.raises(RecipeInvalid, match=r"'balance\.preset' must be one of none, .*got 'xyz'\.$"):
        preset("xyz", "balance.preset")
