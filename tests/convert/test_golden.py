from io import BytesIO

import numpy as np
from PIL import Image

from dermsplit_convert.golden import draw_golden, draw_lesion


def test_the_same_seed_draws_the_same_picture() -> None:
    assert np.array_equal(draw_lesion(96, 5), draw_lesion(96, 5))
    assert not np.array_equal(draw_lesion(96, 5), draw_lesion(96, 6))


def test_a_dark_spot_on_light_skin() -> None:
    for seed in range(10):
        picture = draw_lesion(96, seed)
        assert picture.dtype == np.uint8
        assert picture.shape == (96, 96, 3)
        middle, corner = picture[43:53, 43:53].mean(axis=(0, 1)), picture[:8, :8].mean(axis=(0, 1))
        assert middle.sum() < corner.sum() - 60
        assert corner[0] > corner[1] > corner[2]


def test_the_golden_picture_is_a_lesion_in_few_bytes() -> None:
    file = BytesIO()
    draw_golden(160).save(file, format="PNG", optimize=True)
    assert 8_000 <= len(file.getvalue()) <= 15_000
    with Image.open(file) as opened:
        pixels = np.asarray(opened.convert("RGB"))
    drawn = draw_lesion(160, 0)
    assert pixels.shape == drawn.shape
    assert np.abs(pixels.astype(int) - drawn).mean() < 2
    # What a preprocessing or a back end gone wrong would show in: dark to bright in every channel, edges, grain.
    assert (pixels.min(axis=(0, 1)) < 10).all()
    assert (pixels.max(axis=(0, 1)) > 240).all()
    steps = np.abs(np.diff(pixels.astype(int), axis=1))
    assert steps.max() > 50
    assert (steps > 0).mean() > 0.2
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 30
