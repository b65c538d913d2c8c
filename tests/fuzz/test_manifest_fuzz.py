"""manifest.json with values exchanged, members removed and bytes changed."""

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dermsplit_contract.bundle import parse_manifest

from . import seeds, targets
from .test_wire_fuzz import JSON

GOOD = seeds.manifests()[0]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every member of a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [place for key, one in inner for place in places(one, (*path, key))]


PLACES = places(json.loads(GOOD))


def test_the_manifest_that_ships_is_taken() -> None:
    assert parse_manifest(GOOD).id == json.loads(GOOD)["id"]


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(PLACES), JSON | st.none())
def test_a_member_that_is_something_else_is_refused_in_a_sentence(path: tuple[Any, ...], value: Any) -> None:
    document = copy.deepcopy(json.loads(GOOD))
    holder = document
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    targets.manifest(json.dumps(document).encode())


@settings(deadline=None, max_examples=100)
@given(st.integers(0, len(GOOD) - 1), st.binary(max_size=3))
def test_bytes_that_are_something_else_are_refused_in_a_sentence(place: int, changed: bytes) -> None:
    targets.manifest(GOOD[:place] + changed + GOOD[place + 1 :])


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=100))
def test_bytes_from_nowhere_are_refused_in_a_sentence(data: bytes) -> None:
    targets.manifest(data)
