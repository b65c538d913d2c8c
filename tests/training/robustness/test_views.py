"""AUC by view: turned and mirrored images, and runs side by side."""

import json
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest
from typer.testing import CliRunner

from dermsplit_contract.errors import RunInvalid
from dermsplit_contract.run import MODEL_FILE, RUN_FILE, Run
from dermsplit_training.cli import commands
from dermsplit_training.learning.views import views_of
from dermsplit_training.robustness.views import measure_views


@pytest.fixture(scope="module")
def blind_run(tiny_run: tuple[Path, Run], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the same split whose network sees the mean colour alone, so that turning changes nothing."""
    folder = tmp_path_factory.mktemp("blind") / "blind"
    shutil.copytree(tiny_run[0], folder)
    image = keras.Input((32, 32, 3))
    kernel = keras.layers.Dense(2, kernel_initializer=keras.initializers.RandomNormal(stddev=0.01, seed=3))
    keras.Model(image, kernel(keras.layers.GlobalAveragePooling2D()(image))).save(folder / MODEL_FILE)
    return folder


def test_eight_views_differ_and_begin_with_the_image() -> None:
    images = np.random.default_rng(1).integers(0, 256, (2, 5, 5, 3), dtype=np.uint8)
    views = views_of(images, 8, np)
    np.testing.assert_array_equal(views[0], images)
    assert len({view.tobytes() for view in map(np.ascontiguousarray, views)}) == 8
    for count in (1, 2, 4):
        assert len(views_of(images, count, np)) == count


def test_the_view_as_it_is_has_the_figure_of_the_training(
    tiny_run: tuple[Path, Run], blind_run: Path, drawn_data: Path, cache: Path
) -> None:
    rows = measure_views([tiny_run[0], blind_run], drawn_data, cache, 8)
    assert [(row.run, row.domain) for row in rows] == [
        ("tiny", "dermoscopic"),
        ("tiny", "phone"),
        ("blind", "dermoscopic"),
        ("blind", "phone"),
    ]
    kept = json.loads((tiny_run[0] / "metrics.json").read_text())
    parts = [part for part in kept["parts"] if (part["part"], part["model"]) == ("validation", "network")]
    for row, part in zip(rows[:2], parts, strict=False):
        assert row.images == part["images"]
        assert row.areas[0] == pytest.approx(part["malignancy"]["auc"]["value"], abs=1e-3)
        assert row.mean.value == pytest.approx(np.mean(row.areas))
        assert row.less_first is None
    for row, first in zip(rows[2:], rows[:2], strict=True):
        assert max(row.areas) - min(row.areas) < 0.02  # the order of a float32 sum is all that turning changes
        assert row.less_first is not None
        assert row.less_first.value == pytest.approx(row.mean.value - first.mean.value)
        assert row.less_first.low <= row.less_first.value <= row.less_first.high


def test_runs_of_several_splits_are_refused(
    tiny_run: tuple[Path, Run], drawn_data: Path, cache: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(tiny_run[0], other)
    changed = tiny_run[1].model_copy(update={"split_sha256": "0" * 64})
    (other / RUN_FILE).write_text(changed.model_dump_json())
    with pytest.raises(RunInvalid, match="one split"):
        measure_views([tiny_run[0], other], drawn_data, cache, 1)


def test_the_command_prints_a_row_a_domain(tiny_run: tuple[Path, Run], drawn_data: Path, cache: Path) -> None:
    asked = ["views", str(tiny_run[0]), "--data", str(drawn_data), "--cache", str(cache), "--views", "2"]
    result = CliRunner().invoke(commands, asked)
    assert result.exit_code == 0, result.output
    assert "| tiny | dermoscopic |" in result.output
    assert "| tiny | phone |" in result.output
