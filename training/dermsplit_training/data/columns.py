"""What the columns of different data sets say of the patient, in the same words for all of them."""

from collections.abc import Iterable

from dermsplit_training.data.picture import Row

AGE = ("age", "age_approx")
SEX = ("sex", "gender")
SITE = ("site", "localization", "anatom_site_general", "region")
SKIN_TYPE = ("skin_type", "fitspatrick", "fitzpatrick", "fitzpatrick_skin_type")
OLDEST = 120

_UNKNOWN = {"", "na", "n/a", "nan", "none", "null", "unk", "unknown"}
_SEXES = {"male": "male", "m": "male", "female": "female", "f": "female"}
_SKIN_TYPES = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6"}


def known_metadata(row: Row) -> Row:
    """The row with the keys age, sex, site and skin_type written alike for every data set, empty where not known.

    age: years as a number in text; sex: male or female; site: the data set's own word in lower case; skin_type: 1 to
    6 after Fitzpatrick (1988). All other columns stay as they are.
    """
    return {
        **row,
        "age": _age(_first(row, AGE)),
        "sex": _SEXES.get(_first(row, SEX), ""),
        "site": _first(row, SITE),
        "skin_type": _skin_type(_first(row, SKIN_TYPE)),
    }


def _first(row: Row, names: Iterable[str]) -> str:
    values = ((row.get(name) or "").strip().lower() for name in names)
    return next((value for value in values if value not in _UNKNOWN), "")


def _age(text: str) -> str:
    years = _number(text)
    return f"{years:g}" if years is not None and 0 <= years <= OLDEST else ""


def _skin_type(text: str) -> str:
    number = _number(_SKIN_TYPES.get(text, text))
    return f"{number:g}" if number in (1, 2, 3, 4, 5, 6) else ""


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
