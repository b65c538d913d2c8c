"""Images as the ISIC archive and its challenges give them: a table of ids, and a folder of images named by them."""

from pathlib import Path

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.data.csv_paths import labelled
from dermsplit_training.data.files import path_from
from dermsplit_training.data.picture import Picture
from dermsplit_training.data.table import read_table, value
from dermsplit_training.recipe import SourceRecipe

SUFFIXES = (".jpg", ".jpeg", ".png")


def read_isic(recipe: SourceRecipe, data: Path) -> list[Picture]:
    """The pictures in the order of the table; an id that ends in .jpg, .jpeg or .png is a file name already.

    Raises DataInvalid where the table, the folder, a column or an image is missing, or a label is empty.
    """
    table = data / recipe.path
    rows = read_table(table, (recipe.image_column, recipe.label_column), recipe.name)
    folder = data / recipe.images if recipe.images else table.parent
    if not folder.is_dir():
        raise DataInvalid(f"Expected the images of {recipe.name} in the folder '{folder}', found none. Check the path.")
    present = {path.name: path for path in folder.iterdir()}
    pictures, missing = [], []
    for number, row in enumerate(rows, start=2):
        image = value(row, recipe.image_column, number, recipe.name)
        names = [image] if image.lower().endswith(SUFFIXES) else [image + suffix for suffix in SUFFIXES]
        found = next((present[name] for name in names if name in present), None)
        if found is None:
            missing.append(image)
        else:
            pictures.append(labelled(recipe, row, number, path_from(data, found)))
    if missing:
        raise DataInvalid(
            f"{recipe.name} lists {len(missing)} images that are not in '{folder}', the first is '{missing[0]}'."
        )
    return pictures
