"""Which trainings a comparison asks for: every recipe with every seed and every number of train images."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dermsplit_contract.errors import UsageError
from dermsplit_training.recipe import Recipe
from dermsplit_training.recipe_file import read_recipe


@dataclass(frozen=True)
class Planned:
    """One training: the recipe with its seed and size in, and the run directory it belongs in."""

    directory: Path
    recipe: Recipe


def plan_trainings(
    recipes: Sequence[Path], settings: Sequence[str], seeds: Sequence[int], sizes: Sequence[int], out: Path
) -> list[Planned]:
    """The trainings in their order: one seed of everything before the next, so that an early stop leaves whole rows.

    Without ``seeds`` or ``sizes`` the recipes' own are taken. Raises UsageError without a recipe or where two have
    one name, RecipeInvalid for one that cannot be read.
    """
    if not recipes:
        raise UsageError("Expected at least one recipe to compare, got none. Name some, or runs with --runs.")
    named: dict[str, Path] = {}
    for path in recipes:
        name = read_recipe(path, settings).name
        if name in named:
            raise UsageError(f"'{named[name]}' and '{path}' are both named '{name}'. Give each its own name.")
        named[name] = path
    planned = []
    for seeded in [[f"train.seed={seed}"] for seed in seeds] or [[]]:
        for path in recipes:
            for size, sized in [(f"-images{size}", [f"split.train_per_class={size}"]) for size in sizes] or [("", [])]:
                recipe = read_recipe(path, [*settings, *seeded, *sized])
                planned.append(Planned(out / f"{recipe.name}{size}-seed{recipe.train.seed}", recipe))
    return planned


def parse_numbers(option: str, text: str, least: int) -> list[int]:
    """Whole numbers from text such as 1,2,3, in its order. Raises UsageError for anything else."""
    try:
        numbers = [int(word) for word in text.split(",")]
    except ValueError:
        numbers = []
    if not numbers or min(numbers) < least or len(set(numbers)) < len(numbers):
        raise UsageError(f"Expected {option} as different whole numbers from {least} on, such as 10,20, got '{text}'.")
    return numbers
