"""One tiny run and one tiny bundle for all tests of the conversion. Neither may be changed: copy them first."""

from pathlib import Path
from typing import Any

import pytest

from dermsplit_contract.bundle import Bundle
from dermsplit_convert.bench.wire import WireOrder
from dermsplit_convert.keras_file import load_model
from dermsplit_convert.pipeline import Order, convert

from . import tiny
from .judged import build_judged


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


@pytest.fixture(scope="session")
def judged_order(tiny_place: Path, tiny_converted: Bundle, tmp_path_factory: pytest.TempPathFactory) -> WireOrder:
    """That bundle with a test part of its own."""
    return build_judged(tmp_path_factory.mktemp("judged"), tiny_place, tiny_converted)


@pytest.fixture(scope="session")
def tiny_int8(tiny_place: Path) -> Bundle:
    """The run with kernels in whole numbers, cut earlier, since each of them is rounded on pictures."""
    order = Order(tiny_place / "run", tiny.INT8_CUT, data=tiny_place / "data", head_weights="int8")
    return convert(order, lambda identity: tiny_place / "int8" / identity, report=str)
