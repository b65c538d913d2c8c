"""comparison.json: recipes side by side, for people's own scripts and for the page and the plots made from it."""

from pydantic import Field

from dermsplit_contract.measures import Record
from dermsplit_training.comparison.inflation import Inflation
from dermsplit_training.comparison.rows import Row

PAGE_FILE, FIGURES_FILE = "comparison.md", "comparison.json"
PLOT_FILE, CURVE_FILE, LOSSES_FILE = "comparison.png", "curve.png", "losses.png"


class Comparison(Record):
    """What lies in comparison.json."""

    schema_version: int = 1
    classes: list[str]
    malignant: list[str] = Field(description="None where malignancy is not known; the AUC is then the macro AUC")
    rows: list[Row]
    inflation: list[Inflation]
    failed: list[str] = Field(description="Runs that are missing from the table, and why")

    @property
    def auc_name(self) -> str:
        """Which AUC the table gives."""
        return "malignant AUC" if self.malignant else "macro AUC"

    @property
    def splits(self) -> list[list[Row]]:
        """The rows that share their validation and test parts, together; one group where all may be compared.

        They do where the hashes are the same, and where one recipe's train part was thinned by ``train_per_class``,
        which changes the hash.
        """
        groups: list[tuple[set[str], list[Row]]] = []
        for row in self.rows:
            marks, rows = {*row.split_sha256, row.series}, [row]
            for group in [group for group in groups if group[0] & marks]:
                groups.remove(group)
                marks, rows = marks | group[0], group[1] + rows
            groups.append((marks, rows))
        return [rows for _, rows in groups]

    @property
    def curve(self) -> dict[str, list[Row]]:
        """Rows by recipe, those with several numbers of train images only, the fewest images first."""
        series: dict[str, list[Row]] = {}
        for row in sorted(self.rows, key=lambda row: row.train_per_class):
            if row.train_per_class:
                series.setdefault(row.series, []).append(row)
        return {name: rows for name, rows in series.items() if len(rows) > 1}
