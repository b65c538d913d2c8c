"""The tables that a run leaves beside its network: split.csv and predictions.csv."""

import csv
from collections.abc import Sequence
from pathlib import Path

from dermsplit_contract.errors import DataInvalid


def read_rows(path: Path, what: str, columns: Sequence[str]) -> list[dict[str, str]]:
    """Every row of a run's ``what``.csv, by column. Raises DataInvalid unless it is one and has the ``columns``."""
    give = f"Give the {what}.csv of a run."
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file, strict=True)
            found = list(reader.fieldnames or [])
            rows = [{name: row[name] or "" for name in found} for row in reader]
    except FileNotFoundError as error:
        raise DataInvalid(f"Expected the {what} of a run at '{path}', found no such file.") from error
    except (OSError, csv.Error, UnicodeDecodeError) as error:
        raise DataInvalid(f"'{path}' is not a CSV file in UTF-8. {give}") from error
    if missing := [name for name in columns if name not in found]:
        raise DataInvalid(f"'{path}' has no column '{missing[0]}'. {give}")
    return rows
