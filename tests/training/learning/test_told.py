"""What is told about a person: fitted where it matters, nothing where it does not, and nothing told changes nothing."""

import keras
import numpy as np

from dermsplit_training.learning.told import Told, attach_told, fit_told, without_told


def people(effect: float, count: int = 3000) -> tuple[np.ndarray, ...]:
    """Log-odds of a picture, sex one-hot, and what is malignant: with ``effect`` more log-odds for the second sex."""
    rng = np.random.default_rng(4)
    log_odds = rng.normal(-1, 1.5, count)
    sex = np.eye(2, dtype=np.float32)[rng.integers(0, 2, count)]
    malignant = rng.random(count) < 1 / (1 + np.exp(-(log_odds + effect * (sex[:, 1] - 0.5))))
    return log_odds, malignant, sex, np.arange(count).astype(str)


def fitted(effect: float) -> Told:
    log_odds, malignant, sex, groups = people(effect)
    return fit_told(log_odds, malignant, sex, ("sex",), 0.3, groups, seed=1)


def test_an_effect_is_found_about_as_large_as_it_is() -> None:
    told = fitted(2.0)
    assert told.helps
    assert 1.75 < told.kernel[1] - told.kernel[0] < 2.2


def test_no_effect_is_not_made_up() -> None:
    told = fitted(0.0)
    assert abs(told.kernel[1] - told.kernel[0]) < 0.25
    assert told.loss_with > told.loss_without - 0.002
    assert not told.helps


def test_nothing_told_changes_nothing_and_something_told_changes_the_log_odds() -> None:
    picture = keras.Input((8,))
    logits = keras.layers.Dense(2)(picture)
    kinds = keras.layers.Softmax()(keras.layers.Dense(3)(picture))
    network = keras.Model(picture, [logits, kinds])
    whole = attach_told(network, np.array([0.5, -1.0, 0.25]))
    pictures = np.random.default_rng(5).normal(size=(3, 8)).astype(np.float32)
    plain, kinds_before = (keras.ops.convert_to_numpy(out) for out in network(pictures))
    silent = keras.ops.convert_to_numpy(whole([pictures, np.zeros((3, 3), np.float32)])[0])
    np.testing.assert_array_equal(silent, plain)
    left = [keras.ops.convert_to_numpy(out) for out in without_told(whole)(pictures)]
    np.testing.assert_array_equal(left[0], plain)
    np.testing.assert_array_equal(left[1], kinds_before)
    assert without_told(network) is network
    told = whole([pictures, np.array([[1, 0, 0], [0, 1, 0], [1, 0, 1]], np.float32)])
    changed = keras.ops.convert_to_numpy(told[0]) - plain
    np.testing.assert_allclose(changed[:, 1] - changed[:, 0], [0.5, -1.0, 0.75], atol=1e-6)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(told[1]), kinds_before)
