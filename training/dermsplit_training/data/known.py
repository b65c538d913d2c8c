"""The published data sets that are read as they come: where they lie, what a row says, whom to cite."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.data.columns import known_metadata
from dermsplit_training.data.files import check_files
from dermsplit_training.data.picture import Picture, Row
from dermsplit_training.data.table import read_table, value


@dataclass(frozen=True)
class KnownSource:
    """A published data set in ``folder`` below the data folder, its images in one or several of ``image_folders``."""

    name: str
    domain: str
    folder: str
    table: str
    image_folders: tuple[str, ...]
    malignant: frozenset[str]
    benign: frozenset[str]
    citation: str
    doi: str
    licence: str
    columns: tuple[str, str]
    """Of the diagnosis and the group."""
    file_name: Callable[[Row], str]
    """The image's name in its folder. Raises KeyError where the row does not say."""

    def read(self, data: Path) -> list[Picture]:
        """The pictures in the order of the table. Raises DataInvalid where something is missing or unknown."""
        table = data / self.folder / self.table
        if not table.is_file():
            raise DataInvalid(
                f"Expected {self.name} with its table {self.folder}/{self.table} in '{data}', found no such file."
            )
        rows = read_table(table, self.columns, self.name)
        folder_of = self._folders_by_name(data)
        try:
            pictures = [self._picture(row, number, folder_of) for number, row in enumerate(rows, start=2)]
        except KeyError as error:
            raise DataInvalid(
                f"The table {self.table} of {self.name} has no column {error}, only {', '.join(rows[0])}."
            ) from error
        check_files(pictures, data, self.name)
        return pictures

    def _folders_by_name(self, data: Path) -> dict[str, str]:
        # Backwards, so that of two images of one name the one in the folder named first is taken.
        return {
            path.name: folder
            for folder in reversed(self.image_folders)
            if (data / self.folder / folder).is_dir()
            for path in (data / self.folder / folder).iterdir()
        }

    def _picture(self, row: Row, number: int, folder_of: dict[str, str]) -> Picture:
        diagnosis, group = (value(row, column, number, self.name) for column in self.columns)
        name = self.file_name(row)
        if diagnosis not in self.malignant | self.benign:
            known = ", ".join(sorted(self.malignant | self.benign))
            raise DataInvalid(f"{self.name} has a diagnosis '{diagnosis}' for {name}; known are {known}.")
        return Picture(
            path=f"{self.folder}/{folder_of.get(name, self.image_folders[0])}/{name}",
            data_set=self.name,
            domain=self.domain,
            diagnosis=diagnosis,
            malignant=diagnosis in self.malignant,
            group=group,
            metadata=known_metadata(row),
        )


HAM10000 = KnownSource(
    name="HAM10000",
    domain="dermoscopic",
    folder="ham10000",
    table="HAM10000_metadata.csv",
    image_folders=("images_200x150", "images", "HAM10000_images_part_1", "HAM10000_images_part_2"),
    malignant=frozenset({"mel", "bcc", "akiec"}),
    benign=frozenset({"nv", "bkl", "vasc", "df"}),
    citation="Tschandl, Rosendahl, Kittler: The HAM10000 dataset. Scientific Data 5, 180161 (2018)",
    doi="10.7910/DVN/DBW86T",
    licence="CC BY-NC 4.0",
    columns=("dx", "lesion_id"),
    file_name=lambda row: f"{row['image_id']}.jpg",
)

# Actinic keratosis (ACK) is counted benign here, as its publishers do; HAM10000's akiec, which holds intraepithelial
# carcinoma too, is counted malignant.
PAD_UFES_20 = KnownSource(
    name="PAD-UFES-20",
    domain="phone",
    folder="pad_ufes_20",
    table="metadata.csv",
    image_folders=("images", "imgs_part_1", "imgs_part_2", "imgs_part_3"),
    malignant=frozenset({"MEL", "BCC", "SCC"}),
    benign=frozenset({"NEV", "ACK", "SEK"}),
    citation="Pacheco et al.: PAD-UFES-20. Data in Brief 32, 106221 (2020)",
    doi="10.17632/zr7vgbcyr2.1",
    licence="CC BY 4.0",
    columns=("diagnostic", "patient_id"),
    # The published table has img_id alone; ``file`` is that of smaller images made from them.
    file_name=lambda row: row.get("file") or row["img_id"],
)

SOURCES = {source.name: source for source in (HAM10000, PAD_UFES_20)}
