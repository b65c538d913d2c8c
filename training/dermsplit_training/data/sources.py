"""The sources of a recipe: published data sets and images of one's own behind one interface."""

from collections import Counter
from pathlib import Path
from typing import Protocol

from dermsplit_contract.errors import RecipeInvalid
from dermsplit_training.data.known import SOURCES
from dermsplit_training.data.own import OwnSource
from dermsplit_training.data.picture import Picture
from dermsplit_training.recipe import DataRecipe


class Source(Protocol):
    """A data set: what it is called, whom to cite, and what it holds."""

    @property
    def name(self) -> str:
        """What tables and reports call it."""
        ...

    @property
    def domain(self) -> str:
        """dermoscopic or phone."""
        ...

    @property
    def citation(self) -> str:
        """Whom to cite; may be empty."""
        ...

    @property
    def doi(self) -> str:
        """Of the data set; may be empty."""
        ...

    @property
    def licence(self) -> str:
        """The licence of the images."""
        ...

    @property
    def malignant(self) -> frozenset[str]:
        """The diagnoses counted malignant; empty where malignancy is not known."""
        ...

    def read(self, data: Path) -> list[Picture]:
        """The pictures, in an order that does not change. Raises DataInvalid where they cannot be used."""
        ...


def sources_of(recipe: DataRecipe) -> list[Source]:
    """The sources that the recipe names, in its order. Raises RecipeInvalid where two have the same name."""
    found: list[Source] = [SOURCES[one] if isinstance(one, str) else OwnSource(one) for one in recipe.sets]
    name, times = Counter(source.name for source in found).most_common(1)[0]
    if times > 1:
        raise RecipeInvalid(f"The recipe's 'data.sets' has {times} sets called '{name}'. Give each a name of its own.")
    return found
