"""The error tree is complete, drawn, and safe to show."""

import re

import pytest

from dermsplit_contract import errors
from dermsplit_contract.errors import DermsplitError, UnknownVersion, error_classes


def test_every_class_has_a_code_of_its_own() -> None:
    codes = [error.code for error in error_classes()]
    assert len(codes) == len(set(codes))
    assert len(codes) > 25


@pytest.mark.parametrize("error", list(error_classes()), ids=lambda error: error.__name__)
def test_class_is_drawn_documented_and_has_a_status(error: type[DermsplitError]) -> None:
    assert errors.__doc__ is not None
    assert re.search(rf"\b{error.__name__}\b", errors.__doc__), f"{error.__name__} is missing in the drawing"
    assert error.__doc__
    assert 400 <= error.status < 600
    assert re.fullmatch(r"[a-z_]+", error.code)


def test_members_travel_with_the_error() -> None:
    error = UnknownVersion("No such bundle.", current="abc")
    assert error.detail == str(error) == "No such bundle."
    assert error.members == {"current": "abc"}
