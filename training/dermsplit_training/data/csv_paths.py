"""A table with the path and the label of each image."""

from pathlib import Path

from dermsplit_training.data.columns import known_metadata
from dermsplit_training.data.files import path_from
from dermsplit_training.data.picture import Picture, Row
from dermsplit_training.data.table import read_table, value
from dermsplit_training.recipe import SourceRecipe


def read_csv_paths(recipe: SourceRecipe, data: Path) -> list[Picture]:
    """The pictures in the order of the table, whose paths are absolute or relative to the table's folder.

    Raises DataInvalid where the table or a column is missing, or a path or label is empty.
    """
    table = data / recipe.path
    rows = read_table(table, (recipe.image_column, recipe.label_column), recipe.name)
    return [
        labelled(
            recipe, row, number, path_from(data, table.parent / value(row, recipe.image_column, number, recipe.name))
        )
        for number, row in enumerate(rows, start=2)
    ]


def labelled(recipe: SourceRecipe, row: Row, number: int, path: str) -> Picture:
    """The picture of a row. Without a group in the row it is one of its own. Raises DataInvalid for an empty label."""
    label = value(row, recipe.label_column, number, recipe.name)
    return Picture(
        path=path,
        data_set=recipe.name,
        domain=recipe.domain,
        diagnosis=label,
        malignant=label in recipe.malignant if recipe.malignant else None,
        group=(row.get(recipe.group_column) or "").strip() or path,
        metadata=known_metadata(row),
    )
