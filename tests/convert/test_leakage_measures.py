import numpy as np
import pytest

from dermsplit_convert.golden import draw_lesion
from dermsplit_convert.leakage.attributes import Known, Reading, read_attribute
from dermsplit_convert.leakage.likeness import baselines, compare
from dermsplit_convert.leakage.ranks import rank_lesions, rank_photos, views_of
from dermsplit_convert.leakage.ridge import fit_ridge

rng = np.random.default_rng(5)


def _pictures(count: int, side: int = 12) -> np.ndarray:
    return rng.random((count, side, side, 3)).astype(np.float32)


def _names(count: int, each: int = 1) -> np.ndarray:
    return np.array([f"lesion{number // each:03}" for number in range(count)])


def test_the_ridge_inverts_what_is_linear_and_finds_nothing_in_noise() -> None:
    pictures = 0.5 + 0.1 * rng.standard_normal((200, 20)).astype(np.float32)
    mixed = (pictures @ rng.standard_normal((20, 40)).astype(np.float32)).reshape(200, 2, 2, 10)
    noise = rng.standard_normal((200, 2, 2, 10)).astype(np.float32)
    errors = {}
    for name, features in (("mixed", mixed), ("noise", noise)):
        ridge = fit_ridge(features[:120], pictures[:120], features[120:160], pictures[120:160])
        errors[name] = np.square(ridge.predict(features[160:]) - pictures[160:]).mean()
    of_the_mean = np.square(pictures[160:] - pictures[:120].mean(axis=0)).mean()
    assert errors["mixed"] < 1e-4 * of_the_mean
    assert errors["noise"] == pytest.approx(of_the_mean, rel=0.1)


def test_a_picture_is_like_itself_and_less_like_others() -> None:
    photos = np.stack([draw_lesion(48, seed) for seed in range(6)]).astype(np.float32) / 255
    same, other = compare(photos, photos), compare(photos[::-1].copy(), photos)
    assert same.ssim == pytest.approx(np.ones(6), abs=1e-5)
    assert same.ms_ssim == pytest.approx(np.ones(6), abs=1e-5)
    assert (other.ssim < 0.95).all()
    shifted = compare(photos * 0.9, photos * 0.9 + 0.1)
    assert shifted.psnr == pytest.approx(np.full(6, 20.0), abs=1e-3)


def test_the_baselines_are_the_mean_and_the_nearest() -> None:
    training = _pictures(9)
    made = baselines(training, training[[4, 7]] + 0.001)
    assert np.array_equal(made["nearest_picture"], training[[4, 7]])
    assert np.allclose(made["mean_picture"][1], training.mean(axis=0))


def test_photos_are_found_by_their_rebuilt_pictures() -> None:
    photos = _pictures(40)
    found = rank_photos(photos * 0.5 + 0.1, photos, _names(40))
    assert (found.asked, found.rank_1.value, found.chance_1, found.chance_5) == (40, 1.0, 1 / 40, 5 / 40)
    guessed = rank_photos(np.roll(photos, 1, axis=0), photos, _names(40))
    assert guessed.rank_1.value == 0.0


def test_another_photo_of_a_lesion_is_found_where_features_tell_lesions_apart() -> None:
    lesions = rng.standard_normal((30, 1, 1, 16)).astype(np.float32).repeat(2, axis=0)
    alike = lesions + 0.01 * rng.standard_normal(lesions.shape).astype(np.float32)
    groups = np.concatenate([_names(50, each=2), [f"single{number}" for number in range(10)]])
    found = rank_lesions(views_of(alike), views_of(alike), groups, groups)
    assert found is not None
    assert (found.asked, found.among, found.rank_1.value) == (50, 59, 1.0)
    assert found.chance_1 == pytest.approx(1 / 59)
    assert found.chance_5 == pytest.approx(5 / 59)
    assert rank_lesions(views_of(alike), views_of(alike), _names(60), groups) is None


def _reading(features: np.ndarray, values: np.ndarray) -> Reading:
    return Reading(views_of(features), Known(values, _names(len(values))))


def test_an_attribute_is_read_where_it_is_and_not_where_it_is_not() -> None:
    values = np.where(rng.random(300) < 0.6, "female", "male")
    values[::29] = ""
    there = rng.standard_normal((300, 2, 2, 6)).astype(np.float32)
    absent = there.copy()
    there[..., 0] += 3.0 * (values == "male")[:, None, None]
    parts = [slice(0, 160), slice(160, 200), slice(200, 300)]
    read, nothing = (
        read_attribute("Drawn", "sex", *(_reading(one[part], values[part]) for part in parts))
        for one in (there, absent)
    )
    assert read is not None
    assert nothing is not None
    assert read.values == ["female", "male"]
    assert read.images == int((values[200:] != "").sum())
    assert read.accuracy.low > 0.9 > read.majority_rate
    assert read.auc is not None
    assert read.auc.low > 0.95
    assert nothing.auc is not None
    assert nothing.auc.low < 0.5 < nothing.auc.high + 0.05


def test_an_attribute_of_few_is_left_out() -> None:
    values = np.array(["female"] * 95 + ["male"] * 5)
    features = rng.standard_normal((100, 4)).astype(np.float32)
    assert read_attribute("Drawn", "sex", *[_reading(features, values)] * 3) is None
