"""CSV tables of images, and the errors in them in one sentence each."""

import csv
from collections.abc import Iterable
from pathlib import Path

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.data.picture import Row


def read_table(path: Path, columns: Iterable[str], owner: str) -> list[Row]:
    """The rows of a CSV file in UTF-8 with a header, which has at least the given columns.

    Raises DataInvalid, naming ``owner``, the file and the columns found, where there is no such file, it is something
    else, a column is missing or there is no row.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True)
            found = list(reader.fieldnames or [])
            rows: list[Row] = [{column: row[column] or "" for column in found} for row in reader]
    except FileNotFoundError as error:
        raise DataInvalid(f"Expected the table of {owner} at '{path}', found no such file. Check the path.") from error
    except (OSError, csv.Error, UnicodeDecodeError) as error:
        raise DataInvalid(f"The table {path.name} of {owner} is not a CSV file in UTF-8.") from error
    for column in columns:
        if column not in found:
            raise DataInvalid(f"The table {path.name} of {owner} has no column '{column}', only {', '.join(found)}.")
    if not rows:
        raise DataInvalid(f"The table {path.name} of {owner} lists no image.")
    return rows


def value(row: Row, column: str, number: int, owner: str) -> str:
    """What the row says there, without spaces round it. Raises DataInvalid, naming the row, where that is nothing."""
    text = (row.get(column) or "").strip()
    if not text:
        raise DataInvalid(f"Row {number} of the table of {owner} has an empty '{column}'. Fill it in, or leave it out.")
    return text
