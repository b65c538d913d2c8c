"""What the gate is shown of real lesions."""

from pathlib import Path

import numpy as np

from dermsplit_training.data.prepare import prepare
from dermsplit_training.gate.learn import changed_pictures, changed_rows
from tests.training.conftest import tiny_recipe


def test_a_crop_shows_lesions_nearer(drawn_data: Path, cache: Path) -> None:
    """Drawn lesions are darker than the skin round them, so a nearer picture has more dark in it."""
    prepared = prepare(tiny_recipe({}), drawn_data, cache)
    rows = changed_rows(prepared, seed=1)[:200]
    as_they_are, nearer = (changed_pictures(prepared, rows, crop, seed=1) for crop in (0.0, 0.6))
    assert as_they_are.shape == nearer.shape == (200, *prepared.inputs.shape[1:])
    dark = np.percentile(as_they_are, 20)
    assert np.mean(nearer < dark) > 1.3 * np.mean(as_they_are < dark)
