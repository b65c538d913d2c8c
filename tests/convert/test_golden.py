import numpy as np

from dermsplit_convert.golden import draw_lesion


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
