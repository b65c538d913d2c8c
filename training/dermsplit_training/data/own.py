"""Images of one's own: read by their kind, then looked over for what a typing error would do."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.data.class_folders import read_class_folders
from dermsplit_training.data.csv_paths import read_csv_paths
from dermsplit_training.data.files import check_files
from dermsplit_training.data.isic import read_isic
from dermsplit_training.data.picture import Picture
from dermsplit_training.recipe import SourceRecipe

READERS: dict[str, Callable[[SourceRecipe, Path], list[Picture]]] = {
    "csv": read_csv_paths,
    "folders": read_class_folders,
    "isic": read_isic,
}


@dataclass(frozen=True)
class OwnSource:
    """What a recipe says of images of one's own, as a source."""

    recipe: SourceRecipe
    doi: str = ""

    @property
    def name(self) -> str:
        """What tables and reports call it."""
        return self.recipe.name

    @property
    def domain(self) -> str:
        """dermoscopic or phone."""
        return self.recipe.domain

    @property
    def citation(self) -> str:
        """Whom to cite; empty where the recipe does not say."""
        return self.recipe.citation

    @property
    def licence(self) -> str:
        """The licence of the images."""
        return self.recipe.licence

    @property
    def malignant(self) -> frozenset[str]:
        """The labels counted malignant; empty where malignancy is not known."""
        return frozenset(self.recipe.malignant)

    def read(self, data: Path) -> list[Picture]:
        """The pictures. Raises DataInvalid where one is missing, or no image has a label that is said malignant."""
        pictures = READERS[self.recipe.kind](self.recipe, data)
        check_files(pictures, data, self.name)
        labels = sorted({picture.diagnosis for picture in pictures})
        if unused := sorted(self.malignant.difference(labels)):
            raise DataInvalid(
                f"{self.name} is said to have the malignant label '{unused[0]}', but no image has it. "
                f"Its labels are {', '.join(labels)}."
            )
        return pictures
