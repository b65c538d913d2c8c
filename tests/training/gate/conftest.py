"""Tiny runs with a gate, made once a session."""

from pathlib import Path

import pytest

from dermsplit_contract.run import Run
from dermsplit_training.gate.regate import regate
from dermsplit_training.train import train
from tests.training.conftest import tiny_recipe

SETTINGS = ("gate.images=24", "gate.steps=100", "gate.swept_images=20")


@pytest.fixture(scope="session")
def gated_run(
    tiny_run: tuple[Path, Run], drawn_data: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Run]:
    """Directory and run.json of the tiny run with a gate and a calibration by domain."""
    out = tmp_path_factory.mktemp("gated") / "tiny"
    return out, regate(tiny_run[0], drawn_data, out, cache, SETTINGS)


@pytest.fixture(scope="session")
def gated_bottleneck_run(drawn_data: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    """The same of a run with a bottleneck in the middle of its network, as the default one has: a gate sees more there
    than at the single place that the tiny network ends with, which may look alike for all pictures."""
    folder = tmp_path_factory.mktemp("gated-bottleneck")
    recipe = tiny_recipe({"bottleneck": {"behind": "block_6_expand_relu", "channels": 16}})
    train(recipe, drawn_data, None, folder / "tiny", cache)
    return folder / "gated", regate(folder / "tiny", drawn_data, folder / "gated", cache, SETTINGS)
