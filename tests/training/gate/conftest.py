"""The tiny run with a gate, made once a session."""

from pathlib import Path

import pytest

from dermsplit_contract.run import Run
from dermsplit_training.gate.regate import regate

SETTINGS = ("gate.images=24", "gate.steps=400", "gate.swept_images=20")


@pytest.fixture(scope="session")
def gated_run(
    tiny_run: tuple[Path, Run], drawn_data: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Run]:
    """Directory and run.json of the tiny run with a gate and a calibration by domain."""
    out = tmp_path_factory.mktemp("gated") / "tiny"
    return out, regate(tiny_run[0], drawn_data, out, cache, SETTINGS)
