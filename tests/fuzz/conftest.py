"""One server process of three tiny bundles, a datatype each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dermsplit_contract.bundle import Bundle
from tests.process import COMMAND, Process, free_port, serving

from .bundles import build


@pytest.fixture(scope="session")
def by_datatype(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Bundle]:
    """A tiny bundle for every datatype that a manifest can name."""
    folder = tmp_path_factory.mktemp("fuzzed")
    return {
        "UINT8": build(folder / "uint8", "whole", "UINT8"),
        "FP16": build(folder / "fp16", "half", "FP16"),
        "FP32": build(folder / "fp32", "single", "FP32"),
    }


@pytest.fixture(scope="session")
def fuzzed_server(by_datatype: dict[str, Bundle], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """`dermsplit serve` with all three."""
    folder, port = by_datatype["UINT8"].directory.parent, free_port()
    output: Path = tmp_path_factory.mktemp("fuzzed-server") / "output.txt"
    command = (COMMAND, "serve", "--bundles", str(folder), "--port", str(port), "--engine", "openvino")
    with serving(*command, port=port, output=output) as started:
        yield started
