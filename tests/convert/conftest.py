"""One tiny run and one tiny bundle for all tests of the conversion. Neither may be changed: copy them first."""

from pathlib import Path
from typing import Any

import pytest

from dermsplit_contract.bundle import Bundle
from dermsplit_convert.keras_file import load_model
from dermsplit_convert.pipeline import Order, convert

from . import tiny


@pytest.fixture(scope="session")
def tiny_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``run`` and ``data``."""
    place = tmp_path_factory.mktemp("tiny")
    tiny.build_tiny_run(place)
    return place


@pytest.fixture(scope="session")
def tiny_network(tiny_place: Path) -> Any:
    return load_model(tiny_place / "run" / "model.keras")


@pytest.fixture(scope="session")
def tiny_converted(tiny_place: Path) -> Bundle:
    """The run, cut at block_13_project_BN with 256 levels."""
    order = Order(tiny_place / "run", tiny.CUT, data=tiny_place / "data")
    return convert(order, lambda identity: tiny_place / "bundles" / identity, report=str)
