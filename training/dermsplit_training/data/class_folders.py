"""A folder for each class, with its images in it or in folders below it."""

from pathlib import Path

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.data.files import images_below, path_from
from dermsplit_training.data.picture import Picture
from dermsplit_training.recipe import SourceRecipe


def read_class_folders(recipe: SourceRecipe, data: Path) -> list[Picture]:
    """The pictures by class and name. Nothing tells which show the same lesion, so each is a group of its own.

    Raises DataInvalid where there is no such folder, it holds no folders, or one of them holds no image.
    """
    root = data / recipe.path
    if not root.is_dir():
        raise DataInvalid(f"Expected the images of {recipe.name} in the folder '{root}', found none. Check the path.")
    folders = sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith("."))
    if not folders:
        raise DataInvalid(f"{recipe.name} needs a folder for each class in '{root}', which holds no folder.")
    pictures = []
    for folder in folders:
        images = images_below(folder)
        if not images:
            raise DataInvalid(f"The class '{folder.name}' of {recipe.name} is empty: its folder holds no image.")
        for image in images:
            path = path_from(data, image)
            malignant = folder.name in recipe.malignant if recipe.malignant else None
            pictures.append(Picture(path, recipe.name, recipe.domain, folder.name, malignant, group=path))
    return pictures
