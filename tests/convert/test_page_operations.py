"""The page is built with the operations of web/build/operations.json alone: every head has to do with those."""

import json
from pathlib import Path

import pytest

from dermsplit_contract.bundle import HEAD_TFJS, Bundle, open_bundle

OPERATIONS = Path(__file__).parents[2] / "web" / "build" / "operations.json"


def operations_of(model: Path) -> set[str]:
    """What the nodes of a TF.js graph model are, those of its functions included."""
    topology = json.loads(model.read_text(encoding="utf-8"))["modelTopology"]
    functions = topology.get("library", {}).get("function", [])
    nodes = [*topology["node"], *(node for function in functions for node in function.get("nodeDef", []))]
    return {node["op"] for node in nodes}


@pytest.fixture(scope="module")
def known() -> set[str]:
    return set(json.loads(OPERATIONS.read_text(encoding="utf-8")))


def test_the_bundle_that_ships_has_its_operations_in_the_page(default_bundle: Path, known: set[str]) -> None:
    bundle = open_bundle(default_bundle)
    assert operations_of(bundle.path(HEAD_TFJS)) <= known
    for model in bundle.directory.glob("*/model.json"):
        assert operations_of(model) <= known


def test_a_bundle_made_by_convert_has_its_operations_in_the_page(tiny_converted: Bundle, known: set[str]) -> None:
    assert operations_of(tiny_converted.path(HEAD_TFJS)) <= known
