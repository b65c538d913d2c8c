"""Images of one's own: a table of paths, class folders and ISIC, and what a typing error in them is answered with."""

import re
import tomllib
from pathlib import Path

import pytest

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.data.own import OwnSource
from dermsplit_training.data.picture import Picture
from dermsplit_training.recipe import DataRecipe, SourceRecipe
from tests.training.conftest import write_table


def read(data: Path, kind: str, path: str, **fields: object) -> list[Picture]:
    recipe = SourceRecipe.model_validate({"name": "own", "kind": kind, "path": path, **fields})
    return OwnSource(recipe).read(data)


def test_a_table_of_paths(table: Path) -> None:
    data = table.parents[1]
    pictures = read(data, "csv", "own/table.csv", malignant=["malignant"], domain="dermoscopic")
    assert [picture.path for picture in pictures] == [f"own/pictures/{number}.jpg" for number in range(5)]
    assert [picture.malignant for picture in pictures] == [False, True, False, True, False]
    assert [picture.group for picture in pictures] == ["P0", "P0", "P1", "P1", "P2"]
    assert {(picture.data_set, picture.domain) for picture in pictures} == {("own", "dermoscopic")}
    known = pictures[0].metadata
    assert [known[key] for key in ("age", "sex", "site", "skin_type")] == ["61", "female", "back", "3"]


def test_a_table_elsewhere_gives_absolute_paths_unless_its_images_lie_below_the_data(
    table: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "data"
    elsewhere.mkdir()
    found = read(elsewhere, "csv", str(table))
    assert found[0].path == (tmp_path / "own/pictures/0.jpg").as_posix()
    assert read(tmp_path, "csv", str(table))[0].path == "own/pictures/0.jpg"
    absolute = (tmp_path / "own/pictures/0.jpg").as_posix()
    write_table(
        elsewhere / "t.csv", [{"path": absolute, "label": "a"}, {"path": "../own/pictures/1.jpg", "label": "b"}]
    )
    found = read(tmp_path, "csv", "data/t.csv")
    assert [picture.path for picture in found] == ["own/pictures/0.jpg", "own/pictures/1.jpg"]
    assert [picture.group for picture in found] == [picture.path for picture in found]
    assert [picture.malignant for picture in found] == [None, None]


def test_class_folders(class_folders: Path) -> None:
    pictures = read(class_folders.parent, "folders", "classes", malignant=["melanoma"])
    found = {(picture.path, picture.diagnosis, picture.malignant) for picture in pictures}
    assert found == {
        ("classes/naevus/a.jpg", "naevus", False),
        ("classes/naevus/deeper/b.PNG", "naevus", False),
        ("classes/melanoma/c.jpeg", "melanoma", True),
    }
    assert all(picture.group == picture.path for picture in pictures)


def test_isic(isic: Path) -> None:
    fields = {"image_column": "isic_id", "label_column": "diagnosis", "group_column": "patient_id"}
    pictures = read(isic, "isic", "metadata.csv", images="images", malignant=["melanoma"], **fields)
    assert [picture.path for picture in pictures] == [
        "images/ISIC_0.jpg",
        "images/ISIC_1.jpg",
        "images/ISIC_2.jpg",
        "images/ISIC_3.png",
    ]
    assert [picture.group for picture in pictures] == ["IP_0", "IP_0", "IP_1", "IP_1"]
    known = pictures[0].metadata
    assert [known[key] for key in ("age", "sex", "site", "skin_type")] == ["45", "male", "head/neck", ""]
    with pytest.raises(DataInvalid, match=r"lists 4 images that are not in '.*isic', the first is 'ISIC_0'"):
        read(isic, "isic", "metadata.csv", **fields)
    with pytest.raises(DataInvalid, match="Expected the images of own in the folder"):
        read(isic, "isic", "metadata.csv", images="pictures", **fields)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"path": "own/none.csv"}, r"table of own at '.*none\.csv', found no such file"),
        ({"label_column": "dx"}, "no column 'dx', only path, label, group, age, gender, site, fitzpatrick"),
        ({"malignant": ["malignnat"]}, "malignant label 'malignnat', but no image has it.*benign, malignant"),
    ],
)
def test_a_wrong_word_in_the_recipe_is_named(table: Path, fields: dict[str, object], message: str) -> None:
    with pytest.raises(DataInvalid, match=message):
        read(table.parents[1], "csv", **{"path": "own/table.csv", **fields})


def test_a_wrong_row_is_named(table: Path) -> None:
    for rows, message in (
        ([{"path": "pictures/0.jpg", "label": " "}], "Row 2 of the table of own has an empty 'label'"),
        ([{"path": "pictures/9.jpg", "label": "a"}], r"lists 1 images that are not there.*pictures/9\.jpg"),
        ([{"path": "pictures/0.jpg", "label": "a"}] * 2, r"lists 'own/pictures/0\.jpg' twice"),
    ):
        write_table(table, rows)
        with pytest.raises(DataInvalid, match=message):
            read(table.parents[1], "csv", "own/table.csv")


def test_empty_class_folders_are_named(class_folders: Path) -> None:
    (class_folders / "melanoma/c.jpeg").unlink()
    with pytest.raises(DataInvalid, match="The class 'melanoma' of own is empty"):
        read(class_folders, "folders", ".")
    with pytest.raises(DataInvalid, match="needs a folder for each class"):
        read(class_folders / "naevus/deeper", "folders", ".")
    with pytest.raises(DataInvalid, match="found none"):
        read(class_folders, "folders", "none")


def test_the_recipes_in_the_docs_are_valid() -> None:
    page = (Path(__file__).parents[3] / "docs" / "data.md").read_text()
    snippets = re.findall(r"```toml\n(.*?)```", page, re.S)
    kinds = [getattr(DataRecipe.model_validate(tomllib.loads(one)["data"]).sets[0], "kind", "") for one in snippets]
    assert kinds == ["", "csv", "folders", "isic"]
