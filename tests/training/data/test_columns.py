"""Metadata in the same words for every data set."""

import pytest

from dermsplit_training.data.columns import known_metadata


@pytest.mark.parametrize(
    ("row", "age", "sex", "site", "skin_type"),
    [
        ({"age": "80.0", "sex": "male", "localization": "scalp"}, "80", "male", "scalp", ""),
        ({"age": "14", "gender": "FEMALE", "region": "FACE", "fitspatrick": "1.0"}, "14", "female", "face", "1"),
        ({"age_approx": "45", "sex": "M", "anatom_site_general": "head/neck"}, "45", "male", "head/neck", ""),
        ({"age": "", "age_approx": "30.5", "fitzpatrick": "VI"}, "30.5", "", "", "6"),
        ({"age": "0.0", "sex": "unknown", "localization": "unknown", "skin_type": "2.5"}, "0", "", "", ""),
        ({"age": "nan", "sex": "other", "region": "", "fitspatrick": "9"}, "", "", "", ""),
        ({"age": "199"}, "", "", "", ""),
    ],
)
def test_known_metadata(row: dict[str, str], age: str, sex: str, site: str, skin_type: str) -> None:
    found = known_metadata({"other": "Kept As It Is", **row})
    assert [found[key] for key in ("age", "sex", "site", "skin_type")] == [age, sex, site, skin_type]
    assert found["other"] == "Kept As It Is"
